"""Who else makes the Secret a SealedSecret makes."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.checks.secrets.target import ref_of, secret_of
from holdfast.model import MAJOR, Deviation, Remedy, Resource, Said, World, rule


@rule(
    "sealedsecret.secret.contested",
    MAJOR,
    origin="reference eoepca.md §1.7 no. 16; issue C §8: two owners of one Secret",
    remedy="Decide who delivers the Secret, and take it out of the other's hands in Git",
)
def sole(sealed: Resource, world: World) -> Said:
    """No Secret a SealedSecret makes is made by somebody else, too.

    Two owners of the SealedSecret itself are drift's to tell (drift.object.contested).
    """
    secret = secret_of(sealed, world)
    found = tuple(dict.fromkeys(rivals(sealed, secret, world)))
    if not found:
        return
    ref = str(ref_of(sealed))
    yield Deviation(
        sealed.ref,
        expected=f"{ref} is made of {sealed.ref} alone",
        observed=f"it is delivered by {', '.join(found)}, too",
        cause="the same name is used twice, in Git or in a chart's values",
        summary=f"{ref} has two owners: {sealed.ref} and {', '.join(found)}",
        affects=(ref, *found),
        outlook="whoever writes last wins, or the controller refuses: which values are in force is a matter of chance",
        remedy=(
            Remedy(
                "see who wrote it",
                f"kubectl get secret/{sealed.name} -n {sealed.namespace} --show-managed-fields -o yaml",
            ),
            Remedy("see where Git says so, in a checkout", f"grep -rn 'name: {sealed.name}' ."),
        ),
    )


def rivals(sealed: Resource, secret: Resource | None, world: World) -> Iterator[str]:
    """Kustomizations, Helm releases and Certificates that deliver a Secret of that namespace and name.

    Raises:
        Unobservable: the Kustomizations or Certificates could not all be read.
    """
    entry = f"{sealed.namespace}_{sealed.name}__Secret"
    for kind in ("Kustomization", "HelmRelease"):
        for each in world.listing(kind).all():
            elsewhere = each.get("spec", "kubeConfig")
            if not elsewhere and any(held.get("id") == entry for held in each.maps("status", "inventory", "entries")):
                yield str(each.ref)
    for each in world.listing("Certificate").all():
        if (each.namespace, each.get("spec", "secretName")) == (sealed.namespace, sealed.name):
            yield str(each.ref)
    said = secret.annotations if secret is not None else {}
    name, namespace = said.get("meta.helm.sh/release-name"), said.get("meta.helm.sh/release-namespace")
    if name and namespace:
        yield f"the Helm release {namespace}/{name}"
