"""Keeping live events short: a page that was away for a day loads anew."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from arcada.apps.notifications.models import LiveEvent


@task()
def forget_live_events() -> None:
    LiveEvent.objects.filter(created_at__lt=timezone.now() - timedelta(days=1)).delete()
