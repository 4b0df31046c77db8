"""By the clock: licences that end, reminders before, and evidence whose days are over."""

from django.utils import timezone
from django_tasks import task

from arcada.apps.licences.actions import forget_evidence
from arcada.apps.licences.deciding import expire_licences, remind_of_licences


@task()
def keep_licences() -> None:
    """End, remind, forget; each is safe to do twice."""
    now = timezone.now()
    expire_licences(now=now)
    remind_of_licences(now=now)
    forget_evidence(now=now)
