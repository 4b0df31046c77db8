"""System calls of one process, watched and failed at will by strace."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.faults.tools import missing

_CALL = re.compile(r"^\d+ +(?P<name>\w+)\((?P<told>.*)\) += (?P<gave>-?\d+)(?P<rest>.*)$")
_OPENED_AS = re.compile(r"^(?P<number>\d+)<(?P<path>[^>]*)>")


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    told: str
    was_failed: bool  # by us

    @property
    def descriptor(self) -> str:
        """Its number and what it is open for, "" when the call takes none."""
        found = _OPENED_AS.match(self.told)
        return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class Fault:
    """The Nth of `calls` gives `error`; "3+" the third and every later one."""

    calls: str
    error: str
    when: str

    def __str__(self) -> str:
        return f"{self.calls} {self.when} {self.error}"


class Watch:
    """strace on a process that waits; ends with it."""

    def __init__(self, pid: int, out: Path, *, watched: str, fault: Fault | None = None) -> None:
        self._out = out
        command = ["strace", "-f", "-y", "-qq", "-p", str(pid), "-o", str(out), "-e", f"trace={watched}"]
        if fault is not None:
            command += ["-e", f"inject={fault.calls}:error={fault.error}:when={fault.when}"]
        self._strace = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self._wait_until_attached(pid)

    def _wait_until_attached(self, pid: int) -> None:
        while not self._traces(pid):
            if self._strace.poll() is not None:
                assert self._strace.stderr is not None
                missing(f"strace may not watch a process here: {self._strace.stderr.read().strip()}")

    def _traces(self, pid: int) -> bool:
        status = Path(f"/proc/{pid}/status").read_text()
        return f"TracerPid:\t{self._strace.pid}\n" in status

    def calls(self) -> list[Call]:
        """What was called, once the process has ended."""
        self._strace.wait(30)
        found = [_CALL.match(line) for line in self._out.read_text(errors="replace").splitlines()]
        return [Call(one["name"], one["told"], "(INJECTED)" in one["rest"]) for one in found if one]
