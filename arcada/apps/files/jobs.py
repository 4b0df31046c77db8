"""By the clock: end uploads that nobody finished, sweep objects that no row knows."""

from django.utils import timezone
from django_tasks import task

from arcada.apps.files.actions import expire_uploads
from arcada.apps.files.sweep import sweep_orphans


@task()
def expire_open_uploads() -> None:
    expire_uploads(timezone.now())


@task()
def sweep_orphaned_objects() -> None:
    sweep_orphans(timezone.now())
