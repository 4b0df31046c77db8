"""Any system call may fail: an upload then fails as a whole or goes on, and no promise is broken (DU-03)."""

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.apps.files.upload_house import empty_database  # noqa: F401
from tests.faults.installation import Installation
from tests.faults.system_calls import Call, Fault, Watch
from tests.faults.tools import demand

# rename and its kin are not called at all today; they stand here for the day they are.
CALLS = (
    "openat", "write", "pwrite64", "ftruncate", "fsync", "fdatasync", "rename", "renameat", "renameat2",
    "link", "linkat", "unlink", "unlinkat", "mkdir",
)  # fmt: skip
ERRORS = ("EIO", "ENOSPC", "EINTR", "EMFILE")
HEARD_OF = {200, 201, 204, 503, 507}


@pytest.fixture(scope="module")
def place(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:  # noqa: F811
    demand("strace", "the Nth system call of an upload cannot be failed")
    made = Installation(tmp_path_factory.mktemp("place") / "data", empty_database)
    made.found()
    made.upload("before")
    yield made
    made.close()


@contextmanager
def among_others(place: Installation) -> Iterator[None]:
    """Another process has the database open, as workers do; else every line closed is the last one closed."""
    with closing(sqlite3.connect(place.folder / "arcada.sqlite3")) as other:
        other.execute("SELECT COUNT(*) FROM files_upload").fetchall()
        yield


def upload_with(place: Installation, key: str, fault: Fault | None) -> tuple[list[int], list[Call]]:
    """What the client heard, and what the process called."""
    pid = place.begin(key)
    watch = Watch(pid, place.folder / "calls", watched=",".join(CALLS) + ",close", fault=fault)
    return place.go(), watch.calls()


def fail_one(place: Installation, fault: Fault) -> bool:
    """One upload under `fault`, a restart, the promises, a retry, the promises; False when nothing was hit."""
    key = str(fault)
    heard, calls = upload_with(place, key, fault)
    assert set(heard) <= HEARD_OF, (key, heard)
    place.check(key, "before")
    place.retry(key)
    place.check(key)
    return any(call.was_failed for call in calls)


def demand_nothing_is_left(place: Installation) -> None:
    """All claims at once, after a day: also those of uploads that failed, and nothing lies about."""
    place.expire()
    place.check(is_after_a_day=True)


def test_a_call_that_fails_breaks_no_promise(place: Installation) -> None:
    """DU-03, some places of each call; `make test-full` takes every one."""
    with among_others(place):
        heard, calls = upload_with(place, "unharmed", None)
        assert heard == [201, 200, 204, 204]
        faults = some_of(calls)
        for fault in faults:
            assert fail_one(place, fault), f"{fault} was not reached"
    demand_nothing_is_left(place)
    print(f"DU-03: {len(faults)} failed calls of {sum(call.name in CALLS for call in calls)} possible ones")
    assert len(faults) > 15


def some_of(calls: list[Call]) -> list[Fault]:
    """A place of each call on the store of files, one on anything else, and an error for each."""
    chosen = random.Random("DU-03")
    faults = []
    for name in CALLS:
        of_name = [call for call in calls if call.name == name]
        in_store = [number for number, call in enumerate(of_name, 1) if "/files/" in call.told]
        elsewhere = [number for number in range(1, len(of_name) + 1) if number not in in_store]
        for numbers, errors in ((in_store, ("EIO", chosen.choice(ERRORS[1:]))), (elsewhere, ("EIO",))):
            faults += [Fault(name, error, str(chosen.choice(numbers))) for error in errors if numbers]
    return faults


@pytest.mark.full
@pytest.mark.parametrize("error", ERRORS)
def test_every_call_of_an_upload_fails_once_and_no_promise_is_broken(place: Installation, error: str) -> None:
    """DU-03: N = 1 … until an upload is untouched, for each call."""
    hit: Counter[str] = Counter()
    with among_others(place):
        for name in CALLS:
            while fail_one(place, Fault(name, error, str(hit[name] + 1))):
                hit[name] += 1
    demand_nothing_is_left(place)
    print(f"DU-03 {error}: {hit.total()} failed calls: {dict(hit)}")
    assert hit.total() > 100


@pytest.mark.full
@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
def test_a_disk_that_fails_from_some_call_on_breaks_no_promise(place: Installation, error: str) -> None:
    """DU-03: the Nth call and all that follow it; the disk is well again after the restart."""
    hit = 0
    for name in ("pwrite64", "fdatasync", "fsync", "openat", "link"):
        number = 1
        while fail_one(place, Fault(name, error, f"{number}+")):
            hit += 1
            number += 1 if name != "pwrite64" else 5
    demand_nothing_is_left(place)
    print(f"DU-03 {error} for good: {hit} uploads")
    assert hit > 50


@pytest.mark.full
def test_the_only_process_of_an_installation_may_fail_at_every_call(place: Installation) -> None:
    """DU-03 without another process: each closed line is the last one, and folds the journal into the file."""
    hit: Counter[str] = Counter()
    for name in ("openat", "fdatasync", "ftruncate", "unlink"):
        while fail_one(place, Fault(name, "EIO", str(hit[name] + 1))):
            hit[name] += 1
    demand_nothing_is_left(place)
    print(f"DU-03 alone: {hit.total()} failed calls: {dict(hit)}")
    assert hit.total() > 50


def test_a_sync_that_failed_is_never_asked_again_and_ends_the_upload(place: Installation) -> None:
    """S3 of an upload: after EIO the kernel may call lost pages clean, and a second fsync would say all is well."""
    ended = 0
    with among_others(place):
        number = 0
        while True:
            number += 1
            fault = Fault("fdatasync", "EIO", str(number))
            key = f"sync {number}"
            heard, calls = upload_with(place, key, fault)
            at = next((at for at, call in enumerate(calls) if call.was_failed), None)
            if at is None:
                break
            if "/files/tmp/" not in calls[at].descriptor:
                continue  # the database's own
            ended += 1
            demand_left_alone(calls[at:])
            assert heard[-1] == 503
            assert place.check(key)[place.claims[key]["upload"]] == ["failed", "write_lost"]
            place.check()
            assert 410 in place.upload(key, is_retry=True)
            assert place.upload(f"{key} anew")[-1] == 204
    assert ended >= 3  # a tail, a part, the last part
    demand_nothing_is_left(place)


def demand_left_alone(calls: list[Call]) -> None:
    """From the failed sync on: its descriptor is closed, and until then nothing is synced or written by it."""
    descriptor = calls[0].descriptor
    for call in calls[1:]:
        if call.descriptor == descriptor:
            assert call.name == "close", f"{call.name} on a descriptor whose sync failed"
            return
    raise AssertionError("the descriptor stays open")
