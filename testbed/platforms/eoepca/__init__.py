"""EOEPCA on creodias as reference facts describe it.

With current API versions and none of the real tree's known defects.
"""

from __future__ import annotations

import base64

from testbed.charts import Chart
from testbed.platforms import Object, Platform
from testbed.platforms.eoepca import guards
from testbed.services import EOEPCA as SERVICES

_EOEPCA = {
    "ades": "2.0.24",
    "application-hub": "2.0.52",
    "cheese": "1.0.1",
    "data-access": "1.4.0",
    "django-portal": "1.0.7",
    "dummy": "1.0.1",
    "eoepca-portal": "1.0.9",
    "identity-service": "1.0.75",
    "login-service": "1.2.8",
    "pdp-engine": "1.1.12",
    "resource-guard": "1.3.2",
    "rm-minio-bucket-api": "0.0.4",
    "rm-registration-api": "1.4.0",
    "rm-resource-catalogue": "1.4.0",
    "rm-workspace-api": "1.4.0",
    "user-profile": "1.1.12",
}
_MORE = {"resource-guard": guards.RESOURCE_GUARD, "pdp-engine": guards.PDP_ENGINE}
_CHARTS = (
    *(Chart("eoepca", name, version, more=_MORE.get(name, {})) for name, version in _EOEPCA.items()),
    Chart("eoepca", "cheese", "1.0.2"),  # a version to upgrade to
    Chart("eoepca", "ades", "2.0.25"),
    Chart("harbor", "harbor", "1.7.3"),
    Chart("minio", "minio", "5.0.7"),
    Chart("nfs-subdir-external-provisioner", "nfs-subdir-external-provisioner", "4.0.12"),
    Chart("nginx", "ingress-nginx", "4.4.2"),
    Chart("nginx", "ingress-nginx", "4.5.2"),  # what the range "<4.5.0" keeps away
)
_UNUSED = ("bitnami", "eox-charts", "jetstack", "k8sathome", "oauth2-proxy", "stable")


def _by_hand(urls: dict[str, str]) -> list[Object]:
    """What `flux bootstrap` and the people of the platform create beside Git: Secrets, and nothing else."""
    return [
        _secret("flux-system", "flux-system", {"username": "git", "password": "testbed-deploy-token"}),
        _secret("flux-system", "slack-url", {"address": f"{urls['hooks']}/slack"}),
        _secret("flux-system", "slack-url-external", {"address": f"{urls['hooks']}/slack-external"}),
        _secret("flux-system", "webhook-token", {"token": "testbed-webhook-token"}),
        _secret(
            "rm",
            "cache-access-secret",
            {"values.yaml": "config:\n  CACHE_BUCKET: eoepca-cache\n  CACHE_ACCESS_KEY: testbed-cache-key\n"},
        ),
    ]


def _secret(namespace: str, name: str, values: dict[str, str]) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "type": "Opaque",
        "data": {key: base64.b64encode(value.encode()).decode() for key, value in values.items()},
    }


PLATFORM = Platform(
    name="eoepca",
    branch="develop",
    flux_folder="system/clusters/creodias/system/flux-system",
    charts=_CHARTS,
    repositories=_UNUSED,
    by_hand=_by_hand,
    services=SERVICES,
)
