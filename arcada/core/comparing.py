"""Stored surfaces compared: jaw against jaw, a restoration against its antagonist, version against version, pins
found again. Pure; run in a child.

States: `ready`; `not_in_occlusion`, two jaws that do not meet as they lie, so that no contacts are claimed;
`seated`, a restoration and the jaw it sits on, which do not bite on each other; `no_antagonist`, it is not told which
jaw a restoration bites on, and the summary's `why_none` says why; `no_fit`, two versions in frames of their own that
nothing lays upon each other. An `Unreadable` may leave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from arcada.core.anatomy import FileFormat, Jaw
from arcada.core.errors import Unreadable
from arcada.core.geometry.alignment import Alignment
from arcada.core.geometry.contacts import SurfaceContacts, find_contacts
from arcada.core.geometry.deviation import CHANGED_MM, find_deviation
from arcada.core.geometry.found_again import Vector, find_again
from arcada.core.geometry.occlusion import OcclusionFacts
from arcada.core.geometry.read_scan import read_scan
from arcada.core.geometry.restoration import NoAntagonist, RestorationContacts, find_restoration_contacts
from arcada.core.geometry.stream import decode_glb
from arcada.core.geometry.stream_order import OrderedSurface, in_stream_order


class Compared(StrEnum):
    READY = "ready"
    NOT_IN_OCCLUSION = "not_in_occlusion"
    SEATED = "seated"
    NO_ANTAGONIST = "no_antagonist"
    NO_FIT = "no_fit"


@dataclass(frozen=True, slots=True)
class StoredSurface:
    """The full level of a record, and its cleaned file; None where that is too large to be read again."""

    stream: bytes
    cleaned: bytes | None
    format: str  # a FileFormat


@dataclass(frozen=True, slots=True)
class Comparison:
    """What there is to keep: a byte a vertex of the first surface, spots and a summary as JSON values."""

    state: Compared
    values: bytes | None
    spots: tuple[dict[str, Any], ...]
    summary: dict[str, Any]


def compare_jaws(upper: StoredSurface, lower: StoredSurface) -> tuple[Comparison, Comparison]:
    """Contacts of the upper jaw with the lower one, and of the lower one with the upper."""
    above, below = _ordered(upper), _ordered(lower)
    found = find_contacts(above.mesh, below.mesh)
    return (
        _contacts(found.facts, found.of_upper, above, below),
        _contacts(found.facts, found.of_lower, below, above),
    )


@dataclass(frozen=True, slots=True)
class RestorationCompared:
    """A restoration against each jaw, and each jaw against it."""

    of_restoration: Mapping[Jaw, Comparison]
    of_jaw: Mapping[Jaw, Comparison]


def compare_restoration(restoration: StoredSurface, jaws: Mapping[Jaw, StoredSurface]) -> RestorationCompared:
    """Contacts of a restoration with the jaw it bites on, both ways; of the other one only that it sits there."""
    if len(jaws) < 2:
        alone = Comparison(Compared.NO_ANTAGONIST, None, (), {"why_none": NoAntagonist.ONE_JAW.value})
        return RestorationCompared(dict.fromkeys(jaws, alone), dict.fromkeys(jaws, alone))
    own = _ordered(restoration)
    laid = {jaw: _ordered(surface) for jaw, surface in jaws.items()}
    found = find_restoration_contacts(own.mesh, laid[Jaw.MAXILLA].mesh, laid[Jaw.MANDIBLE].mesh)
    return RestorationCompared(
        {jaw: _of_restoration(found, jaw, found.of_restoration, own, laid[jaw]) for jaw in laid},
        {jaw: _of_restoration(found, jaw, found.of_antagonist, laid[jaw], own) for jaw in laid},
    )


def compare_versions(newer: StoredSurface, older: StoredSurface) -> Comparison:
    """Deviation of the newer version from the older one."""
    new, old = _ordered(newer), _ordered(older)
    found = find_deviation(new.mesh, old.mesh)
    summary: dict[str, Any] = {
        "alignment": _alignment(found.alignment),
        "changed_over_um": CHANGED_MM * 1000.0,
        "measured_from": _sources(new, old),
    }
    if found.summary is None or found.values is None:
        return Comparison(Compared.NO_FIT, None, (), summary)
    return Comparison(Compared.READY, found.values.tobytes(), (), _plain(asdict(found.summary)) | summary)


def find_pins(
    pins: Sequence[tuple[Vector, Vector]], older_stream: bytes, newer_stream: bytes
) -> list[dict[str, Any]] | None:
    """Each pin (point, normal) on the newer surface, or None where no fit leads there.

    The streams are near enough: their grid is a hundred times finer than what counts as moved.
    """
    found = find_again(pins, decode_glb(older_stream), decode_glb(newer_stream))
    return None if found.points is None else [_plain(asdict(point)) for point in found.points]


def _ordered(surface: StoredSurface) -> OrderedSurface:
    mesh = None
    if surface.cleaned is not None:
        try:
            mesh = read_scan(surface.cleaned, FileFormat(surface.format), {}).mesh
        except (Unreadable, ValueError):
            mesh = None  # the stream is there all the same, and the facts say that it was used
    return in_stream_order(mesh, surface.stream)


def _contacts(
    facts: OcclusionFacts, shown: SurfaceContacts | None, mine: OrderedSurface, other: OrderedSurface
) -> Comparison:
    summary: dict[str, Any] = {
        "in_occlusion": facts.in_occlusion,
        "gap_mm": facts.gap_mm,
        "penetration_mm": facts.penetration_mm,
        "penetration_region": facts.penetration_region,
        "are_facing": facts.are_facing,
        "measured_from": _sources(mine, other),
    }
    if shown is None:
        return Comparison(Compared.NOT_IN_OCCLUSION, None, (), summary)
    return _ready(shown, summary)


def _of_restoration(
    found: RestorationContacts,
    jaw: Jaw,
    shown: SurfaceContacts | None,
    mine: OrderedSurface,
    other: OrderedSurface,
) -> Comparison:
    """What is kept of a restoration and one jaw, whichever of the two `mine` is."""
    summary: dict[str, Any] = {
        "in_occlusion": found.jaws.in_occlusion,
        "measured_from": _sources(mine, other),
    }
    if not found.jaws.in_occlusion:
        return Comparison(Compared.NOT_IN_OCCLUSION, None, (), summary | {"gap_mm": found.jaws.gap_mm})
    summary["share_along"] = {where.value: round(share, 3) for where, share in found.shares.items()}
    if found.seat is None or shown is None:
        summary["why_none"] = found.reason.value if found.reason else None
        return Comparison(Compared.NO_ANTAGONIST, None, (), summary)
    summary["seated_on"] = found.seat.value
    if found.seat is jaw:
        return Comparison(Compared.SEATED, None, (), summary)
    return _ready(shown, summary | {"gap_mm": found.gap_mm, "penetration_mm": found.depth_mm})


def _ready(shown: SurfaceContacts, summary: dict[str, Any]) -> Comparison:
    summary |= {"contact_area_mm2": shown.area_mm2, "spot_count": len(shown.spots)}
    spots = tuple(_plain(asdict(spot)) for spot in shown.spots)
    return Comparison(Compared.READY, shown.values.tobytes(), spots, summary)


def _alignment(found: Alignment) -> dict[str, Any]:
    """Rows turn the newer file's points into the older one's frame; none where both share it."""
    moved = found.is_moved and found.is_fitted
    return {
        "moved": moved,
        "residual_um": round(found.residual_um, 1),
        "rotation": [[round(float(part), 9) for part in row] for row in found.rotation] if moved else None,
        "translation_mm": [round(float(part), 6) for part in found.translation] if moved else None,
    }


def _sources(mine: OrderedSurface, other: OrderedSurface) -> dict[str, str]:
    def source(surface: OrderedSurface) -> str:
        return "file" if surface.is_exact else "stream"

    return {"record": source(mine), "against": source(other)}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Tuples as lists, as JSON has them."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
