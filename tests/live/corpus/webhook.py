"""A mutating admission webhook that is really there: it annotates PrometheusRules, as prometheus-operator's does."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from testbed.bed import Bed

ANNOTATION = "prometheus-operator-validated"
NAME = "corpus-annotates"


@contextmanager
def annotating(bed: Bed) -> Iterator[None]:
    """While it lasts, every PrometheusRule that is written gets the annotation."""
    pair = bed.plane.authority().server("corpus-webhook", ["127.0.0.1"])
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Annotate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    bed.kube.apply(_configuration(bed, server.server_address[1]), manager="helm")
    try:
        yield
    finally:
        bed.kube.delete("MutatingWebhookConfiguration", None, NAME)
        server.shutdown()
        server.server_close()


def _configuration(bed: Bed, port: int) -> dict[str, object]:
    authority = bed.plane.authority().pair.certificate.read_bytes()
    rule = {
        "apiGroups": ["monitoring.coreos.com"],
        "apiVersions": ["v1"],
        "resources": ["prometheusrules"],
        "operations": ["CREATE", "UPDATE"],
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": NAME},
        "webhooks": [
            {
                "name": "annotate.corpus.test",
                "clientConfig": {
                    "url": f"https://127.0.0.1:{port}/",
                    "caBundle": base64.b64encode(authority).decode(),
                },
                "rules": [rule],
                "failurePolicy": "Ignore",
                "sideEffects": "None",
                "admissionReviewVersions": ["v1"],
            }
        ],
    }


class _Annotate(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["request"]
        annotations = {**(request["object"]["metadata"].get("annotations") or {}), ANNOTATION: "true"}
        patch = [{"op": "add", "path": "/metadata/annotations", "value": annotations}]
        answer = {
            "apiVersion": "admission.k8s.io/v1",
            "kind": "AdmissionReview",
            "response": {
                "uid": request["uid"],
                "allowed": True,
                "patchType": "JSONPatch",
                "patch": base64.b64encode(json.dumps(patch).encode()).decode(),
            },
        }
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody needs to read it."""
