"""Where a server from a Debian package is."""

from __future__ import annotations

import os
import shutil

from testbed.errors import TestbedError


def program(name: str, package: str = "") -> str:
    """The path of a command; servers often lie where only root looks.

    Raises:
        TestbedError: it is not installed, with the name of its package.
    """
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"]))
    if found is None:
        raise TestbedError(f"{name} is not installed; install the package {package or name}")
    return found
