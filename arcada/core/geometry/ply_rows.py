"""What reading one element of a PLY gives, whether it was text or binary."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from arcada.core.geometry.mesh import ColourArray, TriangleArray


@dataclass(frozen=True, slots=True, eq=False)
class PlyRows:
    """The place after the element, the bytes of it that stay, and its numbers or faces."""

    end: int
    kept: bytes | memoryview
    numbers: npt.NDArray[np.float32] | None = None  # (count, wanted columns)
    byte_colours: ColourArray | None = None  # (count, 3), then `numbers` has x, y, z only
    faces: TriangleArray | None = None
    thin_polygons: int = 0  # with less than three points
