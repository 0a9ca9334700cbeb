"""Guards and policies: the wrong people are let in, the right ones are not, or there is a way around."""

from __future__ import annotations

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.services.keycloak_realm import DUMMY, ENGINE

_ONLY = ("-m", "access")
_ERIC = "GET ${dummy-service}/ericspace"
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
        "access-ingress-open",
        platform="eoepca",
        breaks="a second Ingress leads to a guarded Service, and asks nobody",
        apply=open_a_way_around,
        expect=[("access.ingress.unguarded", "Ingress/test/dummy-service-open")],
        args=_ONLY,
    ),
]
