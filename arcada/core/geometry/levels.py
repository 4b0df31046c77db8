"""Levels of detail: the coarse mesh that a page shows first, and a better one where time allows."""

from typing import TypeAlias

import fast_simplification
import numpy as np
import numpy.typing as npt

from arcada.core.geometry import level_kernels as kernels
from arcada.core.geometry.light import LIGHT_OF_BYTE, bytes_of_light
from arcada.core.geometry.mesh import ColourArray, Mesh, PointArray, TriangleArray, for_kernels

COARSE_TRIANGLES = 10_000
_ATTEMPTS = 6  # each takes a few milliseconds; the third one usually fits
_FITS = (0.85, 1.05)  # of the wanted number of triangles
_SMALLEST_CELL = 2.0**-20  # of the extent, so that a cell's number fits its key

ClusterArray: TypeAlias = npt.NDArray[np.int32]  # (n_vertices,), each vertex's cluster


def coarse_level(mesh: Mesh, target_triangles: int = COARSE_TRIANGLES) -> Mesh:
    """About `target_triangles` triangles of the same shape, borders kept, colours averaged in light.

    A mesh that has no more than that is returned as it is. Fast, for the first view: vertices in one cell
    of a grid become one.
    """
    if len(mesh.triangles) <= target_triangles:
        return mesh
    full = for_kernels(mesh)
    low = full.points.min(axis=0).astype(np.float64)
    extent = float((full.points.max(axis=0) - low).max())
    if not extent > 0.0:
        return mesh
    on_border = kernels.mark_border(full.triangles, len(full.points))
    cell_size = _guess_cell_size(full, target_triangles)
    best: tuple[float, TriangleArray, ClusterArray, int, float] | None = None
    for _ in range(_ATTEMPTS):
        cell_size = max(cell_size, extent * _SMALLEST_CELL)
        keys = kernels.cell_keys(full.points, on_border, low, cell_size)
        cluster_of, count = kernels.cluster_vertices(keys, full.triangles)
        triangles = kernels.collapse_triangles(full.triangles, cluster_of)
        ratio = max(len(triangles) / target_triangles, 0.01)
        misfit = abs(float(np.log(ratio)))
        if best is None or misfit < best[0]:
            best = (misfit, triangles, cluster_of, count, cell_size)
        if _FITS[0] <= ratio <= _FITS[1]:
            break
        # The number of cells a surface crosses goes by the square of their size.
        cell_size *= float(np.sqrt(ratio))
    assert best is not None
    _, triangles, cluster_of, count, cell_size = best
    points = kernels.place_clusters(full.points, full.triangles, on_border, cluster_of, count, low, cell_size)
    kernels.face_as_before(triangles, points, full.points, full.triangles, cluster_of)
    return _without_waste(points, triangles, _mean_colours(full, cluster_of, count)) or mesh


def better_level(mesh: Mesh, target_triangles: int) -> Mesh:
    """At most about `target_triangles` triangles that follow the shape as closely as so few can.

    By edge collapse: many times slower than `coarse_level`, so never on the way to the first view.
    """
    if len(mesh.triangles) <= target_triangles:
        return mesh
    full = for_kernels(mesh)
    _, _, collapses = fast_simplification.simplify(
        full.points,
        full.triangles.astype(np.int32),
        target_count=target_triangles,
        return_collapses=True,
    )
    points, triangles, new_number = fast_simplification.replay_simplification(
        full.points, full.triangles.astype(np.int32), collapses
    )
    level = _without_waste(
        np.ascontiguousarray(points, dtype=np.float32),
        kernels.collapse_triangles(
            np.ascontiguousarray(triangles, dtype=np.uint32), np.arange(len(points), dtype=np.int32)
        ),
        _mean_colours(full, np.ascontiguousarray(new_number, dtype=np.int32), len(points)),
    )
    return level or mesh


def _guess_cell_size(mesh: Mesh, target_triangles: int) -> float:
    """The cell that gives about the wanted number, from the area of a sample of triangles."""
    sample = mesh.points[mesh.triangles[:: max(1, len(mesh.triangles) // 4096)]].astype(np.float64)
    normals = np.cross(sample[:, 1] - sample[:, 0], sample[:, 2] - sample[:, 0])
    area = float(np.linalg.norm(normals, axis=1).mean()) / 2 * len(mesh.triangles)
    # A surface crosses 1.5 cells per cell's face of area on average, and has two triangles per vertex.
    return float(np.sqrt(3.0 * area / target_triangles))


def _mean_colours(mesh: Mesh, cluster_of: ClusterArray, count: int) -> ColourArray | None:
    if mesh.colours is None:
        return None
    return bytes_of_light(kernels.average_light(mesh.colours, cluster_of, count, LIGHT_OF_BYTE))


def _without_waste(points: PointArray, triangles: TriangleArray, colours: ColourArray | None) -> Mesh | None:
    """The mesh without triangles that have no area and without unused vertices; None where nothing is left."""
    corners = points[triangles].astype(np.float64)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    triangles = triangles[(normals != 0.0).any(axis=1)]
    if len(triangles) == 0:
        return None
    used = np.zeros(len(points), dtype=np.bool_)
    used[triangles] = True
    new_number = (np.cumsum(used) - 1).astype(np.uint32)
    return Mesh(
        np.ascontiguousarray(points[used]),
        np.ascontiguousarray(new_number[triangles]),
        None if colours is None else np.ascontiguousarray(colours[used]),
    )
