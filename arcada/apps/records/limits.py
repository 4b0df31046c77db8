"""Run a function in a forked child that can neither open a file or socket nor take memory or time without end."""

import contextlib
import os
import resource
import select
import signal
import time
from collections.abc import Callable

from arcada.apps.jobs.kin import die_with
from arcada.apps.records.no_processes import forbid_processes

MEMORY = 1 << 30  # what a child may take on top of what it inherited, in bytes
SECONDS = 60
ANSWER_LIMIT = 2 << 30


class ChildFailed(Exception):
    """The child broke a limit or died; `reason` is a finding's code: too_heavy, too_slow or crashed."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason


def in_child(
    work: Callable[[Callable[[bytes], None]], None], *, seconds: int = SECONDS, memory: int = MEMORY
) -> bytes:
    """What `work(write)` wrote, or ChildFailed. The child shares the parent's memory as it was at the fork."""
    reading, writing = os.pipe()
    parent, child = os.getpid(), os.fork()
    if child == 0:
        os.close(reading)
        die_with(parent)
        _be_the_child(work, writing, seconds, memory)
    os.close(writing)
    try:
        answer = _read_until(reading, time.monotonic() + seconds + 2)
    finally:
        os.close(reading)
        # The child leads a session of its own, so whatever it started ends with it.
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if answer is None:
        raise ChildFailed("too_slow", f"{seconds} s")
    if not answer.endswith(_DONE):
        said = answer[-16:]
        if said.endswith(_MEMORY) or _signal_of(status) == signal.SIGXCPU:
            raise ChildFailed("too_heavy" if said.endswith(_MEMORY) else "too_slow")
        raise ChildFailed("crashed", str(status))
    return answer[: -len(_DONE)]


_DONE = b"\x00done"
_MEMORY = b"\x00memory"


def _be_the_child(
    work: Callable[[Callable[[bytes], None]], None], answer: int, seconds: int, memory: int
) -> None:
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        inherited = _private_bytes()
        resource.setrlimit(resource.RLIMIT_DATA, (inherited + memory, inherited + memory))
        # No further descriptor: neither a file nor a socket can be opened, whatever a file asks for (UP-13).
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        forbid_processes()

        def write(data: bytes) -> None:
            view = memoryview(data)
            while view:
                view = view[os.write(answer, view) :]

        try:
            work(write)
            write(_DONE)
            code = 0
        except MemoryError:
            write(_MEMORY)
    except BaseException:  # noqa: S110 - the parent tells from the missing end that it crashed
        pass
    finally:
        os._exit(code)


def _read_until(reading: int, deadline: float) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            return None
        part = os.read(reading, 1 << 20)
        if not part:
            return b"".join(parts)
        size += len(part)
        if size > ANSWER_LIMIT:
            return b"".join(parts)[:64]
        parts.append(part)


def _private_bytes() -> int:
    """What RLIMIT_DATA counts of this process now, in bytes (Linux: VmData)."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 - before the last open
            for line in status:
                if line.startswith("VmData:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 1 << 32


def _signal_of(status: int) -> int | None:
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
