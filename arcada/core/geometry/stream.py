"""The viewer's format: one mesh as a quantised, compressed GLB, and back."""

import json
import struct
from dataclasses import dataclass
from typing import Any, Literal

import meshopt
import numpy as np
import numpy.typing as npt

from arcada.core.errors import Unreadable
from arcada.core.geometry.mesh import ColourArray, Mesh, PointArray, TriangleArray

FULL_BITS = 16
COARSE_BITS = 12

MESHOPT = "EXT_meshopt_compression"
QUANTIZATION = "KHR_mesh_quantization"
VERTEX_CODEC = 0  # the only one that EXT_meshopt_compression knows

_MAGIC, _JSON_CHUNK, _BIN_CHUNK = 0x46546C67, 0x4E4F534A, 0x004E4942
_UNSIGNED_BYTE, _UNSIGNED_SHORT, _UNSIGNED_INT = 5121, 5123, 5125
_ARRAY_BUFFER, _ELEMENT_ARRAY_BUFFER = 34962, 34963
_SHORT_INDEXES = 65_535  # 65535 itself restarts a primitive

# What a damaged stream makes json, numpy and meshopt raise.
_DAMAGE = (KeyError, IndexError, TypeError, ValueError, ArithmeticError, MemoryError, RuntimeError)

_Mode = Literal["ATTRIBUTES", "TRIANGLES"]
CellArray = npt.NDArray[np.uint16]  # (n_vertices, 3)


@dataclass(frozen=True, slots=True, eq=False)
class StreamGrid:
    """A stream as it is stored: grid cells in the order of its vertices, and where the grid lies in mm."""

    cells: CellArray  # (n, 3)
    origin_mm: npt.NDArray[np.float64]  # (3,)
    step_mm: float
    triangles: TriangleArray  # (m, 3)


def encode_glb(mesh: Mesh, *, bits: int = FULL_BITS, unit_factor_to_mm: float = 1.0) -> bytes:
    """GLB 2.0 in millimetres: positions on a grid of 2^bits steps along the longest side, sRGB colours.

    The node's scale and translation restore the file's coordinates: nothing is recentred. No normals: the
    viewer computes them. Vertices and triangles come in the order that compresses best; unused vertices go.
    """
    _check(mesh, bits, unit_factor_to_mm)
    triangles, used = _compressible_order(mesh)
    grid, origin, step = _quantise(mesh.points[used], bits)

    glb = _GlbWriter()
    attributes = {
        "POSITION": glb.add_vertices(
            _padded_rows(grid),
            {
                "componentType": _UNSIGNED_SHORT,
                "type": "VEC3",
                "min": grid.min(axis=0).tolist(),
                "max": grid.max(axis=0).tolist(),
            },
        )
    }
    if mesh.colours is not None:
        attributes["COLOR_0"] = glb.add_vertices(
            _padded_rows(mesh.colours[used]),
            {"componentType": _UNSIGNED_BYTE, "normalized": True, "type": "VEC3"},
        )
    indexes = glb.add_triangles(triangles, short=len(used) <= _SHORT_INDEXES)
    return glb.finish(
        {
            "asset": {
                "version": "2.0",
                "generator": "Arcada",
                "extras": {"unit": "mm", "colours": "sRGB"},
            },
            "extensionsUsed": [QUANTIZATION, MESHOPT],
            "extensionsRequired": [QUANTIZATION, MESHOPT],
            "materials": [
                {"doubleSided": True, "pbrMetallicRoughness": {"metallicFactor": 0, "roughnessFactor": 0.6}}
            ],
            "meshes": [{"primitives": [{"attributes": attributes, "indices": indexes, "material": 0}]}],
            "nodes": [
                {
                    "mesh": 0,
                    "translation": (origin * unit_factor_to_mm).tolist(),
                    "scale": [step * unit_factor_to_mm] * 3,
                }
            ],
            "scenes": [{"nodes": [0]}],
            "scene": 0,
        }
    )


def decode_glb(data: bytes) -> Mesh:
    """The mesh of a stream that `encode_glb` wrote, in millimetres; `Unreadable` for anything else."""
    try:
        document, payload = _open_glb(data)
        return _decode_mesh(document, payload)
    except _DAMAGE as trouble:
        raise Unreadable("This is not a stream of one compressed mesh.", code="malformed") from trouble


def read_grid(data: bytes) -> StreamGrid:
    """The grid of a stream that `encode_glb` wrote; `Unreadable` for anything else."""
    try:
        document, payload = _open_glb(data)
        (node,) = document["nodes"]
        cells, triangles, _ = _read_primitive(document, payload)
        return StreamGrid(
            np.ascontiguousarray(cells),
            np.array(node["translation"], dtype=np.float64),
            float(node["scale"][0]),
            triangles,
        )
    except _DAMAGE as trouble:
        raise Unreadable("This is not a stream of one compressed mesh.", code="malformed") from trouble


def used_points(mesh: Mesh) -> PointArray:
    """The points (n_used, 3) that a stream of this mesh has, in the mesh's order: those of a triangle."""
    is_used = np.zeros(len(mesh.points), dtype=np.bool_)
    is_used[mesh.triangles] = True
    return mesh.points[is_used]


def on_grid(points: PointArray) -> tuple[CellArray, npt.NDArray[np.float64], float]:
    """Cells (n, 3), origin (3,) and step that the full level has for these points, in the points' unit."""
    return _quantise(points, FULL_BITS)


def _check(mesh: Mesh, bits: int, unit_factor_to_mm: float) -> None:
    if not 1 <= bits <= 16:
        raise ValueError("bits must be 1 to 16")
    if not (np.isfinite(unit_factor_to_mm) and unit_factor_to_mm > 0):
        raise ValueError("the unit's factor must be positive")
    if len(mesh.triangles) == 0:
        raise ValueError("a stream needs at least one triangle")
    # meshopt answers an index out of range with a MemoryError, which a caller would take for a large file.
    if int(mesh.triangles.max()) >= len(mesh.points):
        raise ValueError("a triangle names a vertex that is not there")
    if mesh.colours is not None and len(mesh.colours) != len(mesh.points):
        raise ValueError("colours and points differ in number")


def _compressible_order(mesh: Mesh) -> tuple[TriangleArray, npt.NDArray[np.intp]]:
    """Triangles (n, 3) over renumbered vertices, and the old number of each new vertex (n_used,)."""
    indexes, new_number, used_count = meshopt.reorder_mesh(mesh.triangles, True, True)
    is_used = new_number < used_count
    used = np.empty(used_count, dtype=np.intp)
    used[new_number[is_used]] = np.flatnonzero(is_used)
    return indexes.reshape(-1, 3), used


def _quantise(points: PointArray, bits: int) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.float64], float]:
    """Grid coordinates (n, 3), the grid's origin (3,) and its one step for all axes, in the points' unit."""
    origin = points.min(axis=0).astype(np.float64)
    longest = float((points.max(axis=0) - origin).max())
    if not np.isfinite(longest):
        raise ValueError("points must be finite")
    step = longest / ((1 << bits) - 1) or 1.0
    return np.rint((points - origin) / step).astype(np.uint16), origin, step


def _padded_rows(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Three columns as four, the last zero: a vertex's bytes must come in fours. (n, 4)"""
    rows = np.zeros((len(values), 4), dtype=values.dtype)
    rows[:, :3] = values
    return rows


class _GlbWriter:
    """Collects compressed buffer views and their accessors, then writes the one binary."""

    def __init__(self) -> None:
        self._views: list[dict[str, Any]] = []
        self._accessors: list[dict[str, Any]] = []
        self._binary = bytearray()
        self._plain_length = 0

    def add_vertices(self, rows: npt.NDArray[Any], accessor: dict[str, Any]) -> int:
        stride = rows.shape[1] * rows.itemsize
        packed = meshopt.encode_vertex_buffer_level(rows, 2, VERTEX_CODEC)
        view = self._add_view(packed, len(rows), stride, "ATTRIBUTES")
        view |= {"byteStride": stride, "target": _ARRAY_BUFFER}
        return self._add_accessor({"count": len(rows)} | accessor)

    def add_triangles(self, triangles: TriangleArray, *, short: bool) -> int:
        packed = meshopt.encode_index_buffer(triangles)
        view = self._add_view(packed, triangles.size, 2 if short else 4, "TRIANGLES")
        view |= {"target": _ELEMENT_ARRAY_BUFFER}
        kind = _UNSIGNED_SHORT if short else _UNSIGNED_INT
        return self._add_accessor({"count": triangles.size, "componentType": kind, "type": "SCALAR"})

    def finish(self, document: dict[str, Any]) -> bytes:
        # The second buffer stands for the unpacked bytes: nobody stores them, the extension wants its length.
        buffers = [
            {"byteLength": len(self._binary)},
            {"byteLength": self._plain_length, "extensions": {MESHOPT: {"fallback": True}}},
        ]
        document |= {"buffers": buffers, "bufferViews": self._views, "accessors": self._accessors}
        text = json.dumps(document, separators=(",", ":"), allow_nan=False).encode()
        text += b" " * (-len(text) % 4)
        length = 12 + 8 + len(text) + 8 + len(self._binary)
        return b"".join(
            (
                struct.pack("<III", _MAGIC, 2, length),
                struct.pack("<II", len(text), _JSON_CHUNK),
                text,
                struct.pack("<II", len(self._binary), _BIN_CHUNK),
                self._binary,
            )
        )

    def _add_view(self, packed: bytes, count: int, stride: int, mode: _Mode) -> dict[str, Any]:
        compressed = {
            "buffer": 0,
            "byteOffset": len(self._binary),
            "byteLength": len(packed),
            "byteStride": stride,
            "count": count,
            "mode": mode,
        }
        view = {
            "buffer": 1,
            "byteOffset": self._plain_length,
            "byteLength": count * stride,
            "extensions": {MESHOPT: compressed},
        }
        self._binary += packed + bytes(-len(packed) % 4)
        self._plain_length += -(-count * stride // 4) * 4
        self._views.append(view)
        return view

    def _add_accessor(self, accessor: dict[str, Any]) -> int:
        self._accessors.append({"bufferView": len(self._views) - 1} | accessor)
        return len(self._accessors) - 1


def _open_glb(data: bytes) -> tuple[dict[str, Any], memoryview]:
    view = memoryview(data)
    if len(view) < 28:
        raise ValueError("shorter than its headers")
    magic, version, length, text_length, text_kind = struct.unpack_from("<IIIII", view)
    if (magic, version, length, text_kind) != (_MAGIC, 2, len(view), _JSON_CHUNK):
        raise ValueError("not a GLB 2.0 of this length")
    if text_length > len(view) - 28:
        raise ValueError("its text is longer than the file")
    binary_length, binary_kind = struct.unpack_from("<II", view, 20 + text_length)
    if (binary_length, binary_kind) != (len(view) - 28 - text_length, _BIN_CHUNK):
        raise ValueError("its binary has another length than it says")
    return json.loads(bytes(view[20 : 20 + text_length])), view[28 + text_length :]


def _decode_mesh(document: dict[str, Any], payload: memoryview) -> Mesh:
    (node,) = document["nodes"]
    cells, triangles, colours = _read_primitive(document, payload)
    rows = cells.astype(np.float64)
    points = (rows * np.array(node["scale"]) + np.array(node["translation"])).astype(np.float32)
    return Mesh(np.ascontiguousarray(points), triangles, colours)


def _read_primitive(
    document: dict[str, Any], payload: memoryview
) -> tuple[CellArray, TriangleArray, ColourArray | None]:
    (solid,) = document["meshes"]
    (primitive,) = solid["primitives"]
    grid = _unpack(document, payload, primitive["attributes"]["POSITION"], "ATTRIBUTES")
    cells = grid.view("<u2").reshape(len(grid), 4)[:, :3]

    colours: ColourArray | None = None
    if "COLOR_0" in primitive["attributes"]:
        packed = _unpack(document, payload, primitive["attributes"]["COLOR_0"], "ATTRIBUTES")
        colours = np.ascontiguousarray(packed[:, :3])
        if len(colours) != len(cells):
            raise ValueError("colours and points differ in number")

    indexes = _unpack(document, payload, primitive["indices"], "TRIANGLES")
    triangles = np.ascontiguousarray(indexes.reshape(-1, 3), dtype=np.uint32)
    if len(triangles) == 0 or int(triangles.max()) >= len(cells):
        raise ValueError("a triangle names a vertex that is not there")
    return cells, triangles, colours


def _unpack(document: dict[str, Any], payload: memoryview, accessor: int, mode: _Mode) -> npt.NDArray[Any]:
    packed = document["bufferViews"][document["accessors"][accessor]["bufferView"]]["extensions"][MESHOPT]
    start, length = int(packed["byteOffset"]), int(packed["byteLength"])
    if packed["mode"] != mode or start < 0 or length < 0 or start + length > len(payload):
        raise ValueError("a buffer view lies outside the file")
    count, stride = int(packed["count"]), int(packed["byteStride"])
    # Both codecs spend at least a bit on each element, so a larger claim is a lie and would only take memory.
    if not 0 < count <= 64 * length:
        raise ValueError("a buffer view claims more elements than its bytes can hold")
    source = np.frombuffer(payload[start : start + length], dtype=np.uint8)
    if mode == "TRIANGLES":
        return np.asarray(meshopt.decode_index_buffer(source, count, stride))
    return np.asarray(meshopt.decode_vertex_buffer(source, count, stride))
