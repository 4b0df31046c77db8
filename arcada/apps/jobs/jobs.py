"""Keeping the queue itself tidy."""

from django.utils import timezone
from django_tasks import task

from arcada.apps.jobs import queue


@task()
def forget_done_jobs() -> None:
    queue.forget_done(now=timezone.now())
