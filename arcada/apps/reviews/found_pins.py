"""Pins found again on newer versions: which are to be found, what is kept, and which one counts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from arcada.apps.audit.actions import record as audit
from arcada.apps.jobs.queue import add_job
from arcada.apps.notifications.live import tell
from arcada.apps.records.actions import FIND_PINS
from arcada.apps.records.models import Record
from arcada.apps.reviews.models import FoundPin, Thread
from arcada.core.access import Actor
from arcada.core.case_flow import RecordState
from arcada.core.found_places import NO_FIT, NO_SURFACE


def pins_to_find(newer: Record) -> dict[UUID, list[Thread]]:
    """Threads pinned on older versions that were not looked for on this one, by the version they stand on."""
    known = FoundPin.objects.filter(record=newer).values("thread_id")
    threads = Thread.objects.select_related("record", "case").filter(
        record__chain=newer.chain, record__version__lt=newer.version, pin__isnull=False
    )
    grouped: dict[UUID, list[Thread]] = {}
    for thread in threads.exclude(pk__in=known):
        if thread.pin and "point" in thread.pin and thread.record_id:
            grouped.setdefault(thread.record_id, []).append(thread)
    return grouped


def ask_to_find(thread: Thread) -> None:
    """A pin set on a version that is no longer the newest is looked for at once; inside the pin's transaction."""
    if thread.record is None or not thread.pin or "point" not in thread.pin:
        return
    newest = (
        Record.objects.filter(chain=thread.record.chain, state=RecordState.READY, is_current=True)
        .order_by("-version")
        .first()
    )
    if newest is not None and newest.version > thread.record.version:
        add_job(FIND_PINS, str(newest.pk))


@transaction.atomic
def save_found(
    newer: Record, threads: Sequence[Thread], points: Sequence[Mapping[str, Any]] | None, *, now: datetime
) -> None:
    """Keep where each thread's pin is on `newer`; `points` None where the two versions have no common frame."""
    for place, thread in enumerate(threads):
        at = points[place] if points is not None else {}
        _, is_new = FoundPin.objects.get_or_create(
            thread=thread,
            record=newer,
            defaults={
                "point": at.get("point"),
                "normal": at.get("normal"),
                "moved_mm": at.get("moved_mm"),
                "reason": "" if at.get("point") else NO_FIT if points is None else NO_SURFACE,
                "created_at": now,
            },
        )
        if is_new:
            audit(
                Actor.system(), "thread.pin_found", now=now, workspace_id=thread.case.workspace_id,
                patient_id=thread.case.patient_id, about=thread,
                ids={"case": thread.case_id, "record": newer.pk, "gone": not at.get("point")},
            )  # fmt: skip
    for thread in threads:
        ids = {"case": thread.case_id, "thread": thread.pk}
        tell(thread.case.workspace_id, f"case:{thread.case_id}", "thread", ids=ids, now=now)


def newest_found(threads: Iterable[Thread], *, shown: set[UUID] | None) -> dict[UUID, FoundPin]:
    """Of each thread: its pin on the newest version there is, among the records `shown` (None: all)."""
    pinned = [thread.pk for thread in threads if thread.pin]
    if not pinned:
        return {}
    rows = FoundPin.objects.select_related("record").filter(thread__in=pinned).order_by("record__version")
    return {
        row.thread_id: row
        for row in rows
        if (row.record.is_current if shown is None else row.record_id in shown)
    }
