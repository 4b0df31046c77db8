"""Makes a checkpoint when one is due: every hour, or after so many events."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from arcada.apps.audit.models import ChainHead, Checkpoint
from arcada.core.ledger_checkpoint import Head, write_checkpoint

EVERY: Final = timedelta(hours=1)
EVENTS: Final = 1000


def is_due(*, now: datetime) -> bool:
    """True an hour after the last checkpoint, or 1,000 events after it, when there is anything new."""
    last = Checkpoint.objects.order_by("-number").first()
    events = _events()
    if last is None:
        return events > 0
    return events > last.events and (now - last.at >= EVERY or events - last.events >= EVENTS)


@transaction.atomic
def make_checkpoint(*, now: datetime) -> Checkpoint | None:
    """A signed line about every chain as it is now; None when another process makes one at this moment."""
    last = Checkpoint.objects.select_for_update().order_by("-number").first()
    if last is not None and Checkpoint.objects.filter(number__gt=last.number).exists():
        return None
    number = last.number + 1 if last else 1
    heads = [
        Head(head.chain, head.position, head.seq, bytes(head.hash), head.at)
        for head in ChainHead.objects.filter(position__gt=0)
    ]
    line = write_checkpoint(
        heads, number=number, at=now, previous_line=last.line if last else "", seed=settings.ENV.audit_key()
    )
    events = sum(head.count for head in heads)
    return Checkpoint.objects.create(number=number, at=now, line=line, events=events)


def _events() -> int:
    return ChainHead.objects.aggregate(all=Sum("position"))["all"] or 0
