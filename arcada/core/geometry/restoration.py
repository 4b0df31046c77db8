"""A restoration against its antagonist: which jaw it sits on, and how far its surface is from the other one.

The jaw it sits on has to be told first, because its inner side lies a cement gap away from the preparation: measured
as a bite that would be one large contact, and none of it true.

The rule: of what sits on a jaw, much of the surface runs along that jaw, a few tenths of a millimetre away at most. Of
a crown that is its whole inner side and the walls to its neighbours, nearly half of it; of an inlay more. An antagonist
is met in spots, a few hundredths of the surface. So the restoration sits on the jaw that lies along SEAT_SHARE of it or
more, and along CLEARLY times as much as the other; that other one is the antagonist. Area is counted and not vertices:
a design is fine at its margin and coarse elsewhere. Where the rule does not tell, no contacts are claimed.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from arcada.core.anatomy import Jaw
from arcada.core.geometry.contacts import SurfaceContacts, contacts_shown
from arcada.core.geometry.measure import facing_outwards
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.occlusion import (
    FloatArray,
    Meeting,
    OcclusionFacts,
    Outward,
    deepest_mm,
    meet,
    near_points,
    smallest_mm,
)

SEAT_MM = 0.3
SEAT_SHARE = 0.15
CLEARLY = 2.0


class NoAntagonist(StrEnum):
    """Why it is not told what a restoration bites on."""

    ONE_JAW = "one_jaw"  # only one jaw is there
    NOT_SEATED = "not_seated"  # it lies along neither: another frame, or another patient's
    ON_BOTH = "on_both"  # it lies along both alike


@dataclass(frozen=True, slots=True, eq=False)
class RestorationContacts:
    """What was found; without contacts where the jaws do not meet, or where it is not told what it sits on."""

    jaws: OcclusionFacts
    shares: dict[Jaw, float]  # of its surface, along each jaw; empty where the jaws do not meet
    seat: Jaw | None = None
    reason: NoAntagonist | None = None
    gap_mm: float | None = None  # to the antagonist: 0 where they touch, none where it is out of reach
    depth_mm: float = 0.0
    of_restoration: SurfaceContacts | None = None
    of_antagonist: SurfaceContacts | None = None


def find_restoration_contacts(restoration: Mesh, upper: Mesh, lower: Mesh) -> RestorationContacts:
    """Measures a restoration and its antagonist against each other, all in mm and in one frame."""
    bite = meet(upper, lower)
    if not bite.facts.in_occlusion:
        return RestorationContacts(bite.facts, {})
    own = Outward.of(facing_outwards(restoration))
    jaws = {Jaw.MAXILLA: bite.upper, Jaw.MANDIBLE: bite.lower}
    near = {jaw: near_points(own.mesh, surface.tree) for jaw, surface in jaws.items()}
    around = _areas(own.mesh)
    shares = {jaw: _share_along(meeting, around) for jaw, meeting in near.items()}
    seat, reason = find_seat(shares)
    if seat is None:
        return RestorationContacts(bite.facts, shares, reason=reason)
    antagonist = Jaw.MANDIBLE if seat is Jaw.MAXILLA else Jaw.MAXILLA
    back = near_points(jaws[antagonist].mesh, own.tree)
    nearest = min(smallest_mm(near[antagonist]), smallest_mm(back))
    return RestorationContacts(
        bite.facts,
        shares,
        seat,
        gap_mm=round(max(0.0, nearest), 3) if math.isfinite(nearest) else None,
        depth_mm=round(max(deepest_mm(near[antagonist]), deepest_mm(back)), 3),
        of_restoration=contacts_shown(own.mesh, near[antagonist], bite.regions),
        of_antagonist=contacts_shown(jaws[antagonist].mesh, back, bite.regions),
    )


def find_seat(shares: dict[Jaw, float]) -> tuple[Jaw | None, NoAntagonist | None]:
    """The jaw that a restoration sits on, by the shares of its surface along each, or why it is not told."""
    if len(shares) < 2:
        return None, NoAntagonist.ONE_JAW
    seat, other = sorted(shares, key=lambda jaw: -shares[jaw])
    if shares[seat] < SEAT_SHARE:
        return None, NoAntagonist.NOT_SEATED
    if shares[seat] < CLEARLY * shares[other]:
        return None, NoAntagonist.ON_BOTH
    return seat, None


def _share_along(meeting: Meeting, around: FloatArray) -> float:
    """How much of the surface lies within SEAT_MM, on either side: a model may be a hair too large."""
    rows = meeting.rows[np.abs(meeting.distances) <= SEAT_MM]
    whole = float(around.sum())
    return float(around[rows].sum()) / whole if whole > 0 else 0.0


def _areas(mesh: Mesh) -> FloatArray:  # (n_vertices,)
    """The area around each vertex, a third of each of its triangles."""
    a, b, c = (mesh.points[mesh.triangles[:, corner]].astype(np.float64) for corner in range(3))
    thirds = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 6
    flat = np.bincount(mesh.triangles.ravel(), weights=np.repeat(thirds, 3), minlength=len(mesh.points))
    return np.asarray(flat, dtype=np.float64)
