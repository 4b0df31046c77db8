"""The peers' side of the occlusion benchmark: the same two files, one thread."""

from collections.abc import Callable
from typing import Any

import igl
import numpy as np
import open3d

open3d.utility.set_verbosity_level(open3d.utility.VerbosityLevel.Error)


def _read(files: dict[str, str], jaw: str) -> tuple[Any, Any]:
    mesh = open3d.io.read_triangle_mesh(files[f"{jaw}.stl"]).remove_duplicated_vertices()
    return np.asarray(mesh.vertices), np.asarray(mesh.triangles)


def _measured(points: Any, mesh: tuple[Any, Any], *, signed: bool) -> Any:
    scene = open3d.t.geometry.RaycastingScene(nthreads=1)
    corners, triangles = (
        np.asarray(part, kind) for part, kind in zip(mesh, (np.float32, np.uint32), strict=True)
    )
    scene.add_triangles(open3d.core.Tensor(corners), open3d.core.Tensor(triangles))
    asked = open3d.core.Tensor(np.asarray(points, np.float32))
    if signed:
        return scene.compute_signed_distance(asked, nthreads=1).numpy()
    return scene.compute_distance(asked, nthreads=1).numpy()


def _both_ways(files: dict[str, str], *, signed: bool) -> Callable[[], object]:
    def run() -> float:
        upper, lower = _read(files, "upper"), _read(files, "lower")
        above, below = _measured(upper[0], lower, signed=signed), _measured(lower[0], upper, signed=signed)
        return float(np.median(above) + np.median(below))

    return run


def _keep(files: dict[str, str], measured: Callable[[Any, tuple[Any, Any]], Any]) -> Callable[[], object]:
    """Of the very points that our side asked about, in their order."""

    def run() -> None:
        points = np.load(files["out.npz"])["points"]
        distances = np.asarray(measured(points, _read(files, "lower")), dtype=np.float64)
        np.savez(files["out.npz"], distances=distances, points=points)

    return run


def _igl(points: Any, mesh: tuple[Any, Any]) -> Any:
    squares = igl.point_mesh_squared_distance(
        np.asarray(points, np.float64), np.asarray(mesh[0], np.float64), np.asarray(mesh[1], np.int64)
    )[0]
    return np.sqrt(squares)


STAGES = {
    "open3d, with sign": lambda files: _both_ways(files, signed=True),
    "open3d, without a sign": lambda files: _both_ways(files, signed=False),
    "open3d distances": lambda files: _keep(
        files, lambda points, mesh: _measured(points, mesh, signed=False)
    ),
    "libigl distances": lambda files: _keep(files, _igl),
}
