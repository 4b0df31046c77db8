"""By the clock: challenges, drafts and counters that are over are forgotten."""

from django.utils import timezone
from django_tasks import task

from arcada.apps.sign_in.models import Challenge, Failures, KeptForm
from arcada.core.sign_in_rules import CHALLENGE_LIVES, DRAFT_LIVES


@task()
def forget_sign_in_leftovers() -> int:
    """How many rows went."""
    now = timezone.now()
    gone = 0
    for over in (
        Challenge.objects.filter(created_at__lt=now - 2 * CHALLENGE_LIVES),
        KeptForm.objects.filter(created_at__lt=now - DRAFT_LIVES),
        Failures.objects.filter(forgotten_at__lt=now),
    ):
        gone += over.delete()[0]
    return gone
