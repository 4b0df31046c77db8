"""What the clock does to plans."""

from django.utils import timezone
from django_tasks import task

from arcada.apps.accounts import plans


@task()
def bill_subscriptions() -> None:
    plans.bill_subscriptions(timezone.now())
