"""Puts the corpus on a testbed: Git, Flux, and then people and controllers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from testbed import health
from testbed.bed import Bed
from testbed.errors import TestbedError
from testbed.kube import ApiError, Object
from tests.live.corpus import charts, deliveries, webhook
from tests.live.corpus.acts import Hands
from tests.live.corpus.deliveries import FOLDER, HELM, KUSTOMIZATIONS, NAMESPACE, RELEASES
from tests.live.corpus.row import When
from tests.live.corpus.rows import ROWS

_REMOTE = "apis/kustomize.toolkit.fluxcd.io/v1/namespaces/corpus/kustomizations/row-123"
"""Its finalizer needs the kubeconfig of the other cluster, whose Secret may well be deleted before it."""
_WIDGETS = "apis/corpus.test/v1/namespaces/corpus-edits/widgets/"
_MERGE = "application/merge-patch+json"


class Stage:
    """The corpus on one testbed, in two acts: `healthy`, then `broken`."""

    def __init__(self, bed: Bed, folder: Path) -> None:
        self.bed = bed
        self.hands = Hands(bed, folder)

    def healthy(self) -> None:
        """Everything delivered and Ready, and the controllers of a healthy platform have done their part."""
        self.bed.charts.publish(charts.CHART, charts.NEXT)
        for name in deliveries.UNMANAGED:
            namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
            self.bed.kube.apply(namespace, manager="kubectl-create")
        self.bed.git.commit({**self._files(second=False), **self._root()}, "A corpus of corner cases")
        self.bed.git.commit(deliveries.sync(self.bed.git.repository_url), "Follow the corpus")
        self.bed.sync("flux-system")
        self._settled({}, {})
        self._controllers()

    def broken(self) -> None:
        """Git goes ahead where it should, then everything happens that makes the rows what they are."""
        self.bed.git.commit(self._root(held=True), "Suspend what is held")
        self._fetch()
        self._settled({}, {})
        self.bed.git.commit({**self._files(second=True), **self._root(held=True, second=True)}, "Go ahead")
        self._fetch()
        self._settled(
            {each.name: each.stuck for each in KUSTOMIZATIONS if each.stuck},
            {each.name: each.stuck for each in RELEASES if each.stuck},
        )
        for row in ROWS:
            if row.act and row.when is When.AFTERWARDS:
                row.act(self.hands)
        self._controllers()

    def _controllers(self) -> None:
        for row in ROWS:
            if row.act and row.when is When.HEALTHY:
                row.act(self.hands)
        replicas: Callable[[Object], bool] = lambda obj: obj["spec"]["replicas"] == 2  # noqa: E731
        self.bed.wait("Deployment", "corpus-edits", "row-063", replicas, 40)
        self._until(
            lambda: self.bed.kube.find("Job", "corpus-flux", "row-107") is None, 20, "Job row-107 is not cleaned up"
        )

    def _files(self, *, second: bool) -> dict[str, str]:
        files = {
            f"{FOLDER}/{row.delivery}/{row.name}.yaml": (row.git if row.later is None or not second else row.later)
            for row in ROWS
            if row.git
        }
        return files | {
            f"{FOLDER}/{each.name}/{file}": text for each in KUSTOMIZATIONS for file, text in each.files.items()
        }

    def _root(self, *, held: bool = False, second: bool = False) -> dict[str, str]:
        return deliveries.root(self.bed.charts.url, self.bed.kubeconfig.read_text(), held=held, second=second)

    def _fetch(self) -> None:
        self.bed.reconcile("GitRepository", NAMESPACE, "corpus")

    def _settled(self, kustomizations: dict[str, str], releases: dict[str, str]) -> None:
        """Until every owner is Ready about this commit, or not Ready for the reason it should have."""
        held = {each.name for each in KUSTOMIZATIONS if each.held}
        owners = [("Kustomization", NAMESPACE, each.name, kustomizations.get(each.name, "")) for each in KUSTOMIZATIONS]
        owners += [("HelmRelease", HELM, each.name, releases.get(each.name, "")) for each in RELEASES]
        revision = self.bed.git.revision
        for kind, namespace, name, stuck in [("Kustomization", NAMESPACE, "corpus", ""), *owners]:
            aware = kind == "Kustomization" and name not in held and stuck != "DependencyNotReady"
            self.bed.wait(kind, namespace, name, _is_settled(revision if aware else "", stuck), 60)

    def _until(self, condition: Callable[[], bool], seconds: float, complaint: str) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise TestbedError(f"{complaint} within {seconds:g} s")
            time.sleep(0.2)


def _is_settled(revision: str, stuck: str) -> Callable[[Object], bool]:
    def is_it(obj: Object) -> bool:
        if revision and obj.get("status", {}).get("lastAttemptedRevision") != revision:
            return False
        if obj["spec"].get("suspend"):
            return True
        ready = health.condition(obj, "Ready") or {}
        return health.not_ready(obj) and ready["reason"] == stuck if stuck else health.ready(obj)

    return is_it


@contextmanager
def staged(bed: Bed, folder: Path) -> Iterator[Stage]:
    """The healthy corpus; afterwards the testbed is as it was."""
    with webhook.annotating(bed):
        stage = Stage(bed, folder)
        try:
            stage.healthy()
            yield stage
        finally:
            clear(bed)


def clear(bed: Bed) -> None:
    """Takes away what would keep a namespace from going, and lets the testbed do the rest."""
    for path in ("api/v1/namespaces/corpus-edits/configmaps/row-084", _WIDGETS + "row-120", _REMOTE):
        try:
            bed.kube.request("PATCH", f"/{path}", {"metadata": {"finalizers": None}}, content=_MERGE)
        except ApiError as error:
            if error.status != 404:  # nothing staged, or not that far
                raise
    bed.reset()
