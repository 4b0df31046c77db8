"""Posters: a scan from the standard views, drawn without a graphics card."""

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from arcada.core.geometry import poster_kernels as kernels
from arcada.core.geometry.facts import Orientation
from arcada.core.geometry.light import BYTE_OF_LIGHT, LIGHT_OF_BYTE
from arcada.core.geometry.mesh import Mesh, for_kernels
from arcada.core.geometry.views import View, camera_rows

RgbaArray: TypeAlias = npt.NDArray[np.uint8]  # (height, width, 4), sRGB with straight alpha

WIDTH, HEIGHT = 512, 384
STONE = (223, 212, 192)  # sRGB of a scan without colours: the yellowish white of dental stone
_MARGIN = 0.04  # of the picture, on each side


def render_poster(
    mesh: Mesh, orientation: Orientation, view: View, *, width: int = WIDTH, height: int = HEIGHT
) -> RgbaArray:
    """The scan from one standard view, as large as fits, on nothing."""
    return render_posters(mesh, orientation, (view,), width=width, height=height)[view]


def render_posters(
    mesh: Mesh,
    orientation: Orientation,
    views: Iterable[View] = tuple(View),
    *,
    width: int = WIDTH,
    height: int = HEIGHT,
) -> dict[View, RgbaArray]:
    """The scan from each view, orthographic, as large as fits, on nothing; what all views need is made once."""
    mesh = for_kernels(mesh)
    colours = np.array([STONE], dtype=np.uint8) if mesh.colours is None else mesh.colours
    normals = kernels.smooth_normals(mesh.points, mesh.triangles)
    posters = {}
    for view in views:
        rows = camera_rows(view, orientation)
        sample_rows, sample_columns = height * kernels.SAMPLES, width * kernels.SAMPLES
        seen = kernels.fit_into_picture(mesh.points, rows, sample_rows, sample_columns, _MARGIN)
        shown, nearness = kernels.rasterise(seen, mesh.triangles, sample_rows, sample_columns)
        posters[view] = kernels.shade(
            shown,
            nearness,
            seen,
            mesh.triangles,
            normals,
            rows,
            colours,
            mesh.colours is not None,
            LIGHT_OF_BYTE,
            BYTE_OF_LIGHT,
        )
    return posters
