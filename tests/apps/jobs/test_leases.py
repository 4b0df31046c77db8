"""A job has one effect, whoever dies and however often it is given out (DU-06)."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from arcada.apps.jobs import queue
from arcada.apps.jobs.models import Job
from tests.apps.jobs import errands


@pytest.fixture
def now(db: None) -> datetime:
    errands.given_up.clear()
    return timezone.now()


def add(name: str, *args: str) -> Job:
    queue.add_job(f"tests.apps.jobs.errands.{name}", *args)
    return Job.objects.latest("created_at")


def test_the_same_work_waits_once(now: datetime) -> None:
    for _ in range(3):
        add("note", "a")
    add("note", "b")
    assert Job.objects.filter(state="waiting").count() == 2


def test_work_asked_for_while_it_runs_is_done_again(now: datetime) -> None:
    add("note", "a")
    assert queue.claim("one", now=timezone.now()) is not None
    add("note", "a")
    assert sorted(Job.objects.values_list("state", flat=True)) == ["running", "waiting"]


def test_a_leased_job_is_nobody_elses_until_the_lease_ends(now: datetime) -> None:
    add("note", "a")
    job = queue.claim("one", now=timezone.now())
    assert job is not None
    assert queue.claim("two", now=timezone.now()) is None
    later = timezone.now() + queue.LEASE + timedelta(seconds=1)
    again = queue.claim("two", now=later)
    assert again is not None
    assert again.pk == job.pk
    assert not queue.heartbeat(job, now=later)


def test_whoever_lost_the_lease_can_neither_finish_nor_give_back(now: datetime) -> None:
    add("note", "a")
    lost = queue.claim("one", now=timezone.now())
    held = queue.claim("two", now=timezone.now() + queue.LEASE * 2)
    assert lost is not None
    assert held is not None
    queue.finish(lost, now=timezone.now())
    queue.give_back(lost, reason="late", now=timezone.now())
    assert Job.objects.get().state == "running"
    queue.finish(held, now=timezone.now())
    assert Job.objects.get().state == "done"


def test_a_failure_waits_longer_each_time_and_is_given_up_after_five(now: datetime) -> None:
    add("fail_with_word", "a")
    pauses = []
    at = timezone.now()
    for _ in range(5):
        job = queue.claim("one", now=at)
        assert job is not None
        queue.give_back(job, reason="no", now=at)
        job.refresh_from_db()
        pauses.append((job.run_after - at).total_seconds())
        at = job.run_after
    assert pauses[:4] == [1, 5, 30, 120]
    assert Job.objects.get().state == "dead"
    assert errands.given_up == [("a", "no")]


def test_a_job_that_takes_its_worker_down_each_time_is_given_up(now: datetime) -> None:
    add("fail_with_word", "b")
    at = timezone.now()
    for _ in range(5):
        assert queue.claim("doomed", now=at) is not None
        at += queue.LEASE + timedelta(seconds=1)
    add("note", "after")
    following = queue.claim("doomed", now=at)
    assert following is not None
    assert following.args == ["after"]
    assert Job.objects.get(args=["b"]).state == "dead"
    assert errands.given_up[0][0] == "b"


def test_a_job_whose_task_is_gone_is_given_up_too(now: datetime) -> None:
    Job.objects.create(task="tests.apps.jobs.errands.no_such", run_after=now, created_at=now, max_attempts=1)
    job = queue.claim("one", now=timezone.now())
    assert job is not None
    queue.give_back(job, reason="ModuleNotFoundError", now=timezone.now())
    assert Job.objects.get().state == "dead"
