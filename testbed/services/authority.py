"""The authority that signs what the gateway presents and what cert-manager issues: the file in `[endpoints] ca`."""

from __future__ import annotations

import threading

from testbed.certificates import Authority
from testbed.services import Context

_MAKING = threading.Lock()


def authority(ctx: Context) -> Authority:
    """The testbed's own, made when it is first asked for: services are prepared side by side."""
    with _MAKING:
        return Authority(ctx.folder("gateway"), "ca")
