"""A mesh as a GLB that any tool opens: plain float positions, no extensions. The viewer's own stream is stream.py."""

import json
import struct
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from arcada.core.geometry.light import LIGHT_OF_BYTE
from arcada.core.geometry.mesh import Mesh

METRES_PER_MM: Final = 0.001
_FACES_AT_ONCE = 500_000  # their corners in double precision take memory
_MAGIC, _JSON_CHUNK, _BIN_CHUNK = 0x46546C67, 0x4E4F534A, 0x004E4942
_FLOAT, _UNSIGNED_SHORT, _UNSIGNED_INT = 5126, 5123, 5125
_ARRAY_BUFFER, _ELEMENT_ARRAY_BUFFER = 34962, 34963


def write_plain_glb(mesh: Mesh, *, unit_factor_to_mm: float = 1.0) -> bytes:
    """GLB 2.0: positions are the file's own floats; the node's scale makes them metres, glTF's unit.

    The axes are the file's: nothing is turned or recentred. Colours are linear, as glTF wants them, in 16 bits so
    that dark ones keep their steps. Normals are area-weighted.
    """
    points = np.ascontiguousarray(mesh.points, dtype="<f4")
    arrays: list[tuple[npt.NDArray[Any], dict[str, Any]]] = [
        (points, {"componentType": _FLOAT, "type": "VEC3", "min": points.min(axis=0).tolist(),
                  "max": points.max(axis=0).tolist()}),
        (_normals(mesh), {"componentType": _FLOAT, "type": "VEC3"}),
    ]  # fmt: skip
    attributes = {"POSITION": 0, "NORMAL": 1}
    if mesh.colours is not None:
        attributes["COLOR_0"] = len(arrays)
        arrays.append((_linear(mesh), {"componentType": _UNSIGNED_SHORT, "normalized": True, "type": "VEC4"}))
    triangles = np.ascontiguousarray(mesh.triangles, dtype="<u4").reshape(-1)
    arrays.append((triangles, {"componentType": _UNSIGNED_INT, "type": "SCALAR"}))
    views, accessors, at = [], [], 0
    for place, (array, accessor) in enumerate(arrays):
        is_index = place == len(arrays) - 1
        view = {"buffer": 0, "byteOffset": at, "byteLength": array.nbytes}
        views.append(view | {"target": _ELEMENT_ARRAY_BUFFER if is_index else _ARRAY_BUFFER})
        accessors.append({"bufferView": place, "count": len(array)} | accessor)
        at += array.nbytes  # every element's bytes come in fours
    scale = METRES_PER_MM * unit_factor_to_mm
    document = {
        "asset": {
            "version": "2.0",
            "generator": "Arcada",
            "extras": {"positions": "as in the file", "node_scale": "to metres"},
        },
        "materials": [
            {"doubleSided": True, "pbrMetallicRoughness": {"metallicFactor": 0, "roughnessFactor": 0.6}}
        ],
        "meshes": [{"primitives": [{"attributes": attributes, "indices": len(arrays) - 1, "material": 0}]}],
        "nodes": [{"mesh": 0, "scale": [scale] * 3}],
        "scenes": [{"nodes": [0]}],
        "scene": 0,
        "buffers": [{"byteLength": at}],
        "bufferViews": views,
        "accessors": accessors,
    }
    text = json.dumps(document, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    return b"".join(
        (
            struct.pack("<III", _MAGIC, 2, 12 + 8 + len(text) + 8 + at),
            struct.pack("<II", len(text), _JSON_CHUNK),
            text,
            struct.pack("<II", at, _BIN_CHUNK),
            *(array.tobytes() for array, _ in arrays),
        )
    )


def _normals(mesh: Mesh) -> npt.NDArray[np.float32]:
    """Of each vertex, of length one (n, 3): glTF allows no other; where faces cancel out any direction does."""
    count = len(mesh.points)
    sums = np.zeros((count, 3))
    for start in range(0, len(mesh.triangles), _FACES_AT_ONCE):
        triangles = mesh.triangles[start : start + _FACES_AT_ONCE]
        corners = mesh.points[triangles].astype(np.float64)
        faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        for axis in range(3):
            shares = np.repeat(faces[:, axis], 3)
            sums[:, axis] += np.bincount(triangles.reshape(-1), shares, minlength=count)
    lengths = np.linalg.norm(sums, axis=1)
    unit = np.zeros((count, 3), dtype="<f4")
    unit[:, 2] = 1.0
    known = lengths > 0
    unit[known] = sums[known] / lengths[known, None]
    return unit


def _linear(mesh: Mesh) -> npt.NDArray[np.uint16]:
    """Colours as light with full alpha, (n, 4)."""
    assert mesh.colours is not None
    light = np.full((len(mesh.colours), 4), 65_535, dtype="<u2")
    light[:, :3] = np.rint(LIGHT_OF_BYTE[mesh.colours] * 65_535)
    return light
