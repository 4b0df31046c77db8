"""A scan's own floats in the order of its stream's vertices: what a byte a vertex is measured from.

The stream keeps 16 bits a coordinate (about 1 µm of an arch); the file keeps them all. Both are put side by side
by grid cell, and the match is proven: the same grid and, cell by cell, the same points. Where it is not, the
stream's own points are given and `is_exact` says so. Points that share a cell, a step apart at most, may change
places among themselves.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from arcada.core.geometry.mesh import Mesh, PointArray
from arcada.core.geometry.stream import StreamGrid, on_grid, read_grid, used_points

# Millimetres of a unit that a scan's file may be in.
_FACTORS = (1.0, 25.4, 1000.0, 0.001)


@dataclass(frozen=True, slots=True, eq=False)
class OrderedSurface:
    """A surface in mm whose vertices stand in the stream's order; `is_exact`: they are the file's own floats."""

    mesh: Mesh
    is_exact: bool


def in_stream_order(file_mesh: Mesh | None, stream: bytes) -> OrderedSurface:
    """The file's points in the order of `stream`, its full level; None: the file could not be read again."""
    grid = read_grid(stream)
    points = None if file_mesh is None else _matched(used_points(file_mesh), grid)
    if points is None:
        rows = grid.cells.astype(np.float64) * grid.step_mm + grid.origin_mm
        return OrderedSurface(Mesh(_contiguous(rows), grid.triangles), is_exact=False)
    return OrderedSurface(Mesh(points, grid.triangles), is_exact=True)


def _matched(points: PointArray, grid: StreamGrid) -> PointArray | None:  # (n, 3)
    """Proof and match in one: sorted by cell, both must be the same list of cells on the same grid."""
    if len(points) != len(grid.cells):
        return None
    cells, origin, step = on_grid(points)
    factor = next(
        (f for f in _FACTORS if step * f == grid.step_mm and np.array_equal(origin * f, grid.origin_mm)), None
    )
    if factor is None:
        return None
    of_file, of_stream = _keys(cells), _keys(grid.cells)
    file_order, stream_order = np.argsort(of_file, kind="stable"), np.argsort(of_stream, kind="stable")
    if not np.array_equal(of_file[file_order], of_stream[stream_order]):
        return None
    ordered = np.empty((len(points), 3), dtype=np.float64)
    ordered[stream_order] = points[file_order]
    return _contiguous(ordered * factor)


def _keys(cells: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint64]:  # (n,)
    wide = cells.astype(np.uint64)
    return (wide[:, 0] << np.uint64(32)) | (wide[:, 1] << np.uint64(16)) | wide[:, 2]


def _contiguous(rows: npt.NDArray[np.float64]) -> PointArray:
    return np.ascontiguousarray(rows, dtype=np.float32)
