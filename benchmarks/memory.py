"""How much memory processes hold, as Linux counts it."""

import threading
from pathlib import Path

MB = 1 << 20


def descendants(parent: int) -> list[int]:
    found = []
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        found += [int(child), *descendants(int(child))]
    return found


def peak_mb(process: int) -> float:
    """The most that was ever resident (VmHWM), libraries shared with others included."""
    return _kb(f"/proc/{process}/status", "VmHWM") * 1024 / MB


def cpu_seconds(processes: list[int]) -> float:
    ticks = 0
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / 100


class SharedOut:
    """The most that all of `processes` held together, what they share counted once (Pss), asked 20 times a second."""

    def __init__(self, processes: list[int]) -> None:
        self._processes = processes
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.first = self.most = self._now()

    def __enter__(self) -> "SharedOut":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._is_over.wait(0.05):
            self.most = max(self.most, self._now())

    def _now(self) -> float:
        return sum(_kb(f"/proc/{one}/smaps_rollup", "Pss") for one in self._processes) * 1024 / MB


def _kb(path: str, name: str) -> int:
    for line in Path(path).read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    return 0
