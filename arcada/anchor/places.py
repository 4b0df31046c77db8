"""Places that checkpoints go to: a file outside the data folder, an address, a bucket with object lock."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from arcada.config.env import Env

DAYS_LOCKED: Final = 3650  # as long as a record of treatment is commonly kept


class NotAnchored(Exception):
    """The place did not take the line; the reason, in plain words."""


class Place(Protocol):
    @property
    def name(self) -> str: ...

    def put(self, line: str, *, number: int, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class AnchorFile:
    """Lines are only ever added. On Linux `chattr +a` keeps even Arcada's own user from anything else."""

    path: Path

    @property
    def name(self) -> str:
        return f"file://{self.path}"

    def put(self, line: str, *, number: int, now: datetime) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                size = os.fstat(descriptor).st_size
                # A line that a power cut tore must not swallow the next one.
                torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
                _write_whole(descriptor, f"{chr(10) * torn}{line}\n".encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as trouble:
            raise NotAnchored(trouble.strerror or type(trouble).__name__) from trouble


@dataclass(frozen=True, slots=True)
class AnchorMail:
    """The line in a mail: whoever receives it has it, whatever happens here."""

    address: str

    @property
    def name(self) -> str:
        return f"mailto:{self.address}"

    def put(self, line: str, *, number: int, now: datetime) -> None:
        from arcada.apps.mail.actions import queue_rendered

        queue_rendered(
            "audit_checkpoint", to=self.address, subject=f"Arcada audit checkpoint {number}", text=f"{line}\n",
            now=now,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AnchorBucket:
    """One object a checkpoint, locked in compliance mode: nobody can delete or replace it before the time is over."""

    bucket: str
    prefix: str
    endpoint: str | None
    region: str
    days: int
    access_key: str
    secret_key: str

    @property
    def name(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"

    def put(self, line: str, *, number: int, now: datetime) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client().put_object(
                Bucket=self.bucket, Key=f"{self.prefix}checkpoint-{number:010d}.json", Body=f"{line}\n".encode(),
                ContentType="application/json", ChecksumAlgorithm="SHA256",
                ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=now + timedelta(days=self.days),
            )  # fmt: skip
        except ClientError as trouble:
            raise NotAnchored(str(trouble.response.get("Error", {}).get("Code", "refused"))) from trouble
        except BotoCoreError as trouble:
            raise NotAnchored(type(trouble).__name__) from trouble

    def lines(self) -> Iterable[str]:
        client = self._client()
        pages = client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=f"{self.prefix}checkpoint-"
        )
        for page in pages:
            for found in page.get("Contents", []):
                yield client.get_object(Bucket=self.bucket, Key=found["Key"])["Body"].read().decode()

    def _client(self) -> Any:
        import boto3
        from botocore.config import Config

        return boto3.session.Session().client(
            "s3", endpoint_url=self.endpoint, region_name=self.region,
            aws_access_key_id=self.access_key or None, aws_secret_access_key=self.secret_key or None,
            config=Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 2}),
        )  # fmt: skip


def places_of(env: Env) -> list[Place]:
    """What ARCADA_AUDIT_ANCHOR names, several separated by spaces; raises ValueError for what is none."""
    return [place_of(said, env) for said in env.audit_anchor.split()]


def place_of(said: str, env: Env) -> Place:
    url = urlsplit(said)
    if url.scheme == "file" and url.path:
        return AnchorFile(Path(unquote(url.path)))
    if url.scheme == "mailto" and "@" in url.path:
        return AnchorMail(unquote(url.path))
    if url.scheme == "s3" and url.netloc:
        options = dict(parse_qsl(url.query))
        prefix = unquote(url.path).strip("/")
        return AnchorBucket(
            url.netloc, f"{prefix}/" if prefix else "", options.get("endpoint"),
            options.get("region", "us-east-1"), int(options.get("days", DAYS_LOCKED)),
            env.s3_access_key, env.s3_secret_key,
        )  # fmt: skip
    raise ValueError(f"{said!r} is neither file:///path nor mailto:address nor s3://bucket")


def lines_of(said: str, env: Env) -> list[str]:
    """The checkpoints of a file (its path or file://) or of a bucket; raises OSError or ValueError."""
    if "://" not in said:
        return Path(said).read_text("utf-8").splitlines()
    place = place_of(said, env)
    if isinstance(place, AnchorFile):
        return place.path.read_text("utf-8").splitlines()
    if isinstance(place, AnchorBucket):
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return list(place.lines())
        except (BotoCoreError, ClientError) as trouble:
            raise OSError(f"{place.name} does not answer") from trouble
    raise ValueError("mails can't be read back; save their lines into a file")


def _write_whole(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
