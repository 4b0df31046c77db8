"""Reads: standards, collections, records with what was found and made."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from arcada.apps.patients.models import Patient
from arcada.apps.records.finding_rows import as_finding
from arcada.apps.records.models import (
    Collection,
    Companion,
    FoundInCollection,
    FoundInRecord,
    Record,
    Rendition,
    Standard,
)
from arcada.core.case_flow import RecordState
from arcada.core.errors import NotFound
from arcada.core.findings import Finding, Severity
from arcada.core.slots import ATTACHMENT
from arcada.core.standard import UploadStandard
from arcada.core.standard_json import load_standard
from arcada.core.upload_standard import SHIPPED


def standard_of(collection: Collection) -> UploadStandard:
    """The standard as it was when the collection was opened."""
    shipped = SHIPPED.get(collection.standard_name)
    if shipped is not None and shipped.version == collection.standard_version:
        return shipped
    return load_standard(collection.standard)


def standard_named(workspace_id: UUID, name: str) -> UploadStandard:
    """The newest version of a workspace's own standard of this name, else the shipped one."""
    own = Standard.objects.filter(workspace_id=workspace_id, name=name).order_by("-version").first()
    shipped = SHIPPED.get(name)
    if own is not None and (shipped is None or own.version > shipped.version):
        return load_standard(own.content)
    if shipped is None:
        raise NotFound
    return shipped


def standards_of(workspace_id: UUID) -> list[UploadStandard]:
    """Every standard a workspace may choose, the shipped ones first, the newest version of each."""
    names = list(SHIPPED) + sorted(
        set(Standard.objects.filter(workspace_id=workspace_id).values_list("name", flat=True)) - set(SHIPPED)
    )
    return [standard_named(workspace_id, name) for name in names]


@dataclass(frozen=True, slots=True)
class RecordView:
    """One record with all that a page or an answer shows of it; made by `views_of` in four queries."""

    record: Record
    findings: tuple[Finding, ...]
    renditions: dict[str, Rendition]
    companions: tuple[Companion, ...]
    tags: tuple[str, ...]
    versions: int


def collections_of(patient: Patient) -> QuerySet[Collection]:
    """Newest first, each with `filled`: how many slots hold a current record."""
    filled = (
        Record.objects.filter(
            collection=OuterRef("pk"), is_current=True, is_removed=False, state=RecordState.READY
        )
        .exclude(slot=ATTACHMENT)
        .order_by()
        .values("collection")
        .annotate(slots=Count("slot", distinct=True))
        .values("slots")
    )
    return (
        Collection.objects.filter(patient=patient)
        .order_by("-taken_on", "-created_at")
        .annotate(filled=Coalesce(Subquery(filled), 0))
    )


def records_of(collection: Collection) -> QuerySet[Record]:
    """What the tray shows: the newest attempt of every record, in the tray's order."""
    return (
        Record.objects.filter(collection=collection, is_removed=False)
        .select_related("original", "cleaned", "collection")
        .order_by("position", "-version", "created_at")
    )


def removed_records_of(collection: Collection) -> QuerySet[Record]:
    return Record.objects.filter(collection=collection, is_removed=True, is_current=True).select_related(
        "original"
    )


def versions_of(record: Record) -> QuerySet[Record]:
    return (
        Record.objects.filter(chain=record.chain).select_related("original", "cleaned").order_by("-version")
    )


def views_of(records: Iterable[Record]) -> list[RecordView]:
    """The records with findings, renditions, companions and tags: a constant number of queries."""
    listed: Sequence[Record] = list(records)
    ids = [record.pk for record in listed]
    findings = _by_record(FoundInRecord.objects.filter(record__in=ids).order_by("id"))
    renditions = _by_record(Rendition.objects.select_related("file").filter(record__in=ids))
    companions = _by_record(
        Companion.objects.select_related("cleaned", "original")
        .filter(record__in=ids)
        .order_by("outgoing_name")
    )
    tags: dict[UUID, list[str]] = {}
    for record_id, name in (
        Record.tags.through.objects.filter(record_id__in=ids)
        .order_by("tag__name")
        .values_list("record_id", "tag__name")
    ):
        tags.setdefault(record_id, []).append(name)
    versions = Counter(
        Record.objects.filter(chain__in=[record.chain for record in listed]).values_list("chain", flat=True)
    )
    return [
        RecordView(
            record=record,
            findings=tuple(as_finding(row) for row in findings.get(record.pk, [])),
            renditions={row.name: row for row in renditions.get(record.pk, [])},
            companions=tuple(companions.get(record.pk, [])),
            tags=tuple(tags.get(record.pk, [])),
            versions=versions[record.chain],
        )
        for record in listed
    ]


def findings_of(collection: Collection) -> tuple[Finding, ...]:
    return tuple(
        as_finding(row) for row in FoundInCollection.objects.filter(collection=collection).order_by("id")
    )


def rendition_of(record: Record, name: str) -> Rendition:
    found = Rendition.objects.select_related("file").filter(record=record, name=name).first()
    if found is None:
        raise NotFound
    return found


def present_per_slot(collection: Collection) -> dict[str, int]:
    """How many records each slot holds or is about to hold; rejected and failed ones don't count."""
    rows = (
        Record.objects.filter(collection=collection, is_removed=False, is_current=True)
        .exclude(state__in=[RecordState.REJECTED, RecordState.FAILED])
        .values("slot")
        .annotate(count=Count("chain", distinct=True))
    )
    return {row["slot"]: row["count"] for row in rows}


def same_file(workspace_id: UUID, sha256: str) -> QuerySet[Record]:
    """Records of one workspace whose original has this hash; never asked across workspaces (CO-07)."""
    return Record.objects.filter(
        workspace_id=workspace_id, original__sha256=sha256, is_removed=False, state=RecordState.READY
    ).select_related("collection")


def _by_record(rows: Iterable[object]) -> dict[UUID, list]:  # type: ignore[type-arg]
    grouped: dict[UUID, list] = {}  # type: ignore[type-arg]
    for row in rows:
        grouped.setdefault(row.record_id, []).append(row)  # type: ignore[attr-defined]
    return grouped


def all_records_of_patient(patient: Patient) -> list[Record]:
    """Every current, accepted record of a patient, by date and place."""
    return list(
        Record.objects.select_related("original", "cleaned", "collection")
        .filter(collection__patient=patient, is_removed=False, is_current=True, state=RecordState.READY)
        .order_by("collection__taken_on", "collection__created_at", "position")
    )


def collections_in_trouble(workspace_id: UUID) -> QuerySet[Collection]:
    """Collections touched lately whose set has a blocker: something is missing or wrong."""
    blocked = FoundInCollection.objects.filter(
        collection__workspace_id=workspace_id, severity=Severity.BLOCKER.value
    )
    return (
        Collection.objects.select_related("patient")
        .filter(pk__in=blocked.values("collection_id"))
        .order_by("-created_at")
    )


def versions_of_chains(chains: set[UUID]) -> list[Record]:
    """Every accepted version of several records, newest first."""
    return list(
        Record.objects.filter(chain__in=chains, state=RecordState.READY).order_by("-version", "-created_at")
    )


def shown_ids(records: Sequence[Record]) -> dict[str, str]:
    """The id of every version of these records → that of the one among them, as text."""
    newest = {record.chain: str(record.pk) for record in sorted(records, key=lambda one: one.version)}
    versions = Record.objects.filter(chain__in=newest).values_list("pk", "chain")
    return {str(pk): newest[chain] for pk, chain in versions} | {str(one.pk): str(one.pk) for one in records}


def collection_values(collection: Collection) -> dict[str, object]:
    """What an edit changes, as it stands."""
    return {
        "taken_on": collection.taken_on, "title": collection.title, "description": collection.description,
        "tags": ", ".join(collection.tags.order_by("name").values_list("name", flat=True)),
    }  # fmt: skip


def record_values(record: Record) -> dict[str, object]:
    """What describing changes, as it stands."""
    return {
        "title": record.title, "description": record.description,
        "tags": ", ".join(record.tags.order_by("name").values_list("name", flat=True)),
    }  # fmt: skip
