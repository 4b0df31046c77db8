"""Arcada's side of the ingest: the whole intake of a file, and its stages one by one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from arcada.core import intake_scan, kernels
from arcada.core.anatomy import Jaw
from arcada.core.geometry import text_kernels
from arcada.core.geometry.distance import build_tree, find_nearest
from arcada.core.geometry.levels import better_level, coarse_level
from arcada.core.geometry.measure import measure
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.obj import read_obj
from arcada.core.geometry.ply import read_ply
from arcada.core.geometry.pose import find_pose
from arcada.core.geometry.poster import render_poster
from arcada.core.geometry.read import as_byte_array
from arcada.core.geometry.stl import read_stl
from arcada.core.geometry.stream import COARSE_BITS, FULL_BITS, encode_glb
from arcada.core.geometry.text_errors import room_for_hard_numbers, room_for_parts, settle_hard_numbers
from arcada.core.geometry.views import View
from arcada.core.geometry.weld import weld_binary_stl, weld_loose_triangles
from arcada.core.intake import Declared, prepare

Stage = Callable[[dict[str, str]], Callable[[], object]]
kernels.warm()


def _mesh(path: str) -> Mesh:
    return read_stl(Path(path).read_bytes()).mesh


def _whole(
    files: dict[str, str], posters: tuple[str, ...], *, collapse: bool = False
) -> Callable[[], object]:
    """From the path to facts, findings, cleaned file, two levels and posters."""

    def run() -> dict[str, int]:
        if collapse:
            intake_scan.coarse_level = lambda mesh: better_level(mesh, 10_000)  # type: ignore[assignment]
        try:
            done = prepare(Path(files["stl"]).read_bytes(), Declared("scan.stl", posters=posters))
        finally:
            intake_scan.coarse_level = coarse_level
        assert done.accepted, done.findings
        return {name: len(data) for name, data in done.renditions.items()}

    return run


def _load_binary(files: dict[str, str]) -> Callable[[], object]:
    def run() -> int:
        data = Path(files["stl"]).read_bytes()
        return len(weld_binary_stl(as_byte_array(data), (len(data) - 84) // 50).mesh.points)

    return run


def _load_ascii(files: dict[str, str]) -> Callable[[], object]:
    def run() -> int:
        data = Path(files["ascii"]).read_bytes()
        corners = np.empty((3 * (len(data) // 70 + 1), 3), np.float32)
        parts, hard = room_for_parts(data), room_for_hard_numbers(data, 3)
        read = text_kernels.read_stl_text(as_byte_array(data), corners, parts, hard)
        count, hards = read[2], read[4]
        settle_hard_numbers(data, hard[:hards], corners.reshape(-1))
        return len(weld_loose_triangles(corners[:count]).mesh.points)

    return run


def _read(files: dict[str, str], name: str, read: Callable[[bytes], Any]) -> Callable[[], object]:
    return lambda: len(read(Path(files[name]).read_bytes()).mesh.points)


def _weld(files: dict[str, str]) -> Callable[[], object]:
    mesh = _mesh(files["stl"])
    corners = np.ascontiguousarray(mesh.points[mesh.triangles].reshape(-1, 3))
    return lambda: len(weld_loose_triangles(corners).mesh.points)


def _validate(files: dict[str, str]) -> Callable[[], object]:
    mesh = _mesh(files["stl"])

    def run() -> dict[str, int]:
        found = measure(mesh)
        return {
            "borders": found.border_loops,
            "pieces": found.components,
            "non_manifold": found.non_manifold_edges,
        }

    return run


def _thumbnail(files: dict[str, str]) -> Callable[[], object]:
    mesh = _mesh(files["stl"])
    pose = find_pose(mesh, name_hint=Jaw.UNKNOWN, place_hint=Jaw.UNKNOWN, is_inverted=False)
    return lambda: int((render_poster(mesh, pose.orientation, View.FRONT)[..., 3] > 0).sum())


def _streams(files: dict[str, str], coarse: Callable[[Mesh], Mesh]) -> Callable[[], object]:
    mesh = _mesh(files["stl"])

    def run() -> dict[str, int]:
        small = encode_glb(coarse(mesh), bits=COARSE_BITS)
        return {"coarse": len(small), "full": len(encode_glb(mesh, bits=FULL_BITS))}

    return run


def _distance(files: dict[str, str], limit: float) -> Callable[[], object]:
    mesh, queries = _mesh(files["stl"]), np.load(files["queries"])
    return lambda: float(np.median(find_nearest(build_tree(mesh), queries, limit=limit).distances))


STAGES: dict[str, Stage] = {
    "whole, five posters": lambda files: _whole(files, ("front", "right", "left", "upper", "lower")),
    "whole, one poster": lambda files: _whole(files, ("front",)),
    "whole, one poster, edge collapse": lambda files: _whole(files, ("front",), collapse=True),
    "binary STL": _load_binary,
    "binary STL, whole reader": lambda files: _read(files, "stl", read_stl),
    "ASCII STL": _load_ascii,
    "ASCII STL, whole reader": lambda files: _read(files, "ascii", read_stl),
    "PLY": lambda files: _read(files, "ply", read_ply),
    "OBJ": lambda files: _read(files, "obj", read_obj),
    "weld": _weld,
    "validate": _validate,
    "thumbnail": _thumbnail,
    "levels and stream": lambda files: _streams(files, coarse_level),
    "levels and stream, edge collapse": lambda files: _streams(
        files, lambda mesh: better_level(mesh, 10_000)
    ),
    "distance": lambda files: _distance(files, np.inf),
    "distance to 5 mm": lambda files: _distance(files, 5.0),
}
