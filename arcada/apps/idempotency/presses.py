"""A form that is sent twice: the first press is kept with its answer, every further one gets that answer."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from arcada.apps.idempotency.models import Answered
from arcada.apps.row_scope import system_scope
from arcada.core.errors import Conflict

LONGEST_WAIT = timedelta(seconds=8)  # for the first press, which is still being answered
LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Press:
    """The first press: it is to be answered, and then kept or let go."""

    row_id: UUID


@dataclass(frozen=True, slots=True)
class Given:
    """What the first press was answered."""

    status: int
    body: str


@system_scope()
def press(*, actor_id: UUID, digest: bytes, now: datetime) -> Press | Given:
    """Claim a press by the digest of everything in it, or get what the first one was answered.

    Waits while the first is still being answered. Conflict when no answer comes: the effect may stand, so the
    form is not done a second time by itself.
    """
    key = f"form:{digest.hex()}"
    until = time.monotonic() + LONGEST_WAIT.total_seconds()
    while True:
        try:
            with transaction.atomic():
                row = Answered.objects.create(actor_id=actor_id, key=key, request_hash=digest, created_at=now)
            return Press(row.pk)
        except IntegrityError:
            first = Answered.objects.filter(actor_id=actor_id, key=key).first()
        if first is not None and first.status is not None:
            return Given(first.status, first.body)
        if time.monotonic() > until:
            raise Conflict(
                "This was sent already. Load the page again and look whether it is done, before you send it again.",
                code="sent_already",
            )  # fmt: skip
        if first is not None:
            time.sleep(LOOK_EVERY_S)


@system_scope()
def keep_answer(pressed: Press, *, status: int, body: str) -> None:
    row = Answered.objects.get(pk=pressed.row_id)
    row.status, row.body = status, body
    row.save(update_fields=["status", "body"])


@system_scope()
def let_go(pressed: Press) -> None:
    """Nothing was done: the same form may be sent again."""
    Answered.objects.filter(pk=pressed.row_id).delete()
