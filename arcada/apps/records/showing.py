"""A collection laid open on a page: its records with what was found, and one audit line that names them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from arcada.apps.audit.actions import record as audit
from arcada.apps.audit.queries import names_records
from arcada.apps.patients.models import Patient
from arcada.apps.records.finding_rows import as_finding
from arcada.apps.records.models import Collection, FoundInCollection, Record
from arcada.apps.records.queries import RecordView, records_of, views_of
from arcada.core.access import Actor
from arcada.core.case_flow import RecordState
from arcada.core.findings import Finding


@dataclass(frozen=True, slots=True)
class ShownCollection:
    views: tuple[RecordView, ...]
    event_id: str  # goes with every picture of the page, so that it writes no second line


@transaction.atomic
def show_collection(
    actor: Actor, collection: Collection, *, now: datetime, event_id: str = ""
) -> ShownCollection:
    """All that is in the tray. A page that only refreshes passes the event it has; a new record needs a new one."""
    views = tuple(views_of(record for record in records_of(collection) if record.is_current))
    shown = [view.record.pk for view in views]
    if not event_id or not names_records(event_id, actor_id=actor.id, record_ids=shown):
        event = audit(
            actor, "collection.viewed", now=now, workspace_id=collection.workspace_id,
            patient_id=collection.patient_id, about=collection, ids={"records": shown},
        )  # fmt: skip
        event_id = str(event.id)
    return ShownCollection(views, event_id)


def ready_slots_of(patient: Patient) -> dict[UUID, set[str]]:
    """The places that hold an accepted record, of every collection of a patient."""
    rows = Record.objects.filter(
        collection__patient=patient, is_current=True, is_removed=False, state=RecordState.READY
    ).values_list("collection_id", "slot")
    found: dict[UUID, set[str]] = {}
    for collection_id, slot in rows:
        found.setdefault(collection_id, set()).add(slot)
    return found


def newest_collections(patient_ids: list[UUID]) -> dict[UUID, Collection]:
    """Each patient's newest collection, for lists."""
    rows = (
        Collection.objects.filter(patient_id__in=patient_ids)
        .defer("standard", "set_facts", "description")
        .order_by("taken_on", "created_at")
    )
    return {collection.patient_id: collection for collection in rows}


def tags_of_collection(collection: Collection) -> list[str]:
    return list(collection.tags.order_by("name").values_list("name", flat=True))


def set_findings_of(patient: Patient) -> dict[UUID, tuple[Finding, ...]]:
    """What was found in every collection of a patient as a whole."""
    found: dict[UUID, list[Finding]] = {}
    for row in FoundInCollection.objects.filter(collection__patient=patient).order_by("id"):
        found.setdefault(row.collection_id, []).append(as_finding(row))
    return {collection_id: tuple(findings) for collection_id, findings in found.items()}
