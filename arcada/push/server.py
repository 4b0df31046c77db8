"""The other side: JSON requests and resumable uploads (tus 1.0) over one connection, tried again with patience."""

import base64
import hashlib
import http.client
import json
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

CHUNK = 8 << 20
TIMEOUT_S = 90
_PAUSES_S = (0.5, 1, 2, 4, 8, 15, 30, 30, 60, 60)
_AGAIN = frozenset({408, 423, 429, 500, 502, 503, 504, 507})
_HERE = ("127.0.0.1", "localhost", "::1")

Told = Callable[[int], None]


class Unreachable(Exception):
    """The server did not answer, or not to this token; run the command again to go on."""


class Refusal(Exception):
    """The server understood and said no."""

    def __init__(self, status: int, code: str, text: str, findings: list[dict[str, Any]]) -> None:
        super().__init__(text)
        self.status, self.code, self.findings = status, code, findings

    def __str__(self) -> str:
        said = " ".join(finding["text"] for finding in self.findings if finding["severity"] == "blocker")
        return said or super().__str__()


class UploadEnded(Exception):
    """The upload can't go on (expired, failed, ended); a new one must be made."""


class Server:
    """One server, one token. Only http to this very machine is ever plain, unless that is asked for."""

    def __init__(
        self, url: str, token: str, *, plain_allowed: bool = False, pauses_s: tuple[float, ...] = _PAUSES_S
    ) -> None:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url} is no address of a server.")
        if parts.scheme == "http" and parts.hostname not in _HERE and not plain_allowed:
            raise ValueError(f"{url} would send the token and the files readable by others. Use https://.")
        self._secure, self._host, self._port = parts.scheme == "https", parts.hostname, parts.port
        self._base = parts.path.rstrip("/")
        self._token = token
        self._pauses_s = pauses_s
        self._line: http.client.HTTPConnection | None = None
        self._has_answered = False  # patience is for a server that was there

    def get(self, path: str) -> Any:
        return self._json("GET", path)

    def post(self, path: str, body: dict[str, Any], *, key: str) -> Any:
        """`key` makes the request safe to repeat: one effect, one answer."""
        return self._json("POST", path, body, key)

    def every(self, path: str) -> list[dict[str, Any]]:
        """All items of a list, page by page."""
        items: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            mark = "&" if "?" in path else "?"
            page = self.get(path + (f"{mark}cursor={quote(cursor)}" if cursor else ""))
            items += page["items"]
            cursor = page["next"]
        return items

    def send_file(self, address: str, file: Path, told: Told) -> bool:
        """The rest of the file's bytes, chunk by chunk with its hash; False when all were there before."""
        path = urlsplit(address).path
        size = file.stat().st_size
        offset = self._offset(path)
        told(offset)
        if offset == size:
            return False
        troubles = 0
        with file.open("rb") as stream:
            while offset < size:
                stream.seek(offset)
                chunk = stream.read(min(CHUNK, size - offset))
                try:
                    status, headers, body = self._once("PATCH", path, chunk, _tus_headers(offset, chunk))
                except (OSError, http.client.HTTPException):
                    status, headers, body = 0, {}, b""
                if status == 204:
                    offset, troubles = int(headers["upload-offset"]), 0
                    told(offset)
                    continue
                if status not in (0, 409, 460) and status not in _AGAIN:
                    raise _ended_or_refused(status, body)
                self._pause(troubles)
                troubles += 1
                offset = self._offset(path)
        return True

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _offset(self, path: str) -> int:
        status, headers, body = self._patiently("HEAD", path, None, {"Tus-Resumable": "1.0.0"})
        if status != 200:
            raise _ended_or_refused(status, body)
        return int(headers["upload-offset"])

    def _json(self, method: str, path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
        said = None if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        status, _, answer = self._patiently(method, f"{self._base}/api/v1{path}", said, headers)
        if status in (200, 201):
            return json.loads(answer)
        raise _refusal(status, answer)

    def _patiently(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        for attempt in range(len(self._pauses_s) + 1):
            with suppress(OSError, http.client.HTTPException):
                answer = self._once(method, path, body, headers)
                if answer[0] not in _AGAIN and not _still_answering(answer):
                    return answer
            self._pause(attempt)
        raise AssertionError("unreachable")

    def _once(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        if self._line is None:
            self._line = self._connect()
        try:
            self._line.request(method, path, body, {**headers, "Authorization": f"Bearer {self._token}"})
            answer = self._line.getresponse()
            said = answer.read()
        except ssl.SSLCertVerificationError as trouble:
            raise Unreachable(f"The server's certificate is not trusted: {trouble.verify_message}.") from None
        except BaseException:
            self.close()
            raise
        self._has_answered = True
        if answer.status == 401:
            raise Unreachable("The server does not know this token, or it has ended.")
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, said

    def _connect(self) -> http.client.HTTPConnection:
        if self._secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self._host, self._port, timeout=TIMEOUT_S, context=context)
        return http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)

    def _pause(self, attempt: int) -> None:
        """Wait a little longer each time; raises Unreachable when patience is over."""
        self.close()
        if attempt >= (len(self._pauses_s) if self._has_answered else 2):
            raise Unreachable(f"{self._host} does not answer.")
        time.sleep(self._pauses_s[attempt])


def _tus_headers(offset: int, chunk: bytes) -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(chunk).digest()).decode()
    return {
        "Tus-Resumable": "1.0.0",
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": str(offset),
        "Upload-Checksum": f"sha256 {digest}",
    }


def _still_answering(answer: tuple[int, dict[str, str], bytes]) -> bool:
    return answer[0] == 409 and _refusal(409, answer[2]).code == "in_progress"


def _ended_or_refused(status: int, body: bytes) -> Exception:
    return UploadEnded() if status in (404, 410) else _refusal(status, body)


def _refusal(status: int, body: bytes) -> Refusal:
    try:
        said = json.loads(body)
    except ValueError:
        said = {}
    if not isinstance(said, dict):
        said = {}
    code = str(said.get("code") or str(said.get("type", "")).removeprefix("urn:arcada:"))
    text = str(said.get("detail") or said.get("title") or f"The server answered {status}.")
    return Refusal(status, code, text, said.get("findings") or [])
