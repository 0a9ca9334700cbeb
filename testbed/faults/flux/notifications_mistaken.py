"""Alerts, Providers and Receivers that look fine and tell nobody anything."""

from testbed.bed import Bed
from testbed.fault import Fault

FOLDER = "system/clusters/creodias/system/notifications"
ALERTS, PROVIDERS = f"{FOLDER}/alerts.yaml", f"{FOLDER}/providers.yaml"
_ANOTHER_ALERT = """apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Alert
metadata:
  name: alert-mattermost
  namespace: flux-system
spec:
  providerRef:
    name: mattermost
  eventSources:
    - kind: Kustomization
      name: '*'
"""


def _delete_secret(bed: Bed, name: str) -> None:
    bed.kube.delete("Secret", "flux-system", name)


def _deafen_receiver(bed: Bed) -> None:
    _delete_secret(bed, "webhook-token")
    bed.reconcile("Receiver", "flux-system", "github")


def _replace(bed: Bed, path: str, old: str, new: str) -> None:
    bed.git.replace(path, old, new)
    bed.sync("flux-system")


def _add_alert(bed: Bed) -> None:
    bed.git.commit({f"{FOLDER}/mattermost.yaml": _ANOTHER_ALERT}, "Tell Mattermost, too")
    bed.sync("flux-system")


FAULTS = [
    Fault(
        "provider-secret-dangling",
        platform="eoepca",
        breaks="the Secret with a Provider's address is deleted",
        apply=lambda bed: _delete_secret(bed, "slack-url-external"),
        expect=[("flux.reference.unresolved", "Provider/flux-system/slack-external")],
    ),
    Fault(
        "alert-watches-nothing",
        platform="eoepca",
        breaks="an Alert names an object that does not exist, and nothing else",
        apply=lambda bed: _replace(bed, ALERTS, "name: proc-ades", "name: ades"),
        expect=[("flux.alert.watches-nothing", "Alert/flux-system/alert-slack-external")],
    ),
    Fault(
        "alert-provider-missing",
        platform="eoepca",
        breaks="a new Alert names a Provider nobody made",
        apply=_add_alert,
        expect=[("flux.reference.unresolved", "Alert/flux-system/alert-mattermost")],
    ),
    Fault(
        "object-not-covered-by-an-alert",
        platform="eoepca",
        breaks="the HelmReleases of a namespace are taken out of the only Alert that watches them",
        apply=lambda bed: _replace(
            bed, ALERTS, "    - kind: HelmRelease\n      name: '*'\n      namespace: test\n", ""
        ),
        expect=[("flux.alert.not-covered", "HelmRelease/test/*")],
    ),
    Fault(
        "receiver-secret-missing",
        platform="eoepca",
        breaks="the Secret with a Receiver's token is deleted",
        apply=_deafen_receiver,
        expect=[("flux.receiver.not-ready", "Receiver/flux-system/github")],
    ),
    Fault(
        "provider-differs",
        platform="eoepca",
        breaks="a Provider sends to another address than the one declared",
        apply=lambda bed: _replace(bed, PROVIDERS, "name: slack-url\n", "name: slack-url-external\n"),
        expect=[("flux.notification.differs", "Provider/flux-system/slack")],
    ),
]
