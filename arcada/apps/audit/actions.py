"""record(): the only door into the audit. Call it inside the transaction of the change it tells of."""

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection, models

from arcada.apps.audit.models import AuditEvent
from arcada.core.access import Actor

_ACTION = re.compile(r"^[a-z_]+\.[a-z_]+$")


def record(
    actor: Actor,
    action: str,
    *,
    now: datetime,
    workspace_id: UUID | None = None,
    patient_id: UUID | None = None,
    about: models.Model | None = None,
    ids: Mapping[str, object] | None = None,
    outcome: str = "done",
    reason: str = "",
) -> AuditEvent:
    """Append one event. `about` is what it happened to; `ids` holds ids, hashes and numbers, never names.

    Raises RuntimeError outside a transaction: a line that could survive without its change is worthless.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"The audit of {action} must stand in the transaction of its change.")
    if not _ACTION.match(action):
        raise ValueError(f"{action!r} is not of the form thing.happened")
    return AuditEvent.objects.create(
        at=now,
        action=action,
        outcome=outcome,
        reason=reason,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        role=actor.role.value if actor.role else "",
        workspace_id=workspace_id or actor.workspace_id,
        patient_id=patient_id,
        object_kind=(about._meta.model_name or "") if about is not None else "",
        object_id=about.pk if about is not None else None,
        ids=_plain(ids or {}),
        session_hash=actor.origin.session_hash,
        ip_truncated=actor.origin.ip_truncated,
        request_id=actor.origin.request_id,
    )


def _plain(ids: Mapping[str, object]) -> dict[str, object]:
    """UUIDs and collections of them as text; numbers and short codes stay."""
    return {key: _text(value) for key, value in ids.items()}


def _text(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_text(item) for item in value]
    return str(value)
