"""What every write of sharing says: its audit line, and the note to the person who shared."""

from collections.abc import Mapping
from datetime import datetime

from arcada.apps.accounts.models import User
from arcada.apps.audit.actions import record as audit
from arcada.apps.notifications.actions import notify
from arcada.apps.sharing.models import Share
from arcada.core.access import Actor


def tell_owner(share: Share, kind: str, *, name: str, now: datetime) -> None:
    owner = User.objects.filter(pk=share.shared_by, is_active=True).first()
    if owner is not None:
        notify(
            owner, workspace_id=share.workspace_id, kind=kind, case_id=share.case_id, object_id=share.pk,
            words={"code": share.code, "by": name}, now=now,
        )  # fmt: skip


def audit_share(
    actor: Actor, action: str, share: Share, *, now: datetime, ids: Mapping[str, object] | None = None
) -> None:
    audit(
        actor, action, now=now, workspace_id=share.workspace_id, about=share,
        ids={"case": share.case_id, **(ids or {})},
    )  # fmt: skip
