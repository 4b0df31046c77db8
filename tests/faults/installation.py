"""The tests' end of an installation on a folder: clients that upload, and a look at the promises after a restart."""

import contextlib
import copy
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
KIB = 1 << 10
# A whole chunk and a tail, then another tail: every way in which bytes wait for the rest.
STOPS = (1100 * KIB, 1300 * KIB)


class Installation:
    """Its data in a folder, its process kept warm; `claims` remembers every word that a client was given."""

    def __init__(self, folder: Path, database: Path | None = None) -> None:
        """Nothing but `database` is there yet; or all is there, as another one left it."""
        self.folder = folder
        if database is not None:
            folder.mkdir(parents=True)
            shutil.copy(database, folder / "arcada.sqlite3")
        self.claims: dict[str, dict[str, Any]] = {}  # by idempotency key
        self.seen: dict[str, Any] = {}
        self.place: dict[str, str] = {}
        self._noting = threading.Lock()
        self.start()

    def start(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ARCADA_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.installation_server"],
            cwd=REPOSITORY,
            env={**kept, "ARCADA_DATA": str(self.folder), "DJANGO_SETTINGS_MODULE": "arcada.config.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def found(self) -> None:
        """Somebody who uploads; and a first upload that loads whatever is loaded at first use."""
        (self.place,) = self._fork_and_go({"do": "found"})
        self._ask({"do": "rehearse", **self._upload("rehearsal", STOPS, is_retry=False)})

    def close(self) -> None:
        with contextlib.suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def begin(self, key: str, *, stops: tuple[int, ...] = STOPS, is_retry: bool = False) -> int:
        """A process that is about to upload; it waits for `go`. Returns its id."""
        self._key, self._stops = key, stops
        return int(self._ask({"do": "upload", **self._upload(key, stops, is_retry=is_retry)})["pid"])

    def go(self) -> list[int]:
        """Let it; returns the statuses that the client saw. What it was told becomes a claim."""
        statuses = []
        for said in self._told():
            with self._noting:
                statuses.append(self._claim(said))
        return statuses

    def upload(self, key: str, *, stops: tuple[int, ...] = STOPS, is_retry: bool = False) -> list[int]:
        self.begin(key, stops=stops, is_retry=is_retry)
        return self.go()

    def check(self, *keys: str, is_after_a_day: bool = False) -> dict[str, list[str]]:
        """After a restart: no promise is broken. All claims, or only those of `keys`; returns state and reason."""
        claims = [claim for key, claim in self.claims.items() if not keys or key in keys]
        (said,) = self._fork_and_go(
            {"do": "check", "claims": claims, "seen": self.seen, "is_after_a_day": is_after_a_day}
        )
        assert not said["breaches"], "\n".join(said["breaches"])
        self.seen |= said["seen"]
        states: dict[str, list[str]] = said["states"]
        return states

    def retry(self, key: str) -> None:
        """A good client comes back with the same key, and goes on; an upload that failed is begun anew."""
        stops = tuple(self.claims[key]["stops"]) if key in self.claims else STOPS
        statuses = self.upload(key, stops=stops, is_retry=True)
        if 410 in statuses:
            key += " anew"
            statuses = self.upload(key, stops=stops)
        assert statuses[-1] in (200, 204), (key, statuses)
        assert self.claims[key]["is_complete"]

    def noted(self) -> dict[str, dict[str, Any]]:
        """The claims of this very moment, also while uploads run."""
        with self._noting:
            return copy.deepcopy(self.claims)

    @property
    def pid(self) -> int:
        return self._process.pid

    @contextmanager
    def held_still(self) -> Iterator[None]:
        """Between two system calls of each of its processes; they go on afterwards."""
        os.killpg(self.pid, signal.SIGSTOP)
        try:
            while not all(state in "TtZ" for state in self._states()):
                time.sleep(0.001)
            yield
        finally:
            os.killpg(self.pid, signal.SIGCONT)

    def _states(self) -> Iterator[str]:
        """The state of every thread of the process and of its forks, as in proc(5)."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        for pid in (str(self.pid), *children):
            for stat in Path(f"/proc/{pid}/task").glob("*/stat"):
                yield stat.read_text().rsplit(")", 1)[1].split()[0]

    def expire(self) -> int:
        (said,) = self._fork_and_go({"do": "expire"})
        return int(said["ended"])

    def _upload(self, key: str, stops: tuple[int, ...], *, is_retry: bool) -> dict[str, Any]:
        return {**self.place, "key": key, "size": stops[-1], "stops": stops, "is_retry": is_retry}

    def _claim(self, said: dict[str, Any]) -> int:
        status = int(said["status"])
        if said["said"] == "opened" and status == 201:
            claim = self.claims.setdefault(
                self._key,
                {
                    "upload": said["upload"],
                    "sha256": hashlib.sha256(random.Random(self._key).randbytes(self._stops[-1])).hexdigest(),
                    "stops": self._stops,
                    "offset": 0,
                    "is_complete": False,
                },
            )
            assert claim["upload"] == said["upload"], "I8 the same key, the same id"
        elif status in (200, 204):
            offset = int(said["offset"])
            claim = self.claims[self._key]
            assert offset >= claim["offset"], "I1 what was acknowledged is still there"
            claim |= {"offset": offset, "is_complete": offset == self._stops[-1]}
        return status

    def _fork_and_go(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        self._ask(asked)
        return list(self._told())

    def _told(self) -> Iterator[dict[str, Any]]:
        """What the fork says, line by line, each as soon as it is said."""
        told = self._ask({"do": "go"})
        while "is_over" not in told:
            yield told
            told = self._read()
        assert told["status"] == 0, told

    def _ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the installation ended"
        told: dict[str, Any] = json.loads(line)
        return told
