"""Which comparisons a collection needs: the standard pairs, planned when both partners are ready.

The newest upper and lower jaw, both ways; each restoration and the two jaws, both ways, since only measuring tells
which of them it bites on; and each scan or design with the version before it. A comparison stands for the full levels
it was made of, so planning twice has one effect.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from arcada.apps.jobs.queue import add_job
from arcada.apps.records.comparisons import (
    CONTACTS,
    DEVIATION,
    FAILED,
    JAWS,
    SURFACES,
    WAITING,
    is_restoration,
    level_hashes,
)
from arcada.apps.records.models import Collection, Comparison, Record
from arcada.apps.records.queries import records_of
from arcada.core.case_flow import RecordState

_PREPARATION: Final = "preparation"
_COMPARE: Final = "arcada.apps.records.comparing.compare"


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
    levels = level_hashes([*records, *before.values()])
    newest = {record.slot: record for record in records}
    upper, lower = (newest.get(slot) for slot in JAWS)
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


def _around_a_restoration(newest: Mapping[str, Record]) -> list[Record]:
    """The two jaws. Where one was not sent, the scan of the preparation stands in for it; a scan from before the
    treatment never does, because it shows the tooth that the restoration takes the place of."""
    jaws = [newest[slot] for slot in JAWS if slot in newest]
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
