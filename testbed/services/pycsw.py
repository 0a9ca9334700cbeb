"""The resource catalogue: real pycsw with the products of `pycsw_records.py`, behind two public hosts.

`bed.service("pycsw")` takes products away (`.remove(…)`), changes what the server is configured to do
(`.behave(transactions=True)`), until `bed.reset()`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import orjson

from testbed.processes import Command, python
from testbed.services import Context, Handle, Host, Service
from testbed.services.probe import status
from testbed.services.pycsw_records import KNOWN

_ROWS = "SELECT * FROM records ORDER BY identifier"


class Pycsw(Service):
    name = "pycsw"
    ports = ("pycsw",)
    hosts: ClassVar[Mapping[str, Host]] = {
        "catalogue": Host("resource-catalogue.develop.eoepca.org", to="pycsw", content_type="application/xml"),
        "data-access": Host("data-access.develop.eoepca.org", to="pycsw", content_type="text/xml"),
    }

    def command(self, ctx: Context) -> Command:
        argv = python(
            *("testbed.services.pycsw_app", "--folder", str(ctx.folder(self.name))),
            *("--port", str(ctx.port("pycsw"))),
            *("--public", ctx.url("catalogue"), "--data-access", ctx.url("data-access")),
        )
        root = str(Path(__file__).parents[2])  # its working folder is the testbed's
        return Command(self.name, argv, ctx.environment(PYTHONPATH=root, PYTHONWARNINGS="ignore"))

    def ready(self, ctx: Context) -> bool:
        url = f"http://127.0.0.1:{ctx.port('pycsw')}/ows?service=WMS&cql=identifier%3D%22x%22"
        return status(url) == 200 and (ctx.folder(self.name) / "records.sqlite").exists()

    def restore(self, ctx: Context) -> list[str]:
        folder = ctx.folder(self.name)
        done = []
        if (folder / "behaviour.json").exists():
            (folder / "behaviour.json").unlink()
            done.append("pycsw: configured as it was")
        healthy, current = folder / "healthy.sqlite", folder / "records.sqlite"
        if _rows(healthy) != _rows(current):
            with closing(sqlite3.connect(healthy)) as there, closing(sqlite3.connect(current)) as here:
                there.backup(here)
            done.append("pycsw: its records are back")
        return done

    def names(self, ctx: Context) -> dict[str, str]:
        return {"catalogue_product": KNOWN}

    def limits(self, ctx: Context) -> dict[str, str]:
        return {"catalogue_within": "5s", "catalogue_s2msi1c_records": "20", "catalogue_s2msi2a_records": "12"}

    def handle(self, ctx: Context) -> PycswHandle:
        return PycswHandle(self, ctx)


class PycswHandle(Handle):
    """`bed.service("pycsw")`; what is changed holds until `bed.reset()`."""

    def behave(self, **behaviour: Any) -> None:
        """From the next request on pycsw is configured like this.

        `transactions=True`, `without=["DescribeRecord"]` (operations), `version="2.0.2"` (an older server),
        `address="https://…"` (what it says its address is), `table="x"` (where it looks for its records),
        `exceptions="200"` (the status of its exceptions), `opensearch="without"` (searches), `"nothing"` (found by
        parameters for Earth observation) or `"everything"` (they are ignored), `layers="x"` (what the map service
        calls them), `instead={old: new}` (in whatever it sends), `fails="/opensearch"` (status 500 under this path).
        """
        file = self.folder / "behaviour.json"
        partial = file.with_suffix(".partial")
        partial.write_bytes(orjson.dumps(behaviour))
        partial.rename(file)

    def remove(self, where: str = "1=1", *values: str) -> None:
        """Takes records away: a condition on pycsw's table, such as `parentidentifier = ?`."""
        self.run(f"DELETE FROM records WHERE {where}", *values)

    def alter(self, identifier: str, column: str, value: str) -> None:
        """Changes what the index says of one record; its ISO document stays as it is."""
        self.run(f'UPDATE records SET "{column}" = ? WHERE identifier = ?', value, identifier)

    def run(self, statement: str, *values: str) -> None:
        """One SQL statement on pycsw's table."""
        with closing(sqlite3.connect(self.folder / "records.sqlite")) as connection, connection:
            connection.execute(statement, values)


def _rows(file: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(_ROWS).fetchall()


SERVICE = Pycsw()
