"""Guards and policies: the wrong people are let in, the right ones are not, or there is a way around."""

from __future__ import annotations

from pathlib import Path

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.services.keycloak_realm import DUMMY, ENGINE

_ONLY = ("-m", "access")
_ERIC = "GET ${dummy-service}/ericspace"
_ERICSPACE = ("nothing-matched", "resource /ericspace of ${dummy-service-pep}/resources")
_PDP = "GET ${auth}/pdp/policy/validate"
_DECISION = "decision of ${identity}/realms/eoepca"
_OPENLY = "http://dummy-service-pepapi.develop.eoepca.org/resources"
_FOLDER = "system/clusters/creodias/system/test"
_ASKING = '    nginx.ingress.kubernetes.io/auth-url: "https://auth.develop.eoepca.org/auth"\n'
_GUARDS = {
    f"{_FOLDER}/identity-dummy-service-ingress.yaml": "  annotations:\n",
    f"{_FOLDER}/ingress-dummy-service.yaml": "metadata:\n",
}
"""The Ingresses that get a guard, and the line behind which it goes."""
_OPEN = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: dummy-service-open
  namespace: test
spec:
  ingressClassName: nginx
  rules:
    - host: dummy-service-open.develop.eoepca.org
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: dummy-service
                port:
                  name: http
"""


def open_a_way_around(bed: Bed) -> None:
    guarded = {path: _guarded(bed.git.read(path), line) for path, line in _GUARDS.items()}
    bed.git.commit({**guarded, f"{_FOLDER}/dummy-service-open.yaml": _OPEN}, "A way in without a token")
    bed.sync("flux-system")


def _guarded(text: str, line: str) -> str:
    asking = _ASKING if "annotations" in line else f"  annotations:\n{_ASKING}"
    return text.replace(line, line + asking, 1)


def in_clear(bed: Bed) -> Path:
    """The testbed's platform.toml, with another address of the PEP's resources."""
    return bed.instance.home / "in-clear.toml"


def _declared_in_clear(bed: Bed) -> str:
    declared = f'"{bed.gateway.host_url("dummy-service-pep")}/resources"'
    return bed.platform_file.read_text().replace(declared, f'"{_OPENLY}"')


FAULTS = [
    Fault(
        "access-policy-shared",
        platform="eoepca",
        breaks="the owner's policy lets another user in, too",
        apply=lambda bed: bed.service("keycloak").let_in(DUMMY, "only eric", "eric", "alice"),
        expect=[("access.path.shared", f"{_ERIC} as the other")],
        args=_ONLY,
    ),
    Fault(
        "access-permission-gone",
        platform="eoepca",
        breaks="the permission of a guarded path is deleted, so that not even its owner gets in",
        apply=lambda bed: bed.service("keycloak").delete_permission(DUMMY, "/ericspace"),
        expect=[("access.path.refused", f"{_ERIC} as the owner")],
        args=_ONLY,
    ),
    Fault(
        "access-engine-permission-gone",
        platform="eoepca",
        breaks="the permission of a user's processing workspace is deleted",
        apply=lambda bed: bed.service("keycloak").delete_permission(ENGINE, "/eric/*"),
        expect=[
            ("access.decision.differs", "decision of ${identity}/realms/eoepca: the owner wants /eric/*"),
            ("access.decision.differs", "decision of ${identity}/realms/eoepca: the owner wants /eric"),
            ("access.path.refused", "GET ${ades}/eric/wps3/processes as the owner"),
        ],
        args=_ONLY,
    ),
    Fault(
        "access-guard-open",
        platform="eoepca",
        breaks="the guard lets everybody in under one path",
        apply=lambda bed: bed.service("guarded").behave(open=["/ericspace"]),
        expect=[
            ("access.path.open", _ERIC),
            ("access.ticket.missing", "GET ${dummy-service-pep}/authorize for /ericspace"),
        ],
        args=_ONLY,
    ),
    Fault(
        "access-ticket-missing",
        platform="eoepca",
        breaks="the guard turns people away without saying where they get a ticket",
        apply=lambda bed: bed.service("guarded").behave(ticket=False),
        expect=[("access.ticket.missing", "GET ${dummy-service-pep}/authorize for /ericspace")],
        args=_ONLY,
    ),
    Fault(
        "access-policy-permits-another",
        platform="eoepca",
        breaks="the PDP permits another user what only the owner may",
        apply=lambda bed: bed.service("guarded").behave(permit=["bob"]),
        expect=[("access.policy.decision", "GET ${auth}/pdp/policy/validate: bob wants to get /ericspace")],
        args=_ONLY,
    ),
    Fault(
        "access-engine-resource-gone",
        platform="eoepca",
        breaks="a user's processing workspace is no resource of the engine's client any more: nobody decides about it",
        apply=lambda bed: bed.service("keycloak").move_resource(ENGINE, "/eric/*", "/moved/*"),
        expect=[
            ("access.decision.differs", f"{_DECISION}: the owner wants /eric/*"),
            ("access.decision.differs", f"{_DECISION}: the owner wants /eric"),
            ("access.decision.differs", f"{_DECISION}: the other wants /eric"),
            ("access.path.refused", "GET ${ades}/eric/wps3/processes as the owner"),
        ],
        args=_ONLY,
    ),
    Fault(
        "access-policy-path-unregistered",
        platform="eoepca",
        breaks="the PEP has lost a path: the PDP denies whoever asks for it, as it denies all it does not know",
        apply=lambda bed: bed.service("guarded").behave(lost=["/ericspace"]),
        unknowns=[_ERICSPACE],
        args=_ONLY,
    ),
    Fault(
        "access-policies-lost",
        platform="eoepca",
        breaks="the PDP has lost its policies and denies everybody, the owners too",
        apply=lambda bed: bed.service("guarded").behave(policies="none"),
        expect=[("access.policy.decision", "${auth}/pdp/policy/validate")],
        unknowns=[_ERICSPACE],
        args=_ONLY,
    ),
    Fault(
        "access-resources-in-clear",
        platform="eoepca",
        breaks="the PEP's list of resources is declared by plain http, where no token may go",
        apply=lambda bed: in_clear(bed).write_text(_declared_in_clear(bed)),
        revert=lambda bed: in_clear(bed).unlink(),
        unknowns=[("unauthorized", f"GET {_OPENLY}")],
        args=lambda bed: ["--platform-file", str(in_clear(bed)), *_ONLY],
    ),
    Fault(
        "access-guard-login-page",
        platform="eoepca",
        breaks="a login page answers everybody, with status 200, in the place of guarded paths: nobody is let in",
        apply=lambda bed: bed.gateway.misbehave("dummy-service", "html"),
        expect=[("web.endpoint.content-type", "${dummy-service}")],
        args=_ONLY,
    ),
    Fault(
        "access-ingress-open",
        platform="eoepca",
        breaks="a second Ingress leads to a guarded Service, and asks nobody",
        apply=open_a_way_around,
        expect=[("access.ingress.unguarded", "Ingress/test/dummy-service-open")],
        args=_ONLY,
    ),
]
