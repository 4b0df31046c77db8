"""Claim, heartbeat, finish, give back: every change of a job's state, and nothing else."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string
from django_tasks.base import Task

from arcada.apps.jobs.models import Job

log = logging.getLogger("arcada.jobs")

LEASE = timedelta(seconds=30)
BACK_OFF_S = (1, 5, 30, 120, 600)

_when_dead: dict[str, Callable[..., None]] = {}


def add_job(path: str, *args: str, run_after: datetime | None = None) -> None:
    """Enqueue a task by its dotted path: for callers below the module that holds it."""
    task: Task[Any, Any] = import_string(path)
    (task.using(run_after=run_after) if run_after else task).enqueue(*args)


def when_dead(task: Task[Any, Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The decorated function runs, with the job's arguments and `reason`, once the job is given up."""

    def register(handler: Callable[..., None]) -> Callable[..., None]:
        _when_dead[task.module_path] = handler
        return handler

    return register


def claim(holder: str, *, now: datetime) -> Job | None:
    """The next job that is due, leased to `holder`; also one whose holder stopped to breathe."""
    due = Q(state="waiting", run_after__lte=now) | Q(state="running", lease_until__lt=now)
    # A look first: an idle worker must not take SQLite's only write lock several times a second.
    while Job.objects.filter(due).exists():
        with transaction.atomic():
            jobs = Job.objects.filter(due).order_by("-priority", "run_after")
            if connection.features.has_select_for_update_skip_locked:
                jobs = jobs.select_for_update(skip_locked=True)
            job = jobs.first()
            if job is None:
                return None
            if job.state == "running" and job.attempts >= job.max_attempts:
                # Its worker was lost each time: the work may be what takes workers down.
                _bury(job, reason="The worker was lost at every attempt.", now=now)
                continue
            job.state = "running"
            job.attempts += 1
            job.lease_holder = holder
            job.lease_until = now + LEASE
            job.started_at = now
            job.save(update_fields=["state", "attempts", "lease_holder", "lease_until", "started_at"])
            return job
    return None


def heartbeat(job: Job, *, now: datetime) -> bool:
    """Breathe: keep the lease; False when somebody else holds it by now."""
    return _held(job).update(lease_until=now + LEASE) == 1


def finish(job: Job, *, now: datetime) -> None:
    _held(job).update(state="done", ended_at=now, lease_until=None, progress=100)


def give_back(job: Job, *, reason: str, now: datetime, is_final: bool = False) -> None:
    """The attempt failed: wait and try again, or give up and tell whoever must know."""
    with transaction.atomic():
        if is_final or job.attempts >= job.max_attempts:
            _bury(job, reason=reason, now=now)
            return
        pause = BACK_OFF_S[min(job.attempts, len(BACK_OFF_S)) - 1]
        try:
            with transaction.atomic():
                _held(job).update(
                    state="waiting",
                    reason=reason[:2000],
                    run_after=now + timedelta(seconds=pause),
                    lease_until=None,
                )
        except IntegrityError:
            # The same work was asked for again meanwhile: that one will do it.
            _held(job).update(state="done", reason=reason[:2000], ended_at=now, lease_until=None)


def _held(job: Job) -> QuerySet[Job]:
    """The job as long as this very attempt holds its lease."""
    return Job.objects.filter(
        pk=job.pk, state="running", lease_holder=job.lease_holder, attempts=job.attempts
    )


def _bury(job: Job, *, reason: str, now: datetime) -> None:
    """Give up for good, and tell whoever must know; call it inside a transaction."""
    if not _held(job).update(state="dead", reason=reason[:2000], ended_at=now, lease_until=None):
        return
    try:
        with transaction.atomic():
            import_string(job.task)  # registers the handler beside its task
            handler = _when_dead.get(job.task)
            if handler is not None:
                handler(*job.args, reason=reason, **job.kwargs)
    except Exception as trouble:
        # A job that can't even be buried would come back for ever.
        log.error("Nobody could be told that %s was given up: %s", job.pk, type(trouble).__name__)


def forget_done(*, now: datetime) -> int:
    """Done jobs are kept for a week, dead ones for a quarter."""
    week, quarter = now - timedelta(days=7), now - timedelta(days=90)
    old = Job.objects.filter(Q(state="done", ended_at__lt=week) | Q(state="dead", ended_at__lt=quarter))
    return old.delete()[0]
