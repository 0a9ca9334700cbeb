"""Image references and the versions in them."""

from __future__ import annotations

from dataclasses import dataclass

from packaging.version import InvalidVersion, Version


@dataclass(frozen=True, slots=True)
class Image:
    """``repository:tag@digest``, taken apart."""

    repository: str
    tag: str = ""
    digest: str = ""

    @classmethod
    def parse(cls, text: str) -> Image:
        """Docker's own reading: a port is no tag, ``docker.io/library`` and ``latest`` are not made up."""
        rest, _, digest = text.strip().partition("@")
        head, slash, tail = rest.rpartition("/")
        name, _, tag = tail.partition(":")
        return cls(head + slash + name, tag, digest)

    @property
    def version(self) -> Version | None:
        """The tag as a version, None when it is none (``latest``, a commit, a digest alone)."""
        return version_of(self.tag)


def version_of(text: str) -> Version | None:
    """``v2.9.5`` or ``2.9.5-rc.1`` as a version; build and vendor suffixes (``-fips``, ``_1``) do not count."""
    core = text.strip().removeprefix("v").partition("+")[0]
    for candidate in (core, core.partition("-")[0].partition("_")[0]):
        try:
            found = Version(candidate)
        except InvalidVersion:
            continue
        if found.release and "." in candidate:
            return found
    return None
