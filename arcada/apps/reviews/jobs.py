"""Pins and tooth labels of older versions are looked for on a record's newest one; who has left is forgotten."""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from django.utils import timezone
from django_tasks import task

from arcada.apps.cases.found_labels import SoughtLabel, labels_to_find, save_found_labels
from arcada.apps.files.sealed import read_bytes
from arcada.apps.jobs.queue import when_dead
from arcada.apps.records.comparing import Blobs, in_limited_child
from arcada.apps.records.comparisons import FULL_LEVEL, SURFACES
from arcada.apps.records.limits import ChildFailed
from arcada.apps.records.models import Record
from arcada.apps.records.queries import rendition_of
from arcada.apps.reviews.found_pins import pins_to_find, save_found
from arcada.apps.reviews.models import Thread
from arcada.apps.reviews.presence import forget_presence
from arcada.core.case_flow import RecordState
from arcada.core.errors import NotFound

_ANY = [0.0, 0.0, 1.0]  # a label has a place and no side
# What may go better another time: the machine had no memory or no time left.
_PASSING: Final = ("crashed", "too_slow")


@task(priority=4)
def find_pins(record_id: str) -> None:
    """Both levels → closest points in a limited child → short transactions. Running twice has one effect."""
    passing: ChildFailed | None = None
    for newer, older_id, threads, labels in _to_find(record_id):
        pins = [(thread.pin["point"], thread.pin["normal"]) for thread in threads if thread.pin]
        pins += [(one.label["point"], _ANY) for one in labels]
        try:
            levels = [
                read_bytes(rendition_of(record, FULL_LEVEL).file)
                for record in (Record.objects.get(pk=older_id), newer)
            ]
            _save(newer, threads, labels, _found(pins, levels))
        except NotFound:
            _save(newer, threads, labels, None)  # without a level
        except ChildFailed as failure:
            if failure.reason in _PASSING:
                passing = failure  # the other versions are looked at all the same
            else:
                _save(newer, threads, labels, None)
    if passing is not None:
        raise passing


@when_dead(find_pins)
def find_pins_given_up(record_id: str, *, reason: str) -> None:
    for newer, _, threads, labels in _to_find(record_id):
        _save(newer, threads, labels, None)


def _to_find(record_id: str) -> Iterator[tuple[Record, UUID, Sequence[Thread], Sequence[SoughtLabel]]]:
    """The newer version, and by each older one the pins and labels that were not looked for yet."""
    newer = Record.objects.select_related("collection").filter(pk=UUID(record_id)).first()
    if newer is None or newer.state != RecordState.READY or newer.kind not in SURFACES:
        return
    pinned, labelled = pins_to_find(newer), labels_to_find(newer)
    for older_id in pinned | labelled:
        yield newer, older_id, pinned.get(older_id, []), labelled.get(older_id, [])


def _save(
    newer: Record,
    threads: Sequence[Thread],
    labels: Sequence[SoughtLabel],
    points: list[dict[str, object]] | None,
) -> None:
    """Where each was found; without `points` thread and label say that they were not."""
    split = len(threads)
    save_found(newer, threads, points and points[:split], now=timezone.now())
    save_found_labels(newer, labels, points and points[split:], now=timezone.now())


def _found(
    pins: list[tuple[list[float], list[float]]], levels: list[bytes]
) -> list[dict[str, object]] | None:
    from arcada.core import comparing

    def work() -> Blobs:
        asked = [(tuple(point), tuple(normal)) for point, normal in pins]
        return {"points": comparing.find_pins(asked, *levels)}, []  # type: ignore[arg-type]

    head, _ = in_limited_child(work)
    points: list[dict[str, object]] | None = head["points"]
    return points


@task()
def forget_who_was_here() -> None:
    forget_presence(now=timezone.now())
