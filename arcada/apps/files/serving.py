"""A stored file as an answer: Range, ETag, streaming in little memory, headers that make no file a page."""

import inspect
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, Literal

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header, parse_etags, quote_etag

from arcada.apps.files.models import StoredFile
from arcada.apps.files.sealed import aread_range
from arcada.core.file_names import safe_name

Cache = Literal["private-immutable", "no-store"]
StillAllowed = Callable[[], bool | Awaitable[bool]]

RECHECK_SECONDS: Final = 0.5
PART: Final = 256 * 1024  # bytes given to the line at once
_CACHE_CONTROL: Final = {"private-immutable": "private, max-age=31536000, immutable", "no-store": "no-store"}
_RANGE = re.compile(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*")


# Whatever is in it, a browser runs nothing of it here.
_NO_PAGE: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class RightsEnded(Exception):
    """Whoever downloads may no longer do so."""


def as_attachment(answer: HttpResponseBase, filename: str) -> HttpResponseBase:
    """The answer as a file to keep, made for this one asking: never cached, never a page."""
    headers = {**_NO_PAGE, "Cache-Control": _CACHE_CONTROL["no-store"]}
    headers["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    for name, value in headers.items():
        answer[name] = value
    return answer


async def answer_file(
    request: HttpRequest,
    file: StoredFile,
    *,
    filename: str,
    media_type: str,
    inline: bool,
    cache: Cache,
    still_allowed: StillAllowed | None = None,
) -> HttpResponseBase:
    """200, 206, 304 or 416 for `file`; raises SealBroken or StoreUnavailable (503) before a byte is sent.

    `still_allowed` is asked again while the file is sent, so that a revoked right cuts a running download.
    """
    headers = {
        "ETag": quote_etag(file.sha256),
        "Accept-Ranges": "bytes",
        "Cache-Control": _CACHE_CONTROL[cache],
        **_NO_PAGE,
        "Content-Disposition": content_disposition_header(not inline, safe_name(filename)) or "attachment",
    }
    if _is_known(request, file):
        return HttpResponse(status=304, headers=headers)
    status, start, stop = _wanted(request, file)
    if status == 416:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{file.bytes}"})
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.bytes}"
    headers["Content-Length"] = str(stop - start)
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers, content_type=media_type)
    pieces = aread_range(file, start, stop)
    first = await anext(pieces, b"")  # a broken seal must become a 503, not half a file
    body = _watched(first, pieces, still_allowed)
    return StreamingHttpResponse(body, status=status, headers=headers, content_type=media_type)


async def _watched(
    first: bytes, pieces: AsyncIterator[bytes], still_allowed: StillAllowed | None
) -> AsyncIterator[bytes]:
    rights = Rights(still_allowed)
    async for part in rights.watch(first):
        yield part
    async for piece in pieces:
        async for part in rights.watch(piece):
            yield part


class Rights:
    """Asks again, at most twice a second, whether whoever downloads still may."""

    def __init__(self, still_allowed: StillAllowed | None) -> None:
        self._still_allowed = still_allowed
        self._asked_at = time.monotonic()

    async def watch(self, piece: bytes) -> AsyncIterator[bytes]:
        """`piece` in parts so small that a slow line asks often; raises RightsEnded."""
        for start in range(0, len(piece), PART) or (0,):
            await self._demand()
            yield piece[start : start + PART]

    async def _demand(self) -> None:
        if self._still_allowed is None or time.monotonic() - self._asked_at < RECHECK_SECONDS:
            return
        if inspect.iscoroutinefunction(self._still_allowed):
            is_allowed = await self._still_allowed()
        else:
            is_allowed = await sync_to_async(self._still_allowed)()
        if not is_allowed:
            raise RightsEnded
        self._asked_at = time.monotonic()


def _is_known(request: HttpRequest, file: StoredFile) -> bool:
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or quote_etag(file.sha256) in {etag.removeprefix("W/") for etag in known}


def _wanted(request: HttpRequest, file: StoredFile) -> tuple[int, int, int]:
    """Status, start and stop of what is asked for. Several ranges, or none that we know, mean the whole."""
    whole = (200, 0, file.bytes)
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    condition = request.headers.get("If-Range")
    if asked is None or asked[0].endswith("=-") or (condition and condition != quote_etag(file.sha256)):
        return whole
    first, last = asked[1], asked[2]
    if not first and not last:
        return whole
    if not first:
        start, stop = max(0, file.bytes - int(last)), file.bytes
        return (206, start, stop) if int(last) and file.bytes else (416, 0, 0)
    start, stop = int(first), min(int(last) + 1 if last else file.bytes, file.bytes)
    if last and int(last) < int(first):
        return whole  # not a range at all
    return (206, start, stop) if start < file.bytes else (416, 0, 0)
