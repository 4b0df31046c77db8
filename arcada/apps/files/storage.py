"""The store of sealed bytes: one contract for a local folder and for S3, and the only door to either."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings

from arcada.config.env import Env, UnsafeSettings
from arcada.core.errors import Unavailable


class StoreUnavailable(Unavailable):
    """The store does not answer, or not in time (HTTP 503)."""

    code = "store_unavailable"


class StoreFull(StoreUnavailable):
    """No space is left in the store (HTTP 507); reading goes on."""

    code = "store_full"


class WriteLost(StoreUnavailable):
    """The disk took the bytes and then failed to keep them: what was sent since the last sync is gone."""

    code = "write_lost"


class ObjectMissing(StoreUnavailable):
    """The store answers, and the object is not there or shorter than its row says."""

    code = "object_missing"


class AlreadyStored(Exception):
    """The parts are gone because an earlier attempt finished them: the whole object is under its key."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """Something the store holds, finished or not, as the sweep sees it."""

    key: str
    bytes: int
    changed_at: datetime
    handle: str = ""  # what `drop` needs beside the key to end unfinished parts


class PartWriter(Protocol):
    """Writes one object in parts. What `state` said after the last `sync` survives any kill."""

    def append(self, data: bytes | bytearray) -> None:
        """Add a part: `part_chunks` sealed chunks; the last one may be smaller."""

    def sync(self) -> dict[str, Any]:
        """Make everything appended durable and return the state to go on from."""

    def finish(self) -> None:
        """Let the object appear under its key, whole, never in place of another."""

    def abandon(self) -> None:
        """Remove what was written, unless it is finished."""

    def close(self) -> None:
        """Let go of the writer, not of what was written."""


class Store(Protocol):
    part_chunks: int  # how many sealed chunks one appended part holds

    def write(self, key: str, state: dict[str, Any] | None = None) -> PartWriter:
        """Begin an object, or go on from `state`; parts after that state are forgotten."""

    def put(self, key: str, data: bytes | bytearray) -> None:
        """Write a whole small object once; durable when it returns."""

    def settle(self, key: str) -> None:
        """Make an object that an ended attempt left under its key as durable as a finished one."""

    def read(self, key: str, start: int, stop: int) -> bytes:
        """Exactly the bytes [start, stop); raises ObjectMissing."""

    def size(self, key: str) -> int | None:
        """Bytes of a finished object, or None."""

    def delete(self, key: str) -> None:
        """Remove a finished object; one that is not there is no fault."""

    def abandon(self, key: str, state: dict[str, Any]) -> None:
        """Remove the unfinished parts of `key`."""

    def objects(self) -> Iterator[StoredObject]:
        """Every finished object."""

    def unfinished(self) -> Iterator[StoredObject]:
        """Everything begun and not finished."""

    def drop(self, unfinished: StoredObject) -> None:
        """Remove one that `unfinished` gave."""


def the_store() -> Store:
    """The store of this installation."""
    env: Env = settings.ENV
    return _opened(env.storage_url, env.s3_access_key, env.s3_secret_key)


@lru_cache(maxsize=4)
def _opened(url: str, access_key: str, secret_key: str) -> Store:
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path:
        from arcada.apps.files.file_store import FileStore

        return FileStore(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        from arcada.apps.files.s3_store import S3Store

        options = dict(parse_qsl(parts.query))
        return S3Store(
            parts.netloc,
            endpoint=options.get("endpoint"),
            region=options.get("region", "us-east-1"),
            prefix=parts.path.strip("/"),
            access_key=access_key,
            secret_key=secret_key,
        )
    raise UnsafeSettings(
        [f"ARCADA_STORAGE_URL is {url!r}; it must be file:///folder or s3://bucket?endpoint=…"]
    )
