"""A request's body in pieces; counted, and ended when it comes too slowly."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any, Final

from arcada.core.sealing import CHUNK

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

WINDOW_SECONDS: Final = 25.0
MOST_IN_PIECE: Final = 1024  # a thousand objects of a few bytes are worth a turn, too
LEAST_IN_WINDOW: Final = 32 * 1024  # bytes: 1.3 kB/s, slower than any line that could end in 24 hours


class BodyEnded(Exception):
    """The client is gone or too slow; what came before may count."""

    def __init__(self, is_slow: bool) -> None:
        super().__init__()
        self.is_slow = is_slow


class BodyTooLarge(Exception):
    """More bytes than were promised."""


async def pieces(receive: Receive, *, at_most: int) -> AsyncIterator[list[bytes]]:
    """The body in pieces of about 1 MiB, each a list of what came, uncopied."""
    piece: list[bytes] = []
    held, total = 0, 0
    pace = _Pace()
    ended: BodyEnded | None = None
    is_over = False
    while not is_over:
        try:
            async with asyncio.timeout(pace.patience()):
                message = await receive()
        except TimeoutError:
            ended = BodyEnded(is_slow=True)
            break
        if message["type"] == "http.disconnect":
            ended = BodyEnded(is_slow=False)
            break
        data: bytes = message.get("body", b"")
        is_over = not message.get("more_body", False)
        total += len(data)
        if total > at_most:
            raise BodyTooLarge
        pace.saw(len(data))
        piece.append(data)
        held += len(data)
        if held >= CHUNK or len(piece) >= MOST_IN_PIECE:
            yield piece
            piece, held = [], 0
            pace.restart()  # the wait for our own disk is not the client's
    if held:
        yield piece
    if ended is not None:
        raise ended


class Incoming:
    """ASGI's `receive` that remembers whether the body is over."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_over = False

    async def __call__(self) -> MutableMapping[str, Any]:
        message = await self._receive()
        self._is_over = message["type"] == "http.disconnect" or not message.get("more_body", False)
        return message

    async def drain(self, *, at_most: int, seconds: float) -> None:
        """Read what a refused client still sends, so that it can read why; not more than a little."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while at_most > 0 and not self._is_over:
                    message = await self()
                    at_most -= len(message.get("body", b""))


class _Pace:
    """Whether bytes come fast enough: at least `LEAST_IN_WINDOW` in every `WINDOW_SECONDS`."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self._ends = time.monotonic() + WINDOW_SECONDS
        self._seen = 0

    def saw(self, count: int) -> None:
        self._seen += count
        if self._seen >= LEAST_IN_WINDOW:
            self.restart()

    def patience(self) -> float:
        return max(0.0, self._ends - time.monotonic())
