"""Commands that ask an endpoint are told so that whoever reads the report can type them."""

from __future__ import annotations

import subprocess

from holdfast.looks import Looks
from holdfast.model import Remedy
from holdfast.model.scrub import Scrubber

CURL = "curl -sS -i --max-time 10 'https://x/y'"
AS_OWNER = "curl -sS -i --oauth2-bearer \"$OWNER_TOKEN\" 'https://x/y'"
VARIABLES = {
    "client_id": "ADMIN_CLIENT_ID",
    "client_secret": "ADMIN_CLIENT_SECRET",
    "owner_name": "TEST_USER",
    "owner_password": "TEST_PASSWORD",
}


def commands(looks: Looks, *asked: str) -> list[str]:
    return [each.command for each in looks.completed([Remedy("see", each) for each in asked])]


def test_the_authority_is_named_as_the_user_named_it() -> None:
    assert commands(Looks("my ca.pem"), CURL, "kubectl get pods") == [
        "curl -sS --cacert 'my ca.pem' -i --max-time 10 'https://x/y'",
        "kubectl get pods",
    ]
    assert Looks("ca.pem").command("aws --endpoint-url 'https://s3' s3 ls").startswith("aws --ca-bundle ca.pem --end")
    assert commands(Looks(), CURL) == [CURL]


def test_where_a_token_comes_from_is_said_once_and_by_variables() -> None:
    first, token, second = commands(Looks("ca.pem", "https://id/realms/x", VARIABLES), AS_OWNER, AS_OWNER)
    assert first == second
    assert token.startswith("OWNER_TOKEN=$(curl -sS --cacert ca.pem ")
    for each in VARIABLES.values():
        assert f'=${each}"' in token
    assert "https://id/realms/x/.well-known/openid-configuration | jq -r .token_endpoint" in token
    assert token.count("--cacert") == 2
    assert subprocess.run(["sh", "-n", "-c", token], check=False).returncode == 0


def test_a_token_nobody_can_get_is_not_explained() -> None:
    assert commands(Looks("", "", VARIABLES), AS_OWNER) == [AS_OWNER]
    assert commands(Looks("", "https://id", {}), AS_OWNER) == [AS_OWNER]


def test_an_older_guard_takes_the_identity_in_another_header() -> None:
    first, token = commands(Looks("", "https://id", VARIABLES, "X-User-Id"), AS_OWNER)
    assert '-H "X-User-Id: $OWNER_TOKEN"' in first
    assert token.endswith("| jq -r .id_token)")


def test_no_variable_is_taken_for_a_secret() -> None:
    shown = Looks("ca.pem", "https://id/realms/x", VARIABLES).completed(
        [Remedy("see", AS_OWNER), Remedy("see", "curl -sS -u \"$A_USER:$A_PASSWORD\" 'https://x'")]
    )
    assert [Scrubber().text(each.command) for each in shown] == [each.command for each in shown]
