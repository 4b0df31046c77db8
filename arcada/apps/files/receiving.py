"""The bytes of one upload on their way into the store, sealed as they come; nothing counts before `keep`."""

import hashlib
import uuid
from collections import OrderedDict, deque
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from arcada.apps.files.actions import Received, complete_upload, fail_upload
from arcada.apps.files.keys import file_key, sealer_of, tail_sealer_of
from arcada.apps.files.models import StoredFile, Upload
from arcada.apps.files.sealed import object_sha256, seal_chunks
from arcada.apps.files.steps import Step, reached
from arcada.apps.files.storage import PartWriter, StoreUnavailable, the_store
from arcada.core.access import Actor
from arcada.core.errors import ArcadaError, Conflict, Refused, Unavailable
from arcada.core.sealing import CHUNK, SEALED_CHUNK, sealed_size

REMEMBERED: Final = 1000
# SHA-256 so far of uploads that this process received from their first byte; others are read back at the end.
_running: "OrderedDict[UUID, tuple[int, hashlib._Hash]]" = OrderedDict()


class _Rooms:
    """Where one part is gathered and sealed; used again by the next request, since fresh memory is dear."""

    _idle: ClassVar["deque[_Rooms]"] = deque(maxlen=2)

    def __init__(self, chunks: int) -> None:
        self.chunks = chunks
        self.plain = bytearray(chunks * CHUNK)
        self.sealed = bytearray(chunks * SEALED_CHUNK)

    @classmethod
    def of(cls, chunks: int) -> "_Rooms":
        with suppress(IndexError):
            rooms = cls._idle.pop()
            if rooms.chunks == chunks:
                return rooms
        return cls(chunks)

    def give_back(self) -> None:
        self._idle.append(self)


class Reception:
    """One request's part of an upload. Only `hash` may run while `take` or `keep` does."""

    def __init__(self, upload: Upload) -> None:
        assert upload.wrapped_key is not None
        self._upload = upload
        self._store = the_store()
        self._part = self._store.part_chunks * CHUNK
        key = file_key(upload.workspace_id, upload.id, upload.wrapped_key)
        self._sealer = sealer_of(key, workspace_id=upload.workspace_id, file_id=upload.id)
        self._tail_sealer = tail_sealer_of(key, workspace_id=upload.workspace_id, file_id=upload.id)
        self._parts: dict[str, Any] | None = upload.store_state.get("parts")
        self._tail: dict[str, Any] | None = upload.store_state.get("tail")
        self._writer: PartWriter | None = None
        self._sha256 = _hash_so_far(upload)
        # What does not fill a part yet: the first `_held` bytes of `_waiting`.
        self._rooms = _Rooms.of(self._store.part_chunks)
        self._waiting = memoryview(self._rooms.plain)
        tail = self._open_tail()
        self._held = len(tail)
        self._waiting[: self._held] = tail
        self._sealed = upload.offset - self._held  # plaintext bytes that lie in parts
        self.received = upload.offset
        self.kept = upload.offset

    @property
    def is_last_byte_here(self) -> bool:
        return self.received == self._upload.size

    def hash(self, data: bytes | memoryview) -> None:
        """Count `data` into the file's SHA-256."""
        running = self._sha256
        if running is not None:
            running.update(data)

    def take(self, data: bytes | memoryview) -> None:
        """Seal `data` and hand whole parts to the store; raises StoreUnavailable, AlreadyStored."""
        self.received += len(data)
        rest = memoryview(data)
        while rest:
            if not self._held and len(rest) >= self._part:
                self._append(rest[: self._part])
                rest = rest[self._part :]
                continue
            fitting = rest[: self._part - self._held]
            self._waiting[self._held : self._held + len(fitting)] = fitting
            self._held += len(fitting)
            rest = rest[len(fitting) :]
            if self._held == self._part:
                self._append(self._waiting)
                self._held = 0

    def keep(self) -> None:
        """Make what was taken durable and tell the database; only then may a client be told."""
        tail = self._seal_tail()
        parts = self._writer.sync() if self._writer is not None else self._parts
        reached(Step.SYNCED)
        state = {"opened_in": self._upload.store_state.get("opened_in", ""), "parts": parts, "tail": tail}
        # The offset that was read is the fence: whoever lost the lock changes nothing.
        changed = Upload.objects.filter(pk=self._upload.pk, state="open", offset=self.kept).update(
            offset=self.received, store_state=state
        )
        if not changed:
            raise Conflict("The upload went on elsewhere.", code="offset_conflict")
        reached(Step.OFFSET_KEPT)
        if self._tail is not None:
            self._forget(str(self._tail["key"]))
        self._parts, self._tail, self.kept = parts, tail, self.received

    def remember(self) -> None:
        """After `keep`, when all that was kept is hashed, too: the next request goes on from this hash."""
        if self._sha256 is None or self.kept != self.received:
            return  # what did not count is in the hash
        _running[self._upload.id] = (self.kept, self._sha256.copy())
        _running.move_to_end(self._upload.id)
        while len(_running) > REMEMBERED:
            _running.popitem(last=False)

    def complete(self, actor: Actor, received: Mapping[str, Received], *, now: datetime) -> StoredFile:
        """After the last byte: durable, compared with what was promised, stored, committed.

        Raises Refused (sha256_mismatch: nothing stays) or what `received` raises (nothing stays either).
        """
        if self._held:
            self._append(self._waiting[: self._held])
            self._held = 0
        assert self._writer is not None
        if self._sha256 is not None:
            self._compare(actor, self._sha256.hexdigest(), now=now)
        reached(Step.HASH_AGREED)
        self._writer.finish()
        reached(Step.STORED)
        return self._commit(actor, received, now=now)

    def go_on_from_stored(
        self, actor: Actor, received: Mapping[str, Received], *, now: datetime
    ) -> StoredFile:
        """An earlier attempt stored the object and was ended before its row: check it and write the row."""
        self._store.settle(self._upload.object_key)
        self._sha256 = None
        return self._commit(actor, received, now=now)

    def close(self) -> None:
        """Let go; parts that no row knows of are removed, since nobody could go on from them."""
        if self._writer is not None:
            if self._parts is None:
                with suppress(StoreUnavailable):
                    self._writer.abandon()
            self._writer.close()
        self._rooms.give_back()

    def _commit(self, actor: Actor, received: Mapping[str, Received], *, now: datetime) -> StoredFile:
        upload = self._upload
        if self._store.size(upload.object_key) != sealed_size(upload.size):
            raise StoreUnavailable("The store holds another size than it was given.")
        if self._sha256 is None:
            sha256 = object_sha256(self._store, upload.object_key, self._sealer, upload.size)
            self._compare(actor, sha256, now=now)
        else:
            sha256 = self._sha256.hexdigest()
        try:
            file = complete_upload(actor, upload, sha256=sha256, received=received, now=now)
        except ArcadaError as refusal:
            if not isinstance(refusal, Unavailable):
                fail_upload(actor, upload, reason=refusal.code, now=now)
            raise
        reached(Step.COMMITTED)
        _running.pop(upload.id, None)
        if self._tail is not None:
            self._forget(str(self._tail["key"]))
        return file

    def _compare(self, actor: Actor, sha256: str, *, now: datetime) -> None:
        if self._upload.sha256 and sha256 != self._upload.sha256:
            _running.pop(self._upload.id, None)
            fail_upload(actor, self._upload, reason="sha256_mismatch", now=now)
            raise Refused(
                "The file arrived changed; it was not stored. Send it again.", code="sha256_mismatch"
            )

    def _append(self, data: memoryview) -> None:
        """Seal `data`, which begins where the parts end, and hand it to the store."""
        if self._writer is None:
            self._writer = self._store.write(self._upload.object_key, self._parts)
        ends_file = self._sealed + len(data) == self._upload.size
        first = self._sealed // CHUNK
        self._writer.append(
            seal_chunks(self._sealer, data, first, ends_file=ends_file, room=self._rooms.sealed)
        )
        self._sealed += len(data)
        reached(Step.CHUNK_WRITTEN)

    def _seal_tail(self) -> dict[str, Any] | None:
        """What is too small for a part waits as an object of its own, under a new key each time."""
        if not self._held:
            return None
        key = f"tails/{self._upload.id}/{uuid.uuid4().hex}"
        first = self._sealed // CHUNK
        self._store.put(
            key, seal_chunks(self._tail_sealer, self._waiting[: self._held], first, ends_file=True)
        )
        return {"key": key, "bytes": self._held}

    def _open_tail(self) -> bytes:
        if self._tail is None:
            return b""
        size = int(self._tail["bytes"])
        sealed = memoryview(self._store.read(str(self._tail["key"]), 0, sealed_size(size)))
        first = (self._upload.offset - size) // CHUNK
        starts = range(0, len(sealed), SEALED_CHUNK)
        return b"".join(
            self._tail_sealer.open(
                first + number, sealed[start : start + SEALED_CHUNK], is_last=number == len(starts) - 1
            )
            for number, start in enumerate(starts)
        )

    def _forget(self, key: str) -> None:
        with suppress(StoreUnavailable):  # what stays, the sweep takes
            self._store.delete(key)


def _hash_so_far(upload: Upload) -> "hashlib._Hash | None":
    if upload.offset == 0:
        return hashlib.sha256()
    offset, running = _running.get(upload.id, (-1, None))
    return running.copy() if running is not None and offset == upload.offset else None
