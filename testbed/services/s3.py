"""The object storage behind the workspaces: moto's S3 server, which keeps buckets and asks nobody for a password."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, ClassVar

from testbed.platforms.eoepca.workspaces import WORKSPACES
from testbed.processes import Command
from testbed.services import Context, Handle, Host, Service
from testbed.services.probe import status

HEALTHY = frozenset({*WORKSPACES, "eoepca-cache"})
"""One bucket per workspace, called like it, and one of the platform's own."""
ACCESS, SECRET = "HOLDFAST_S3_ACCESS_KEY", "HOLDFAST_S3_SECRET_KEY"


class S3(Service):
    name = "s3"
    ports = ("s3",)
    hosts: ClassVar[Mapping[str, Host]] = {
        "minio": Host("minio.develop.eoepca.org", to="s3", content_type="application/xml")
    }

    def command(self, ctx: Context) -> Command:
        argv = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(ctx.port("s3"))]
        return Command(self.name, argv, ctx.environment())

    def ready(self, ctx: Context) -> bool:
        return status(f"http://127.0.0.1:{ctx.port('s3')}/") == 200

    def restore(self, ctx: Context) -> list[str]:
        client = _client(ctx)
        there = {each["Name"] for each in client.list_buckets()["Buckets"]}
        for name in HEALTHY - there:
            client.create_bucket(Bucket=name)
        for name in there - HEALTHY:
            client.delete_bucket(Bucket=name)
        return [f"restored the bucket {name}" for name in sorted(HEALTHY ^ there)]

    def environment(self, ctx: Context) -> dict[str, str]:
        return {ACCESS: "testbed-root", SECRET: "testbed-root-password"}

    def handle(self, ctx: Context) -> S3Handle:
        return S3Handle(self, ctx)


class S3Handle(Handle):
    def create(self, bucket: str) -> None:
        """A bucket nobody declared."""
        _client(self.ctx).create_bucket(Bucket=bucket)

    def delete(self, bucket: str) -> None:
        """A bucket is gone."""
        _client(self.ctx).delete_bucket(Bucket=bucket)


def _client(ctx: Context) -> Any:
    import boto3  # half a second, for those who ask

    return boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{ctx.port('s3')}",
        region_name="us-east-1",
        aws_access_key_id="testbed-root",
        aws_secret_access_key="testbed-root-password",
    )


SERVICE = S3()
