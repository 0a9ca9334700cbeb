"""An ACME authority that takes accounts and refuses orders. A stand-in: it believes every signature.

It runs in the process that injects the fault and ends with it: it is there as long as the fault is judged.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import yaml

from testbed import health
from testbed.bed import Bed
from testbed.fault import Fault
from testbed.faults.certificates.not_issued import certificate
from testbed.platforms.eoepca.edits import add_training

_REFUSAL = {
    "type": "urn:ietf:params:acme:error:rateLimited",
    "detail": "too many certificates already issued for develop.eoepca.org",
    "status": 429,
}
_RUNNING: list[ThreadingHTTPServer] = []


class Acme(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        base = f"http://{self.headers['Host']}"
        names = ("newNonce", "newAccount", "newOrder", "revokeCert", "keyChange")
        self._say(200, {each: f"{base}/{each}" for each in names})

    def do_HEAD(self) -> None:
        self._say(200)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/newOrder":
            self._say(429, _REFUSAL, "application/problem+json")
        else:
            self._say(201 if self.path == "/newAccount" else 200, {"status": "valid"})

    def _say(self, status: int, body: Any = None, kind: str = "application/json") -> None:
        raw = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(raw)),
            "Replay-Nonce": "bm9uY2U",
            "Location": f"http://{self.headers['Host']}/account/1",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def refuse(bed: Bed) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Acme)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _RUNNING.append(server)
    issuer = {
        "apiVersion": "cert-manager.io/v1",
        "kind": "ClusterIssuer",
        "metadata": {"name": "letsencrypt"},
        "spec": {
            "acme": {
                "server": f"http://127.0.0.1:{server.server_port}/directory",
                "email": "ops@example.org",
                "privateKeySecretRef": {"name": "letsencrypt-account"},
                "solvers": [{"http01": {"ingress": {"class": "nginx"}}}],
            }
        },
    }
    add_training(bed, yaml.safe_dump(issuer) + "---\n" + certificate("letsencrypt"))
    bed.wait_ready("ClusterIssuer", "", "letsencrypt")
    bed.wait("Certificate", "demo", "training", _failed, 30)


def _failed(obj: dict[str, Any]) -> bool:
    issuing = health.condition(obj, "Issuing") or {}
    return issuing.get("status") == "False" and issuing.get("reason") == "Failed"


def calm(bed: Bed) -> None:
    bed.reset()
    while _RUNNING:
        _RUNNING.pop().shutdown()


FAULT = Fault(
    "certificates-order-refused",
    platform="eoepca",
    breaks="the ACME authority refuses an order: too many certificates for the domain",
    apply=refuse,
    revert=calm,
    expect=[("certificate.issue.not-ready", "Certificate/demo/training")],
    args=("-m", "certificates"),
)
