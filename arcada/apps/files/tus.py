"""Resumable uploads, tus 1.0, as raw ASGI: Django would spool a whole body before its view ran."""

import asyncio
import base64
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final, ParamSpec, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django.utils.http import http_date

from arcada.apps.files.access import upload_for
from arcada.apps.files.actions import Received, end_upload
from arcada.apps.files.models import Upload
from arcada.apps.files.receiving import Reception
from arcada.apps.files.request_body import BodyEnded, BodyTooLarge, Receive, drain, pieces
from arcada.apps.files.storage import AlreadyStored, StoreFull
from arcada.apps.files.upload_lock import Busy, UploadLock
from arcada.core.access import Actor
from arcada.core.errors import ArcadaError, Conflict, NotFound, Refused, Unavailable
from arcada.core.sealing import CHUNK, same

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
P = ParamSpec("P")
T = TypeVar("T")

PATH: Final = "/api/v1/uploads/"
VERSION: Final = "1.0.0"
KEEP_EVERY: Final = 8 * CHUNK  # how much a kill may cost in one long request
AT_ONCE: Final = 64
_ALGORITHMS: Final = {"sha256": hashlib.sha256, "sha1": lambda: hashlib.sha1(usedforsecurity=False)}

_log = logging.getLogger("arcada.files")
_threads = ThreadPoolExecutor(16, "upload")


@dataclass(slots=True)
class Answer(Exception):
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    code: str = ""
    text: str = ""


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
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        try:
            answer = await self._answer(scope, headers, receive)
        except Answer as early:
            answer = early
        except Exception as fault:
            answer = _answer_to(fault)
        if answer.status >= 400 and scope["method"] == "PATCH" and answer.status not in (401, 408, 413):
            await drain(receive, at_most=16 * CHUNK, seconds=5)
        await _send(send, answer, is_head=scope["method"] == "HEAD")

    async def _answer(self, scope: Scope, headers: Mapping[str, str], receive: Receive) -> Answer:
        method = scope["method"]
        if method == "OPTIONS":
            return Answer(
                204,
                {
                    "Tus-Version": VERSION,
                    "Tus-Extension": "checksum,expiration,termination",
                    "Tus-Checksum-Algorithm": ",".join(_ALGORITHMS),
                },
            )
        if method not in ("HEAD", "PATCH", "DELETE"):
            return Answer(405, {"Allow": "OPTIONS, HEAD, PATCH, DELETE"}, "method_not_allowed")
        if headers.get("tus-resumable") != VERSION:
            return Answer(412, {"Tus-Version": VERSION}, "tus_version", f"Tus-Resumable must be {VERSION}.")
        if method != "HEAD":
            _demand_same_origin(scope, headers)
        actor = await self._authenticate(scope)
        if actor is None:
            return Answer(401, {"WWW-Authenticate": "Bearer"}, "not_signed_in", "Sign in first.")
        upload = await _in_thread(_find, actor, scope["path"])
        if method == "HEAD":
            return _head(upload)
        if method == "DELETE":
            await _in_thread(_end, actor, upload)
            return Answer(204)
        return await self._patch(actor, upload, headers, receive)

    async def _patch(
        self, actor: Actor, upload: Upload, headers: Mapping[str, str], receive: Receive
    ) -> Answer:
        offset, check, promised = _read_patch(upload, headers)
        if self._busy >= AT_ONCE:
            return Answer(503, {"Retry-After": "2"}, "busy", "Too many uploads at once; try again.")
        self._busy += 1
        try:
            lock = await _in_thread(UploadLock(upload.id).take)
            try:
                current = await _in_thread(_find_again, actor, upload.id)
                return await self._receive(actor, current, offset, check, promised, receive)
            finally:
                await _in_thread(lock.release)
        except Busy:
            return Answer(423, {"Retry-After": "1"}, "upload_locked", "Another request writes to it.")
        finally:
            self._busy -= 1

    async def _receive(
        self,
        actor: Actor,
        upload: Upload,
        offset: int,
        check: "hashlib._Hash | None",
        promised: bytes,
        receive: Receive,
    ) -> Answer:
        if upload.state == "open" and upload.expires_at <= timezone.now():
            return Answer(410, {}, "upload_expired", "The upload's time is over.")
        if upload.state not in ("open", "complete"):
            return _gone(upload)
        if offset != upload.offset:
            return Answer(
                409, {"Upload-Offset": str(upload.offset)}, "offset_conflict", f"It is at {upload.offset}."
            )
        if upload.state == "complete":
            return _told(upload, upload.offset)
        reception = await _in_thread(Reception, upload)
        try:
            ended = await self._take_all(reception, upload, check, receive)
            if check is not None and (ended is not None or not same(check.digest(), promised)):
                # A chunk with a checksum counts whole or not at all.
                if ended is not None:
                    return Answer(408 if ended.is_slow else 400, {}, "body_ended", "The body ended early.")
                return Answer(460, {}, "checksum_mismatch", "The chunk arrived changed; send it again.")
            if reception.is_last_byte_here:
                await _in_thread(reception.complete, actor, self._received, now=timezone.now())
            elif reception.received > reception.kept:
                await _in_thread(reception.keep)
            if ended is not None and ended.is_slow:
                return Answer(
                    408, {"Upload-Offset": str(reception.kept)}, "too_slow", "The body came too slowly."
                )
            return _told(upload, reception.received)
        except AlreadyStored:
            await _in_thread(reception.go_on_from_stored, actor, self._received, now=timezone.now())
            return _told(upload, upload.size)
        except (Refused, NotFound, Conflict):
            await _in_thread(self._tell_failed, actor, upload.id)
            raise
        finally:
            await _in_thread(reception.close)

    async def _take_all(
        self, reception: Reception, upload: Upload, check: "hashlib._Hash | None", receive: Receive
    ) -> BodyEnded | None:
        """Read the body while the piece before is sealed and written; returns how the line ended, if it did."""
        work: asyncio.Future[None] | None = None
        body = pieces(receive, offset=upload.offset, at_most=upload.size - upload.offset)
        try:
            async for piece in body:
                if work is not None:
                    await work
                    work = None
                    taken = reception.received - reception.kept
                    if check is None and taken >= KEEP_EVERY and not reception.is_last_byte_here:
                        await _in_thread(reception.keep)
                work = asyncio.ensure_future(_in_plain_thread(_take, reception, check, piece))
            if work is not None:
                await work
                work = None
        except BodyEnded as ended:
            if work is not None:
                await work
                work = None
            return ended
        except BodyTooLarge:
            raise Answer(413, {}, "too_many_bytes", "More bytes than the upload promised.") from None
        finally:
            if work is not None:
                await asyncio.wait([work])
                work.exception()
        return None

    def _tell_failed(self, actor: Actor, upload_id: UUID) -> None:
        upload = Upload.objects.get(pk=upload_id)
        tell = self._failed.get(upload.subject_kind)
        if upload.state == "failed" and tell is not None:
            tell(actor, upload)


def _take(reception: Reception, check: "hashlib._Hash | None", piece: bytes) -> None:
    if check is not None:
        check.update(piece)
    reception.take(piece)


def _find(actor: Actor, path: str) -> Upload:
    tail = path.removeprefix(PATH)
    try:
        upload_id = UUID(tail)
    except ValueError:
        raise NotFound from None
    if str(upload_id) != tail:
        raise NotFound
    return upload_for(actor, upload_id)


def _find_again(actor: Actor, upload_id: UUID) -> Upload:
    """The row as it is now that the lock is ours."""
    return upload_for(actor, upload_id)


def _end(actor: Actor, upload: Upload) -> None:
    lock = UploadLock(upload.id).take()
    try:
        end_upload(actor, upload_for(actor, upload.id), now=timezone.now())
    finally:
        lock.release()


def _read_patch(upload: Upload, headers: Mapping[str, str]) -> tuple[int, "hashlib._Hash | None", bytes]:
    """Offset, running checksum and promised checksum of a PATCH; leaves with an Answer when they make no sense."""
    if headers.get("content-type") != "application/offset+octet-stream":
        raise Answer(415, {}, "media_type", "Content-Type must be application/offset+octet-stream.")
    told = headers.get("upload-offset", "")
    if not (told.isascii() and told.isdigit() and len(told) <= 15):
        raise Answer(400, {}, "upload_offset", "Upload-Offset must be a number.")
    length = headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > max(0, upload.size - int(told)):
        raise Answer(413, {}, "too_many_bytes", "More bytes than the upload promised.")
    if "upload-checksum" not in headers:
        return int(told), None, b""
    algorithm, _, value = headers["upload-checksum"].partition(" ")
    if algorithm not in _ALGORITHMS:
        raise Answer(400, {}, "checksum_algorithm", f"Upload-Checksum knows {', '.join(_ALGORITHMS)}.")
    try:
        promised = base64.b64decode(value, validate=True)
    except ValueError:
        raise Answer(400, {}, "checksum", "Upload-Checksum is not base64.") from None
    return int(told), _ALGORITHMS[algorithm](), promised


def _head(upload: Upload) -> Answer:
    if upload.state == "open" and upload.expires_at <= timezone.now():
        return Answer(410, {}, "upload_expired")
    if upload.state not in ("open", "complete"):
        return _gone(upload)
    answer = _told(upload, upload.offset)
    return Answer(200, {**answer.headers, "Upload-Length": str(upload.size)})


def _told(upload: Upload, offset: int) -> Answer:
    return Answer(
        204, {"Upload-Offset": str(offset), "Upload-Expires": http_date(upload.expires_at.timestamp())}
    )


def _gone(upload: Upload) -> Answer:
    return Answer(410, {}, upload.reason or "upload_ended", "This upload has ended; begin a new one.")


def _demand_same_origin(scope: Scope, headers: Mapping[str, str]) -> None:
    """A session cookie counts only from our own pages: a browser names where a request comes from."""
    if not _has_session(headers.get("cookie", "")):
        return
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    own = {urlsplit(settings.ENV.public_url).netloc, headers.get("host", "")}
    is_ours = origin is not None and urlsplit(origin).netloc in own if origin else site == "same-origin"
    if not is_ours or site not in (None, "same-origin"):
        raise Answer(403, {}, "foreign_origin", "The request comes from another site.")


def _has_session(cookies: str) -> bool:
    try:
        return settings.SESSION_COOKIE_NAME in SimpleCookie(cookies)
    except CookieError:
        return settings.SESSION_COOKIE_NAME in cookies


def _answer_to(fault: Exception) -> Answer:
    match fault:
        case NotFound():
            return Answer(404, {}, fault.code, fault.text)
        case Busy():
            return Answer(423, {"Retry-After": "1"}, "upload_locked", "Another request writes to it.")
        case Conflict():
            return Answer(409, {}, fault.code, fault.text)
        case StoreFull():
            return Answer(507, {"Retry-After": "60"}, fault.code, fault.text)
        case Unavailable():
            return Answer(503, {"Retry-After": "5"}, fault.code, fault.text)
        case ArcadaError():
            return Answer(422, {}, fault.code, fault.text)
        case DatabaseError():
            _log.error("The database failed under an upload: %s", type(fault).__name__)
            return Answer(503, {"Retry-After": "5"}, "unavailable", "Try again in a moment.")
    _log.exception("An upload failed")
    return Answer(500, {}, "error", "Something went wrong here.")


async def _send(send: Send, answer: Answer, *, is_head: bool) -> None:
    body = b""
    headers = {
        "Tus-Resumable": VERSION,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        **answer.headers,
    }
    if answer.status >= 400:
        headers["Content-Type"] = "application/problem+json"
        problem = {"title": answer.text, "status": answer.status, "code": answer.code}
        body = b"" if is_head else json.dumps(problem).encode()
    if answer.status != 204:
        headers["Content-Length"] = str(len(body))
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


async def _in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work`, which speaks with the database, in a thread; the connection does not outlive its age."""

    def run() -> T:
        close_old_connections()
        try:
            return work(*args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_threads, run)


async def _in_plain_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, lambda: work(*args, **kwargs))
