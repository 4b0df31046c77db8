"""Resumable uploads, tus 1.0, as raw ASGI: Django would spool a whole body before its view ran."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar
from uuid import UUID

from django.db import close_old_connections
from django.utils import timezone

from arcada.apps.files.access import upload_for
from arcada.apps.files.actions import Received, end_upload, fail_upload
from arcada.apps.files.models import Upload
from arcada.apps.files.receiving import Reception
from arcada.apps.files.request_body import BodyEnded, BodyTooLarge, Incoming, Receive, pieces
from arcada.apps.files.storage import AlreadyStored, WriteLost
from arcada.apps.files.tus_words import (
    VERSION,
    Answer,
    Patch,
    Scope,
    Send,
    abilities,
    answer_to,
    demand_same_origin,
    gone,
    read_patch,
    send_answer,
    told,
)
from arcada.apps.files.upload_lock import UploadLock, locked
from arcada.core.access import Actor
from arcada.core.errors import ArcadaError, NotFound
from arcada.core.sealing import CHUNK, same

P = ParamSpec("P")
T = TypeVar("T")

PATH: Final = "/api/v1/uploads/"
KEEP_EVERY: Final = 8 * CHUNK  # how much a kill may cost in one long request
AT_ONCE: Final = 64

_threads = ThreadPoolExecutor(16, "upload")
_hash_threads = ThreadPoolExecutor(4, "upload-hash")


class TusApplication:
    """OPTIONS, HEAD, PATCH and DELETE of /api/v1/uploads/{id}; an upload is made by `open_upload`.

    `received[subject_kind]` is called in the transaction that completes an upload,
    `failed[subject_kind]` after one that will never complete.
    """

    def __init__(
        self,
        *,
        authenticate: Callable[[Scope], Awaitable[Actor | None]],
        received: Mapping[str, Received],
        failed: Mapping[str, Callable[[Actor, Upload], None]] | None = None,
    ) -> None:
        self._authenticate = authenticate
        self._received = received
        self._failed = failed or {}
        self._busy = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        incoming = Incoming(receive)
        try:
            answer = await self._answer(scope, incoming)
        except Answer as early:
            answer = early
        except Exception as fault:
            answer = answer_to(fault)
        if scope["method"] == "PATCH" and answer.status >= 400 and answer.status not in (401, 408, 413):
            await incoming.drain(at_most=16 * CHUNK, seconds=5)
        await send_answer(send, answer, is_head=scope["method"] == "HEAD")

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        method = scope["method"]
        if method == "OPTIONS":
            return abilities()
        if method not in ("HEAD", "PATCH", "DELETE"):
            return Answer(405, {"Allow": "OPTIONS, HEAD, PATCH, DELETE"}, "method_not_allowed")
        if headers.get("tus-resumable") != VERSION:
            return Answer(412, {"Tus-Version": VERSION}, "tus_version", f"Tus-Resumable must be {VERSION}.")
        if method != "HEAD":
            demand_same_origin(headers)
        actor = await self._authenticate(scope)
        if actor is None:
            return Answer(401, {"WWW-Authenticate": "Bearer"}, "not_signed_in", "Sign in first.")
        upload = await _in_thread(_find, actor, scope["path"])
        if method == "HEAD":
            return _head(upload)
        if method == "DELETE":
            await _in_thread(_end, actor, upload)
            return Answer(204)
        return await self._patch(actor, upload, read_patch(upload, headers), receive)

    async def _patch(self, actor: Actor, upload: Upload, patch: Patch, receive: Receive) -> Answer:
        if self._busy >= AT_ONCE:
            return Answer(503, {"Retry-After": "2"}, "busy", "Too many uploads at once; try again.")
        self._busy += 1
        try:
            lock = await _in_thread(UploadLock(upload.id).take)
            try:
                # Read again: until the lock was ours another request may have written.
                current = await _in_thread(upload_for, actor, upload.id)
                return _refusal(current, patch) or await self._receive(actor, current, patch, receive)
            finally:
                await _in_thread(lock.release)
        finally:
            self._busy -= 1

    async def _receive(self, actor: Actor, upload: Upload, patch: Patch, receive: Receive) -> Answer:
        reception = await _in_thread(Reception, upload)
        try:
            ended = await _take_all(reception, upload, patch, receive)
            if patch.check is not None:  # a chunk with a checksum counts whole or not at all
                if ended is not None:
                    return Answer(408 if ended.is_slow else 400, {}, "body_ended", "The body ended early.")
                if not same(patch.check.digest(), patch.promised):
                    return Answer(460, {}, "checksum_mismatch", "The chunk arrived changed; send it again.")
            if reception.is_last_byte_here:
                await _in_thread(reception.complete, actor, self._received, now=timezone.now())
            elif reception.received > reception.kept:
                await _in_thread(reception.keep)
            if ended is not None and ended.is_slow:
                slow = told(upload, reception.kept).headers
                return Answer(408, slow, "too_slow", "The body came too slowly.")
            return told(upload, reception.received)
        except AlreadyStored:
            await _in_thread(reception.go_on_from_stored, actor, self._received, now=timezone.now())
            return told(upload, upload.size)
        except ArcadaError as fault:
            if isinstance(fault, WriteLost):
                await _in_thread(fail_upload, actor, upload, reason=fault.code, now=timezone.now())
            await _in_thread(self._tell_failed, actor, upload.id)
            raise
        finally:
            await _in_thread(reception.close)

    def _tell_failed(self, actor: Actor, upload_id: UUID) -> None:
        upload = Upload.objects.get(pk=upload_id)
        tell = self._failed.get(upload.subject_kind)
        if upload.state == "failed" and tell is not None:
            tell(actor, upload)


async def _take_all(reception: Reception, upload: Upload, patch: Patch, receive: Receive) -> BodyEnded | None:
    """Read the body while the piece before is sealed and written; returns how the line ended, if it did."""
    work: asyncio.Future[None] | None = None
    body = pieces(receive, offset=upload.offset, at_most=upload.size - upload.offset)
    try:
        async for piece in body:
            if work is not None:
                await work
            if patch.check is None and reception.received - reception.kept >= KEEP_EVERY:
                await _in_thread(reception.keep)
            work = asyncio.ensure_future(_take(reception, patch, piece))
        if work is not None:
            await work
    except BodyEnded as ended:
        if work is not None:
            await work
        return ended
    except BodyTooLarge:
        raise Answer(413, {}, "too_many_bytes", "More bytes than the upload promised.") from None
    finally:
        if work is not None and not work.done():
            await asyncio.wait([work])
            work.exception()
    return None


async def _take(reception: Reception, patch: Patch, piece: memoryview) -> None:
    """Hash on one core while the other seals and writes."""

    def count() -> None:
        reception.hash(piece)
        if patch.check is not None:
            patch.check.update(piece)

    loop = asyncio.get_running_loop()
    counted = loop.run_in_executor(_hash_threads, count)
    try:
        await loop.run_in_executor(_threads, reception.take, piece)
    finally:
        await counted


def _find(actor: Actor, path: str) -> Upload:
    tail = path.removeprefix(PATH)
    try:
        upload_id = UUID(tail)
    except ValueError:
        raise NotFound from None
    if str(upload_id) != tail:
        raise NotFound
    return upload_for(actor, upload_id)


def _end(actor: Actor, upload: Upload) -> None:
    with locked(upload.id):
        end_upload(actor, upload_for(actor, upload.id), now=timezone.now())


def _head(upload: Upload) -> Answer:
    refusal = _ended(upload)
    if refusal is not None:
        return refusal
    return Answer(200, {**told(upload, upload.offset).headers, "Upload-Length": str(upload.size)})


def _refusal(upload: Upload, patch: Patch) -> Answer | None:
    """Why this PATCH is not read, if it is not."""
    refusal = _ended(upload)
    if refusal is not None:
        return refusal
    if patch.offset != upload.offset:
        return Answer(
            409, told(upload, upload.offset).headers, "offset_conflict", f"It is at {upload.offset}."
        )
    return told(upload, upload.offset) if upload.state == "complete" else None


def _ended(upload: Upload) -> Answer | None:
    if upload.state == "open" and upload.expires_at <= timezone.now():
        return Answer(410, {}, "upload_expired", "The upload's time is over; begin a new one.")
    return None if upload.state in ("open", "complete") else gone(upload)


async def _in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work`, which speaks with the database, in a thread; the connection does not outlive its age."""

    def run() -> T:
        close_old_connections()
        try:
            return work(*args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_threads, run)
