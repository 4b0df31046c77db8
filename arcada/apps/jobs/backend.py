"""The Tasks API on the Job table: enqueuing is a row in the caller's own transaction."""

import hashlib
import json
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus

from arcada.apps.jobs.models import Job

TRIES = 10


class LeaseBackend(BaseTaskBackend):
    """Work is claimed with a lease and given again when its holder dies; see `queue` and `worker`."""

    supports_defer = True
    supports_priority = True

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        """Add the work unless the very same is already waiting: one waiting job a key."""
        self.validate_task(task)
        now = timezone.now()
        job = Job(
            task=task.module_path,
            args=list(args),
            kwargs=dict(kwargs),
            queue=task.queue_name,
            priority=task.priority,
            key=_key(task.module_path, list(args), dict(kwargs)),
            run_after=task.run_after or now,
            created_at=now,
        )
        job = _added(job)
        return TaskResult(
            task=task,
            id=str(job.pk),
            status=TaskResultStatus.READY,
            enqueued_at=now,
            started_at=None,
            last_attempted_at=None,
            finished_at=None,
            args=list(args),
            kwargs=dict(kwargs),
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )


def _added(job: Job) -> Job:
    """The new job, or the very same that waits already; that one may be claimed between two looks."""
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                job.save(force_insert=True)
            return job
        except IntegrityError:
            waiting = Job.objects.filter(key=job.key, state="waiting").first()
            if waiting is not None:
                return waiting
    raise RuntimeError("A job could be neither added nor found.")


def _key(path: str, args: list[Any], kwargs: dict[str, Any]) -> str:
    said = json.dumps([path, args, kwargs], sort_keys=True, default=str).encode()
    return f"{path.rsplit('.', 1)[-1][:40]}:{hashlib.sha256(said).hexdigest()}"
