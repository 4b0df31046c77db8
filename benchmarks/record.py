"""A run's result: figures, the machine's size and the versions, as JSON."""

import json
import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.places import REPOSITORY, RESULTS


def machine() -> dict[str, Any]:
    """The size of the machine and how busy it was: what a ratio should be read beside."""
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    memory = next(line for line in Path("/proc/meminfo").read_text().splitlines() if "MemTotal" in line)
    return {
        "cores": len(os.sched_getaffinity(0)),
        "model": model,
        "memory_gb": round(int(memory.split()[1]) / 1e6),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load": [round(one, 1) for one in os.getloadavg()],
    }


def _versions(names: tuple[str, ...]) -> dict[str, str]:
    return {name: metadata.version(name) for name in names}


def write_result(name: str, date: str, figures: dict[str, Any], **more: Any) -> Path:
    """benchmarks/results/NAME.json; `date` is told by who runs it."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    ).stdout.strip()
    told = {
        "benchmark": name,
        "command": f"python -m benchmarks {name}",
        "date": date,
        "commit": commit,
        "machine": machine(),
        "versions": _versions(("numpy", "numba", "meshopt", "django", "granian")),
        **more,
        "figures": figures,
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path
