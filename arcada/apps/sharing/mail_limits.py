"""How often mails may be sent to one address, and by one person (RL-02); counted in the database."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from arcada.apps.accounts.models import Workspace
from arcada.apps.row_scope import system_scope
from arcada.apps.sharing.models import MailSent
from arcada.core.access import Actor
from arcada.core.errors import Refused
from arcada.core.sealing import hash_token

WINDOW: Final = timedelta(hours=1)
PER_TARGET: Final = 5
PER_SENDER: Final = 30
# One workspace can't use up what others may send to the same person, but all together stay bearable.
PER_TARGET_OF_ALL: Final = 20


@system_scope()
@transaction.atomic
def count_mails(actor: Actor, *, workspace_id: UUID, targets: Iterable[str], now: datetime) -> None:
    """Count one act that mails `targets`; Refused, and nothing counted, when an hour's measure is full.

    A share with fifty recipients is one act of its sender, and one mail to each of them.
    """
    hashes = {hash_token(f"mail to {address.strip().lower()}") for address in targets}
    if not hashes:
        return
    # The lock makes the measure exact when many acts come at once.
    Workspace.objects.select_for_update().only("pk").get(pk=workspace_id)
    recent = MailSent.objects.filter(at__gt=now - WINDOW)
    acts = recent.filter(workspace_id=workspace_id, sender_id=actor.id).values("act_id").distinct().count()
    if acts >= PER_SENDER:
        raise Refused(
            "You sent mails {limit} times within an hour. Go on in an hour.",
            code="too_many_mails", limit=PER_SENDER,
        )  # fmt: skip
    for target in hashes:
        sent = recent.filter(target_hash=target)
        if sent.filter(workspace_id=workspace_id).count() >= PER_TARGET or sent.count() >= PER_TARGET_OF_ALL:
            raise Refused(
                "This person got {limit} mails within an hour. Send the next one in an hour.",
                code="too_many_mails", limit=PER_TARGET,
            )  # fmt: skip
    act = uuid.uuid4()
    MailSent.objects.bulk_create(
        MailSent(workspace_id=workspace_id, act_id=act, sender_id=actor.id, target_hash=target, at=now)
        for target in hashes
    )


def forget_old_counts(*, now: datetime) -> int:
    """Remove what no limit looks at any more; returns how many rows."""
    return MailSent.objects.filter(at__lte=now - 24 * WINDOW).delete()[0]
