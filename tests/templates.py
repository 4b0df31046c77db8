"""Installations that cost seconds to make: made once a run by whoever comes first, copied for each test."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def lay_empty(data: Path) -> None:
    """A migrated installation without anybody in it."""
    _copied("empty", data, "migrate", "--quiet")


def lay_practice(data: Path) -> str:
    """The demo practice; returns what loading it printed."""
    return _copied("practice", data, "demo")


def _copied(name: str, data: Path, *command: str) -> str:
    # Outside a test run, as in a benchmark, it is made where it belongs.
    if "ARCADA_TEST_TEMPLATES" not in os.environ:
        return _make(data, *command)
    room = Path(os.environ["ARCADA_TEST_TEMPLATES"])
    made, said = room / name, room / f"{name}.said"
    with (room / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            shutil.rmtree(made, ignore_errors=True)
            said.write_text(_make(made, *command))
    shutil.copytree(made, data, dirs_exist_ok=True)
    return said.read_text()


def _make(data: Path, *command: str) -> str:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ARCADA_")}
    kept |= {"ARCADA_DATA": str(data), "ARCADA_KERNEL_CACHE": kernel_cache()}
    done = subprocess.run(
        [sys.executable, "-m", "arcada", *command],
        cwd=REPOSITORY, env=kept, text=True, capture_output=True, check=False, timeout=400,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def kernel_cache() -> str:
    """Where compiled kernels lie for the processes that tests start."""
    return os.environ.get("NUMBA_CACHE_DIR", str(REPOSITORY / ".cache" / "numba"))
