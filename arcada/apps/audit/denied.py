"""Refused access, one line a thing and minute: nobody fills the audit by asking again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from arcada.apps.audit.actions import record
from arcada.apps.audit.models import AuditEvent
from arcada.core.access import Actor

ACTION: Final = "access.denied"
WINDOW: Final = timedelta(minutes=1)
MOST_IN_WINDOW: Final = 20  # of one actor; whoever tries out numbers is seen by these


@transaction.atomic
def record_denied(
    actor: Actor, *, address: str, asked: Iterable[UUID], reason: str, now: datetime
) -> AuditEvent | None:
    """That `actor` was refused at an address; None when the same, or MOST_IN_WINDOW others, were told a minute ago.

    Missing and forbidden are told alike, in the chain of the actor's own workspace: nobody else's audit learns of it.
    """
    said: dict[str, object] = {"address": address, "asked": [str(one) for one in asked]}
    # The newest few say enough: between them and older ones lie only lines that were recorded anyhow.
    newest = AuditEvent.objects.filter(actor_id=actor.id).order_by("-seq").only("action", "at", "ids")
    told = [
        event.ids for event in newest[:MOST_IN_WINDOW] if event.action == ACTION and event.at > now - WINDOW
    ]
    if said in told or len(told) == MOST_IN_WINDOW:
        return None
    return record(actor, ACTION, now=now, ids=said, outcome="denied", reason=reason)
