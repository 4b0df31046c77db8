"""The viewer's manifest: what is in the scene, where it streams from, who may do what. One audit line a view."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from arcada.api.v1.shapes import title_for
from arcada.apps.accounts.queries import notation_of, notations_in
from arcada.apps.audit.actions import record as audit
from arcada.apps.cases.access import permissions_in
from arcada.apps.cases.actions import workspaces_in
from arcada.apps.cases.queries import current_records
from arcada.apps.files.sealed import read_bytes
from arcada.apps.records.comparisons import (
    DEVIATION,
    FULL_LEVEL,
    READY,
    comparisons_of,
    full_level_sizes,
)
from arcada.apps.records.queries import RecordView, views_of
from arcada.apps.records.seats import summary_of
from arcada.apps.reviews.measuring import kept_measurements
from arcada.apps.reviews.queries import ThreadView, threads_of
from arcada.core.access import Actor, ActorKind, Permission
from arcada.core.anatomy import RecordKind
from arcada.core.case_flow import RecordState
from arcada.core.found_places import has_moved
from arcada.core.heat_scale import SCALE_OF
from arcada.core.slots import jaw_slot, title_of
from arcada.core.tooth import Notation, written
from arcada.core.tooth_labels import followed, standing
from arcada.core.tooth_near import tooth_near

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Comparison, Record
    from arcada.apps.reviews.models import FoundPin

VERSION = 1
IDENTITY = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
SURFACES = (RecordKind.SCAN, RecordKind.DESIGN)
IMAGES = (RecordKind.PHOTOGRAPH, RecordKind.RADIOGRAPH)
DESIGN_SWATCH, STONE_SWATCH, COLOUR_SWATCH = "#c3cad1", "#d9d3c4", "#d9c9a2"
# The coarse levels of a page together; beyond that the rest streams in with the full level.
INLINE_LIMIT = 400_000


@transaction.atomic
def viewer_manifest(
    actor: Actor, case: Case, *, base: str, now: datetime, threads: Sequence[ThreadView] | None = None,
    views: Sequence[RecordView] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The manifest of a case for this actor. `base` is where its files are: /api/v1, or /r/<share>.

    `threads` and `views` spare reading what the caller has: all threads and all current records it may see.
    """
    views = views_of(current_records(case, actor=actor)) if views is None else views
    ready = [view for view in views if view.record.state == RecordState.READY]
    permissions = permissions_in(actor, case)
    said = threads_of(actor, case) if threads is None else threads
    manifest = _manifest(
        actor, case.workspace_id, case.patient_id, case, ready, permissions, said, base=base, now=now
    )
    return added_by_people(actor, case, permissions, manifest, base=base)


@transaction.atomic
def record_manifest(actor: Actor, record: Record, *, base: str, now: datetime) -> dict[str, Any]:
    """The manifest of one record outside a case, for its own page."""
    return _manifest(
        actor, record.workspace_id, record.collection.patient_id, record, views_of([record]), actor.permissions, (),
        base=base, now=now,
    )  # fmt: skip


def _manifest(
    actor: Actor,
    workspace_id: UUID,
    patient_id: UUID,
    about: Case | Record,
    views: Sequence[RecordView],
    permissions: frozenset[Permission],
    threads: Sequence[ThreadView],
    *,
    base: str,
    now: datetime,
) -> dict[str, Any]:
    records = [view.record for view in views]
    compared = compared_in(actor, records)
    # The version before is shown beside the one it is compared with.
    shown_records = dict.fromkeys([*(record.pk for record in records), *compared.sizes])
    event = audit(
        actor,
        f"{about._meta.model_name}.viewed",
        now=now,
        workspace_id=workspace_id,
        patient_id=patient_id,
        about=about,
        ids={"records": list(shown_records)},
    )
    return scene(actor, views, compared, permissions, threads, base=base, view_id=event.id)


@dataclass(frozen=True, slots=True)
class Compared:
    """The comparisons of what is shown, what each came to for its reader, and the bytes of the full levels of versions
    before, by record."""

    comparisons: Sequence[Comparison]
    summaries: Mapping[UUID, dict[str, Any]]
    sizes: Mapping[UUID, int]


def compared_in(actor: Actor, records: Sequence[Record]) -> Compared:
    looks_back = actor.kind is not ActorKind.RECIPIENT
    comparisons = comparisons_of(records, looks_back=looks_back)
    shown = {record.pk for record in records}
    summaries = {found.pk: summary_of(found, shown, looks_back=looks_back) for found in comparisons}
    older = {found.against_id for found in comparisons if found.kind == DEVIATION}
    return Compared(comparisons, summaries, full_level_sizes(older))


def scene(
    actor: Actor,
    views: Sequence[RecordView],
    compared: Compared,
    permissions: frozenset[Permission],
    threads: Sequence[ThreadView],
    *,
    base: str,
    view_id: UUID,
) -> dict[str, Any]:
    """The manifest itself; whoever asks has written what is shown, under `view_id`."""
    shown = {"view", "comment", "decide", "download"}
    return {
        "version": VERSION,
        "permissions": sorted(p.value for p in permissions if p.value in shown),
        "frame": scene_frame(view.record for view in views),
        "records": [_entry(actor, view, base=base, view_id=view_id) for view in views],
        "comparisons": [
            _comparison(
                found,
                compared.summaries[found.pk],
                compared.sizes.get(found.against_id),
                base=base,
                view_id=view_id,
            )
            for found in compared.comparisons
        ],
        "threads": [
            {
                "id": str(view.thread.pk),
                "number": view.thread.number,
                "state": view.thread.state,
                "pin": _pin(view),
            }
            for view in threads
        ],
    }


def added_by_people(
    actor: Actor, case: Case, permissions: frozenset[Permission], manifest: dict[str, Any], *, base: str
) -> dict[str, Any]:
    """The manifest with what people added to a case's scene, and where more goes.

    Who came by a link may lead the view, and changes nothing that stays.
    """
    is_guest = actor.kind is ActorKind.RECIPIENT
    shown = {entry["id"] for entry in manifest["records"]}
    labels = standing(case.teeth, shown)
    notation = notation_of(actor)
    _name_teeth(manifest, labels, Notation(notation))
    own = f"/api/v1/cases/{case.pk}"
    may_lead = actor.support is None and Permission.COMMENT in permissions
    may_change = may_lead and not is_guest
    return manifest | {
        "frame": case.orientation or manifest["frame"],
        # Who came by a link to some files learns of no other, nor of the version before (SL-13).
        "teeth": labels if is_guest else followed(case.teeth, shown),
        "is_oriented": case.orientation is not None,
        "notation": notation,
        "notations": sorted(notations_in(workspaces_in(case)) | ({"universal"} if is_guest else set())),
        "measurements": [] if is_guest else kept_measurements(actor, case),
        "save": {
            "orientation": f"{own}/orientation" if may_change else None,
            "teeth": f"{own}/teeth" if may_change else None,
            "presence": f"{base if is_guest else own}/presence" if may_lead else None,
            "measurements": None if is_guest or actor.support else f"{own}/measurements",
        },
    }


def scene_frame(records: Iterable[Record]) -> list[list[float]]:
    """The rows that turn the scene: those of the scan that knows best how it lies, jaws before all else."""
    best, best_score = IDENTITY, -1.0
    for record in records:
        orientation = record.facts.get("orientation") if record.kind in SURFACES else None
        if not orientation:
            continue
        score = float(orientation["confidence"]) + (1.0 if record.slot in ("upper_jaw", "lower_jaw") else 0.0)
        if score > best_score:
            best, best_score = [list(row) for row in orientation["rows"]], score
    return best


def coarse_blocks(manifest: Mapping[str, Any], records: Mapping[str, RecordView]) -> dict[str, str]:
    """Element id → base64 of the coarse level, for the page to inline; within INLINE_LIMIT bytes."""
    blocks: dict[str, str] = {}
    room = INLINE_LIMIT
    for entry in manifest["records"]:
        view = records.get(entry["id"])
        level = view.renditions.get("coarse.glb") if view and entry["coarse"] else None
        if level is None or level.file.bytes > room:
            entry["coarse"] = None
            continue
        room -= level.file.bytes
        blocks[entry["coarse"]] = base64.b64encode(read_bytes(level.file)).decode()
    return blocks


def label_of(actor: Actor, record: Record) -> str:
    """What the scene calls a record: its title where a person gave one that `actor` may know, else its place."""
    name = title_for(actor, record) or gettext(title_of(record.slot))
    return f"{name}, v{record.version}" if record.version > 1 else name


def _entry(actor: Actor, view: RecordView, *, base: str, view_id: UUID) -> dict[str, Any]:
    record = view.record
    facts = record.facts

    def address(name: str) -> str:
        return f"{base}/records/{record.pk}/renditions/{name}?view={view_id}"

    full = view.renditions.get("full.glb")
    image = view.renditions.get("view.webp")
    is_surface = record.kind in SURFACES
    return {
        "id": str(record.pk),
        "slot": record.slot,
        "label": gettext(title_of(record.slot))
        if actor.kind is ActorKind.RECIPIENT
        else label_of(actor, record),
        "kind": record.kind,
        "jaw": facts.get("jaw", "unknown"),
        "version": record.version,
        "state": record.state,
        "sha256": record.original.sha256 if record.original else "",
        "has_colour": bool(facts.get("has_colour")),
        "triangles": int(facts.get("triangles", 0)),
        "coarse": f"coarse-{record.pk}" if is_surface and "coarse.glb" in view.renditions else None,
        "full": {"url": address("full.glb"), "bytes": full.file.bytes} if full else None,
        "posters": {
            name.removeprefix("poster-").removesuffix(".webp"): address(name)
            for name in sorted(view.renditions)
            if name.startswith("poster-")
        },
        "image": _image(record, view, address) if image else None,
        "swatch": _swatch(record) if is_surface else None,
        "visible": record.slot not in ("pre_op", "bite", "bite_right", "bite_left"),
    }


def _image(record: Record, view: RecordView, address: Callable[[str], str]) -> dict[str, Any]:
    """The picture; `depth` is the lossless one of a grey picture, `spacing_mm` between its rows and columns."""
    facts = record.facts
    depth = view.renditions.get("depth.bin")
    return {
        "url": address("view.webp"),
        "width": facts.get("width", 0),
        "height": facts.get("height", 0),
        "bits": facts.get("bits", 8),
        "depth": {"url": address("depth.bin"), "bytes": depth.file.bytes} if depth else None,
        "spacing_mm": facts.get("spacing_mm"),
        "calibration": facts.get("calibration", "none"),
        "modality": facts.get("modality", ""),
    }


def _name_teeth(manifest: Mapping[str, Any], labels: Sequence[Mapping[str, Any]], notation: Notation) -> None:
    """Contact spots and the greatest change say their tooth, where somebody labelled it."""
    slots = {entry["id"]: entry["slot"] for entry in manifest["records"]}
    designs = {entry["id"] for entry in manifest["records"] if entry["kind"] == RecordKind.DESIGN}
    for comparison in manifest["comparisons"]:
        # A scan that stands in for the antagonist has no seat.
        if comparison["record"] in designs and (seat := comparison["summary"].get("seated_on")):
            slots[comparison["record"]] = jaw_slot(slots[comparison["record"]], seat=seat)
    for comparison in manifest["comparisons"]:
        slot = slots[comparison["record"]]
        for spot in comparison["spots"]:
            tooth = tooth_near(spot["point"], labels, slot=slot)
            if tooth is not None:
                spot |= {"tooth_fdi": tooth, "tooth": written(tooth, notation)}
        if (most := comparison["summary"].get("greatest_at")) is not None:
            tooth = tooth_near(most, labels, slot=slot)
            if tooth is not None:
                comparison["summary"] |= {"tooth": written(tooth, notation)}


def _comparison(
    found: Comparison, summary: dict[str, Any], against_bytes: int | None, *, base: str, view_id: UUID
) -> dict[str, Any]:
    """What `core.heat_scale` says of a byte stands with it: (byte - zero) * step_um, 0 is nothing."""
    scale = SCALE_OF[found.kind]
    older = f"{base}/records/{found.against_id}/renditions/{FULL_LEVEL}?view={view_id}"
    return {
        "id": str(found.pk),
        "kind": found.kind,
        "record": str(found.record_id),
        "against": str(found.against_id),
        "against_version": found.against.version,
        "state": found.state,
        "reason": found.reason,
        "url": f"{base}/comparisons/{found.pk}/values?view={view_id}" if found.state == READY else None,
        "step_um": scale.step_um,
        "zero": scale.zero,
        "cutoff_mm": scale.cutoff_mm,
        "spots": found.facts.get("spots", []),
        "summary": summary,
        "against_full": None if against_bytes is None else {"url": older, "bytes": against_bytes},
    }


def _swatch(record: Record) -> str:
    if record.kind == RecordKind.DESIGN:
        return DESIGN_SWATCH
    return COLOUR_SWATCH if record.facts.get("has_colour") else STONE_SWATCH


def _pin(view: ThreadView) -> dict[str, Any] | None:
    thread = view.thread
    if thread.pin is None:
        return None
    pin = {"record": str(thread.record_id), "version": thread.record_version, **thread.pin}
    return pin if view.found is None else {**pin, "found": found_pin(view.found)}


def found_pin(found: FoundPin) -> dict[str, Any]:
    """Where a pin is on a newer version, beside where it was set."""
    on = {"record": str(found.record_id), "version": found.record.version}
    if found.point is None:
        return {**on, "gone": True, "reason": found.reason}
    return {
        **on,
        "point": found.point,
        "normal": found.normal,
        "moved_mm": found.moved_mm,
        "has_moved": has_moved(found.moved_mm),
    }
