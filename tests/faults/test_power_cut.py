"""The power goes while files come in: what was acknowledged is on the disk, and nothing half is seen (DU-02).

The installation lives on a file system in an image; a copy of the image, taken at any moment, is what a disk holds
when the power goes. The control, whose syncs do nothing, must lose something, or the test would prove nothing.
"""

import os
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.apps.files.upload_house import empty_database  # noqa: F401
from tests.faults.installation import KIB, STOPS, Installation
from tests.faults.tools import IS_FULL, demand, missing

CUTS = 20
IMAGE_MB = 128
SIZES = (STOPS, (40 * KIB, 90 * KIB), (300 * KIB,))


class Disk:
    """An ext4 file system in a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.image = folder / "image"
        with self.image.open("wb") as image:
            image.truncate(IMAGE_MB << 20)
        _run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(self.image))

    @contextmanager
    def mounted(self) -> Iterator[Path]:
        place = self._folder / f"mounted-{self.image.name}"
        place.mkdir(exist_ok=True)
        # Nothing reaches the image by itself while a test runs: only what somebody synced.
        _run("mount", "-o", "loop,commit=300", str(self.image), str(place))
        try:
            yield place
        finally:
            _run("umount", str(place))

    def cut(self, places: list[Installation]) -> "Disk":
        """What the disk holds now: what was not synced is not in it.

        A copy takes a moment, and a disk has no such moment: so nothing may write while it is taken.
        """
        copy = Disk.__new__(Disk)
        copy._folder = self._folder
        copy.image = self._folder / "cut"
        with ExitStack() as stack:
            for place in places:
                stack.enter_context(place.held_still())
            shutil.copyfile(self.image, copy.image)
        return copy


def _run(*command: str) -> None:
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        if command[0] == "mount":
            missing(f"an image cannot be mounted here: {ran.stderr.strip()}")
        raise AssertionError(ran.stderr)


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    if not IS_FULL:
        pytest.skip("a power cut takes root and minutes: `make test-full`")
    if os.geteuid():
        missing("mounting an image needs root")
    demand("mkfs.ext4", "no file system can be made for a power cut")
    return Disk(tmp_path)


@contextmanager
def busy(disk: Disk, database: Path, seed: int) -> Iterator[list[Installation]]:
    """Two processes on one installation, each with one upload after the other, until the block ends."""
    with ExitStack() as stack:
        data = stack.enter_context(disk.mounted()) / "data"
        first = stack.enter_context(closing(Installation(data, database)))
        first.found()
        second = stack.enter_context(closing(Installation(data)))
        second.place = first.place
        subprocess.run(["sync", "-f", str(data)], check=True)
        over = threading.Event()
        senders = [
            threading.Thread(target=send_until, args=(over, place, f"{seed} {name}"))
            for name, place in (("first", first), ("second", second))
        ]
        for sender in senders:
            sender.start()
        try:
            yield [first, second]
        finally:
            over.set()
            for sender in senders:
                sender.join(60)


def send_until(over: threading.Event, place: Installation, name: str) -> None:
    chosen = random.Random(name)
    for number in range(40):
        if over.is_set():
            return
        place.upload(f"{name} {number}", stops=chosen.choice(SIZES))


def demand_whole(cut: Disk, noted: dict[str, dict[str, Any]], place: dict[str, str]) -> dict[str, int]:
    """Start on what the disk holds: every promise stands, every client goes on; returns states by number."""
    with cut.mounted() as mounted, closing(Installation(mounted / "data")) as after:
        after.claims, after.place = noted, place
        states = [state for state, _ in after.check().values()]
        for key, claim in list(noted.items()):
            if not claim["is_complete"]:
                after.retry(key)
        after.expire()
        after.check(is_after_a_day=True)
        return {state: states.count(state) for state in states}


@pytest.mark.parametrize("seed", range(CUTS))
def test_a_power_cut_loses_nothing_that_was_acknowledged(
    disk: Disk,
    empty_database: Path,  # noqa: F811
    seed: int,
) -> None:
    """DU-02."""
    with busy(disk, empty_database, seed) as places:
        time.sleep(random.Random(seed).uniform(0.2, 2.5))
        noted = in_the_middle(places)
        cut = disk.cut(places)
    states = demand_whole(cut, noted, places[0].place)
    print(f"DU-02: {len(noted)} uploads heard of before the cut, after it they are: {states}")


def in_the_middle(places: list[Installation]) -> dict[str, dict[str, Any]]:
    """Every claim, at a moment at which some upload is under way."""
    ends = time.monotonic() + 5
    while True:
        noted = {key: claim for place in places for key, claim in place.noted().items()}
        if time.monotonic() > ends or not all(claim["is_complete"] for claim in noted.values()):
            return noted


def test_without_syncs_a_power_cut_does_lose_something(
    disk: Disk,
    empty_database: Path,  # noqa: F811
) -> None:
    """DU-02, the control."""
    demand("strace", "syncs cannot be turned off for the control")
    with busy(disk, empty_database, 1) as places:
        liars = [liar(place.pid) for place in places]
        time.sleep(0.5)
        before = set(places[0].noted()) | set(places[1].noted())
        time.sleep(2.5)
        noted = {key: claim for place in places for key, claim in place.noted().items() if key not in before}
        cut = disk.cut(places)
    for one in liars:
        one.wait(20)
    assert any(claim["is_complete"] for claim in noted.values())
    with pytest.raises(AssertionError):
        demand_whole(cut, noted, places[0].place)


def liar(pid: int) -> subprocess.Popen[bytes]:
    """From now on each sync of this process and of its forks says that it was done, and does nothing."""
    lies = "inject=fsync,fdatasync:retval=0"
    return subprocess.Popen(
        ["strace", "-f", "-qq", "-p", str(pid), "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", lies],
        stderr=subprocess.DEVNULL,
    )
