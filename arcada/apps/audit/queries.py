"""Reads of the audit."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

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


def events_by_access(workspace_id: UUID, access_id: UUID) -> QuerySet[AuditEvent]:
    """What support did in a workspace by one grant or one broken glass, oldest first."""
    return AuditEvent.objects.filter(
        Q(ids__grant=str(access_id)) | Q(ids__break_glass=str(access_id)), workspace_id=workspace_id
    ).order_by("seq")


# Events that say that somebody saw something of a patient, or took it with them: one an access. `share.downloaded`
# only counts what `record.downloaded` and `case.exported` tell already.
SEEN: Final = (
    "case.viewed", "case.exported", "case.capsule_exported", "collection.viewed", "collection.exported",
    "patient.exported", "patient.identity_seen", "record.viewed", "record.rendition_viewed", "record.downloaded",
    "record.exported", "record.original_downloaded", "share.opened", "licence.evidence_viewed", "support.looked",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for in an audit; `who` None is everybody, an empty set nobody."""

    seen_only: bool = True
    who: frozenset[UUID] | None = None
    since: datetime | None = None
    until: datetime | None = None
    action: str = ""


def events_in(workspace_id: UUID) -> QuerySet[AuditEvent]:
    """Everything that a workspace may know of itself."""
    return AuditEvent.objects.filter(workspace_id=workspace_id)


def events_touching_case(
    workspace_id: UUID, *, ids: Collection[UUID], case_id: UUID, patient_id: UUID
) -> QuerySet[AuditEvent]:
    """Who came to a case by any way: to itself, its records, its collection, or all of the patient's files."""
    all_files = Q(object_id=patient_id, action="patient.exported")
    return events_in(workspace_id).filter(Q(case_id=case_id) | Q(object_id__in=ids) | all_files)


def events_touching_patient(
    workspace_id: UUID, *, patient_id: UUID, case_ids: Collection[UUID]
) -> QuerySet[AuditEvent]:
    return events_in(workspace_id).filter(Q(patient_id=patient_id) | Q(case_id__in=case_ids))


def events_touching_share(
    workspace_id: UUID, *, share_id: UUID, visitors: Collection[UUID]
) -> QuerySet[AuditEvent]:
    return events_in(workspace_id).filter(Q(object_id=share_id) | Q(actor_id__in=visitors))


def narrowed(events: QuerySet[AuditEvent], asked: Asked) -> QuerySet[AuditEvent]:
    """Newest first; page through it by seq."""
    if asked.seen_only:
        events = events.filter(action__in=SEEN)
    if asked.action:
        events = events.filter(action=asked.action)
    if asked.who is not None:
        events = events.filter(actor_id__in=asked.who)
    if asked.since is not None:
        events = events.filter(at__gte=asked.since)
    if asked.until is not None:
        events = events.filter(at__lt=asked.until)
    return events.order_by("-seq")


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
