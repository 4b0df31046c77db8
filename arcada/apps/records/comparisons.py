"""Comparisons of standard pairs: planned when both partners are ready, kept once, listed for what is shown.

Standard pairs: the newest upper and lower jaw of a collection, both ways; each restoration and the two jaws, both
ways, since only measuring tells which of them it bites on; and each scan or design with the version before it. A
comparison stands for the full levels it was made of, so planning twice has one effect.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects

from arcada.apps.audit.actions import record as audit
from arcada.apps.files.models import StoredFile
from arcada.apps.jobs.queue import add_job
from arcada.apps.notifications.live import tell
from arcada.apps.records.models import Collection, Comparison, Record, Rendition
from arcada.apps.records.queries import records_of
from arcada.apps.row_scope import system_scope
from arcada.core.access import Actor
from arcada.core.anatomy import RecordKind
from arcada.core.case_flow import RecordState
from arcada.core.errors import NotFound

CONTACTS, DEVIATION = "contacts", "deviation"
WAITING, READY, FAILED, SEATED = "waiting", "ready", "failed", "seated"
FULL_LEVEL: Final = "full.glb"
SURFACES: Final = (RecordKind.SCAN, RecordKind.DESIGN)
_JAWS: Final = ("upper_jaw", "lower_jaw")
_PREPARATION: Final = "preparation"
_COMPARE: Final = "arcada.apps.records.comparing.compare"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a comparison came to, its byte file already in the store but not yet in a row."""

    state: str
    file: StoredFile | None = None
    facts: Mapping[str, Any] | None = None
    reason: str = ""


@transaction.atomic
def plan_comparisons(collection: Collection, *, now: datetime) -> int:
    """A row and a job for every standard pair of the collection that has none; returns how many jobs were added."""
    # The lock keeps two planners from both finding a row missing.
    Collection.objects.select_for_update().get(pk=collection.pk)
    records = [
        record
        for record in records_of(collection)
        if record.is_current and record.state == RecordState.READY and record.kind in SURFACES
    ]
    before = _versions_before(records)
    levels = _level_hashes([*records, *before.values()])
    newest = {record.slot: record for record in records}
    upper, lower = (newest.get(slot) for slot in _JAWS)
    jobs = 0
    if upper is not None and lower is not None:
        rows = [
            _planned(CONTACTS, record, against, levels, now=now)
            for record, against in ((upper, lower), (lower, upper))
        ]
        # One job measures both ways.
        jobs += _asked(rows)
    for restoration in filter(is_restoration, records):
        jobs += _asked(_restoration_rows(restoration, _around_a_restoration(newest), levels, now=now))
    for record in records:
        older = before.get(record.pk)
        if older is not None:
            jobs += _asked([_planned(DEVIATION, record, older, levels, now=now)])
    return jobs


def is_restoration(record: Record) -> bool:
    """A crown, an inlay, a bridge: a design that is no jaw."""
    return record.kind == RecordKind.DESIGN and record.slot not in _JAWS


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
    rows.sort(key=lambda row: 0 if row.beside is None else 2 if row.beside.slot in _JAWS else 1)
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
        levels = _level_hashes(one for row in found for one, _ in surfaces_of(row).values())
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
            return {record.slot, against.slot} == set(_JAWS)
        # The other jaw only told which one this is: it need not be shown, but no newer one may have come.
        beside = row.beside
        return beside is None or beside.pk in shown or (beside.is_current and not beside.is_removed)
    return record.chain == row.against.chain and (looks_back or against is not None)


def _around_a_restoration(newest: Mapping[str, Record]) -> list[Record]:
    """The two jaws. Where one was not sent, the scan of the preparation stands in for it; a scan from before the
    treatment never does, because it shows the tooth that the restoration takes the place of."""
    jaws = [newest[slot] for slot in _JAWS if slot in newest]
    if len(jaws) == 1 and _PREPARATION in newest:
        jaws.append(newest[_PREPARATION])
    return jaws


def _restoration_rows(
    restoration: Record, jaws: Sequence[Record], levels: Mapping[UUID, str], *, now: datetime
) -> list[Comparison | None]:
    """Both ways with each jaw; one job measures them all."""
    if any(jaw.pk not in levels for jaw in jaws):
        return []
    rows = []
    for jaw in jaws:
        beside = next((one for one in jaws if one is not jaw), None)
        for record, against in ((restoration, jaw), (jaw, restoration)):
            rows.append(_planned(CONTACTS, record, against, levels, beside=beside, now=now))
    return rows


def _planned(
    kind: str,
    record: Record,
    against: Record,
    levels: Mapping[UUID, str],
    *,
    beside: Record | None = None,
    now: datetime,
) -> Comparison | None:
    """The row of a pair, made or found; None where it needs no work."""
    if record.pk not in levels or against.pk not in levels:
        return None
    row, is_new = Comparison.objects.get_or_create(
        kind=kind, record=record, against=against,
        record_sha256=levels[record.pk], against_sha256=levels[against.pk],
        beside_sha256=levels[beside.pk] if beside else "",
        defaults={"workspace_id": record.workspace_id, "beside": beside, "created_at": now},
    )  # fmt: skip
    if row.beside != beside:
        # The same surface was sent once more, as another record.
        row.beside = beside
        row.save(update_fields=["beside"])
    if not is_new and row.state == FAILED:
        # Something in the collection changed, so it is worth another try.
        row.state, row.reason, row.ended_at = WAITING, "", None
        row.save(update_fields=["state", "reason", "ended_at"])
    return row if row.state == WAITING else None


def _asked(rows: Iterable[Comparison | None]) -> int:
    first = next((row for row in rows if row is not None), None)
    if first is None:
        return 0
    add_job(_COMPARE, str(first.pk))
    return 1


def _versions_before(records: Sequence[Record]) -> dict[UUID, Record]:
    """Each record's newest accepted version before it."""
    later = [record for record in records if record.version > 1]
    chains = {record.chain for record in later}
    known = list(Record.objects.filter(chain__in=chains, state=RecordState.READY).order_by("version"))
    found = {}
    for record in later:
        older = [one for one in known if one.chain == record.chain and one.version < record.version]
        if older:
            found[record.pk] = older[-1]
    return found


def _level_hashes(records: Iterable[Record]) -> dict[UUID, str]:
    rows = Rendition.objects.filter(record__in={record.pk for record in records}, name=FULL_LEVEL)
    return dict(rows.values_list("record_id", "file__sha256"))


def _with_partners() -> QuerySet[Comparison]:
    return Comparison.objects.select_related("record__cleaned", "against__cleaned", "beside__cleaned")
