"""compare: measures comparisons of the same surfaces in a limited child and keeps what came of them."""

import json
import struct
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
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
    is_restoration,
    save_comparison,
    surfaces_of,
)
from arcada.apps.records.limits import ChildFailed, in_child
from arcada.apps.records.models import Comparison, Record
from arcada.apps.records.queries import rendition_of
from arcada.core.anatomy import Jaw
from arcada.core.errors import Unreadable
from arcada.core.slots import EXPECTED_JAW

if TYPE_CHECKING:
    from arcada.core.comparing import Comparison as Found
    from arcada.core.comparing import StoredSurface

# A larger file is not read again: its stream is within a micrometre, and the facts say which was used.
LARGEST_READ_AGAIN = 128_000_000
MEDIA_TYPE = "application/octet-stream"

Blobs = tuple[dict[str, Any], list[bytes]]
# Whose vertices, and against what.
Way = tuple[UUID, UUID]


@task(priority=3)
def compare(comparison_id: str) -> None:
    """Read all → measure in a limited child → store → one transaction. Running twice has one effect."""
    rows = comparison_to_do(UUID(comparison_id))
    if not rows:
        return
    try:
        parts = _measure(rows)
    except ChildFailed as failure:
        _fail(rows, failure.reason)
        return
    _save(rows, parts)


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


def _measure(rows: list[Comparison]) -> list[Measured]:
    """What each of the rows came to; they are all of the same surfaces."""
    row = rows[0]
    surfaces = {record.pk: _surface(record, sha256) for record, sha256 in surfaces_of(row).values()}

    def work() -> Blobs:
        found = _found(row, surfaces)
        made = [found[one.record_id, one.against_id] for one in rows]
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


def _found(row: Comparison, surfaces: "Mapping[UUID, StoredSurface]") -> "dict[Way, Found]":
    """Everything that there is to say of the surfaces of a comparison."""
    from arcada.core import comparing

    record, against = row.record, row.against
    if row.kind != CONTACTS:
        versions = comparing.compare_versions(surfaces[record.pk], surfaces[against.pk])
        return {(record.pk, against.pk): versions}
    restoration = next((one for one in (record, against) if is_restoration(one)), None)
    if restoration is None:
        upper, lower = (against, record) if record.slot == "lower_jaw" else (record, against)
        of_upper, of_lower = comparing.compare_jaws(surfaces[upper.pk], surfaces[lower.pk])
        return {(upper.pk, lower.pk): of_upper, (lower.pk, upper.pk): of_lower}
    jaws = _jaws([one for one, _ in surfaces_of(row).values() if one.pk != restoration.pk])
    made = comparing.compare_restoration(
        surfaces[restoration.pk], {jaw: surfaces[one.pk] for jaw, one in jaws.items()}
    )
    found = {(restoration.pk, jaws[jaw].pk): one for jaw, one in made.of_restoration.items()}
    return found | {(jaws[jaw].pk, restoration.pk): one for jaw, one in made.of_jaw.items()}


def _jaws(records: list[Record]) -> dict[Jaw, Record]:
    """Which of them is which jaw: one is named by its place, and the other is the other one."""
    named = {EXPECTED_JAW[one.slot]: one for one in records if one.slot in EXPECTED_JAW}
    others = [one for one in records if one.slot not in EXPECTED_JAW]
    left = [jaw for jaw in EXPECTED_JAW.values() if jaw not in named]
    return named | dict(zip(left, others, strict=False))


def _surface(record: Record, sha256: str) -> "StoredSurface":
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
    _save(rows, [Measured(FAILED, reason=reason)] * len(rows))


@transaction.atomic
def _save(rows: list[Comparison], parts: list[Measured]) -> None:
    """All or none: a job that is killed in between finds every one of them waiting when it is tried again."""
    for row, measured in zip(rows, parts, strict=True):
        save_comparison(row.pk, measured, now=timezone.now())
