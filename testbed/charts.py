"""Helm chart repositories on disk.

Each chart a Deployment, a Service, a ServiceAccount and a ConfigMap, packaged here without helm.

Values every chart knows: replicaCount, image.repository (required), image.tag, podAnnotations, config (a map that
becomes the ConfigMap), resources.
`image.tag: missing` gives pods that cannot pull, `podAnnotations: {holdfast.test/pod: crash}` pods that crash (see
stages.yaml), `image.repository: null`
a template error, `replicaCount: "x"` a values schema error.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

TEMPLATES = Path(__file__).parent / "chart"
_EPOCH = "2024-01-01T00:00:00Z"


@dataclass(frozen=True)
class Chart:
    """One chart version in one repository; `more` templates beside the usual ones and `crds` by file name."""

    repository: str
    name: str
    version: str
    app_version: str = ""
    more: Mapping[str, str] = field(default_factory=dict, hash=False)
    crds: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def file(self) -> str:
        return f"{self.name}-{self.version}.tgz"


def publish(root: Path, charts: Iterable[Chart], repositories: Iterable[str]) -> None:
    """Writes every repository below `root`: <repository>/index.yaml and the packages it names.

    A repository without charts is an empty index.
    """
    everything = list(charts)
    for repository in sorted({*repositories, *(chart.repository for chart in everything)}):
        folder = root / repository
        folder.mkdir(parents=True, exist_ok=True)
        entries: dict[str, list[dict[str, Any]]] = {}
        for chart in everything:
            if chart.repository == repository:
                package = pack(chart)
                (folder / chart.file).write_bytes(package)
                entry = {
                    **_metadata(chart),
                    "urls": [chart.file],
                    "created": _EPOCH,
                    "digest": hashlib.sha256(package).hexdigest(),
                }
                entries.setdefault(chart.name, []).append(entry)
        index = {"apiVersion": "v1", "entries": entries, "generated": _EPOCH}
        (folder / "index.yaml").write_text(yaml.safe_dump(index, sort_keys=False))


def pack(chart: Chart) -> bytes:
    """The tgz of a chart; the same bytes every time, so that a republished chart is no new revision."""
    files = {
        "Chart.yaml": yaml.safe_dump(_metadata(chart), sort_keys=False),
        "values.yaml": _values(chart),
        "values.schema.json": json.dumps(_SCHEMA),
    }
    files |= {f"templates/{file.name}": file.read_text() for file in sorted(TEMPLATES.iterdir())}
    files |= {f"templates/{name}": text for name, text in chart.more.items()}
    files |= {f"crds/{name}": text for name, text in chart.crds.items()}
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"{chart.name}/{name}")
            entry.size, entry.mode = len(text.encode()), 0o644
            archive.addfile(entry, io.BytesIO(text.encode()))
    return gzip.compress(tar.getvalue(), mtime=0)


def _metadata(chart: Chart) -> dict[str, Any]:
    return {
        "apiVersion": "v2",
        "name": chart.name,
        "version": chart.version,
        "appVersion": chart.app_version or chart.version,
        "description": f"A small stand-in for the chart {chart.name}",
        "type": "application",
    }


def _values(chart: Chart) -> str:
    return yaml.safe_dump(
        {
            "replicaCount": 1,
            "image": {"repository": f"docker.io/eoepca/{chart.name}", "tag": chart.app_version or chart.version},
            "podAnnotations": {},
            "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}},
            "config": {"LOG_LEVEL": "info"},
        }
    )


_SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "properties": {"replicaCount": {"type": "integer", "minimum": 0}},
}
