"""Shows how far a push is: a bar on a terminal, one line a file elsewhere."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from arcada.push.sending import Line

BAR = 24


@dataclass(slots=True)
class Progress:
    """`total` bytes in all files; what is skipped counts as done."""

    total: int
    out: TextIO = sys.stderr
    done: int = 0
    file: Path | None = None
    size: int = 0
    offset: int = 0

    def begin(self, file: Path, size: int) -> None:
        self.file, self.size, self.offset = file, size, 0

    def reach(self, offset: int) -> None:
        self.offset = offset
        self._draw()

    def end(self, line: Line) -> None:
        self.done += self.size
        self.size = self.offset = 0
        if not self.out.isatty():
            print(f"{line.outcome}: {line.file.name}", file=self.out, flush=True)

    def pass_by(self, line: Line) -> None:
        """Nothing of it is sent, so it counts as done."""
        self.done += line.file.stat().st_size

    def clear(self) -> None:
        if self.out.isatty():
            print("\r\033[K", end="", file=self.out, flush=True)

    def _draw(self) -> None:
        if not self.out.isatty() or self.file is None:
            return
        now = min(self.total, self.done + self.offset)
        share = now / self.total if self.total else 1.0
        bar = "█" * round(BAR * share) + "·" * (BAR - round(BAR * share))
        sizes = f"{now / 1e6:,.1f} of {self.total / 1e6:,.1f} MB"
        print(
            f"\r\033[K{bar} {share:4.0%}  {sizes}  {self.file.name[:40]}", end="", file=self.out, flush=True
        )
