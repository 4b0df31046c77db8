"""record(): the only door into the audit. Call it inside the transaction of the change it tells of."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, models, transaction

from arcada.apps.audit.appending import append
from arcada.apps.audit.models import AuditEvent, AuditPerson, ChainHead
from arcada.core.access import Actor
from arcada.core.ledger_chain import GLOBAL_CHAIN
from arcada.core.typed_text import without_controls

_ACTION = re.compile(r"^[a-z_]+\.[a-z_]+$")
_LONGEST_VALUE: Final = 254


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
    owner = workspace_id or actor.workspace_id
    kind = (about._meta.model_name or "") if about is not None else ""
    said = _plain(ids or {})
    if actor.support is not None:
        said["break_glass" if actor.support.is_break_glass else "grant"] = str(actor.support.id)
    event = AuditEvent(
        at=now,
        action=action,
        outcome=outcome,
        reason=without_controls(reason)[:64],
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        role=actor.role.value if actor.role else "",
        workspace_id=owner,
        patient_id=patient_id,
        case_id=about.pk if about is not None and kind == "case" else _uuid(said.get("case")),
        object_kind=kind,
        object_id=about.pk if about is not None else None,
        ids=said,
        session_hash=actor.origin.session_hash,
        ip_truncated=actor.origin.ip_truncated,
        request_id=actor.origin.request_id,
        chain=owner or GLOBAL_CHAIN,
    )
    return append(event)


def keep_person(kind: str, value: str, *, now: datetime) -> UUID:
    """A personal value beside the audit; its id goes into `ids` of an event, the value never."""
    kept = AuditPerson.objects.create(
        kind=kind, value=" ".join(without_controls(value).split())[:_LONGEST_VALUE], at=now
    )
    return kept.id


def erase_person(actor: Actor, pseudonym: UUID, *, now: datetime) -> None:
    """The value is gone; every event that points to it stays, and so does its chain."""
    if AuditPerson.objects.filter(pk=pseudonym, erased_at=None).update(value="", erased_at=now):
        record(actor, "audit.person_erased", now=now, ids={"person": pseudonym})


@transaction.atomic
def note_clock_regress(*, now: datetime) -> int:
    """One event for each chain with a record that is older than the one before it; how many."""
    heads = list(ChainHead.objects.select_for_update().filter(stepped_back__isnull=False))
    for head in heads:
        owner = None if head.chain == GLOBAL_CHAIN else head.chain
        where = {"position": head.stepped_back}
        record(Actor.system(), "audit.clock_regress", now=now, workspace_id=owner, ids=where)
    ChainHead.objects.filter(chain__in=[head.chain for head in heads]).update(stepped_back=None)
    return len(heads)


def _plain(ids: Mapping[str, object]) -> dict[str, object]:
    """UUIDs and collections of them as text; numbers and short codes stay."""
    return {key: _text(value) for key, value in ids.items()}


def _text(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_text(item) for item in value]
    return without_controls(str(value))


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
