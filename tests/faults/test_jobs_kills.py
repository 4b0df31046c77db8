"""kill -9 of a worker or of its child: the work is done once, by the next (DU-06)."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apps.jobs.workers import Workshop, is_gone, wait_for_lines

ERRANDS = "tests.apps.jobs.errands."


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path / "data")
    yield made
    made.close()


def test_three_workers_do_thirty_jobs_once_each(workshop: Workshop, tmp_path: Path) -> None:
    workshop.add(*([ERRANDS + "append", str(tmp_path / "done"), f"{number}\n"] for number in range(30)))
    for worker in [workshop.start_worker() for _ in range(3)]:
        assert worker.wait(60) == 0
    assert sorted(map(int, (tmp_path / "done").read_text().split())) == list(range(30))
    assert workshop.ask("SELECT DISTINCT state, attempts FROM jobs_job") == [("done", 1)]


@pytest.mark.parametrize("victim", ["child", "worker"])
def test_killed_work_is_done_by_the_next_and_once(workshop: Workshop, tmp_path: Path, victim: str) -> None:
    workshop.add([ERRANDS + "slow_then_append", str(tmp_path / "pids"), str(tmp_path / "done")])
    worker = workshop.start_worker()
    child = int(wait_for_lines(tmp_path / "pids", 1)[0])
    os.kill(child if victim == "child" else worker.pid, signal.SIGKILL)
    worker.wait(20)
    assert is_gone(child, within_s=5), "a child never outlives its worker"
    (tmp_path / "go").touch()
    workshop.make_due()
    assert workshop.start_worker().wait(60) == 0
    assert workshop.ask("SELECT state, attempts FROM jobs_job") == [("done", 2)]
    assert (tmp_path / "done").read_text() == "done\n"


def test_an_effect_without_its_acknowledgement_stays_one_effect(workshop: Workshop, tmp_path: Path) -> None:
    """The child is killed after its commit and before the worker can say so, again and again."""
    rounds = 200 if os.environ.get("ARCADA_FULL") else 4
    (workshop.data / "mail").mkdir(exist_ok=True)
    for number in range(rounds):
        workshop.add([ERRANDS + "commit_then_die", f"note {number}"])
        workshop.start_worker().wait(60)
        workshop.make_due()
        workshop.start_worker().wait(60)
    rows = workshop.ask("SELECT subject, COUNT(*) FROM mail_outgoingmail GROUP BY subject")
    assert len(rows) == rounds
    assert {count for _, count in rows} == {1}
    assert set(workshop.ask("SELECT state, attempts FROM jobs_job WHERE task LIKE '%commit_then_die'")) == {
        ("done", 2)
    }


def test_a_worker_told_to_stop_finishes_what_it_began(workshop: Workshop, tmp_path: Path) -> None:
    workshop.add([ERRANDS + "slow_then_append", str(tmp_path / "pids"), str(tmp_path / "done")])
    worker = workshop.start_worker(until_idle=False)
    wait_for_lines(tmp_path / "pids", 1)
    worker.send_signal(signal.SIGTERM)
    (tmp_path / "go").touch()
    assert worker.wait(30) == 0
    assert (tmp_path / "done").read_text() == "done\n"
    assert workshop.ask("SELECT state FROM jobs_job") == [("done",)]
