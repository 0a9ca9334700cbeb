"""What is secret and lies plain in Git, as the real tree has it: reference facts of EOEPCA, rm/cache-access-secret."""

from __future__ import annotations

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import RESOURCES, add_training, set_values

SECRET = """\
apiVersion: v1
kind: Secret
metadata:
  name: training-access
  namespace: demo
stringData:
  access_key: plain-for-all-to-read
"""


def commit_a_secret(bed: Bed) -> None:
    add_training(bed, SECRET)
    bed.wait("Secret", "demo", "training-access", lambda obj: True)


def write_a_password_down(bed: Bed) -> None:
    set_values(bed, f"{RESOURCES}/hr-harbor.yaml", {"harborAdminPassword": "plain-for-all-to-read"})
    bed.sync("resource-management")


def write_it_into_a_url(bed: Bed) -> None:
    values = {"database": {"url": "postgresql://postgres:plain-for-all-to-read@resource-catalogue-db/pycsw"}}
    set_values(bed, f"{RESOURCES}/hr-resource-catalogue.yaml", values)
    bed.sync("resource-management")


FAULTS = [
    Fault(
        "secrets-plain-in-git",
        platform="eoepca",
        breaks="a Secret is committed as it is",
        apply=commit_a_secret,
        expect=[("gitops.secret.plain", "Secret/demo/training-access")],
        args=("-m", "secrets"),
    ),
    Fault(
        "secrets-password-among-values",
        platform="eoepca",
        breaks="a HelmRelease's values hold a password",
        apply=write_a_password_down,
        expect=[("gitops.value.credential", "HelmRelease/rm/harbor")],
        args=("-m", "secrets"),
    ),
    Fault(
        "secrets-password-in-a-url",
        platform="eoepca",
        breaks="a HelmRelease's values hold a database URL with a password in it",
        apply=write_it_into_a_url,
        expect=[("gitops.value.credential", "HelmRelease/rm/resource-catalogue")],
        args=("-m", "secrets"),
    ),
]
