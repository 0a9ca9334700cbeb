"""`bed.charts`: the chart repositories of the platform and how their server behaves."""

from __future__ import annotations

from testbed import charts
from testbed.charts import Chart
from testbed.instance import Instance, Record
from testbed.platforms import Platform
from testbed.processes import Processes
from testbed.sites import Site


class Charts(Site):
    """Repositories are folders under the server's root: /<repository>/index.yaml.

    The modes of the server come from Site; `path="/minio/"` limits one to a single repository.
    """

    def __init__(self, instance: Instance, record: Record, processes: Processes, platform: Platform) -> None:
        super().__init__(instance, record, processes, "charts")
        self._platform = platform

    def publish(self, *more: Chart) -> None:
        """The platform's charts and these besides."""
        charts.publish(self.root, [*self._platform.charts, *more], self._platform.repositories)

    def withdraw(self, repository: str, chart: str, version: str = "") -> None:
        """Takes one version of a chart, or all of them, out of a repository's index."""
        left = [
            each
            for each in self._platform.charts
            if (each.repository, each.name) != (repository, chart) or version not in ("", each.version)
        ]
        charts.publish(self.root, left, {*self._platform.repositories, repository})

    def corrupt_index(self, repository: str) -> None:
        """Makes the index of a repository something that is not YAML."""
        (self.root / repository / "index.yaml").write_text("entries: [this is\n  not: an index\n")

    def restore(self) -> bool:
        """The platform's charts and nothing else; whether an index had to change."""
        before = self._indexes()
        self.publish()
        return self._indexes() != before

    def _indexes(self) -> dict[str, bytes]:
        return {str(file.relative_to(self.root)): file.read_bytes() for file in self.root.glob("*/index.yaml")}
