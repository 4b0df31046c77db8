"""Points of one version of a surface, found again on a newer one by closest point."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from arcada.core.geometry.alignment import Alignment, align
from arcada.core.geometry.distance import build_tree, find_nearest, foot_on
from arcada.core.geometry.mesh import Mesh

GONE_BEYOND_MM = 2.0

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class FoundPoint:
    """Where a point is now, in the newer file's coordinates; `point` None where no surface is near any more."""

    point: Vector | None
    normal: Vector | None
    moved_mm: float | None


@dataclass(frozen=True, slots=True, eq=False)
class FoundAgain:
    """`points` None: the newer surface lies in another frame, and no fit leads there."""

    points: tuple[FoundPoint, ...] | None
    alignment: Alignment


def find_again(points: Sequence[tuple[Vector, Vector]], older: Mesh, newer: Mesh) -> FoundAgain:
    """Each (point, normal) of the older surface on the newer one, both in mm.

    Where the frames differ the best fit leads over; the distance is what remains after it.
    """
    alignment = align(newer, older)
    if not alignment.is_fitted:
        return FoundAgain(None, alignment)
    tree = build_tree(newer)
    asked = alignment.onto_newer(np.array([point for point, _ in points], dtype=np.float64))
    normals = np.array([normal for _, normal in points], dtype=np.float64) @ alignment.rotation
    nearest = find_nearest(tree, asked.astype(np.float32), limit=GONE_BEYOND_MM)
    found = []
    for place, triangle in enumerate(nearest.triangles):
        if triangle < 0:
            found.append(FoundPoint(None, None, None))
            continue
        corners = newer.points[newer.triangles[triangle]]
        foot, moved_mm = foot_on(corners, asked[place])
        normal = _normal(corners.astype(np.float64), normals[place])
        found.append(FoundPoint(_vector(foot), normal, round(moved_mm, 4)))
    return FoundAgain(tuple(found), alignment)


def _normal(corners: npt.NDArray[np.float64], like: npt.NDArray[np.float64]) -> Vector:
    """The triangle's unit normal, to the side that the pin was set from."""
    normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
    size = float(np.linalg.norm(normal))
    normal = normal / size if size > 0 else like
    if float(normal @ like) < 0:
        normal = -normal
    return _vector(normal)


def _vector(values: npt.NDArray[np.float64]) -> Vector:
    x, y, z = (round(float(value), 6) for value in values)
    return (x, y, z)
