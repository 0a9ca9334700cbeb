"""nginx.conf for the gateway: every host as it should be, or misbehaving in one of `MODES`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from testbed.certificates import Pair
from testbed.services import Host

Mode = Literal[
    "normal",  # as it should
    "refuse",  # the port is closed
    "silent",  # takes the connection, says nothing
    "slow",  # the right answer, a byte a second
    "html",  # 200 with the HTML of a login page
    "status",  # this HTTP status
    "redirect",  # 302 to a login page
    "untrusted",  # a certificate no one trusts
    "plain",  # HTTP without TLS
    "wrong-type",  # the right body as text/plain
    "big",  # 10 MB of the right content type
    "garbage",  # the right content type, a body that does not parse
    "empty",  # 200 without a body
]
MODES: tuple[str, ...] = get_args(Mode)

_LOGIN = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form><input name=password></form></body>"
_GARBAGE = {"json": '{"links": [{"rel": "self",', "xml": '<?xml version="1.0"?><csw:Capabilities><ows:'}


@dataclass(frozen=True)
class Site:
    """One public host with everything nginx has to know of it now.

    It presents `own` on its port, and `shared` on the port all hosts share, where SNI tells them apart.
    """

    host: Host
    port: int
    behind: int | None
    own: Pair
    shared: Pair
    mode: str
    status: int
    edit: tuple[str, str] | None = None
    """A text in the answers of the service behind, and what is there in its place."""


def configuration(folder: Path, control: int, ingress: int, generation: str, sites: Iterable[Site]) -> str:
    """The whole file; the control port answers with the generation, so that one can see which file is in force."""
    user = "user root;\n" if os.getuid() == 0 else ""  # its workers would else become somebody who may not read ours
    temporary = "".join(
        f"  {each}_temp_path {folder}/tmp-{each};\n" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    servers = "".join(_servers(folder, ingress, site) for site in sites if site.mode != "refuse")
    return (
        f"{user}"
        "daemon off;\n"
        "worker_processes 1;\n"
        "worker_shutdown_timeout 1s;\n"
        f"pid {folder}/nginx.pid;\n"
        "error_log stderr warn;\n"
        "events { worker_connections 256; }\n"
        "http {\n"
        "  access_log off;\n"
        "  server_tokens off;\n"
        "  server_names_hash_bucket_size 128;\n"  # hosts of workspaces have long names
        "  client_max_body_size 20m;\n"
        f"{temporary}"
        "  ssl_protocols TLSv1.2 TLSv1.3;\n"
        f"  server {{ listen 127.0.0.1:{control}; default_type text/plain; return 200 {generation}; }}\n"
        f"  server {{ listen 127.0.0.1:{ingress} ssl default_server; ssl_reject_handshake on; }}\n"
        f"{servers}"
        "}\n"
    )


def _servers(folder: Path, ingress: int, site: Site) -> str:
    behaviour = _behaviour(folder, site)
    if site.mode == "plain":  # the shared port cannot be plain for one host: it does not know that host then
        return _server(f"127.0.0.1:{site.port}", "localhost", None, behaviour)
    own = _server(f"127.0.0.1:{site.port} ssl", "localhost", site.own, behaviour)
    return own + _server(f"127.0.0.1:{ingress} ssl", site.host.public, site.shared, behaviour)


def _server(listen: str, name: str, pair: Pair | None, behaviour: str) -> str:
    tls = f" ssl_certificate {pair.certificate}; ssl_certificate_key {pair.key};" if pair else ""
    return f"  server {{\n    listen {listen}; server_name {name};{tls}\n{behaviour}  }}\n"


def _behaviour(folder: Path, site: Site) -> str:
    kind = site.host.content_type
    login = f'default_type text/html; return 200 "{_LOGIN}";'
    match site.mode:
        case "silent":  # an authentication that fails, and keeps that to itself for an hour
            refusal = f"auth_basic closed; auth_basic_user_file {folder}/nobody.htpasswd; auth_delay 1h;"
            return _everywhere(f"{refusal} root {folder}; try_files /none =404;")
        case "slow":
            return _everywhere(f"limit_rate 1; {_answer(site)}")
        case "html":
            return _everywhere(login)
        case "status":
            return _everywhere(f"return {site.status};")
        case "redirect":
            return f"    location = /login {{ {login} }}\n" + _everywhere("return 302 /login?from=$request_uri;")
        case "wrong-type":
            hidden = "proxy_hide_header Content-Type; add_header Content-Type text/plain always;"
            return _everywhere(_answer(site, "text/plain") + hidden * bool(site.behind))
        case "big":
            return _everywhere(f'types {{ }} default_type "{kind}"; root {folder}; try_files /big =404;')
        case "garbage":
            broken = _GARBAGE["xml" if "xml" in kind else "json"].replace('"', '\\"')
            return _everywhere(f'default_type "{kind}"; return 200 "{broken}";')
        case "empty":
            return _everywhere(f'default_type "{kind}"; return 200;')
        case _:
            return _everywhere(_answer(site))


def _everywhere(directives: str) -> str:
    return f"    location / {{ {directives} }}\n"


def _answer(site: Site, kind: str = "") -> str:
    """The right answer: what the service behind says, or the host's own text."""
    if site.behind is None:
        text = site.host.text.replace("\\", "\\\\").replace('"', '\\"')
        return f'default_type "{kind or site.host.content_type}"; return 200 "{text}";'
    return (
        f"proxy_pass http://127.0.0.1:{site.behind}; proxy_http_version 1.1; proxy_read_timeout 60s;"
        " proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto https;"
        " proxy_set_header X-Forwarded-Host $http_host; proxy_set_header X-Forwarded-For $remote_addr;"
        " proxy_set_header X-Forwarded-Port $server_port;"
        f"{_edited(site)}"
    )


def _edited(site: Site) -> str:
    if site.edit is None:
        return ""
    old, new = (each.replace('"', '\\"') for each in site.edit)
    plain = 'proxy_set_header Accept-Encoding "";'  # what is compressed cannot be edited
    return f' {plain} sub_filter_types *; sub_filter_once off; sub_filter "{old}" "{new}";'
