"""find_pins: looks for every pin of the older versions on a record's newest one."""

from uuid import UUID

from django.utils import timezone
from django_tasks import task

from arcada.apps.files.sealed import read_bytes
from arcada.apps.records.comparing import Blobs, in_limited_child
from arcada.apps.records.comparisons import FULL_LEVEL
from arcada.apps.records.limits import ChildFailed
from arcada.apps.records.models import Record
from arcada.apps.records.queries import rendition_of
from arcada.apps.reviews.found_pins import pins_to_find, save_found
from arcada.core.errors import NotFound


@task(priority=4)
def find_pins(record_id: str) -> None:
    """Both levels → closest points in a limited child → one transaction. Running twice has one effect."""
    newer = Record.objects.filter(pk=UUID(record_id)).first()
    if newer is None:
        return
    for older_id, threads in pins_to_find(newer).items():
        pins = [(thread.pin["point"], thread.pin["normal"]) for thread in threads if thread.pin]
        try:
            levels = [
                read_bytes(rendition_of(record, FULL_LEVEL).file)
                for record in (Record.objects.get(pk=older_id), newer)
            ]
            points = _found(pins, levels)
        except (ChildFailed, NotFound):
            points = (
                None  # too heavy to be compared, or without a level: the thread says that it was not found
            )
        save_found(newer, threads, points, now=timezone.now())


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
