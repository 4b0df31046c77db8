"""compare: measures one comparison in a limited child and keeps what came of it."""

import json
import struct
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils import timezone
from django_tasks import task

from arcada.apps.files.models import StoredFile
from arcada.apps.files.sealed import read_bytes, store_bytes
from arcada.apps.jobs.queue import when_dead
from arcada.apps.records.comparisons import (
    CONTACTS,
    FAILED,
    FULL_LEVEL,
    Measured,
    comparison_to_do,
    save_comparison,
)
from arcada.apps.records.limits import ChildFailed, in_child
from arcada.apps.records.models import Comparison, Record
from arcada.apps.records.queries import rendition_of
from arcada.core.errors import Unreadable

# A larger file is not read again: its stream is within a micrometre, and the facts say which was used.
LARGEST_READ_AGAIN = 128_000_000
MEDIA_TYPE = "application/octet-stream"

Blobs = tuple[dict[str, Any], list[bytes]]


@task(priority=3)
def compare(comparison_id: str) -> None:
    """Read both → measure in a limited child → store → one transaction each. Running twice has one effect."""
    rows = comparison_to_do(UUID(comparison_id))
    if not rows:
        return
    try:
        parts = _measure(rows[0])
    except ChildFailed as failure:
        _fail(rows, failure.reason)
        return
    for row, measured in zip(rows, parts, strict=False):
        save_comparison(row.pk, measured, now=timezone.now())


@when_dead(compare)
def compare_given_up(comparison_id: str, *, reason: str) -> None:
    _fail(comparison_to_do(UUID(comparison_id)), "could_not_be_compared")


def in_limited_child(work: Callable[[], Blobs]) -> Blobs:
    """What `work` gives, made where it can do no harm; ChildFailed also where it finds a file unreadable."""
    # Here, before the fork: a web server that compares nothing does without the 100 MB of readers and kernels.
    from arcada.core import kernels

    kernels.warm_once()

    def write_answer(write: Callable[[bytes], None]) -> None:
        try:
            head, blobs = work()
        except Unreadable as trouble:
            head, blobs = {"unreadable": trouble.code}, []
        said = json.dumps({**head, "sizes": [len(blob) for blob in blobs]}).encode()
        write(struct.pack(">Q", len(said)) + said)
        for blob in blobs:
            write(blob)

    answer = in_child(write_answer)
    (length,) = struct.unpack(">Q", answer[:8])
    head, at = json.loads(answer[8 : 8 + length]), 8 + length
    if "unreadable" in head:
        raise ChildFailed(str(head["unreadable"]))
    blobs = []
    for size in head["sizes"]:
        blobs.append(answer[at : at + size])
        at += size
    return head, blobs


def _measure(row: Comparison) -> list[Measured]:
    """What the comparison came to; of contacts also the other way round."""
    from arcada.core import comparing

    surfaces = [_surface(row.record, row.record_sha256), _surface(row.against, row.against_sha256)]

    def work() -> Blobs:
        # Contacts know no upper and lower but by name: whichever comes first is measured first.
        is_upper = row.record.slot != "lower_jaw"
        if row.kind != CONTACTS:
            made = [comparing.compare_versions(*surfaces)]
        elif is_upper:
            made = list(comparing.compare_jaws(*surfaces))
        else:
            made = list(reversed(comparing.compare_jaws(*reversed(surfaces))))
        head = {
            "parts": [
                {
                    "state": one.state.value,
                    "has_values": one.values is not None,
                    "facts": {"spots": one.spots, "summary": one.summary},
                }
                for one in made
            ]
        }
        return head, [one.values for one in made if one.values is not None]

    head, blobs = in_limited_child(work)
    left = iter(blobs)
    return [
        Measured(part["state"], _keep(row, next(left)) if part["has_values"] else None, part["facts"])
        for part in head["parts"]
    ]


def _surface(record: Record, sha256: str) -> Any:
    from arcada.core.comparing import StoredSurface

    level = rendition_of(record, FULL_LEVEL).file
    if level.sha256 != sha256:
        raise ChildFailed("overtaken")  # judged again meanwhile, and planned again
    cleaned = record.cleaned if record.cleaned and record.cleaned.bytes <= LARGEST_READ_AGAIN else None
    return StoredSurface(
        stream=read_bytes(level),
        cleaned=None if cleaned is None else read_bytes(cleaned),
        format=str(record.facts.get("format", "")),
    )


def _keep(row: Comparison, values: bytes) -> StoredFile:
    return store_bytes(
        row.workspace_id, values, purpose="rendition", media_type=MEDIA_TYPE, now=timezone.now()
    )


def _fail(rows: list[Comparison], reason: str) -> None:
    for row in rows:
        save_comparison(row.pk, Measured(FAILED, reason=reason), now=timezone.now())
