"""The HTTP servers Flux talks to: Git (`git http-backend`), Helm chart repositories, and a sink for notifications.

One process per site.

Run as `python -m testbed.web SITE --port N --root DIR --mode FILE`. How a site behaves is read from the mode file at
every request, so that a fault
changes it without a restart:

    {"mode": "normal"}                                   answer
    {"mode": "auth", "user": "u", "password": "p"}       401 unless these credentials come (without a user: always)
    {"mode": "status", "status": 500}                    that status
    {"mode": "hang", "seconds": 30}                      accept, say nothing for so long, then close
    {"mode": "login"}                                    200 with the HTML of a login page, as single sign-on does

and `"path": "/minio/"` limits it to requests under that prefix. A port that refuses is the process stopped.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

SITES = ("git", "charts", "hooks")
LOGIN_PAGE = (
    b"<!DOCTYPE html><html><head><title>Sign in</title></head>"
    b"<body><form action='/login' method='post'>Please sign in</form></body></html>"
)


class Site(BaseHTTPRequestHandler):
    """What all sites share: the mode, then whatever the site itself answers."""

    protocol_version = "HTTP/1.1"
    root: ClassVar[Path]
    mode_file: ClassVar[Path]

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def serve(self, body: bytes) -> None:
        """Answers in normal mode."""
        raise NotImplementedError

    def reply(
        self, status: int, body: bytes, content: str = "text/plain", headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _answer(self) -> None:
        body = self._body()
        mode = self._mode()
        name = mode.get("mode", "normal")
        if not self.path.startswith(str(mode.get("path", "/"))):
            name = "normal"
        if name == "hang":
            self._hang(float(mode["seconds"]))
        elif name == "status":
            status = int(mode["status"])
            self.reply(status, f"testbed answers {status}\n".encode())
        elif name == "login":
            self.reply(200, LOGIN_PAGE, "text/html")
        elif name == "auth" and not self._authorized(mode):
            self.reply(401, b"authentication required\n", headers={"WWW-Authenticate": 'Basic realm="testbed"'})
        else:
            self.serve(body)

    def _hang(self, seconds: float) -> None:
        """Silence, but no longer than the mode lasts: going back to normal must not wait for old requests."""
        begun = self._mode()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._mode() == begun:
            time.sleep(0.1)
        self.close_connection = True

    def _authorized(self, mode: dict[str, Any]) -> bool:
        if not mode.get("user"):
            return False
        expected = base64.b64encode(f"{mode['user']}:{mode['password']}".encode()).decode()
        return self.headers.get("Authorization", "") == f"Basic {expected}"

    def _mode(self) -> dict[str, Any]:
        try:
            mode: dict[str, Any] = json.loads(self.mode_file.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return mode

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            chunks = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(chunks)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def log_message(self, format: str, *args: object) -> None:
        sys.stdout.write(
            f"{self.log_date_time_string()} {self.command} {self.path} {' '.join(str(each) for each in args[1:])}\n"
        )
        sys.stdout.flush()


class Git(Site):
    """`git http-backend` behind HTTP, read-only; the root holds bare repositories."""

    def serve(self, body: bytes) -> None:
        url = urlsplit(self.path)
        environment = {
            **os.environ,
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": unquote(url.path),
            "QUERY_STRING": url.query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_ADDR": self.client_address[0],
        }
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        if done.returncode != 0 and not head:
            self.reply(500, done.stderr)
            return
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        status = int(headers.pop("Status", "200").split()[0])
        self.reply(status, content, headers.pop("Content-Type", "text/plain"), headers)


class Charts(Site):
    """Files below the root: <repository>/index.yaml and the charts beside it."""

    def serve(self, body: bytes) -> None:
        file = (self.root / unquote(urlsplit(self.path).path).lstrip("/")).resolve()
        if not file.is_relative_to(self.root.resolve()) or not file.is_file():
            self.reply(404, b"not found\n")
            return
        self.reply(200, file.read_bytes(), "application/yaml" if file.suffix == ".yaml" else "application/gzip")


class Hooks(Site):
    """Takes every notification and appends it to received.jsonl, as a chat service would show it."""

    _lock = threading.Lock()

    def serve(self, body: bytes) -> None:
        with self._lock, (self.root / "received.jsonl").open("a") as log:
            log.write(json.dumps({"path": self.path, "body": body.decode(errors="replace")}) + "\n")
        self.reply(200, b"ok")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def main() -> None:
    parser = argparse.ArgumentParser(description="one HTTP server of the testbed")
    parser.add_argument("site", choices=SITES)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--mode", type=Path, required=True)
    arguments = parser.parse_args()
    site: type[Site] = {"git": Git, "charts": Charts, "hooks": Hooks}[arguments.site]
    site.root, site.mode_file = arguments.root, arguments.mode
    Server(("127.0.0.1", arguments.port), site).serve_forever()


if __name__ == "__main__":
    main()
