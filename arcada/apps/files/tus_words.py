"""What tus 1.0 says in headers: reading them, and answering with them."""

import base64
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from errno import errorcode
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.utils.http import http_date

from arcada.apps.files.models import Upload
from arcada.apps.files.storage import StoreFull
from arcada.apps.files.upload_lock import Busy
from arcada.core.errors import ArcadaError, Barred, Conflict, NotFound, Unavailable

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

VERSION: Final = "1.0.0"
# sha1 because tus demands it; our own clients send sha256.
ALGORITHMS: Final = {"sha256": hashlib.sha256, "sha1": lambda: hashlib.sha1(usedforsecurity=False)}

_log = logging.getLogger("arcada.files")


@dataclass(slots=True, eq=False)
class Answer(Exception):
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Patch:
    """What a PATCH says of its body."""

    offset: int
    check: "hashlib._Hash | None"  # runs along while the body comes
    promised: bytes


def read_patch(upload: Upload, headers: Mapping[str, str]) -> Patch:
    """Raises Answer when the headers make no sense."""
    if headers.get("content-type") != "application/offset+octet-stream":
        raise Answer(415, {}, "media_type", "Content-Type must be application/offset+octet-stream.")
    offset = _number(headers.get("upload-offset", ""))
    if offset is None:
        raise Answer(400, {}, "upload_offset", "Upload-Offset must be a number.")
    length = _number(headers.get("content-length", ""))
    if length is not None and length > max(0, upload.size - offset):
        raise Answer(413, {}, "too_many_bytes", "More bytes than the upload promised.")
    if "upload-checksum" not in headers:
        return Patch(offset, None, b"")
    algorithm, _, value = headers["upload-checksum"].partition(" ")
    if algorithm not in ALGORITHMS:
        raise Answer(400, {}, "checksum_algorithm", f"Upload-Checksum knows {', '.join(ALGORITHMS)}.")
    try:
        promised = base64.b64decode(value, validate=True)
    except ValueError:
        raise Answer(400, {}, "checksum", "Upload-Checksum is not base64.") from None
    return Patch(offset, ALGORITHMS[algorithm](), promised)


def told(upload: Upload, offset: int) -> Answer:
    """How far the upload is."""
    expires = http_date(upload.expires_at.timestamp())
    return Answer(204, {"Upload-Offset": str(offset), "Upload-Expires": expires})


def gone(upload: Upload) -> Answer:
    return Answer(410, {}, upload.reason or "upload_ended", "This upload has ended; begin a new one.")


def abilities() -> Answer:
    return Answer(
        204,
        {
            "Tus-Version": VERSION,
            "Tus-Extension": "checksum,expiration,termination",
            "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        },
    )


def demand_same_origin(headers: Mapping[str, str]) -> None:
    """A session cookie counts only from our own pages; a browser names where a request comes from."""
    if not _has_session(headers.get("cookie", "")):
        return
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    own = {urlsplit(settings.ENV.public_url).netloc, headers.get("host", "")} - {""}
    is_ours = urlsplit(origin).netloc in own if origin else site == "same-origin"
    if not is_ours or site not in (None, "same-origin"):
        raise Answer(403, {}, "foreign_origin", "The request comes from another site.")


def answer_to(fault: Exception) -> Answer:
    """The answer that a fault deserves; only a fault of ours is logged, and never with a name in it."""
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
        case Barred():
            return Answer(403, {}, fault.code, fault.text)
        case ArcadaError():
            return Answer(422, {}, fault.code, fault.text)
        case DatabaseError():
            _log.error("The database failed under an upload: %s", type(fault).__name__)
            return Answer(503, {"Retry-After": "5"}, "unavailable", "Try again in a moment.")
        case OSError():  # no descriptor left, a key that cannot be read now: ours to mend, and worth another try
            _log.error("The system failed under an upload: %s", errorcode.get(fault.errno or 0, "OSError"))
            return Answer(503, {"Retry-After": "5"}, "unavailable", "Try again in a moment.")
    _log.error("An upload failed", exc_info=fault)
    return Answer(500, {}, "error", "Something went wrong here.")


async def send_answer(send: Send, answer: Answer, *, is_head: bool) -> None:
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


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _has_session(cookies: str) -> bool:
    try:
        return settings.SESSION_COOKIE_NAME in SimpleCookie(cookies)
    except CookieError:
        return settings.SESSION_COOKIE_NAME in cookies
