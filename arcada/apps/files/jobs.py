"""By the clock: sweep objects that no row knows."""

from django.utils import timezone
from django_tasks import task

from arcada.apps.files.sweep import sweep_orphans


@task()
def sweep_orphaned_objects() -> None:
    sweep_orphans(timezone.now())
