"""The faults a scan comes with, planted one at a time: what the checks must find."""

import numpy as np

from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.specimen.arch import mesh_of
from arcada.core.geometry.specimen.teeth import FloatArray

MM_PER_INCH = 25.4


def with_hole(mesh: Mesh, *, diameter_mm: float = 3.0, at: tuple[float, float, float] | None = None) -> Mesh:
    """Without the triangles nearer than half of `diameter_mm` to `at`, or to the place farthest from the border."""
    points = mesh.points.astype(np.float64)
    centre = _farthest_from_border(mesh) if at is None else np.array(at)
    near = ((points - centre) ** 2).sum(1) < (diameter_mm / 2) ** 2
    kept = mesh.triangles[~near[mesh.triangles].all(1)]
    return mesh_of(points, kept.astype(np.int64), mesh.colours)


def _farthest_from_border(mesh: Mesh) -> FloatArray:  # (3,)
    corners = mesh.triangles.astype(np.int64)
    edges = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]]), 1)
    once, times = np.unique(edges, axis=0, return_counts=True)
    border = mesh.points[np.unique(once[times == 1])].astype(np.float64)[::4]
    places = mesh.points[:: max(len(mesh.points) // 2_000, 1)].astype(np.float64)
    away = np.full(len(places), np.inf)
    for corner in border:
        away = np.minimum(away, ((places - corner) ** 2).sum(1))
    return np.asarray(places[np.argmax(away)])


def with_fragment(mesh: Mesh, *, seed: int, distance_mm: float = 6.0, size_mm: float = 1.5) -> Mesh:
    """With one loose crumb of about forty triangles beside the scan, as of a cheek or a glove."""
    rng = np.random.default_rng([seed, 21])
    side = 6
    u, w = np.meshgrid(np.linspace(0, size_mm, side), np.linspace(0, size_mm, side))
    sheet = np.stack([u.ravel(), rng.normal(0, 0.05, u.size), w.ravel()], 1)
    corner = mesh.points.max(0) + np.array([distance_mm, 0.0, 0.0])
    corner[1:] = mesh.points.mean(0)[1:]
    i = np.arange(side * side).reshape(side, side)
    a, b, c, d = i[:-1, :-1].ravel(), i[1:, :-1].ravel(), i[1:, 1:].ravel(), i[:-1, 1:].ravel()
    crumb = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]) + len(mesh.points)
    colours = mesh.colours
    if colours is not None:
        colours = np.concatenate([colours, np.full((side * side, 3), 150, dtype=np.uint8)])
    points = np.concatenate([mesh.points, (sheet + corner).astype(np.float32)])
    return Mesh(points, np.concatenate([mesh.triangles, crumb.astype(np.uint32)]), colours)


def inverted(mesh: Mesh) -> Mesh:
    """Inside out: every triangle wound the other way."""
    return Mesh(mesh.points, np.ascontiguousarray(mesh.triangles[:, ::-1]), mesh.colours)


def partly_inverted(mesh: Mesh, *, share: float = 0.1) -> Mesh:
    """The first `share` of the triangles wound the other way."""
    triangles = mesh.triangles.copy()
    count = int(len(triangles) * share)
    triangles[:count] = triangles[:count, ::-1]
    return Mesh(mesh.points, triangles, mesh.colours)


def scaled(mesh: Mesh, factor: float) -> Mesh:
    """In another unit: 1 / MM_PER_INCH for inches, 0.001 for metres, 1000 for micrometres."""
    return Mesh((mesh.points.astype(np.float64) * factor).astype(np.float32), mesh.triangles, mesh.colours)


def moved(mesh: Mesh, by_mm: tuple[float, float, float]) -> Mesh:
    """Somewhere else: a jaw that is not in occlusion with the other."""
    return Mesh((mesh.points + np.array(by_mm)).astype(np.float32), mesh.triangles, mesh.colours)


def swapped(upper: Mesh, lower: Mesh) -> tuple[Mesh, Mesh]:
    """The lower jaw handed in as the upper one, and the other way round."""
    return lower, upper


def rotation_of(seed: int) -> FloatArray:  # (3, 3)
    """A proper rotation, every one as likely as any other."""
    q = np.random.default_rng([seed, 22]).normal(0, 1, 4)
    w, x, y, z = q / np.linalg.norm(q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def rotated(mesh: Mesh, seed: int) -> tuple[Mesh, FloatArray]:
    """Turned as another scanner's axes would have it, and the rotation: new points = old points @ rotation.T."""
    rotation = rotation_of(seed)
    points = (mesh.points.astype(np.float64) @ rotation.T).astype(np.float32)
    return Mesh(points, mesh.triangles, mesh.colours), rotation


def with_duplicates(mesh: Mesh, *, count: int = 50) -> Mesh:
    """The first `count` triangles twice."""
    return Mesh(mesh.points, np.concatenate([mesh.triangles, mesh.triangles[:count]]), mesh.colours)
