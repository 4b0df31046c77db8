"""Comparisons: what one is measured from, kept once, listed for what is shown as long as its levels are shown."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects

from arcada.apps.audit.actions import record as audit
from arcada.apps.files.models import StoredFile
from arcada.apps.notifications.live import tell
from arcada.apps.records.models import Comparison, Record, Rendition
from arcada.apps.row_scope import system_scope
from arcada.core.access import Actor
from arcada.core.anatomy import RecordKind
from arcada.core.errors import NotFound

CONTACTS, DEVIATION = "contacts", "deviation"
WAITING, READY, FAILED, SEATED = "waiting", "ready", "failed", "seated"
FULL_LEVEL: Final = "full.glb"
SURFACES: Final = (RecordKind.SCAN, RecordKind.DESIGN)
JAWS: Final = ("upper_jaw", "lower_jaw")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a comparison came to, its byte file already in the store but not yet in a row."""

    state: str
    file: StoredFile | None = None
    facts: Mapping[str, Any] | None = None
    reason: str = ""


def is_restoration(record: Record) -> bool:
    """A crown, an inlay, a bridge: a design that is no jaw."""
    return record.kind == RecordKind.DESIGN and record.slot not in JAWS


def surfaces_of(row: Comparison) -> dict[UUID, tuple[Record, str]]:
    """What a comparison is measured from: each record, and the hash of the level that it stands for."""
    found = {
        row.record_id: (row.record, row.record_sha256),
        row.against_id: (row.against, row.against_sha256),
    }
    if row.beside is not None:
        found[row.beside.pk] = (row.beside, row.beside_sha256)
    return found


def comparison_to_do(comparison_id: UUID) -> list[Comparison]:
    """The waiting comparison; of contacts with all others of the same surfaces, so that one job measures them.

    In one order, whichever of them is asked for: two workers that save them do not wait for each other.
    """
    row = _with_partners().filter(pk=comparison_id, state=WAITING).first()
    if row is None:
        return []
    if row.kind != CONTACTS:
        return [row]
    asked = surfaces_of(row)
    waiting = _with_partners().filter(kind=CONTACTS, state=WAITING, record__in=asked, against__in=asked)
    return [one for one in waiting.order_by("created_at", "id") if surfaces_of(one) == asked]


@transaction.atomic
def save_comparison(comparison_id: UUID, measured: Measured, *, now: datetime) -> bool:
    """Keep what was measured, once; False when another worker was faster."""
    row = (
        Comparison.objects.select_for_update(of=("self",))
        .select_related("record__collection")
        .get(pk=comparison_id)
    )
    if row.state != WAITING:
        return False
    if measured.file is not None:
        measured.file.save(force_insert=True)
    row.state, row.reason, row.file = measured.state, measured.reason[:48], measured.file
    row.facts, row.ended_at = dict(measured.facts or {}), now
    row.save(update_fields=["state", "reason", "file", "facts", "ended_at"])
    record = row.record
    audit(
        Actor.system(), "record.compared", now=now, workspace_id=row.workspace_id,
        patient_id=record.collection.patient_id, about=record,
        ids={"comparison": row.pk, "kind": row.kind, "against": row.against_id, "state": row.state},
    )  # fmt: skip
    for topic in (f"collection:{record.collection_id}", f"record:{record.pk}"):
        tell(row.workspace_id, topic, "comparison", ids={"comparison": row.pk}, now=now)
    return True


def find_comparison(comparison_id: UUID) -> Comparison:
    """Without a gate: only for gates."""
    found = Comparison.objects.select_related("file", "record").filter(pk=comparison_id).first()
    if found is None:
        raise NotFound
    return found


def comparisons_of(records: Sequence[Record], *, looks_back: bool) -> list[Comparison]:
    """The comparisons of what is shown, as long as they are of the levels that are shown.

    Contacts need both surfaces among `records`; the version before may be elsewhere when `looks_back`. Who does not
    look back learns of no other record by what is told or awaited of one. Restorations come first; of one and the jaw
    it sits on there is nothing to show.
    """
    shown = {record.pk: record for record in records if record.kind in SURFACES}
    rows = [
        row
        for row in standing_rows(Comparison.objects.filter(record__in=shown))
        if _belongs(row, shown, looks_back=looks_back)
    ]
    # What knows both jaws goes before what knew a stand-in, or one of them alone.
    rows.sort(key=lambda row: 0 if row.beside is None else 2 if row.beside.slot in JAWS else 1)
    newest = {(row.kind, row.record_id, row.against_id): row for row in rows}
    told = [
        row
        for row in newest.values()
        if row.state != SEATED and (looks_back or row.state == READY or not knows_more(row, shown))
    ]
    # What is decided on goes before what it is compared with.
    return sorted(told, key=lambda row: not (is_restoration(row.record) or is_restoration(row.against)))


def standing_rows(rows: QuerySet[Comparison]) -> list[Comparison]:
    """Those that are of the levels that their surfaces have now, oldest first."""
    found = list(rows.select_related("record", "against").order_by("created_at", "id"))
    # The other jaw may be hidden from who asks. A row stands or falls with it all the same, and nothing else of it is
    # told.
    with system_scope():
        prefetch_related_objects(found, "beside")
        levels = level_hashes(one for row in found for one, _ in surfaces_of(row).values())
    return [
        row
        for row in found
        if all(levels.get(one) == sha256 for one, (_, sha256) in surfaces_of(row).items())
    ]


def knows_more(row: Comparison, shown: Container[UUID]) -> bool:
    """It was measured on a record too that is not among those shown."""
    return row.beside_id is not None and row.beside_id not in shown


def full_level_sizes(record_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Bytes of the full level of each record that has one."""
    wanted = set(record_ids)
    if not wanted:
        return {}
    rows = Rendition.objects.filter(record__in=wanted, name=FULL_LEVEL)
    return dict(rows.values_list("record_id", "file__bytes"))


def _belongs(row: Comparison, shown: Mapping[UUID, Record], *, looks_back: bool) -> bool:
    record, against = shown[row.record_id], shown.get(row.against_id)
    if row.kind == CONTACTS:
        if against is None:
            return False
        if not (is_restoration(record) or is_restoration(against)):
            return {record.slot, against.slot} == set(JAWS)
        # The other jaw only told which one this is: it need not be shown, but no newer one may have come.
        beside = row.beside
        return beside is None or beside.pk in shown or (beside.is_current and not beside.is_removed)
    return record.chain == row.against.chain and (looks_back or against is not None)


def level_hashes(records: Iterable[Record]) -> dict[UUID, str]:
    """The hash of the full level of each record that has one."""
    rows = Rendition.objects.filter(record__in={record.pk for record in records}, name=FULL_LEVEL)
    return dict(rows.values_list("record_id", "file__sha256"))


def _with_partners() -> QuerySet[Comparison]:
    return Comparison.objects.select_related("record__cleaned", "against__cleaned", "beside__cleaned")
