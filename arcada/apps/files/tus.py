"""Resumable uploads, tus 1.0, as raw ASGI: Django would spool a whole body before its view ran."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Final, ParamSpec, TypeVar
from uuid import UUID

from django.db import close_old_connections, connections
from django.utils import timezone

from arcada.apps.files.access import upload_for
from arcada.apps.files.actions import Received, end_upload
from arcada.apps.files.lane import Lane
from arcada.apps.files.request_body import BodyEnded, BodyTooLarge, Incoming, Receive, pieces
from arcada.apps.files.tus_patch import Failed, Patching, refusal_of
from arcada.apps.files.tus_words import (
    VERSION,
    Answer,
    Scope,
    Send,
    abilities,
    answer_to,
    demand_same_origin,
    send_answer,
    told,
)
from arcada.apps.files.upload_lock import locked
from arcada.core.access import Actor
from arcada.core.errors import NotFound
from arcada.core.sealing import CHUNK

P = ParamSpec("P")
T = TypeVar("T")

PATH: Final = "/api/v1/uploads/"
KEEP_EVERY: Final = 8 * CHUNK  # how much a kill may cost in one long request
AT_ONCE: Final = 64
# In MiB: what may lie in memory until it is sealed and written, or is counted into the whole file's SHA-256.
UNSEALED: Final = 2
UNHASHED: Final = 4
CONNECTION_SECONDS: Final = 60


def _keep_connections() -> None:
    """These threads stay, and so may their connections: opening one costs more than what a chunk asks of it."""
    for one in connections.all():
        one.settings_dict = {
            **one.settings_dict,
            "CONN_MAX_AGE": CONNECTION_SECONDS,
            "CONN_HEALTH_CHECKS": True,
        }


_threads = ThreadPoolExecutor(16, "upload", initializer=_keep_connections)
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
        failed: Mapping[str, Failed] | None = None,
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
        upload_id = _upload_id(scope["path"])
        if method == "HEAD":
            return await in_thread(_head, actor, upload_id)
        if method == "DELETE":
            return await in_thread(_end, actor, upload_id)
        if self._busy >= AT_ONCE:
            return Answer(503, {"Retry-After": "2"}, "busy", "Too many uploads at once; try again.")
        self._busy += 1
        try:
            return await self._patch(await in_thread(Patching, actor, upload_id, headers), receive)
        finally:
            self._busy -= 1

    async def _patch(self, patching: Patching, receive: Receive) -> Answer:
        sealing = Lane(_threads, patching.take, ahead=UNSEALED)
        hashing = Lane(_hash_threads, patching.reception.hash, ahead=UNHASHED)
        try:
            ended = await _take_all(patching, sealing, hashing, receive)
            if patching.reception.is_last_byte_here:
                await hashing.drained()
        except BaseException as fault:
            await sealing.stop()
            await hashing.stop()
            if isinstance(fault, Exception):
                return await in_thread(patching.end_with, fault, self._received, self._failed)
            await in_thread(patching.close)
            raise
        # A disk takes its time to make things durable; the rest is hashed meanwhile.
        ending = asyncio.ensure_future(in_thread(patching.end, ended, self._received, self._failed))
        try:
            await hashing.drained()
        finally:
            answer = await ending
        patching.reception.remember()
        return answer


async def _take_all(patching: Patching, sealing: Lane, hashing: Lane, receive: Receive) -> BodyEnded | None:
    """Read the body while what came before is sealed, written and hashed; returns how the line ended, if it did."""
    reception, ended = patching.reception, None
    try:
        async for piece in pieces(receive, at_most=patching.upload.size - patching.upload.offset):
            if not patching.counts_whole_only and reception.received - reception.kept >= KEEP_EVERY:
                await sealing.drained()
                await in_thread(reception.keep)
            await sealing.put(piece)
            await hashing.put(piece)
    except BodyEnded as early:
        ended = early
    except BodyTooLarge:
        raise Answer(413, {}, "too_many_bytes", "More bytes than the upload promised.") from None
    await sealing.drained()
    return ended


def _upload_id(path: str) -> UUID:
    tail = path.removeprefix(PATH)
    try:
        upload_id = UUID(tail)
    except ValueError:
        raise NotFound from None
    if str(upload_id) != tail:
        raise NotFound
    return upload_id


def _end(actor: Actor, upload_id: UUID) -> Answer:
    upload_for(actor, upload_id)
    with locked(upload_id):
        end_upload(actor, upload_for(actor, upload_id), now=timezone.now())
    return Answer(204)


def _head(actor: Actor, upload_id: UUID) -> Answer:
    upload = upload_for(actor, upload_id)
    at = told(upload, upload.offset).headers
    return refusal_of(upload) or Answer(200, {**at, "Upload-Length": str(upload.size)})


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work`, which speaks with the database, in one of the threads for it."""

    def run() -> T:
        close_old_connections()
        try:
            return work(*args, **kwargs)
        finally:
            close_old_connections()

    # In the request's own context: it says whose rows the work may reach.
    return await asyncio.get_running_loop().run_in_executor(_threads, copy_context().run, run)
