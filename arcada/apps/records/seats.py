"""Which jaw a surface belongs to: its place says so, and of a restoration where it was measured to sit."""

from collections.abc import Sequence
from uuid import UUID

from arcada.apps.records.comparisons import CONTACTS, is_restoration
from arcada.apps.records.models import Comparison, Record
from arcada.core.slots import jaw_slot


def jaw_slots(records: Sequence[Record]) -> dict[UUID, str]:
    """The place of each record, or that of the jaw it sits on; one query at most."""
    slots = {record.pk: record.slot for record in records}
    restorations = [record.pk for record in records if is_restoration(record)]
    if restorations:
        rows = Comparison.objects.filter(kind=CONTACTS, record__in=restorations).order_by("created_at")
        for record_id, facts in rows.values_list("record_id", "facts"):
            slots[record_id] = jaw_slot(slots[record_id], seat=facts.get("summary", {}).get("seated_on"))
    return slots
