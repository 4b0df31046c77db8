"""Best fit of one surface onto another, where two versions lie in frames of their own.

Two versions share a frame when at least half of the newer surface lies within the cutoff of the older one: then
nothing is moved, for a shift inside one frame is a change that somebody made. Else the newer one is fitted by
trimmed point-to-plane steps (Chen and Medioni's plane distance, the best 70 % of the points counted), begun from
where it lies and from its principal axes. The residual is the RMS distance of those 70 %.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from arcada.core.geometry.distance import SurfaceTree, build_tree, find_nearest
from arcada.core.geometry.level_kernels import mark_border
from arcada.core.geometry.mesh import Mesh
from arcada.core.heat_scale import DEVIATION

FloatArray = npt.NDArray[np.float64]

SAME_FRAME_SHARE = 0.5
TRIMMED_TO = 0.7
LARGEST_RESIDUAL_MM = 0.2  # beyond it the two are not the same thing
_FEW, _MANY = 800, 6_000  # points that steps are computed from
_ROUGH_STEPS, _FINE_STEPS = 30, 40
_STILL_MM = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """How the newer surface was laid on the older one: point → rotation @ point + translation.

    `is_moved` False: they share a frame, and both parts say "as it is". `is_fitted` False: no fit was found.
    """

    rotation: FloatArray  # (3, 3)
    translation: FloatArray  # (3,) mm
    is_moved: bool
    is_fitted: bool
    residual_um: float

    def onto_older(self, points: npt.NDArray[np.floating]) -> FloatArray:  # (n, 3)
        return placed(points, self.rotation, self.translation)

    def onto_newer(self, points: npt.NDArray[np.floating]) -> FloatArray:  # (n, 3)
        return placed(points - self.translation, self.rotation.T, np.zeros(3))


def align(newer: Mesh, older: Mesh, older_tree: SurfaceTree | None = None) -> Alignment:
    """Where the newer surface lies on the older one; both in mm. Same input, same answer."""
    tree = older_tree or build_tree(older)
    target = _Target(older, tree)
    many = spread_points(newer, _MANY)
    here = find_nearest(tree, many.astype(np.float32), limit=DEVIATION.cutoff_mm).distances
    if np.isfinite(here).mean() >= SAME_FRAME_SHARE:
        residual = _trimmed_rms(here)
        return Alignment(
            np.eye(3), np.zeros(3), is_moved=False, is_fitted=True, residual_um=residual * 1000.0
        )
    few = spread_points(newer, _FEW)
    best = min(
        (_fit(few, target, start, _ROUGH_STEPS) for start in _starts(few, spread_points(older, _FEW))),
        key=lambda fit: fit[2],
    )
    rotation, translation, residual = _fit(many, target, best[:2], _FINE_STEPS)
    return Alignment(
        rotation,
        translation,
        is_moved=True,
        is_fitted=residual <= LARGEST_RESIDUAL_MM,
        residual_um=residual * 1000.0,
    )


def placed(
    points: npt.NDArray[np.floating], rotation: FloatArray, translation: FloatArray
) -> FloatArray:  # (n, 3)
    """rotation @ point + translation, without BLAS."""
    return np.asarray(np.einsum("ij,nj->ni", rotation, points.astype(np.float64)) + translation)


def spread_points(mesh: Mesh, count: int) -> FloatArray:  # (count, 3)
    """Points spread evenly over the surface by area, the same ones each time."""
    corners = mesh.points[mesh.triangles].astype(np.float64)
    ab, ac = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    sums = np.cumsum(np.linalg.norm(np.cross(ab, ac), axis=1))
    if not sums[-1] > 0.0:
        return np.asarray(np.resize(corners[:, 0], (count, 3)))
    number = np.arange(count)
    chosen = np.minimum(np.searchsorted(sums, (number + 0.5) / count * sums[-1]), len(sums) - 1)
    # Roberts' sequence fills the triangle evenly when many points fall into one.
    u, v = (number * 0.7548776662466927) % 1.0, (number * 0.5698402909980532) % 1.0
    flipped = u + v > 1.0
    u, v = np.where(flipped, 1.0 - u, u)[:, None], np.where(flipped, 1.0 - v, v)[:, None]
    return np.asarray(corners[chosen, 0] + u * ab[chosen] + v * ac[chosen])


class _Target:
    """The surface that is fitted to: planes of its triangles, and which of them lie at a rim."""

    def __init__(self, mesh: Mesh, tree: SurfaceTree) -> None:
        self.tree = tree
        self._mesh = mesh
        on_border = mark_border(mesh.triangles, len(mesh.points))
        self._at_rim = on_border[mesh.triangles].any(axis=1)

    def planes(self, points: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, npt.NDArray[np.bool_]]:
        """Of points (n, 3): distance to the surface, normal and foot's plane corner, and whether they count."""
        found = find_nearest(self.tree, points.astype(np.float32))
        corners = self._mesh.points[self._mesh.triangles[found.triangles]].astype(np.float64)
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        sizes = np.linalg.norm(normals, axis=1)
        counts = (sizes > 0.0) & ~self._at_rim[found.triangles]
        normals /= np.where(sizes > 0.0, sizes, 1.0)[:, None]
        return found.distances, normals, corners[:, 0], counts


def _fit(
    points: FloatArray, target: _Target, start: tuple[FloatArray, FloatArray], steps: int
) -> tuple[FloatArray, FloatArray, float]:
    """Rotation, translation and residual in mm after some steps from `start`."""
    rotation, translation = start
    residual = np.inf
    for _ in range(steps + 1):
        moved = placed(points, rotation, translation)
        distances, normals, corners, counts = target.planes(moved)
        # What lies over the rim has no partner; what changed most is left out.
        kept = np.flatnonzero(counts)
        if len(kept) < 12:
            return rotation, translation, np.inf
        kept = kept[np.argsort(distances[kept], kind="stable")[: max(12, int(len(kept) * TRIMMED_TO))]]
        residual = float(np.sqrt((distances[kept] ** 2).mean()))
        turn, shift = _step(moved[kept], normals[kept], corners[kept])
        rotation, translation = turn @ rotation, turn @ translation + shift
        if np.abs(placed(moved, turn, shift) - moved).max() < _STILL_MM:
            break
    return rotation, translation, residual


def _step(points: FloatArray, normals: FloatArray, corners: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The small turn and shift that bring points nearest to their planes, least squares."""
    middle = points.mean(axis=0)
    arms = points - middle
    rows = np.hstack([np.cross(arms, normals), normals])
    gaps = ((corners - points) * normals).sum(axis=1)
    # Summed without BLAS, whose threads a limited child may not start. A direction that nothing holds stays as it is.
    square, right = np.einsum("ni,nj->ij", rows, rows), np.einsum("ni,n->i", rows, gaps)
    values, axes = np.linalg.eigh(square)
    held = values > values[-1] * 1e-9
    answer = axes[:, held] @ ((axes[:, held].T @ right) / values[held])
    turn = _turn(answer[:3])
    return turn, middle + answer[3:] - turn @ middle


def _turn(vector: FloatArray) -> FloatArray:  # (3, 3)
    """The rotation about a vector by its length (Rodrigues)."""
    angle = float(np.linalg.norm(vector))
    if angle < 1e-15:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross)


def _starts(newer: FloatArray, older: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
    """As it lies; shifted to the other's middle; and its principal axes laid on the other's, four ways."""
    middle_new, middle_old = newer.mean(axis=0), older.mean(axis=0)
    starts = [(np.eye(3), np.zeros(3)), (np.eye(3), middle_old - middle_new)]
    axes_new, axes_old = _axes(newer - middle_new), _axes(older - middle_old)
    for signs in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        first, second = axes_old[0] * signs[0], axes_old[1] * signs[1]
        turn = np.array([first, second, np.cross(first, second)]).T @ axes_new
        starts.append((turn, middle_old - turn @ middle_new))
    return starts


def _axes(points: FloatArray) -> FloatArray:  # (3, 3), rows, right-handed
    _, columns = np.linalg.eigh(np.einsum("ni,nj->ij", points, points))
    first, second = columns[:, 2], columns[:, 1]
    return np.array([first, second, np.cross(first, second)])


def _trimmed_rms(distances: FloatArray) -> float:
    few = np.sort(distances)[: max(1, int(len(distances) * TRIMMED_TO))]
    few = few[np.isfinite(few)]
    return float(np.sqrt((few**2).mean()))
