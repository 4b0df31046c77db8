"""Contacts and clearance of two surfaces, mostly jaws: a byte a vertex of each, and the spots that touch."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from arcada.core.geometry.heat import ByteArray, as_bytes
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.occlusion import (
    Meeting,
    OcclusionFacts,
    Regions,
    contact_areas,
    label_spots,
    meet,
    spot_areas,
)
from arcada.core.heat_scale import CONTACTS

MOST_SPOTS = 200


@dataclass(frozen=True, slots=True)
class Spot:
    """One place that touches; `point` is the vertex in its middle, in the file's coordinates and mm."""

    point: tuple[float, float, float]
    area_mm2: float
    deepest_um: float  # the smallest signed distance in it: negative where they overlap
    region: str | None  # "left molar" …, where an arch was found


@dataclass(frozen=True, slots=True, eq=False)
class SurfaceContacts:
    """What one surface shows of the other: distances in mm, nan where there is nothing, as bytes, and its spots."""

    distances: npt.NDArray[np.float64]  # (n_vertices,)
    values: ByteArray  # (n_vertices,)
    spots: tuple[Spot, ...]  # the largest first
    area_mm2: float


@dataclass(frozen=True, slots=True, eq=False)
class Contacts:
    """Both jaws; None where they are not in occlusion, because then no picture would be true."""

    facts: OcclusionFacts
    of_upper: SurfaceContacts | None
    of_lower: SurfaceContacts | None


def find_contacts(upper: Mesh, lower: Mesh) -> Contacts:
    """Measures two jaws in mm and in one frame against each other; vertices keep their order."""
    found = meet(upper, lower)
    if not found.facts.in_occlusion:
        return Contacts(found.facts, None, None)
    return Contacts(
        found.facts,
        contacts_shown(upper, found.of_upper, found.regions),
        contacts_shown(lower, found.of_lower, found.regions),
    )


def contacts_shown(mesh: Mesh, meeting: Meeting, regions: Regions | None) -> SurfaceContacts:
    """A meeting of `mesh` as it is kept: every vertex a byte, the spots by their size."""
    distances = np.full(len(mesh.points), np.nan)
    distances[meeting.rows] = meeting.distances
    areas = contact_areas(mesh, meeting)
    labels = label_spots(mesh, meeting, areas)
    spots = []
    for label, area in list(spot_areas(labels, areas).items())[:MOST_SPOTS]:
        rows = np.flatnonzero(labels == label)
        points = meeting.points[rows].astype(np.float64)
        middle = np.average(points, axis=0, weights=areas[rows])
        # A point of the surface itself: the middle of a spot in a fossa hangs in the air.
        nearest = points[int(np.argmin(((points - middle) ** 2).sum(axis=1)))]
        x, y, z = (round(float(value), 4) for value in nearest)
        region = regions.names(nearest[None, :].astype(np.float32))[0] if regions else None
        deepest = float(meeting.distances[rows].min()) * 1000.0
        spots.append(Spot((x, y, z), round(area, 3), round(deepest, 1), region))
    return SurfaceContacts(
        distances, as_bytes(distances, CONTACTS), tuple(spots), round(float(areas.sum()), 2)
    )
