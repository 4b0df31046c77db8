"""Which jaw a surface belongs to: its place says so, and of a restoration where it was measured to sit.

A comparison knows by its records which scan is the seat. Which jaw that scan is, its place says, and a place may change
without anything having to be measured again.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from arcada.apps.records.comparisons import (
    CONTACTS,
    READY,
    SEATED,
    is_restoration,
    knows_more,
    standing_rows,
)
from arcada.apps.records.models import Comparison, Record
from arcada.core.anatomy import Jaw
from arcada.core.slots import EXPECTED_JAW, jaw_slot

_OTHER: Final = {Jaw.MAXILLA: Jaw.MANDIBLE, Jaw.MANDIBLE: Jaw.MAXILLA}
# What is said of a restoration and one jaw alone; all else was measured on the other jaw too.
_OF_THE_PAIR: Final = (
    "gap_mm",
    "penetration_mm",
    "contact_area_mm2",
    "spot_count",
    "measured_from",
    "seated_on",
)


def jaw_slots(records: Sequence[Record]) -> dict[UUID, str]:
    """The place of each record, or that of the jaw it sits on: as the newest comparison tells that still stands."""
    slots = {record.pk: record.slot for record in records}
    restorations = [record.pk for record in records if is_restoration(record)]
    if restorations:
        for row in standing_rows(Comparison.objects.filter(kind=CONTACTS, record__in=restorations)):
            if (seat := _seat(row)) is not None:
                slots[row.record_id] = jaw_slot(row.record.slot, seat=seat)
    return slots


def summary_of(row: Comparison, shown: Collection[UUID], *, looks_back: bool) -> dict[str, Any]:
    """What a comparison came to: its jaws named as their scans lie now, without what was measured on a scan that its
    reader is not to learn of."""
    summary = dict(row.facts.get("summary", {}))
    seat = _seat(row)
    if seat is not None and seat != summary.get("seated_on"):
        summary["seated_on"] = seat.value
        shares = summary.get("share_along", {})
        summary["share_along"] = {_OTHER[Jaw(jaw)].value: share for jaw, share in shares.items()}
    if not looks_back and knows_more(row, shown):
        return {key: summary[key] for key in _OF_THE_PAIR if key in summary}
    return summary


def _seat(row: Comparison) -> Jaw | None:
    """The jaw that the restoration of a pair sits on, where that is told."""
    restoration = next((one for one in (row.record, row.against) if is_restoration(one)), None)
    if row.kind != CONTACTS or restoration is None or row.state not in (READY, SEATED):
        return None
    jaw = row.against if restoration is row.record else row.record
    seat, antagonist = (jaw, row.beside) if row.state == SEATED else (row.beside, jaw)
    if seat is not None and seat.slot in EXPECTED_JAW:
        return EXPECTED_JAW[seat.slot]
    # A scan that stands in for a jaw has no place that names it: it is the other one.
    if antagonist is not None and antagonist.slot in EXPECTED_JAW:
        return _OTHER[EXPECTED_JAW[antagonist.slot]]
    told = row.facts.get("summary", {}).get("seated_on")
    return Jaw(told) if told else None
