"""The peers' side of the ingest: the fastest library of PyPI for each step, chained, and trimesh alone.

Each chain ends with what Arcada's intake ends with: a report of the same checks, SHA-256, a coarse level of 10,000
triangles and the full one as compressed streams, and one picture of 512 by 384 as WebP.
"""

import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fast_simplification
import meshopt
import meshoptimizer
import numpy as np
import open3d
import stl_reader
import tinyobjloader
import trimesh
from PIL import Image

from benchmarks.peers_gl import moderngl_picture
from benchmarks.peers_vtk import vtk_check, vtk_mesh, vtk_picture

Stage = Callable[[dict[str, str]], Callable[[], object]]
COARSE = 10_000
open3d.utility.set_verbosity_level(open3d.utility.VerbosityLevel.Error)


def _webp(pixels: Any) -> int:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WEBP", quality=80, method=4)
    return out.tell()


def _stream(points: Any, triangles: Any, bits: int) -> bytes:
    """Quantised positions and triangles through meshoptimizer's codecs; a GLB's frame around them is a kilobyte."""
    origin = points.min(axis=0)
    step = float((points.max(axis=0) - origin).max()) / ((1 << bits) - 1)
    indexes, number, count = meshopt.reorder_mesh(np.ascontiguousarray(triangles, np.uint32), True, True)
    kept = number < count
    rows = np.zeros((count, 4), np.uint16)
    rows[number[kept], :3] = np.rint((points[kept] - origin) / step)
    return meshopt.encode_vertex_buffer_level(rows, 2, 0) + meshopt.encode_index_buffer(
        indexes.reshape(-1, 3)
    )


def _levels(points: Any, triangles: Any) -> dict[str, int]:
    few = fast_simplification.simplify(points, np.ascontiguousarray(triangles, np.int32), target_count=COARSE)
    return {"coarse": len(_stream(*few, 12)), "full": len(_stream(points, triangles, 16))}


def _best_of_pypi(files: dict[str, str], picture: Callable[..., Any]) -> Callable[[], object]:
    def run() -> dict[str, int]:
        digest = hashlib.sha256(Path(files["stl"]).read_bytes()).hexdigest()
        points, triangles = stl_reader.read(files["stl"])
        report = vtk_check(vtk_mesh(points, triangles), points, triangles) | {"sha256": digest}
        made = _levels(points, triangles)
        return made | {"poster": _webp(picture(points, triangles)), "report": len(json.dumps(report))}

    return run


def _trimesh_chain(files: dict[str, str]) -> Callable[[], object]:
    def run() -> dict[str, int]:
        digest = hashlib.sha256(Path(files["stl"]).read_bytes()).hexdigest()
        mesh = trimesh.load_mesh(files["stl"])
        report = _trimesh_check(mesh) | {"sha256": digest}
        few = mesh.simplify_quadric_decimation(face_count=COARSE)
        made = {
            "coarse": len(_stream(few.vertices, few.faces, 12)),
            "full": len(_stream(mesh.vertices, mesh.faces, 16)),
        }
        # trimesh draws only through a window; vtk stands in.
        drawn = vtk_picture(np.asarray(mesh.vertices, np.float32), np.asarray(mesh.faces))
        return made | {"poster": _webp(drawn), "report": len(json.dumps(report))}

    return run


def _trimesh_check(mesh: Any) -> dict[str, Any]:
    edges = mesh.edges_sorted
    uses = np.bincount(mesh.edges_unique_inverse)
    border = edges[trimesh.grouping.group_rows(edges, require_count=1)]
    loops = trimesh.graph.connected_component_labels(border, node_count=len(mesh.vertices))
    return {
        "borders": len(np.unique(loops[np.unique(border)])),
        "non_manifold": int((uses > 2).sum()),
        "winding": bool(mesh.is_winding_consistent),
        "pieces": int(mesh.body_count),
        "duplicates": int(len(mesh.faces) - mesh.unique_faces().sum()),
        "zero_area": int((mesh.area_faces == 0).sum()),
        "area": float(mesh.area),
        "volume": float(mesh.volume),
        "box": mesh.bounds.tolist(),
    }


def _validate_vtk(files: dict[str, str]) -> Callable[[], object]:
    points, triangles = stl_reader.read(files["stl"])
    return lambda: vtk_check(vtk_mesh(points, triangles), points, triangles)


def _validate_trimesh(files: dict[str, str]) -> Callable[[], object]:
    points, triangles = stl_reader.read(files["stl"])
    return lambda: _trimesh_check(trimesh.Trimesh(points, triangles, process=False))


def _picture(files: dict[str, str], draw: Callable[..., Any]) -> Callable[[], object]:
    points, triangles = stl_reader.read(files["stl"])
    return lambda: int((draw(points, triangles)[..., :3].max(axis=2) > 0).sum())


def _weld_meshoptimizer(files: dict[str, str]) -> Callable[[], object]:
    points, triangles = stl_reader.read(files["stl"])
    corners = np.ascontiguousarray(points[triangles].reshape(-1, 3), np.float32)
    each = np.arange(len(corners), dtype=np.uint32)

    def run() -> int:
        remap = np.empty(len(corners), np.uint32)
        count = meshoptimizer.generate_vertex_remap(
            remap, each, len(corners), vertices=corners, vertex_count=len(corners), vertex_size=12
        )
        welded = np.empty((count, 3), np.float32)
        meshoptimizer.remap_vertex_buffer(welded, corners, len(corners), 12, remap)
        assert count == len(points), count
        return int(count)

    return run


def _weld_numpy(files: dict[str, str]) -> Callable[[], object]:
    points, triangles = stl_reader.read(files["stl"])
    corners = np.ascontiguousarray(points[triangles].reshape(-1, 3), np.float32)
    keys = corners.view(np.dtype((np.void, 12))).ravel()
    return lambda: len(np.unique(keys, return_index=True, return_inverse=True)[0])


def _tinyobj(files: dict[str, str]) -> Callable[[], object]:
    def run() -> int:
        reader = tinyobjloader.ObjReader()
        assert reader.ParseFromFile(files["obj"], tinyobjloader.ObjReaderConfig())
        attributes, shapes = reader.GetAttrib(), reader.GetShapes()
        points, colours = np.array(attributes.vertices), np.array(attributes.colors)
        assert len(points) == len(colours)
        return len(shapes[0].mesh.numpy_indices()) and len(points) // 3

    return run


def _distance(files: dict[str, str]) -> Callable[[], object]:
    points, triangles = stl_reader.read(files["stl"])
    queries = open3d.core.Tensor(np.load(files["queries"]))
    points = open3d.core.Tensor(np.asarray(points, np.float32))
    triangles = open3d.core.Tensor(np.asarray(triangles, np.uint32))

    def run() -> float:
        scene = open3d.t.geometry.RaycastingScene(nthreads=1)
        scene.add_triangles(points, triangles)
        return float(np.median(scene.compute_distance(queries, nthreads=1).numpy()))

    return run


STAGES: dict[str, Stage] = {
    "best of PyPI, vtk picture": lambda files: _best_of_pypi(files, vtk_picture),
    "best of PyPI, moderngl picture": lambda files: _best_of_pypi(files, moderngl_picture),
    "trimesh chain": _trimesh_chain,
    "stl_reader": lambda files: lambda: len(stl_reader.read(files["stl"])[0]),
    "stl_reader, ASCII": lambda files: lambda: len(stl_reader.read(files["ascii"])[0]),
    "open3d, PLY": lambda files: lambda: len(open3d.io.read_triangle_mesh(files["ply"]).vertices),
    "tinyobjloader": _tinyobj,
    "meshoptimizer weld": _weld_meshoptimizer,
    "numpy weld": _weld_numpy,
    "vtk validate": _validate_vtk,
    "trimesh validate": _validate_trimesh,
    "moderngl picture": lambda files: _picture(files, moderngl_picture),
    "vtk picture": lambda files: _picture(files, vtk_picture),
    "fast-simplification + meshopt": lambda files: (lambda mesh: lambda: _levels(*mesh))(
        stl_reader.read(files["stl"])
    ),
    "open3d distance": _distance,
}
