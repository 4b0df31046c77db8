"""notify(): tell a person, in Arcada and by mail; the mail is queued in the same transaction."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from arcada.apps.accounts.models import User
from arcada.apps.mail.actions import queue_mail
from arcada.apps.notifications.models import Notification
from arcada.apps.row_scope import system_scope


@system_scope()
def notify(
    person: User,
    *,
    workspace_id: UUID,
    kind: str,
    now: datetime,
    case_id: UUID | None = None,
    object_id: UUID | None = None,
    words: Mapping[str, str] | None = None,
    by_mail: bool = True,
) -> Notification:
    """Keep a notification for `person`; `words` are codes and names of colleagues, never of a patient."""
    notification = Notification.objects.create(
        workspace_id=workspace_id,
        user=person,
        kind=kind,
        case_id=case_id,
        object_id=object_id,
        words=dict(words or {}),
        created_at=now,
    )
    if by_mail:
        queue_mail(
            "notification", to=person.email, language=person.language, now=now,
            facts={**(words or {}), "kind": kind, "case_id": str(case_id or ""), "name": person.get_full_name()},
        )  # fmt: skip
    return notification
