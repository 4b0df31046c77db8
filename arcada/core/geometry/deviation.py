"""What changed from one version of a surface to the next: a byte a vertex of the newer one, and a summary."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from arcada.core.geometry.alignment import Alignment, align
from arcada.core.geometry.distance import build_tree, find_signed
from arcada.core.geometry.heat import ByteArray, as_bytes
from arcada.core.geometry.measure import facing_outwards
from arcada.core.geometry.mesh import Mesh
from arcada.core.heat_scale import DEVIATION

FloatArray = npt.NDArray[np.float64]

CHANGED_MM = 0.05
_ON_THE_RIM_MM = 0.02  # nearer than this to the other's rim, a point is its partner and no side is needed


@dataclass(frozen=True, slots=True)
class DeviationSummary:
    """Shares are of the newer surface's area that has a partner on the older one; `greatest_at` in its file's mm."""

    changed_share: float  # 0 … 1, by more than CHANGED_MM
    changed_mm2: float
    compared_mm2: float
    uncompared_mm2: float  # beyond the older surface's rim
    greatest_um: float  # signed
    greatest_at: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True, eq=False)
class Deviation:
    """Distances in mm (n,), nan where there is nothing to compare with; nothing at all where no fit was found."""

    alignment: Alignment
    distances: FloatArray  # (n_vertices,)
    values: ByteArray | None  # (n_vertices,)
    summary: DeviationSummary | None


def find_deviation(newer: Mesh, older: Mesh) -> Deviation:
    """Measures the newer surface against the older one, both in mm; vertices keep their order."""
    older, newer_out = facing_outwards(older), facing_outwards(newer)
    tree = build_tree(older)
    alignment = align(newer_out, older, tree)
    if not alignment.is_fitted:
        return Deviation(alignment, np.full(len(newer.points), np.nan), None, None)
    placed = newer.points
    if alignment.is_moved:
        placed = np.ascontiguousarray(alignment.onto_older(newer.points), dtype=np.float32)
    # Without a limit: what lies far away is a change, or beyond the rim, and only its nearest point tells which.
    found = find_signed(tree, placed)
    distances = found.distances
    beside = found.at_border & (np.abs(distances) > _ON_THE_RIM_MM)
    at_rim = found.at_border & ~beside
    distances[at_rim] = np.abs(distances[at_rim])
    distances[beside] = np.nan
    return Deviation(alignment, distances, as_bytes(distances, DEVIATION), _summary(newer_out, distances))


def vertex_areas(mesh: Mesh) -> FloatArray:  # (n_vertices,)
    """Each vertex's part of the surface: a third of the triangles around it, in mm²."""
    a, b, c = (mesh.points[mesh.triangles[:, corner]].astype(np.float64) for corner in range(3))
    thirds = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 6
    count = len(mesh.points)
    return np.asarray(
        sum(np.bincount(mesh.triangles[:, corner], weights=thirds, minlength=count) for corner in range(3))
    )


def _summary(newer: Mesh, distances: FloatArray) -> DeviationSummary:
    areas = vertex_areas(newer)
    compared = ~np.isnan(distances)
    sizes = np.where(compared, np.abs(distances), 0.0)
    whole, all_of_it = float(areas[compared].sum()), float(areas.sum())
    changed = float(areas[sizes > CHANGED_MM].sum())
    greatest = int(np.argmax(sizes))
    signed = float(distances[greatest]) if compared[greatest] else 0.0
    x, y, z = (round(float(value), 4) for value in newer.points[greatest])
    return DeviationSummary(
        changed_share=round(changed / whole, 5) if whole > 0 else 0.0,
        changed_mm2=round(changed, 2),
        compared_mm2=round(whole, 2),
        uncompared_mm2=round(all_of_it - whole, 2),
        greatest_um=round(signed * 1000.0, 1),
        greatest_at=(x, y, z) if sizes[greatest] > 0.0 else None,
    )
