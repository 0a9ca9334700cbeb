"""The services as files and functions: what they write, print and promise, without starting one."""

from __future__ import annotations

import ast
import base64
import json
import os
import re
import subprocess
import sys
import threading
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from testbed import instance, platforms, services
from testbed.build import Built
from testbed.certificates import Pair
from testbed.errors import TestbedError
from testbed.instance import Instance
from testbed.processes import Processes
from testbed.services import Context, Host, Service, management_tools, policies, registrar, sealed_secrets
from testbed.services.backing import Backing
from testbed.services.nginx import MODES, Site, configuration

PLATFORM = platforms.load("eoepca")
PEP, PDP = "ades-pep", "pdp-engine"


class _Told(Service):
    name = "told"
    ports = ("told",)
    hosts = {"catalogue": Host("catalogue.example.org", to="told")}  # noqa: RUF012

    def endpoints(self, ctx: Context) -> dict[str, str]:
        return {"told": f"http://127.0.0.1:{ctx.port('told')}", "odd": 'a "quoted" \\ path'}

    def names(self, ctx: Context) -> dict[str, str]:
        return {"product": "S2B"}


@pytest.fixture
def ctx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    """A testbed that has a folder and nothing else."""
    monkeypatch.setattr(instance, "all_homes", lambda: tmp_path)
    own = Instance("unit")
    own.create()
    known = (_Told(), *services.load(["policies"]))
    ports = {name: 40000 + at for at, name in enumerate(services.port_names(known))}
    return Context(own, Built({}), ports, Processes(own), known)


def test_every_service_of_the_platform_loads_and_ports_are_its_own() -> None:
    known = services.load(PLATFORM.services)
    names = [port for each in known for port in each.ports]
    assert len(names) == len(set(names))
    assert PLATFORM.services[-1] == "gateway"


def test_what_services_tell_is_a_platform_file(ctx: Context) -> None:
    told = tomllib.loads(Backing(ctx).write_platform().read_text())
    assert told["endpoints"] == {"told": "http://127.0.0.1:40000", "odd": 'a "quoted" \\ path'}
    assert told["names"]["product"] == "S2B"


def test_a_host_of_two_is_the_firsts(ctx: Context) -> None:
    assert ctx.hosts()["catalogue"].to == "told"
    assert ctx.url("catalogue").startswith("https://localhost:")


def test_an_older_testbed_is_told_to_come_up_again(ctx: Context) -> None:
    with pytest.raises(TestbedError, match="down and up again"):
        ctx.port("new")


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_is_a_configuration_of_its_own(mode: str, tmp_path: Path) -> None:
    def written(mode: str) -> str:
        pair = Pair(tmp_path / "a.crt", tmp_path / "a.key")
        host = Host("catalogue.example.org", to="told", content_type="application/xml")
        site = Site(host, 40001, 40002, pair, pair, mode, 503)
        return configuration(tmp_path, 40003, 40004, "7", [site])

    assert written(mode).count("{") == written(mode).count("}") or mode == "garbage"
    if mode not in ("normal", "untrusted"):  # an untrusted certificate is another file, not another word
        assert written(mode) != written("normal")
    assert ("listen 127.0.0.1:40001" in written(mode)) is (mode != "refuse")


def test_what_is_sealed_opens_for_its_namespace_and_name_only(ctx: Context) -> None:
    sealed = sealed_secrets._sealed(ctx, "um", "identity-api", "a secret")
    raw = base64.b64decode(sealed)
    size = int.from_bytes(raw[:2], "big")
    file = ctx.folder("sealed-secrets") / "tls.key"
    key = serialization.load_pem_private_key(file.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)

    def opened(label: bytes) -> bytes:
        oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), label)
        return AESGCM(key.decrypt(raw[2 : 2 + size], oaep)).decrypt(bytes(12), raw[2 + size :], None)

    assert opened(b"um/identity-api") == b"a secret"
    with pytest.raises(ValueError, match="ecryption"):
        opened(b"um/identity-postgres")


def test_git_holds_no_value_of_a_sealed_secret() -> None:
    files = list(PLATFORM.tree.rglob("ss-*.yaml"))
    assert len(files) == 13
    for file in files:
        obj = yaml.safe_load(file.read_text())
        assert obj["kind"] == "SealedSecret"
        assert set(obj["spec"]["encryptedData"].values()) == {"@SEALED@"}


def test_the_guards_hold_what_git_declares() -> None:
    for file in PLATFORM.tree.rglob("hr-*-guard.yaml"):
        values = yaml.safe_load(file.read_text())["spec"]["values"]
        engine = values["pep-engine"]
        declared = [*engine["defaultResources"], *engine.get("customDefaultResources", [])]
        held = policies._healthy()[f"{values['global']['context']}-pep"]
        for each in declared:
            (found,) = [doc for doc in held if doc["reverse_match_url"] == each["resource_uri"]]
            assert found["name"] == each["name"]
            assert found["ownership_id"] == each["default_owner"]
            assert ("public_access" in found["scopes"]) is bool(each["scopes"])


def test_every_protected_resource_has_six_policies() -> None:
    stores = policies._healthy()
    rules = [doc["config"]["resource_id"] for doc in stores.pop("pdp-engine")]
    for doc in (doc for docs in stores.values() for doc in docs):
        assert rules.count(doc["resource_id"]) == (0 if doc["scopes"] == ["public_access"] else 6)


# --- management_tools, to the letter ----------------------------------------------------------------------------------


def _tool(ctx: Context, store: str, *arguments: str) -> tuple[int, str]:
    environment = {
        **os.environ,
        "HOLDFAST_STORE": str(policies._file(ctx, store)),
        "HOLDFAST_STORE_KIND": "pdp" if store == PDP else "pep",
    }
    command = [sys.executable, "-I", "-S", str(management_tools.__file__), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.fixture
def bed(ctx: Context) -> policies.PoliciesHandle:
    policies.SERVICE.prepare(ctx)
    return policies.PoliciesHandle(policies.SERVICE, ctx)


def test_a_pep_prints_one_line_of_json(ctx: Context, bed: policies.PoliciesHandle) -> None:
    status, text = _tool(ctx, PEP, "list", "--all")
    assert (status, text.count("\n")) == (0, 1)
    assert json.loads(text) == bed.documents(PEP)
    one = bed.resource(PEP, "/eric")
    assert json.loads(_tool(ctx, PEP, "list", "-r", one["resource_id"])[1]) == one
    assert _tool(ctx, PEP, "list", "-r", "none")[1] == "null\n"
    assert json.loads(_tool(ctx, PEP, "list", "-u", one["ownership_id"])[1]) == [one]


def test_the_pdp_prints_python(ctx: Context, bed: policies.PoliciesHandle) -> None:
    status, text = _tool(ctx, PDP, "list", "--all")
    assert (status, text.count("\n")) == (0, 1)
    assert text.startswith("[{'_id': ObjectId('")
    read: list[dict[str, Any]] = ast.literal_eval(re.sub(r"ObjectId\('([0-9a-f]{24})'\)", r"'\1'", text))
    assert [each["config"] for each in read] == [each["config"] for each in bed.documents(PDP)]
    assert "{'isOperator': True}" in text
    assert _tool(ctx, PDP, "list", "-p", "0" * 24)[1] == "None\n"
    assert _tool(ctx, PDP, "list", "-r", "none")[1] == "[]\n"


def test_remove_says_none_whatever_it_did(ctx: Context, bed: policies.PoliciesHandle) -> None:
    id = bed.resource(PEP, "/eric")["resource_id"]
    for _ in range(2):
        assert _tool(ctx, PEP, "remove", "-r", id) == (0, "None\n")
        assert _tool(ctx, PDP, "remove", "-r", id) == (0, "None\n")
    assert id not in {doc["resource_id"] for doc in bed.documents(PEP)}
    assert id not in {doc["config"]["resource_id"] for doc in bed.documents(PDP)}
    assert _tool(ctx, PEP, "remove", "-u", "somebody")[1] == "No action taken (missing --all flag?)\n"
    assert _tool(ctx, PDP, "remove", "-a", "-u", "somebody") == (0, "None\n")
    assert bed.documents(PDP) == [], "all is tested first"


def test_noise_failures_and_other_actions(ctx: Context, bed: policies.PoliciesHandle) -> None:
    assert _tool(ctx, PEP, "show")[0] == 255
    bed.log(PDP, "2021-01-01 INFO policy storage")
    assert _tool(ctx, PDP, "list", "--all")[1].startswith("2021-01-01 INFO policy storage\n[{")
    bed.prints(PDP, "")
    assert _tool(ctx, PDP, "list", "--all") == (0, "2021-01-01 INFO policy storage\n")
    bed.fail(PEP)
    assert _tool(ctx, PEP, "list", "--all") == (1, "")
    assert sorted(policies.SERVICE.restore(ctx)) == [f"restored what {PEP} holds", f"restored what {PDP} holds"]
    assert policies.SERVICE.restore(ctx) == []


def test_what_a_fault_can_do_to_the_stores(bed: policies.PoliciesHandle) -> None:
    id = bed.register(PEP, "/carol", "alice")
    mine = [doc for doc in bed.documents(PDP) if doc["config"]["resource_id"] == id]
    assert [doc["config"]["action"] for doc in mine] == list(policies.VERBS)
    assert bed.edit(PEP, lambda doc: doc["resource_id"] == id, scopes=None) == 1
    assert "scopes" not in bed.resource(PEP, "/carol")
    assert bed.remove(PDP, lambda doc: doc["config"]["resource_id"] == id) == 6
    with pytest.raises(TestbedError, match="holds nothing of the kind"):
        bed.remove(PDP, lambda doc: doc["config"]["resource_id"] == id)
    with pytest.raises(TestbedError, match="no store called 'ades'"):
        bed.documents("ades")


def test_a_slow_product_ends_with_the_pace_that_made_it_slow(tmp_path: Path) -> None:
    pace = tmp_path / "pace"
    pace.write_text("600")
    at_work = threading.Thread(target=registrar.take, args=(pace,), daemon=True)
    at_work.start()
    at_work.join(0.2)
    assert at_work.is_alive()
    pace.unlink()
    at_work.join(5)
    assert not at_work.is_alive()
