"""An object as it may be shown: its structure and names, and no value that could be a secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from holdfast.model.patterns import SECRET_KEY, WITHHELD
from holdfast.model.resource import Json

Text = Callable[[str], str]

_HARMLESS_ANNOTATIONS = (
    "app.kubernetes.io/",
    "argocd.argoproj.io/",
    "config.kubernetes.io/origin",
    "controller-gen.kubebuilder.io/",
    "deployment.kubernetes.io/revision",
    "helm.sh/",
    "helm.toolkit.fluxcd.io/",
    "kubectl.kubernetes.io/restartedAt",
    "kustomize.toolkit.fluxcd.io/",
    "meta.helm.sh/",
    "pv.kubernetes.io/",
    "reconcile.fluxcd.io/",
    "source.toolkit.fluxcd.io/",
)
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

_VALUE_MAPS = frozenset({"data", "stringData", "binaryData", "encryptedData"})
"""Fields of Secrets, ConfigMaps, SealedSecrets and of the templates that make them: only their keys are shown."""

_WITHHELD_TEXTS = frozenset({"caBundle", "patch"})
"""Texts that hold whatever somebody put into them: a Kustomization's patches hold objects, Secrets among them."""

_FLAG = re.compile(rf"--?[\w-]*(?:{SECRET_KEY.pattern})", re.IGNORECASE)

_INLINE = {
    "HelmRelease": (("spec", "values"),),
    "Kustomization": (("spec", "postBuild", "substitute"),),
    "Application": (
        ("spec", "source", "helm", "values"),
        ("spec", "source", "helm", "valuesObject"),
        ("spec", "source", "helm", "parameters"),
    ),
    "Receiver": (("status", "webhookPath"), ("status", "url")),
    "Provider": (("spec", "address"), ("spec", "proxy")),
}
"""Per kind, what people write a secret into."""

_API_PROVIDERS = frozenset(
    {
        "alertmanager",
        "azuredevops",
        "bitbucket",
        "bitbucketserver",
        "gitea",
        "github",
        "githubdispatch",
        "gitlab",
        "grafana",
    }
)
"""Types of a Flux Provider whose address is an API, not a webhook that is itself the credential."""


def masked(raw: Mapping[str, Json], text: Text) -> dict[str, Json]:
    """A deep copy of an object with its values withheld and every other string passed through ``text``. Idempotent."""
    kind = str(raw.get("kind", ""))
    shown: dict[str, Json] = {key: _shown(key, each, text) for key, each in raw.items()}
    for path in _INLINE.get(kind, ()):
        _withhold(shown, path)
    if kind == "Provider":
        _show_host(shown, raw)
    return shown


def _shown(key: str, value: Json, text: Text) -> Json:
    if isinstance(value, Mapping):
        if key in _VALUE_MAPS:
            return dict.fromkeys(value, WITHHELD)
        if key == "annotations":
            return _annotations(value, text)
        if "kind" in value and "spec" in value:  # an object inside an object: a List, a template
            return masked(value, text)
        return {name: _shown(name, each, text) for name, each in value.items() if name != "managedFields"}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        shown = [_entry(key, each, text) for each in value]
        return _words(shown) if key in ("args", "command") else shown
    if isinstance(value, str):
        return WITHHELD if SECRET_KEY.search(key) or key in _WITHHELD_TEXTS else text(value)
    return value


def _entry(key: str, value: Json, text: Text) -> Json:
    """One entry of the list under ``key``; a variable's or a values reference's inline ``value`` is withheld."""
    shown = _shown("", value, text)
    if isinstance(shown, dict) and key in ("env", "valuesFrom", "substituteFrom") and "value" in shown:
        return {**shown, "value": WITHHELD}
    return shown


def _words(words: list[Json]) -> list[Json]:
    """A command line: what follows ``--password`` as a word of its own is withheld."""
    secret = [isinstance(each, str) and bool(_FLAG.fullmatch(each)) for each in words]
    return [WITHHELD if number and secret[number - 1] else each for number, each in enumerate(words)]


def _annotations(value: Mapping[str, Json], text: Text) -> dict[str, Json]:
    return {
        name: text(str(each)) if name.startswith(_HARMLESS_ANNOTATIONS) else WITHHELD
        for name, each in value.items()
        if name != _LAST_APPLIED
    }


def _withhold(shown: dict[str, Json], path: Sequence[str]) -> None:
    """Replace what is at ``path``; of a mapping the keys stay, of a list of parameters the names."""
    here: Json = shown
    for step in path[:-1]:
        here = here.get(step) if isinstance(here, dict) else None
    if not isinstance(here, dict) or here.get(path[-1]) is None:
        return
    match here[path[-1]]:
        case dict() as values:
            here[path[-1]] = dict.fromkeys(values, WITHHELD)
        case list() as values:
            here[path[-1]] = [{**each, "value": WITHHELD} if isinstance(each, dict) else WITHHELD for each in values]
        case _:
            here[path[-1]] = WITHHELD


def _show_host(shown: dict[str, Json], raw: Mapping[str, Json]) -> None:
    spec = raw.get("spec")
    if not isinstance(spec, Mapping) or spec.get("type") not in _API_PROVIDERS or not spec.get("address"):
        return
    try:
        parts = urlsplit(str(spec["address"]))
    except ValueError:
        return
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme and host:
        shown["spec"]["address"] = f"{parts.scheme}://{host}/{WITHHELD}"
