"""Answers are kept for a day: long enough for every retry."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from arcada.apps.idempotency.models import Answered


@task()
def forget_answers() -> None:
    Answered.objects.filter(created_at__lt=timezone.now() - timedelta(days=1)).delete()
