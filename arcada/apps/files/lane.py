"""Work on the pieces of a body, in their order, in a thread, while the next ones come."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

Piece = Sequence[bytes]


class Lane:
    """One piece of work at a time; the pieces that came meanwhile are the next one's."""

    def __init__(self, threads: Executor, work: Callable[[bytes], None], *, ahead: int) -> None:
        """At most `ahead` pieces wait for `work`; whoever brings another waits, too."""
        self._threads = threads
        self._work = work
        self._ahead = ahead
        self._waiting: deque[Piece] = deque()
        self._job: asyncio.Future[None] | None = None

    async def put(self, piece: Piece) -> None:
        """Raises what the work on an earlier piece raised."""
        while len(self._waiting) >= self._ahead:
            await self._turn()
        self._waiting.append(piece)
        self._start()

    async def drained(self) -> None:
        """Returns when all is done; raises what the work raised."""
        while self._waiting or self._job is not None:
            await self._turn()

    async def stop(self) -> None:
        """Forget what waits and return when nothing runs any more."""
        self._waiting.clear()
        if self._job is not None:
            await asyncio.wait([self._job])
            self._job.exception()

    async def _turn(self) -> None:
        self._start()
        if self._job is not None:
            # Shielded: whoever is cancelled while waiting must not let the work look ended.
            await asyncio.shield(self._job)
            self._start()

    def _start(self) -> None:
        """Begin the next job when none runs; a failed one stays, so that nobody goes on after it."""
        if self._job is not None:
            if not self._job.done():
                return
            self._job.result()
            self._job = None
        if self._waiting:
            batch = list(self._waiting)
            self._waiting.clear()
            self._job = asyncio.get_running_loop().run_in_executor(self._threads, self._run, batch)

    def _run(self, batch: list[Piece]) -> None:
        for piece in batch:
            for part in piece:
                self._work(part)
