"""Reads of the audit."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from arcada.apps.audit.models import AuditEvent


def names_record(event_id: str, *, actor_id: UUID, record_id: UUID) -> bool:
    """True when this event is the same actor's view of a page that showed the record."""
    return names_records(event_id, actor_id=actor_id, record_ids=[record_id])


def names_records(event_id: str, *, actor_id: UUID, record_ids: Iterable[UUID]) -> bool:
    """The same for all of them at once."""
    try:
        wanted = UUID(event_id)
    except ValueError:
        return False
    event = AuditEvent.objects.filter(id=wanted, actor_id=actor_id).only("ids").first()
    return event is not None and {str(record_id) for record_id in record_ids} <= set(
        event.ids.get("records", [])
    )


def events_about(object_id: UUID) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(object_id=object_id).order_by("-seq")


def events_of_case(case_id: UUID) -> QuerySet[AuditEvent]:
    """What happened to a case and to what hangs on it."""
    return AuditEvent.objects.filter(case_id=case_id).order_by("-seq")


def events_by(
    actor_ids: Iterable[UUID], *, workspace_id: UUID, actions: Iterable[str]
) -> QuerySet[AuditEvent]:
    """What these did in one workspace, newest first."""
    return AuditEvent.objects.filter(
        workspace_id=workspace_id, actor_id__in=list(actor_ids), action__in=list(actions)
    ).order_by("-seq")


EXPORTED: Final = [
    "chain", "position", "at", "action", "outcome", "reason", "actor_kind", "actor_id", "role", "workspace_id",
    "patient_id", "case_id", "object_kind", "object_id", "ids", "session_hash", "ip_truncated", "request_id", "id",
    "hash",
]  # fmt: skip


def exported_rows(workspace_id: UUID | None) -> Iterator[list[object]]:
    """Every event in the order of its chain, as cells under EXPORTED."""
    events = AuditEvent.objects.order_by("chain", "position")
    if workspace_id is not None:
        events = events.filter(chain=workspace_id)
    for event in events.iterator(chunk_size=2000):
        yield [_cell(getattr(event, name)) for name in EXPORTED]


def _cell(value: object) -> object:
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value.isoformat() if isinstance(value, datetime) else value
