"""Exact distances from points to a surface: contacts of a bite, deviation between two versions.

Distances are in the file's unit and are measured to triangles, not to their corners. Code of an `Unreadable`
that may leave here: `too_tangled`, a surface made so that no search in it can be quick.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from arcada.core.errors import Unreadable
from arcada.core.geometry import distance_kernels as kernels
from arcada.core.geometry.mesh import Mesh, PointArray, TriangleArray

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]

CELLS = 1024.0
# Honest scans take about 12 nodes a query near the surface and 100 far from it.
STEPS_PER_QUERY = 400
FEWEST_STEPS = 5_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """Of n asked points: distance and the nearest triangle; inf and -1 where it is beyond the limit."""

    distances: FloatArray  # (n,)
    triangles: IntArray  # (n,)


@dataclass(frozen=True, slots=True, eq=False)
class SignedNearest:
    """As `Nearest`; a negative distance is inside. At a border of an open shell the sign means little."""

    distances: FloatArray  # (n,)
    triangles: IntArray  # (n,)
    at_border: npt.NDArray[np.bool_]  # (n,)


@dataclass(frozen=True, slots=True, eq=False)
class SurfaceTree:
    """A surface ready to be asked for distances; build it with `build_tree`."""

    points: PointArray
    triangles: TriangleArray
    order: IntArray  # (n_triangles,) the triangle at each place of the tree
    first: IntArray
    boxes: npt.NDArray[np.float32]  # (nodes, 6, WIDE)
    corners: npt.NDArray[np.float32]  # (n_triangles, 9)
    low: FloatArray  # (3,)
    scale: float  # cells per unit of length


def _order_of(codes: npt.NDArray[np.uint32]) -> IntArray:
    order = np.empty(len(codes), dtype=np.int32)
    kernels.order_by_code(codes, order, np.empty_like(codes), np.empty_like(order))
    return order


def build_tree(mesh: Mesh) -> SurfaceTree:
    """Sorts the triangles along a curve through space and boxes them in, level by level."""
    count = len(mesh.triangles)
    box = np.empty((2, 3), dtype=np.float64)
    kernels.find_box(mesh.points, box)
    low, extent = box[0].copy(), float((box[1] - box[0]).max())
    scale = CELLS / extent if extent > 0 else 1.0
    codes = np.empty(count, dtype=np.uint32)
    kernels.morton_codes(mesh.points, mesh.triangles, low, scale, codes)
    order = _order_of(codes)
    sizes = [-(-count // kernels.WIDE)]
    while sizes[-1] > 1:
        sizes.append(-(-sizes[-1] // kernels.WIDE))
    first = np.concatenate([[0], np.cumsum(sizes[::-1])]).astype(np.int32)
    boxes = np.empty((int(first[-1]), 6, kernels.WIDE), dtype=np.float32)
    corners = np.empty((count, 9), dtype=np.float32)
    kernels.build_boxes(mesh.points, mesh.triangles, order, first, boxes, corners)
    return SurfaceTree(mesh.points, mesh.triangles, order, first, boxes, corners, low, scale)


def _search(tree: SurfaceTree, points: PointArray, limit: float) -> tuple[FloatArray, IntArray]:
    """Distances (n,), inf beyond the limit, and places in the tree (n,)."""
    codes = np.empty(len(points), dtype=np.uint32)
    kernels.point_codes(points, tree.low, tree.scale, codes)
    distances = np.empty(len(points), dtype=np.float64)
    places = np.empty(len(points), dtype=np.int32)
    steps = max(FEWEST_STEPS, STEPS_PER_QUERY * len(points))
    is_done = kernels.find_nearest(
        tree.first, tree.boxes, tree.corners, points, _order_of(codes), float(limit), steps, distances, places
    )
    if not is_done:
        raise Unreadable("The surface lies upon itself too often to be measured.", code="too_tangled")
    np.sqrt(distances, out=distances)
    distances[places < 0] = np.inf
    return distances, places


def find_nearest(tree: SurfaceTree, points: PointArray, *, limit: float = np.inf) -> Nearest:
    """Unsigned distances of points (n, 3) to the surface. A limit makes far points cheap."""
    points = np.ascontiguousarray(points, dtype=np.float32)
    distances, places = _search(tree, points, limit)
    return Nearest(distances, np.where(places < 0, np.int32(-1), tree.order[places]))


def find_signed(tree: SurfaceTree, points: PointArray, *, limit: float = np.inf) -> SignedNearest:
    """Signed distances of points (n, 3): the side is told by the normals around the nearest point."""
    points = np.ascontiguousarray(points, dtype=np.float32)
    distances, places = _search(tree, points, limit)
    starts = np.zeros(len(tree.points) + 1, dtype=np.int32)
    around = np.empty(tree.triangles.size, dtype=np.int32)
    kernels.list_neighbours(tree.triangles, starts, around)
    at_border = np.zeros(len(points), dtype=np.bool_)
    kernels.sign_distances(
        tree.points,
        tree.triangles,
        tree.order,
        starts,
        around,
        tree.corners,
        points,
        places,
        distances,
        at_border,
    )
    return SignedNearest(distances, np.where(places < 0, np.int32(-1), tree.order[places]), at_border)


def foot_on(corners: PointArray, point: FloatArray) -> tuple[FloatArray, float]:
    """The nearest point (3,) of one triangle (3, 3) to a point (3,), and the distance."""
    flat = np.ascontiguousarray(corners, dtype=np.float32).reshape(1, 9)
    square, x, y, z, _ = kernels.closest_on(flat, 0, float(point[0]), float(point[1]), float(point[2]))
    return np.array([x, y, z]), float(np.sqrt(square))


def warm() -> None:
    """Runs every kernel once on two triangles, with the types that production uses."""
    points = np.array([[0, 0, 0], [9, 0, 0], [0, 9, 0], [9, 9, 0]], dtype=np.float32)
    tree = build_tree(Mesh(points, np.array([[0, 1, 2], [2, 1, 3]], dtype=np.uint32)))
    find_nearest(tree, points)
    find_signed(tree, points, limit=1.0)
    foot_on(points[:3], np.zeros(3))
