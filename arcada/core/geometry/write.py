"""Writes a mesh as STL, PLY or OBJ: for the demo, the tests and the benchmarks."""

import io
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from arcada.core.geometry.mesh import Mesh

_STL_FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_LINES_AT_ONCE = 20_000  # formatting all lines in one go would hold every number as an object
_CELL = 4  # pixels of texture on each side of a triangle's cell


def _normals(corners: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:  # (n, 3, 3) -> (n, 3)
    exact = corners.astype(np.float64)
    normals = np.cross(exact[:, 1] - exact[:, 0], exact[:, 2] - exact[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    unit = np.divide(normals, lengths, out=np.zeros_like(normals), where=lengths > 0)
    return np.asarray(unit, dtype=np.float32)


def _lines(pattern: str, *columns: npt.NDArray[Any]) -> bytes:
    """`pattern` once for each row of the columns side by side."""
    parts = []
    for start in range(0, len(columns[0]), _LINES_AT_ONCE):
        rows = [column[start : start + _LINES_AT_ONCE].tolist() for column in columns]
        flat = tuple(number for row in zip(*rows, strict=True) for part in row for number in part)
        parts.append(((pattern * len(rows[0])) % flat).encode("ascii"))
    return b"".join(parts)


def write_stl(mesh: Mesh, *, header: str = "") -> bytes:
    """Binary STL with true facet normals; `header` is cut or filled to 80 bytes."""
    facets = np.zeros(len(mesh.triangles), dtype=_STL_FACET)
    facets["corners"] = mesh.points[mesh.triangles]
    facets["normal"] = _normals(facets["corners"])
    head = header.encode("utf-8")[:80].ljust(80, b"\0")
    return head + len(facets).to_bytes(4, "little") + facets.tobytes()


def write_stl_ascii(mesh: Mesh, *, name: str = "") -> bytes:
    """ASCII STL; nine digits give every coordinate back bit by bit."""
    corners = mesh.points[mesh.triangles]
    facet = (
        "facet normal %.6g %.6g %.6g\n outer loop\n"
        + "  vertex %.9g %.9g %.9g\n" * 3
        + " endloop\nendfacet\n"
    )
    body = _lines(facet, _normals(corners), corners.reshape(-1, 9))
    label = f" {name}" if name else ""
    return f"solid{label}\n".encode() + body + f"endsolid{label}\n".encode()


def write_ply(
    mesh: Mesh,
    *,
    colours: bool = True,
    endian: Literal["little", "big", "ascii"] = "little",
    comments: Sequence[str] = (),
) -> bytes:
    """PLY with `red green blue` per vertex where the mesh has colours and `colours` is asked for."""
    paint = mesh.colours if colours else None
    kind = "ascii" if endian == "ascii" else f"binary_{endian}_endian"
    head = ["ply", f"format {kind} 1.0", *(f"comment {comment}" for comment in comments)]
    head += [f"element vertex {len(mesh.points)}", *(f"property float {axis}" for axis in "xyz")]
    if paint is not None:
        head += [f"property uchar {channel}" for channel in ("red", "green", "blue")]
    head += [
        f"element face {len(mesh.triangles)}",
        "property list uchar int vertex_indices",
        "end_header",
        "",
    ]
    start = "\n".join(head).encode("utf-8")
    if endian == "ascii":
        points = _lines("%.9g %.9g %.9g\n", mesh.points)
        if paint is not None:
            points = _lines("%.9g %.9g %.9g %d %d %d\n", mesh.points, paint)
        return start + points + _lines("3 %d %d %d\n", mesh.triangles)
    order = "<" if endian == "little" else ">"
    vertex: list[tuple[str, str, int]] = [("point", order + "f4", 3)]
    if paint is not None:
        vertex.append(("colour", "u1", 3))
    vertices = np.zeros(len(mesh.points), dtype=np.dtype(vertex))
    vertices["point"] = mesh.points
    if paint is not None:
        vertices["colour"] = paint
    faces = np.zeros(len(mesh.triangles), dtype=np.dtype([("count", "u1"), ("corners", order + "i4", 3)]))
    faces["count"], faces["corners"] = 3, mesh.triangles
    return start + vertices.tobytes() + faces.tobytes()


def write_obj(mesh: Mesh, *, colours: bool = True, comments: Sequence[str] = ()) -> bytes:
    """OBJ; colours stand behind the coordinates as `v x y z r g b`, 0 to 1 with four digits."""
    start = "".join(f"# {comment}\n" for comment in comments).encode("utf-8")
    if colours and mesh.colours is not None:
        points = _lines("v %.9g %.9g %.9g %.4f %.4f %.4f\n", mesh.points, mesh.colours / 255.0)
    else:
        points = _lines("v %.9g %.9g %.9g\n", mesh.points)
    return start + points + _lines("f %d %d %d\n", mesh.triangles + np.uint32(1))


def write_obj_textured(
    mesh: Mesh,
    *,
    name: str = "scan",
    comments: Sequence[str] = (),
    image_format: Literal["PNG", "JPEG"] = "PNG",
) -> dict[str, bytes]:
    """OBJ, MTL and texture by file name: every triangle has its own cell of the texture, coloured as its corners."""
    if mesh.colours is None:
        raise ValueError("A mesh without colours has nothing to put into a texture.")
    count = len(mesh.triangles)
    side = int(np.ceil(np.sqrt(count)))
    picture = f"{name}.png" if image_format == "PNG" else f"{name}.jpg"
    row, column = np.divmod(np.arange(count), side)
    corners = np.array([[0.5, 0.5], [_CELL - 0.5, 0.5], [0.5, _CELL - 0.5]])
    u = (column[:, None] * _CELL + corners[:, 0]) / (side * _CELL)
    v = 1 - (row[:, None] * _CELL + corners[:, 1]) / (side * _CELL)  # OBJ counts v from the bottom
    comment_lines = "".join(f"# {comment}\n" for comment in comments)
    start = f"{comment_lines}mtllib {name}.mtl\n".encode() + _lines("v %.9g %.9g %.9g\n", mesh.points)
    places = _lines("vt %.6f %.6f\n", np.stack([u.ravel(), v.ravel()], 1))
    own = np.arange(1, 3 * count + 1).reshape(-1, 3)
    faces = np.stack([mesh.triangles.astype(np.int64) + 1, own], 2).reshape(-1, 6)
    encoded = io.BytesIO()
    Image.fromarray(_texture(mesh, side)).save(encoded, image_format, quality=95)
    return {
        f"{name}.obj": start + places + b"usemtl surface\n" + _lines("f %d/%d %d/%d %d/%d\n", faces),
        f"{name}.mtl": f"newmtl surface\nKd 1 1 1\nmap_Kd {picture}\n".encode(),
        picture: encoded.getvalue(),
    }


def _texture(mesh: Mesh, side: int) -> npt.NDArray[np.uint8]:
    """A picture of side x side cells, each a blend of one triangle's three colours."""
    assert mesh.colours is not None
    first, second, third = mesh.colours[mesh.triangles].astype(np.float32).transpose(1, 0, 2)
    share = np.arange(_CELL, dtype=np.float32) / (_CELL - 1)
    cells = np.zeros((side * side, _CELL, _CELL, 3), dtype=np.uint8)
    across = (second - first)[:, None, None] * share[None, None, :, None]
    down = (third - first)[:, None, None] * share[None, :, None, None]
    cells[: len(first)] = np.clip(first[:, None, None] + across + down + 0.5, 0, 255).astype(np.uint8)
    grid = cells.reshape(side, side, _CELL, _CELL, 3).transpose(0, 2, 1, 3, 4)
    return np.ascontiguousarray(grid.reshape(side * _CELL, side * _CELL, 3))
