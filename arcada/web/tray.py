"""A collection in the places of its standard: what is there, what waits, what is missing, and the count."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

from arcada.apps.records.queries import RecordView
from arcada.core.anatomy import FileFormat, Jaw, RecordKind
from arcada.core.case_flow import RecordState
from arcada.core.file_formats import FAMILY_OF
from arcada.core.findings import Finding
from arcada.core.slots import title_of
from arcada.core.standard import Requirement, SlotGroup, SlotRule, UploadStandard
from arcada.web.finding_words import number, say, worst
from arcada.web.templatetags.arcada import from_whom

WAITING = (RecordState.AWAITING_FILE, RecordState.QUEUED, RecordState.PROCESSING)
SECTIONS: tuple[tuple[str, tuple[RecordKind, ...]], ...] = (
    ("scans", (RecordKind.SCAN,)),
    ("photographs", (RecordKind.PHOTOGRAPH,)),
    ("radiographs", (RecordKind.RADIOGRAPH,)),
    ("designs", (RecordKind.DESIGN,)),
    ("documents", (RecordKind.DOCUMENT,)),
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One place of the tray: filled by a record, by occlusion, waiting for one, or empty."""

    slot: str
    title: str
    kind: str
    state: str  # filled | waiting | missing
    grade: str  # ok | warning | blocker | note | ""
    lines: tuple[str, ...] = ()
    record_id: str = ""
    poster: str = ""
    outline: str = ""
    is_veiled: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    title: str
    tiles: tuple[Tile, ...]
    has_veiled: bool


@dataclass(frozen=True, slots=True)
class Tray:
    sections: tuple[Section, ...]
    places: int
    filled: int
    missing: int
    optional: int
    records: int = 0
    slots_in_use: int = 0


@dataclass(frozen=True, slots=True)
class _Place:
    """A place of the count: one slot, or several of which one is enough."""

    slots: tuple[SlotRule, ...]
    title: str
    is_required: bool
    filled_by: frozenset[str] = field(default_factory=frozenset)


def lay_out(
    standard: UploadStandard,
    views: Sequence[RecordView],
    set_findings: Iterable[Finding],
    *,
    event_id: str,
) -> Tray:
    """The tray of a collection's current records. `event_id` goes with the pictures' addresses."""
    ready = [view for view in views if view.record.state == RecordState.READY]
    waiting = [view for view in views if view.record.state in WAITING]
    counted = count_places(standard, {view.record.slot for view in ready}, set_findings)
    replaced = {view.record.supersedes_id for view in waiting}
    by_slot: dict[str, list[Tile]] = {}
    for view in ready:
        tile = _filled(standard, view, event_id, is_replaced=view.record.pk in replaced)
        by_slot.setdefault(view.record.slot, []).append(tile)
    for view in waiting:
        if view.record.supersedes_id is None:
            by_slot.setdefault(view.record.slot, []).append(_waiting(standard, view))
    for tile in _empty(standard, counted, by_slot):
        by_slot.setdefault(tile.slot, []).append(tile)
    order = [slot.code for slot in standard.slots]
    tiles = [tile for code in order for tile in by_slot.pop(code, ())]
    tiles += [tile for left in by_slot.values() for tile in left]
    return Tray(
        sections=tuple(_sections(tiles)),
        places=counted.places,
        filled=counted.filled,
        missing=len(counted.missing),
        optional=len(counted.optional),
        records=len(ready),
        slots_in_use=len({view.record.slot for view in ready}),
    )


@dataclass(frozen=True, slots=True)
class Count:
    """`places` counts what is asked for or wished for; a group of which one is enough counts once."""

    places: int
    filled: int
    missing: tuple[_Place, ...]
    optional: tuple[_Place, ...]
    by_occlusion: frozenset[str] = frozenset()


def count_places(standard: UploadStandard, ready: set[str], set_findings: Iterable[Finding] = ()) -> Count:
    """How many places of the standard are filled by the slots in `ready`."""
    places = places_of(standard)
    if not any(place.is_required for place in places):
        return Count(0, 0, (), ())
    known = {finding.code for finding in set_findings}
    by_occlusion = frozenset(
        slot.code
        for slot in standard.slots
        if slot.filled_by == "occlusion" and "bite_by_occlusion" in known and slot.code not in ready
    )
    there = ready | by_occlusion
    empty = [place for place in places if not there.intersection(slot.code for slot in place.slots)]
    return Count(
        places=len(places),
        filled=len(places) - len(empty),
        missing=tuple(place for place in empty if place.is_required),
        optional=tuple(place for place in empty if not place.is_required),
        by_occlusion=by_occlusion,
    )


def places_of(standard: UploadStandard) -> list[_Place]:
    """What the standard asks or wishes for, in its order; discouraged places are not counted."""
    group_of: Mapping[str, SlotGroup] = {code: group for group in standard.one_of for code in group.slots}
    places, seen = [], set()
    for slot in standard.slots:
        group = group_of.get(slot.code)
        if slot.requirement is Requirement.DISCOURAGED or slot.code in seen:
            continue
        if group is None:
            is_required = slot.requirement is Requirement.REQUIRED
            places.append(_Place((slot,), title(slot), is_required))
            continue
        members = tuple(found for code in group.slots if (found := standard.slot(code)))
        seen.update(member.code for member in members)
        name = gettext(group.title) if group.title else " / ".join(title(member) for member in members)
        places.append(_Place(members, name, group.requirement is Requirement.REQUIRED))
    return places


def title(slot: SlotRule) -> str:
    """The place's name: a known one is translated, a standard's own is as its author wrote it."""
    known = title_of(slot.code)
    return gettext(known) if slot.title == known else slot.title


def slot_title(standard: UploadStandard, code: str) -> str:
    slot = standard.slot(code)
    return title(slot) if slot else gettext(title_of(code))


def facts_line(view: RecordView) -> str:
    """PLY, colour, 137,402 triangles · JPG, 1.9 megapixels · PDF"""
    facts = view.record.facts
    parts = [_format_name(str(facts.get("format") or ""))]
    if facts.get("triangles"):
        if facts.get("has_colour"):
            parts.append(gettext("colour"))
        parts.append(gettext("%(count)s triangles") % {"count": number(int(facts["triangles"]))})
    elif facts.get("megapixels"):
        size = number(round(float(facts["megapixels"]), 2))
        parts.append(gettext("%(count)s megapixels") % {"count": size})
    return ", ".join(part for part in parts if part)


def poster_of(view: RecordView, event_id: str) -> str:
    """The address of the picture that shows a record in a list, or ""."""
    record = view.record
    wanted = {"upper_jaw": "upper", "preparation": "upper", "lower_jaw": "lower"}.get(record.slot)
    jaw = {Jaw.MAXILLA: "upper", Jaw.MANDIBLE: "lower"}.get(record.facts.get("jaw"), "front")
    names = [f"poster-{wanted or jaw}.webp", "poster-front.webp", "poster.webp"]
    if record.slot.startswith("bite"):
        names.insert(0, "poster-front.webp")
    name = next((name for name in names if name in view.renditions), "")
    return f"/api/v1/records/{record.pk}/renditions/{name}?view={event_id}" if name else ""


def _format_name(file_format: str) -> str:
    return FAMILY_OF[FileFormat(file_format)].upper() if file_format in set(FileFormat) else ""


def _filled(standard: UploadStandard, view: RecordView, event_id: str, *, is_replaced: bool) -> Tile:
    record = view.record
    grave = worst(view.findings)
    second = ""
    if grave is not None:
        said = say(grave)
        second = said.what
    elif record.ready_at:
        at = date_format(localtime(record.ready_at), "SHORT_DATETIME_FORMAT")
        second = f"{from_whom(record)}, {at}" if record.added_by_name else at
    if is_replaced:
        second = gettext("A new version is on its way.")
    slot = standard.slot(record.slot)
    return Tile(
        slot=record.slot,
        title=record.title or slot_title(standard, record.slot),
        kind=record.kind,
        state="filled",
        grade=grave.severity.value if grave else "ok",
        lines=tuple(line for line in (facts_line(view), second) if line),
        record_id=str(record.pk),
        poster=poster_of(view, event_id),
        outline=(slot.outline or "") if slot else "",
        is_veiled=record.kind == RecordKind.PHOTOGRAPH and record.slot.startswith("EV"),
        version=record.version,
    )


def _waiting(standard: UploadStandard, view: RecordView) -> Tile:
    record = view.record
    slot = standard.slot(record.slot)
    words = (
        gettext("Waits for its file") if record.state == RecordState.AWAITING_FILE else gettext("Checking")
    )
    return Tile(
        slot=record.slot, title=record.title or slot_title(standard, record.slot), kind=record.kind,
        state="waiting", grade="", lines=(words,), record_id=str(record.pk),
        outline=(slot.outline or "") if slot else "",
    )  # fmt: skip


def _empty(standard: UploadStandard, counted: Count, by_slot: Mapping[str, object]) -> list[Tile]:
    tiles = []
    for place in (*counted.missing, *counted.optional):
        if any(slot.code in by_slot for slot in place.slots):
            continue  # something for it is on its way
        first = place.slots[0]
        words = gettext("Missing.") if place.is_required else gettext("Optional.")
        tiles.append(
            Tile(
                slot=first.code,
                title=place.title,
                kind=first.kinds[0].value,
                state="missing",
                grade="blocker" if place.is_required else "note",
                lines=(words,),
                outline=first.outline or "",
            )
        )
    for code in sorted(counted.by_occlusion):
        slot = standard.slot(code)
        if slot is not None:
            tiles.append(
                Tile(
                    slot=code,
                    title=title(slot),
                    kind=slot.kinds[0].value,
                    state="filled",
                    grade="ok",
                    lines=(gettext("Upper and lower jaw lie in occlusion."),),
                    outline=slot.outline or "",
                )
            )
    return tiles


def _sections(tiles: Sequence[Tile]) -> Iterable[Section]:
    titles = {
        "scans": gettext("3D scans"),
        "photographs": gettext("Photographs"),
        "radiographs": gettext("Radiographs"),
        "designs": gettext("Designs"),
        "documents": gettext("Documents"),
    }
    for name, kinds in SECTIONS:
        inside = tuple(tile for tile in tiles if tile.kind in {kind.value for kind in kinds})
        if inside:
            yield Section(name, titles[name], inside, any(tile.is_veiled and tile.poster for tile in inside))
