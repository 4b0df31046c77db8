"""A file that takes a reader down is rejected with the reason, and the next one is judged as if nothing was (UP-11)."""

import ctypes
import functools
import os
import select
import socket
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from arcada.apps.jobs import queue
from arcada.apps.jobs.models import Job
from arcada.apps.records import judging
from arcada.apps.records.actions import retry_record
from arcada.apps.records.jobs import process_record
from arcada.apps.records.limits import ChildFailed, in_child
from arcada.apps.records.models import Collection, FoundInRecord, Record
from arcada.core import intake, kernels
from arcada.core.anatomy import Jaw
from arcada.core.geometry.specimen import make_arch
from arcada.core.geometry.write import write_stl
from arcada.demo.delivery import deliver
from tests.cast import NOW, Person

Write = Callable[[bytes], None]
Evil = Callable[..., None]


def loop_for_ever(*_: object) -> None:
    while True:
        pass


def sleep_for_ever(*_: object) -> None:
    while True:
        time.sleep(60)


def take_eight_gigabytes(*_: object) -> None:
    np.ones(8 << 30, np.uint8)


def read_null(*_: object) -> None:
    ctypes.string_at(0)


def fork_without_end(*_: object) -> None:
    while True:
        os.fork()


def leave(*_: object) -> None:
    os._exit(0)


EVILS = [
    (loop_for_ever, "too_slow"),
    (sleep_for_ever, "too_slow"),
    (take_eight_gigabytes, "too_heavy"),
    (read_null, "crashed"),
    (fork_without_end, "crashed"),
    (leave, "crashed"),
]


@pytest.fixture(scope="module", autouse=True)
def loaded_kernels() -> None:
    """As a worker does before it forks: a reader may open nothing, not even its own kernels."""
    kernels.warm()


@pytest.fixture(scope="module")
def upper() -> bytes:
    return write_stl(make_arch(Jaw.MAXILLA, seed=5, triangles=20_000))


@pytest.mark.parametrize(("evil", "reason"), EVILS, ids=lambda value: getattr(value, "__name__", None))
def test_what_takes_a_reader_down_is_rejected_and_the_next_file_is_judged(
    dr_ada: Person,
    collection: Collection,
    upper: bytes,
    monkeypatch: pytest.MonkeyPatch,
    evil: Evil,
    reason: str,
) -> None:
    records = deliver(dr_ada.actor, collection, {"upper_jaw": ("upper.stl", upper)}, now=NOW)
    poisoned = records["upper_jaw"]
    with monkeypatch.context() as patch:
        patch.setattr(intake, "prepare", evil)
        patch.setattr(judging, "in_child", functools.partial(in_child, seconds=1))
        began = time.monotonic()
        process_record.call(str(poisoned.pk))
        assert time.monotonic() - began < 15
    poisoned.refresh_from_db()
    assert (poisoned.state, poisoned.reason) == ("rejected", reason)
    assert FoundInRecord.objects.filter(record=poisoned, code=reason, severity="blocker").exists()
    (following,) = deliver(dr_ada.actor, collection, {"pre_op": ("before.stl", upper)}, now=NOW).values()
    process_record.call(str(following.pk))
    following.refresh_from_db()
    assert following.state == "ready"


def test_a_reader_can_neither_open_a_file_nor_a_socket_nor_start_a_program(tmp_path: Path) -> None:
    def tries(write: Write) -> None:
        for attempt in (
            lambda: os.open("/etc/hostname", os.O_RDONLY),
            lambda: os.open(str(tmp_path / "made"), os.O_WRONLY | os.O_CREAT),
            lambda: socket.socket(),
            lambda: os.fork(),
            lambda: os.execv("/bin/true", ["true"]),
        ):
            try:
                attempt()
            except OSError:
                write(b"no ")

    assert in_child(tries) == b"no " * 5
    assert not (tmp_path / "made").exists()


def test_a_reader_ends_with_whoever_waits_for_it() -> None:
    reading, writing = os.pipe()
    worker = os.fork()
    if worker == 0:

        def tell_and_stay(write: Write) -> None:
            os.write(writing, f"{os.getpid()}\n".encode())
            sleep_for_ever()

        in_child(tell_and_stay)
        os._exit(0)
    os.close(writing)
    reader = int(os.read(reading, 32))
    os.kill(worker, 9)
    os.waitpid(worker, 0)
    assert select.select([reading], [], [], 5)[0], "the reader's end of the pipe closes with it"
    assert os.read(reading, 1) == b""
    with pytest.raises(ProcessLookupError):
        _still_there(reader)


def test_an_answer_cut_short_is_no_answer() -> None:
    def half(write: Write) -> None:
        write(b"half an answer")
        os._exit(0)

    with pytest.raises(ChildFailed, match="crashed"):
        in_child(half)


def test_work_that_is_given_up_leaves_a_failed_record_that_can_be_tried_again(
    dr_ada: Person, collection: Collection, upper: bytes
) -> None:
    (record,) = deliver(dr_ada.actor, collection, {"upper_jaw": ("upper.stl", upper)}, now=NOW).values()
    Record.objects.filter(pk=record.pk).update(state="processing", attempts=1)
    job = Job.objects.get(task__endswith="process_record")
    later = job.run_after
    for _ in range(5):
        held = queue.claim("one", now=later)
        assert held is not None
        queue.give_back(held, reason="The process was ended by SIGKILL.", now=later)
        later = Job.objects.get(pk=job.pk).run_after
    record.refresh_from_db()
    assert (record.state, record.reason) == ("failed", "could_not_be_checked")
    retry_record(dr_ada.actor, record, now=NOW)
    process_record.call(str(record.pk))
    record.refresh_from_db()
    assert record.state == "ready"


def test_judging_twice_has_one_effect(dr_ada: Person, collection: Collection, upper: bytes) -> None:
    (record,) = deliver(dr_ada.actor, collection, {"upper_jaw": ("upper.stl", upper)}, now=NOW).values()
    process_record.call(str(record.pk))
    record.refresh_from_db()
    ready_at, cleaned = record.ready_at, record.cleaned_id
    process_record.call(str(record.pk))
    record.refresh_from_db()
    assert (record.ready_at, record.cleaned_id, record.attempts) == (ready_at, cleaned, 1)


def _still_there(pid: int) -> None:
    """Raises ProcessLookupError once it is gone; init may need a moment to collect it."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
            raise ProcessLookupError
        os.kill(pid, 0)
        time.sleep(0.05)
