"""What an Ingress serves is not what it should: no Secret, another certificate, one nobody accepts, none at all."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.kube import Object
from testbed.platforms.eoepca.edits import SYSTEM
from testbed.platforms.eoepca.papers import (
    DUMMY,
    DUMMY_HOST,
    PORTAL_HOST,
    Paper,
    authority,
    issued_again,
    paper,
    present,
    put,
)

DUMMY_FILE, PORTAL_FILE = f"{SYSTEM}/test/ingress-dummy-service.yaml", f"{SYSTEM}/demo/ingress-eoepca-portal.yaml"
INGRESS, OTHER = "Ingress/demo/eoepca-portal", "Ingress/test/dummy-service"


def edited(file: str, old: str, new: str) -> Callable[[Bed], object]:
    """Somebody commits this."""

    def apply(bed: Bed) -> None:
        bed.git.replace(file, old, new)
        bed.sync("flux-system", wait=60)

    return apply


def shown(make: Callable[[Bed], Paper]) -> Callable[[Bed], object]:
    """The ingress presents another certificate than the Secret's."""
    return lambda bed: present(bed, "portal", make(bed))


def show_the_old_one(bed: Bed) -> None:
    """The Secret was written more than a minute ago: until then an ingress controller may not have loaded it."""
    bed.wait("Secret", "demo", "eoepca-portal-tls", _is_old, 75)
    present(bed, "portal", paper(PORTAL_HOST, [PORTAL_HOST], authority(bed), began=60))


def _is_old(secret: Object) -> bool:
    times = [each["time"] for each in secret["metadata"].get("managedFields", []) if "time" in each]
    last = datetime.datetime.fromisoformat(max([*times, secret["metadata"]["creationTimestamp"]]))
    return datetime.datetime.now(datetime.UTC) - last > datetime.timedelta(seconds=65)


def by_hand(make: Callable[[Bed], Paper]) -> Callable[[Bed], object]:
    """The Certificate is taken out of Git; from now on somebody fills its Secret by hand."""

    def apply(bed: Bed) -> None:
        ingress = bed.git.read(DUMMY_FILE).partition("---\n")[0]
        bed.git.commit({DUMMY_FILE: ingress}, "We renew this one ourselves")
        bed.sync("flux-system", wait=60)
        made = make(bed)
        put(bed, "test", DUMMY, {"tls.crt": made.crt, "tls.key": made.key})
        bed.gateway.follow()

    return apply


def ask_for_another_host(bed: Bed) -> None:
    """cert-manager issues what it is asked for, and the Ingress still serves the old host with it."""
    before = bed.kube.get("Secret", "test", DUMMY)["data"]["tls.crt"]
    edited(DUMMY_FILE, f"dnsNames: [{DUMMY_HOST}]", "dnsNames: [www.develop.eoepca.org]")(bed)
    bed.wait("Secret", "test", DUMMY, lambda obj: obj["data"].get("tls.crt") != before)
    bed.wait_ready("Certificate", "test", DUMMY)
    bed.gateway.follow()


def by_an_intermediate(bed: Bed) -> Paper:
    middle = paper("EOEPCA intermediate", by=authority(bed), authority=True)
    return paper(DUMMY_HOST, [DUMMY_HOST], middle)


FAULTS = [
    Fault(
        "certificates-secret-misspelt",
        platform="eoepca",
        breaks="an Ingress names a TLS Secret that does not exist",
        apply=edited(PORTAL_FILE, "      secretName: eoepca-portal-tls", "      secretName: eoepca-portal-tsl"),
        expect=[("ingress.tls.dangling", INGRESS)],
        args=("-m", "certificates"),
    ),
    Fault(
        "certificates-host-refused",
        platform="eoepca",
        breaks="the ingress does not know a host any more",
        apply=lambda bed: bed.gateway.misbehave("portal", "refuse"),
        expect=[("ingress.tls.unreachable", INGRESS)],
        args=("-m", "certificates"),
    ),
    Fault(
        "certificates-ingress-down",
        platform="eoepca",
        breaks="the ingress does not listen",
        apply=lambda bed: bed.stop("gateway"),
        expect=[("ingress.tls.unreachable", "the ingress")],
        args=("-m", "certificates"),
        alone="no service can be reached",
    ),
    Fault(
        "certificates-fake-served",
        platform="eoepca",
        breaks="the ingress controller serves a host with the certificate it made itself",
        apply=shown(lambda bed: paper("Kubernetes Ingress Controller Fake Certificate", ["ingress.local"])),
        expect=[("ingress.tls.fake-certificate", INGRESS)],
        args=("-m", "certificates"),
    ),
    Fault(
        "certificates-old-one-served",
        platform="eoepca",
        breaks="the ingress still serves the certificate from before the renewal",
        apply=show_the_old_one,
        expect=[("ingress.tls.other-leaf", INGRESS)],
        args=("-m", "certificates"),
    ),
    Fault(
        "certificates-host-not-covered",
        platform="eoepca",
        breaks="a Certificate is made for another host than the Ingress that uses it",
        apply=ask_for_another_host,
        revert=issued_again("test", DUMMY),
        expect=[("ingress.tls.not-covered", OTHER)],
        args=("-m", "certificates"),
    ),
    Fault(
        "certificates-intermediate-missing",
        platform="eoepca",
        breaks="a certificate is put into a Secret without the intermediate that signed it",
        apply=by_hand(by_an_intermediate),
        revert=issued_again("test", DUMMY),
        expect=[("ingress.tls.untrusted", "authority CN=EOEPCA intermediate")],
        args=("-m", "certificates"),
    ),
    Fault(
        "certificates-self-signed",
        platform="eoepca",
        breaks="a host is served with a self-signed certificate",
        apply=by_hand(lambda bed: paper(DUMMY_HOST, [DUMMY_HOST])),
        revert=issued_again("test", DUMMY),
        expect=[("ingress.tls.untrusted", OTHER)],
        args=("-m", "certificates"),
    ),
    Fault(
        "certificates-expiring",
        platform="eoepca",
        breaks="a certificate somebody renews by hand ends in ten days",
        apply=by_hand(lambda bed: paper(DUMMY_HOST, [DUMMY_HOST], authority(bed), began=80, lasts=90)),
        revert=issued_again("test", DUMMY),
        expect=[("certificate.leaf.expiring", f"Secret/test/{DUMMY}")],
        args=("-m", "certificates"),
    ),
    Fault(
        "certificates-expired",
        platform="eoepca",
        breaks="a certificate somebody renews by hand ended yesterday",
        apply=by_hand(lambda bed: paper(DUMMY_HOST, [DUMMY_HOST], authority(bed), began=91, lasts=90)),
        revert=issued_again("test", DUMMY),
        expect=[("certificate.leaf.expiring", f"Secret/test/{DUMMY}")],
        args=("-m", "certificates"),
    ),
    Fault(
        "certificates-ingress-of-another-issuer",
        platform="eoepca",
        breaks="an Ingress asks for another issuer than the one its certificate comes from",
        apply=edited(
            DUMMY_FILE,
            "  name: dummy-service\n  namespace: test\nspec:\n  ingressClassName",
            "  name: dummy-service\n  namespace: test\n  annotations:\n    cert-manager.io/cluster-issuer: selfsigned\n"
            "spec:\n  ingressClassName",
        ),
        expect=[("ingress.tls.other-issuer", OTHER)],
        args=("-m", "certificates"),
    ),
]
