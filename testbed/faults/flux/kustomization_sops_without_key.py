"""A secret in Git is encrypted with SOPS, and the cluster cannot read it."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import TRAINING, add_training

ENCRYPTED = """\
apiVersion: v1
kind: Secret
metadata:
  name: training
  namespace: demo
stringData:
  token: ENC[AES256_GCM,data:QkZhcA==,iv:3qkPzGmZr0P0hJ8Zl4o1N0vQmXkq3yXv2l9q8rT0c5E=,tag:bm90IGEgcmVhbCB0YWc=,type:str]
sops:
  age:
    - recipient: age1yt3tfqlfrwdwx0z0ynwplcr6qxcxfaqycuprpmy89nr83ltx74tqdpszlw
      enc: |
        -----BEGIN AGE ENCRYPTED FILE-----
        YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBwV0dUZz09
        -----END AGE ENCRYPTED FILE-----
  lastmodified: "2024-05-01T10:00:00Z"
  mac: ENC[AES256_GCM,data:bWFj,iv:3qkPzGmZr0P0hJ8Zl4o1N0vQmXkq3yXv2l9q8rT0c5E=,tag:bm90IGEgcmVhbCB0YWc=,type:str]
  encrypted_regex: ^(data|stringData)$
  version: 3.9.0
"""


def without_key(bed: Bed) -> None:
    add_training(bed, ENCRYPTED, decryption={"provider": "sops", "secretRef": {"name": "sops-age"}})
    bed.wait_not_ready("Kustomization", "flux-system", "training", "BuildFailed")


FAULT = Fault(
    "kustomization-sops-without-key",
    platform="eoepca",
    breaks="the Secret with the key for encrypted files is not there, as in a cluster that was built anew",
    apply=without_key,
    expect=[("flux.kustomization.not-ready", TRAINING)],
)
