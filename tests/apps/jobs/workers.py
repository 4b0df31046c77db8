"""An installation with a database file of its own, and workers that may be killed."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from tests.templates import lay_empty

ROOT = Path(__file__).resolve().parents[3]
_WORKER = """
import django; django.setup()
from arcada.apps.jobs.worker import Worker
Worker().run(until_idle={})
"""
_ADD = """
import django; django.setup()
import json, sys
from arcada.apps.jobs.queue import add_job
for job in json.loads(sys.argv[1]):
    add_job(*job)
"""


class Workshop:
    """Jobs go in by `add`, workers are processes, and what became of the jobs is read from the file."""

    def __init__(self, data: Path) -> None:
        self.data = data
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ARCADA_")}
        self.env = {**kept, "ARCADA_DATA": str(data), "DJANGO_SETTINGS_MODULE": "arcada.config.settings"}
        self.workers: list[subprocess.Popen[bytes]] = []
        lay_empty(data)

    def add(self, *jobs: list[str]) -> None:

        subprocess.run(
            [sys.executable, "-c", _ADD, json.dumps(jobs)], cwd=ROOT, env=self.env, check=True, timeout=60
        )

    def start_worker(self, *, until_idle: bool = True) -> subprocess.Popen[bytes]:
        worker = subprocess.Popen([sys.executable, "-c", _WORKER.format(until_idle)], cwd=ROOT, env=self.env)
        self.workers.append(worker)
        return worker

    def ask(self, said: str, *values: object) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.data / "arcada.sqlite3", timeout=20) as line:
            return line.execute(said, values).fetchall()

    def make_due(self) -> None:
        """As if the pause after a failure, or a dead worker's lease, had passed."""
        self.ask("UPDATE jobs_job SET run_after = '2026-01-01 00:00:00' WHERE state = 'waiting'")
        self.ask("UPDATE jobs_job SET lease_until = '2026-01-01 00:00:00' WHERE state = 'running'")

    def close(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                worker.kill()
            worker.wait()


def wait_for_lines(file: Path, lines: int, seconds: float = 50) -> list[str]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if file.exists() and len(file.read_text().split()) >= lines:
            return file.read_text().split()
        time.sleep(0.02)
    raise AssertionError(f"{file.name} did not get {lines} lines")


def is_gone(pid: int, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False
