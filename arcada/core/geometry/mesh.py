"""One triangle mesh as arrays: what every reader returns and every measure takes."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

PointArray: TypeAlias = npt.NDArray[np.float32]  # (n_vertices, 3), in the file's unit, never recentred
TriangleArray: TypeAlias = npt.NDArray[np.uint32]  # (n_triangles, 3), indexes into the points
ColourArray: TypeAlias = npt.NDArray[np.uint8]  # (n_vertices, 3), sRGB


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A welded mesh: equal points (bitwise, with -0 = +0) are one vertex; the order of triangles is the file's.

    All arrays are C-contiguous. `colours` is None where the file has none. Points are finite and
    indexes in range: a reader raises `Unreadable` otherwise.
    """

    points: PointArray
    triangles: TriangleArray
    colours: ColourArray | None = None


def for_kernels(mesh: Mesh) -> Mesh:
    """The same mesh in writable arrays: a read-only one would make every kernel compile a second time."""
    return Mesh(
        np.require(mesh.points, np.float32, ["C", "W"]),
        np.require(mesh.triangles, np.uint32, ["C", "W"]),
        None if mesh.colours is None else np.require(mesh.colours, np.uint8, ["C", "W"]),
    )
