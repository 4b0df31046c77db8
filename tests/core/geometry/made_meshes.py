"""Small meshes made by rule, for the tests of levels, streams and posters."""

import numpy as np

from arcada.core.geometry.mesh import Mesh


def sheet(columns: int, rows: int, surface, colour=None) -> Mesh:
    """A grid of columns × rows squares over [0, 1]², each cut in two; `surface(u, v)` gives (x, y, z)."""
    u, v = np.meshgrid(np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1), indexing="ij")
    points = np.stack(np.broadcast_arrays(*surface(u, v)), axis=-1).reshape(-1, 3)
    number = np.arange(len(points)).reshape(u.shape)
    a, b, c, d = number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]
    triangles = np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)
    colours = None
    if colour is not None:
        colours = np.stack(np.broadcast_arrays(*colour(u, v)), axis=-1).reshape(-1, 3).astype(np.uint8)
    return Mesh(
        np.ascontiguousarray(points, dtype=np.float32),
        np.ascontiguousarray(triangles, dtype=np.uint32),
        colours,
    )


def open_arch(along: int = 240, across: int = 80, colour=None) -> Mesh:
    """A lower arch as an open shell: 60 mm wide, its ridge upwards (+Y), its front towards +Z."""

    def surface(u, v):
        turn, tilt = np.pi * u, (v - 0.5) * 1.5 * np.pi
        ridge = 5.0 + 0.6 * np.cos(24 * turn) * np.cos(tilt / 2) ** 2
        radius = 25.0 + ridge * np.sin(tilt)
        return radius * np.cos(turn), 1.4 * ridge * np.cos(tilt), 1.2 * radius * np.sin(turn)

    return sheet(along, across, surface, colour)


def ball(triangles_around: int = 96, radius: float = 10.0, centre=(0.0, 0.0, 0.0)) -> Mesh:
    """A closed sphere, normals outwards."""
    rings, around = triangles_around // 2, triangles_around
    tilt = np.linspace(0, np.pi, rings + 1)[1:-1]
    turn = np.linspace(0, 2 * np.pi, around, endpoint=False)
    ring = np.stack(
        [
            np.sin(tilt)[:, None] * np.cos(turn),
            np.repeat(np.cos(tilt)[:, None], around, axis=1),
            np.sin(tilt)[:, None] * np.sin(turn),
        ],
        axis=-1,
    ).reshape(-1, 3)
    points = np.concatenate([[[0.0, 1.0, 0.0]], ring, [[0.0, -1.0, 0.0]]]) * radius + np.array(centre)
    number = 1 + np.arange((rings - 1) * around).reshape(rings - 1, around)
    after = np.roll(number, -1, axis=1)
    last = len(points) - 1
    caps = [np.stack([np.zeros(around), after[0], number[0]], axis=-1)]
    caps += [np.stack([np.full(around, last), number[-1], after[-1]], axis=-1)]
    upper, lower, upper_after, lower_after = number[:-1], number[1:], after[:-1], after[1:]
    bands = np.stack([upper, upper_after, lower_after, upper, lower_after, lower], axis=-1).reshape(-1, 3)
    triangles = np.concatenate([*caps, bands])
    return Mesh(
        np.ascontiguousarray(points, dtype=np.float32), np.ascontiguousarray(triangles, dtype=np.uint32)
    )


def together(*meshes: Mesh) -> Mesh:
    """Several pieces in one file, without colours."""
    starts = np.cumsum([0] + [len(mesh.points) for mesh in meshes[:-1]])
    triangles = [mesh.triangles + np.uint32(start) for mesh, start in zip(meshes, starts, strict=True)]
    return Mesh(np.concatenate([mesh.points for mesh in meshes]), np.concatenate(triangles))


def border_edges(mesh: Mesh) -> np.ndarray:
    """Edges that only one triangle has, as pairs of vertices (n, 2)."""
    edges = np.sort(mesh.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    unique, times = np.unique(edges, axis=0, return_counts=True)
    return unique[times == 1]


def numbered(mesh: Mesh) -> Mesh:
    """The same mesh with every vertex's own number as its colour, so that it is known wherever it goes."""
    number = np.arange(len(mesh.points))
    colours = np.stack([number >> 16, (number >> 8) & 255, number & 255], axis=-1)
    return Mesh(mesh.points, mesh.triangles, colours.astype(np.uint8))


def numbers_of(mesh: Mesh) -> np.ndarray:
    """The number each vertex got from `numbered` (n_vertices,)."""
    assert mesh.colours is not None
    return mesh.colours.astype(np.int64) @ np.array([65_536, 256, 1])


def triangle_set(triangles: np.ndarray) -> np.ndarray:
    """Triangles in one order, each turned so that its smallest number leads; winding and repeats are kept."""
    first = np.argmin(triangles, axis=1)[:, None]
    turned = np.take_along_axis(triangles, (first + np.arange(3)) % 3, axis=1).astype(np.int64)
    # A repeated smallest number (a degenerate triangle) leaves two turns: the smaller one stands for both.
    other = np.roll(turned, 1, axis=1)
    swap = (other[:, 0] == turned[:, 0]) & (other[:, 1] < turned[:, 1])
    turned[swap] = other[swap]
    return turned[np.lexsort(turned.T[::-1])]
