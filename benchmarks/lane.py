"""One side of a comparison in a process of its own, asked stage by stage, so that both sides take turns.

Runs under Arcada's Python and under the peers': `python -m benchmarks.lane MODULE`, where MODULE has
`STAGES: dict[str, Callable[[dict], Callable[[], object]]]`, each of which gets the files and gives what is timed.
"""

import contextlib
import gc
import importlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.places import REPOSITORY, surroundings


class Lane:
    """The asking end."""

    def __init__(self, python: str | Path, module: str, core: int, **more_env: str) -> None:
        self._process = subprocess.Popen(
            [str(python), "-m", "benchmarks.lane", module, str(core)], cwd=REPOSITORY, env=surroundings(**more_env),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, stage: str, files: dict[str, str]) -> dict[str, Any]:
        """{"cpu_ms", "wall_ms", "told"} of one run of the stage."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"stage": stage, "files": files}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the lane ended at {stage}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


def main(module: str, core: str) -> None:
    os.sched_setaffinity(0, {int(core)})
    # What a library prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    stages = importlib.import_module(module).STAGES
    ready: dict[str, Any] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        key = json.dumps(asked)
        if key not in ready:
            ready[key] = stages[asked["stage"]](asked["files"])
            ready[key]()
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        told = ready[key]()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        told = told if isinstance(told, (int, float, str, dict)) else None
        answers.write(json.dumps({"cpu_ms": cpu * 1e3, "wall_ms": wall * 1e3, "told": told}) + "\n")
        answers.flush()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main(*sys.argv[1:3])
