"""Sealed files: plaintext in, plaintext out; whatever was changed on the way raises instead of being given."""

import asyncio
import hashlib
import os
import uuid
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from asgiref.sync import sync_to_async

from arcada.apps.files.keys import file_key, new_file_key, open_name, seal_name, sealer_of
from arcada.apps.files.models import StoredFile
from arcada.apps.files.storage import ObjectMissing, Store, StoreUnavailable, the_store
from arcada.core.file_names import safe_name
from arcada.core.retention import RetentionClass
from arcada.core.sealing import CHUNK, NONCE, SEALED_CHUNK, FileSealer, SealBroken, chunk_count, sealed_size


def new_object_key(workspace_id: UUID, file_id: UUID) -> str:
    """workspace / file id / attempt: never given twice, so nothing is ever overwritten."""
    return f"{workspace_id}/{file_id}/{uuid.uuid4().hex}"


def store_bytes(
    workspace_id: UUID,
    data: bytes | Iterable[bytes],
    *,
    purpose: str,
    media_type: str,
    name: str | None = None,
    now: datetime,
    retention_class: RetentionClass = RetentionClass.RECORD,
    retain_until: datetime | None = None,
) -> StoredFile:
    """Seal `data` into the store under a new key; the caller saves the row, and that commit chooses it."""
    file_id = uuid.uuid4()
    key, wrapped_key = new_file_key(workspace_id, file_id)
    sealer = sealer_of(key, workspace_id=workspace_id, file_id=file_id)
    object_key = new_object_key(workspace_id, file_id)
    digest = hashlib.sha256()
    size = _write(the_store(), object_key, sealer, [data] if isinstance(data, bytes) else data, digest)
    return StoredFile(
        id=file_id,
        workspace_id=workspace_id,
        purpose=purpose,
        object_key=object_key,
        wrapped_key=wrapped_key,
        sealed_name=None if name is None else seal_name(workspace_id, file_id, safe_name(name)),
        media_type=media_type,
        bytes=size,
        sha256=digest.hexdigest(),
        retention_class=retention_class,
        retain_until=retain_until,
        created_at=now,
    )


def original_name(file: StoredFile) -> str:
    """The name the file was uploaded with, for its own workspace only; "" when it had none."""
    if file.sealed_name is None:
        return ""
    return open_name(file.workspace_id, file.id, file.sealed_name)


def read_bytes(file: StoredFile) -> bytes:
    """The whole plaintext; raises SealBroken, StoreUnavailable."""
    return b"".join(read_range(file, 0, file.bytes))


def read_range(file: StoredFile, start: int, stop: int) -> Iterator[bytes]:
    """The plaintext [start, stop), chunk by chunk; reads and opens only the chunks it needs."""
    return SealedReader(file).range(start, stop)


async def aread_range(file: StoredFile, start: int, stop: int) -> AsyncIterator[bytes]:
    """Like `read_range`; each read in a thread, the next one under way while this one is sent."""
    reader = await sync_to_async(SealedReader)(file)
    cuts = reader.cuts(start, stop)
    following = asyncio.ensure_future(asyncio.to_thread(reader.read, cuts[0])) if cuts else None
    try:
        for place in range(len(cuts)):
            assert following is not None
            data = await following
            following = None
            if place + 1 < len(cuts):
                following = asyncio.ensure_future(asyncio.to_thread(reader.read, cuts[place + 1]))
            yield data
    finally:
        if following is not None:
            following.cancel()


class Verdict(StrEnum):
    WHOLE = "whole"
    MISSING = "missing"
    BROKEN = "broken"


def verify_file(file: StoredFile) -> Verdict:
    """Read all of it and compare with the row's SHA-256; raises StoreUnavailable when the store is out."""
    try:
        digest = hashlib.sha256()
        for piece in read_range(file, 0, file.bytes):
            digest.update(piece)
        if the_store().size(file.object_key) != sealed_size(file.bytes):
            return Verdict.BROKEN
    except ObjectMissing:
        return Verdict.MISSING
    except SealBroken:
        return Verdict.BROKEN
    return Verdict.WHOLE if digest.hexdigest() == file.sha256 else Verdict.BROKEN


def object_sha256(store: Store, object_key: str, sealer: FileSealer, size: int) -> str:
    """SHA-256 of the plaintext of an object that has no row yet."""
    digest = hashlib.sha256()
    for chunk in range(0, chunk_count(size), store.part_chunks):
        digest.update(_open_chunks(store, object_key, sealer, size, chunk, chunk + store.part_chunks))
    return digest.hexdigest()


class SealedReader:
    """One stored file, its key unwrapped once; usable from any thread."""

    def __init__(self, file: StoredFile) -> None:
        key = file_key(file.workspace_id, file.id, file.wrapped_key)
        self._sealer = sealer_of(key, workspace_id=file.workspace_id, file_id=file.id)
        self._store = the_store()
        self._key = file.object_key
        self._size = file.bytes

    def cuts(self, start: int, stop: int) -> list[tuple[int, int]]:
        """[start, stop) cut where the store's parts meet."""
        if not 0 <= start <= stop <= self._size:
            raise ValueError(f"[{start}, {stop}) is not within {self._size} bytes.")
        part = self._store.part_chunks * CHUNK
        edges = [start, *range((start // part + 1) * part, stop, part), stop]
        return [] if start == stop else list(pairwise(edges))

    def read(self, cut: tuple[int, int]) -> bytes:
        start, stop = cut
        first, last = start // CHUNK, -(-stop // CHUNK)
        opened = _open_chunks(self._store, self._key, self._sealer, self._size, first, last)
        if len(opened) == stop - start:
            return opened
        return opened[start - first * CHUNK : stop - first * CHUNK]

    def range(self, start: int, stop: int) -> Iterator[bytes]:
        for cut in self.cuts(start, stop):
            yield self.read(cut)


def seal_chunks(
    sealer: FileSealer,
    data: bytes | bytearray | memoryview,
    first: int,
    *,
    ends_file: bool,
    room: bytearray | None = None,
) -> bytearray:
    """`data` as sealed chunks from number `first` on; `ends_file` marks its last chunk as the file's last.

    `room` is written over and given back when it has just the size that is needed.
    """
    size, count = sealed_size(len(data)), chunk_count(len(data))
    out = room if room is not None and len(room) == size else bytearray(size)
    plain, sealed = memoryview(data), memoryview(out)
    for number in range(count):
        sealer.seal_into(
            sealed[number * SEALED_CHUNK : (number + 1) * SEALED_CHUNK],
            first + number,
            plain[number * CHUNK : (number + 1) * CHUNK],
            is_last=ends_file and number == count - 1,
            nonce=os.urandom(NONCE),
        )
    return out


def _write(
    store: Store, key: str, sealer: FileSealer, pieces: Iterable[bytes], digest: "hashlib._Hash"
) -> int:
    """Seal `pieces` into the store as one object and return how many plaintext bytes they were."""
    part = store.part_chunks * CHUNK
    waiting = bytearray()
    writer = None
    done = 0
    try:
        for piece in pieces:
            digest.update(piece)
            waiting += piece
            while len(waiting) > part:  # the last chunk must be known as such, so one byte always waits
                writer = writer or store.write(key)
                writer.append(seal_chunks(sealer, waiting[:part], done // CHUNK, ends_file=False))
                del waiting[:part]
                done += part
        last = seal_chunks(sealer, waiting, done // CHUNK, ends_file=True)
        if writer is None:
            store.put(key, last)
        else:
            writer.append(last)
            writer.finish()
    except BaseException:
        if writer is not None:
            with suppress(StoreUnavailable):
                writer.abandon()
        raise
    finally:
        if writer is not None:
            writer.close()
    return done + len(waiting)


def _open_chunks(store: Store, key: str, sealer: FileSealer, size: int, first: int, stop: int) -> bytes:
    """The plaintext of the chunks [first, stop) of a file of `size` bytes."""
    count = chunk_count(size)
    stop = min(stop, count)
    start_at, end_at = first * SEALED_CHUNK, min(stop * SEALED_CHUNK, sealed_size(size))
    sealed = memoryview(store.read(key, start_at, end_at))
    opened = [
        sealer.open(
            number,
            sealed[(number - first) * SEALED_CHUNK : (number - first + 1) * SEALED_CHUNK],
            is_last=number == count - 1,
        )
        for number in range(first, stop)
    ]
    return opened[0] if len(opened) == 1 else b"".join(opened)
