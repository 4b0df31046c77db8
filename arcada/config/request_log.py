"""The diagnostic log: one JSON object a line, without addresses, data or messages of exceptions; gone after 30 days.

An address may hold a link's secret, an exception's message a patient's name, a foreign library's words a file's name:
none of them is written. What is written: when, which request by its number, which kind of page, how it ended, how long.
"""

import contextlib
import json
import logging
import os
import re
import time
import traceback
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

KEPT: Final = timedelta(days=30)
_NAME = re.compile(r"^diagnostic-(\d{4}-\d{2}-\d{2})\.jsonl$")
_log = logging.getLogger("arcada.requests")


class JsonLine(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "from": record.name,
        }
        request = getattr(record, "request", None)
        if request is not None:
            said["request"] = getattr(request, "id", "-")
            said["status"] = getattr(record, "status_code", None)
        elif facts := getattr(record, "facts", None):
            said |= facts
        elif record.name.split(".")[0] == "arcada":
            said["message"] = record.getMessage()
        else:
            # Only the pattern of a foreign message, never what was filled in; one without gaps is words already.
            said["message"] = str(record.msg) if record.args else ""
            said["place"] = f"{record.module}:{record.lineno}"
        if record.exc_info and record.exc_info[0] is not None:
            said["failed"] = record.exc_info[0].__name__
            said["places"] = [
                f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])[-12:]
            ]
        # ASCII: no control or mark of direction reaches a terminal, no line ends but ours.
        return json.dumps(said, ensure_ascii=True, default=str)


class DailyFile(logging.Handler):
    """One file a day, shared by all processes of an installation; files of more than 30 days ago are deleted."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = Path(folder)
        self._day: date | None = None
        self._descriptor = -1

    def emit(self, record: logging.LogRecord) -> None:
        # A log that can't be written must neither stop the work nor print what it was about.
        with contextlib.suppress(OSError, ValueError, TypeError):
            day = datetime.fromtimestamp(record.created, UTC).date()
            if day != self._day:
                self._turn_to(day)
            # One write with O_APPEND: lines of several processes stay whole.
            os.write(self._descriptor, f"{self.format(record)}\n".encode())

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor, self._day = -1, None
        super().close()

    def _turn_to(self, day: date) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"diagnostic-{day.isoformat()}.jsonl"
        fresh = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor, self._day = fresh, day
        forget_old_logs(self._folder, today=day)


def forget_old_logs(folder: Path, *, today: date) -> int:
    """Delete what is older than 30 days; how many files."""
    gone = 0
    for path in folder.glob("diagnostic-*.jsonl") if folder.is_dir() else ():
        found = _NAME.match(path.name)
        if found and date.fromisoformat(found[1]) < today - KEPT:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def log_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """A line a request: its number, the pattern of its address, how it ended and how long it took."""
    from arcada.api.auth import truncated  # the apps must be ready first

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        _log.info(
            "request",
            extra={
                "facts": {
                    "request": getattr(request, "id", "-"),
                    "method": request.method if request.method in _METHODS else "other",
                    "page": match.route if match else "-",
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - began) * 1000, 1),
                    "network": truncated(request.META.get("REMOTE_ADDR", "")),
                }
            },
        )
        return response

    return middleware


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
