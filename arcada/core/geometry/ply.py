"""Reads PLY strictly (ASCII, little and big endian) and writes it again without what could identify.

What stays: points, faces, normals, colours and texture coordinates, in the file's own types and number
texts. Comments, obj_info, other properties and other elements go, and so do bytes after the end.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from arcada.core.anatomy import FileFormat
from arcada.core.errors import Unreadable
from arcada.core.findings import Finding, Severity
from arcada.core.geometry.mesh import ColourArray, PointArray, TriangleArray
from arcada.core.geometry.ply_binary import read_binary_faces, read_binary_numbers, skip_binary
from arcada.core.geometry.ply_header import PlyElement, PlyHeader, PlyProperty, read_header
from arcada.core.geometry.ply_text import read_text_element
from arcada.core.geometry.read import (
    MAX_TRIANGLES,
    ByteArray,
    ReadScan,
    as_byte_array,
    receipt,
    refuse_too_many,
)
from arcada.core.geometry.vertex_colours import colours_from_numbers
from arcada.core.geometry.weld import weld_indexed_mesh

FACE_LISTS = ("vertex_indices", "vertex_index")
_COLOURS = (("red", "green", "blue"), ("diffuse_red", "diffuse_green", "diffuse_blue"), ("r", "g", "b"))
_OTHER_COLOURS = {"alpha", "diffuse_alpha", "a"}
_KEPT_EVERYWHERE = {"nx", "ny", "nz", *_OTHER_COLOURS, *(name for names in _COLOURS for name in names)}
_KEPT = {
    "vertex": _KEPT_EVERYWHERE | {"x", "y", "z", "s", "t", "u", "v", "texture_u", "texture_v"},
    "face": _KEPT_EVERYWHERE | {"texcoord", *FACE_LISTS},
}
_MOST_POINTS = 3 * MAX_TRIANGLES


@dataclass(slots=True)
class _Body:
    """What the elements of the body gave."""

    numbers: npt.NDArray[np.float32] | None = None  # (n_points, 3 or 6)
    colours: ColourArray | None = None  # (n_points, 3)
    faces: TriangleArray | None = None
    thin_polygons: int = 0
    parts: list[bytes | memoryview] = field(default_factory=list)
    lengths: dict[tuple[str, str], int] = field(default_factory=dict)


def read_ply(data: bytes | memoryview) -> ReadScan:
    """One scan from the bytes of a PLY file; `Unreadable` where they do not hold one."""
    header = read_header(data)
    vertex, face = _element(header, "vertex"), _element(header, "face")
    if vertex is None or face is None or vertex.count == 0 or face.count == 0:
        if _element(header, "tristrips") is not None:
            raise Unreadable("Triangle strips are not read.", code="unsupported_ply", value="tristrips")
        raise Unreadable("The file holds no faces.", code="empty_mesh", value=0)
    wanted = _wanted(vertex)
    _check_face_list(face)
    array = as_byte_array(data)
    body = _Body()
    if header.comment_bytes:
        body.lengths["PLY comment", "text"] = header.comment_bytes
    at = header.body_start
    for element in header.elements:
        _check_count(header, element, len(array) - at)
        at = _read_element(data, array, header, element, at, wanted, body)
    left = len(array) - at
    if left and (header.format is not FileFormat.PLY_ASCII or bytes(data[at:]).strip()):
        body.lengths["PLY after the last element", "bytes"] = left
    assert body.numbers is not None and body.faces is not None
    refuse_too_many(len(body.faces))
    points: PointArray = np.ascontiguousarray(body.numbers[:, :3])
    colours = body.colours
    if colours is None and len(wanted) == 6:
        colours = colours_from_numbers(body.numbers[:, 3:], wanted[3].type)
    welded = weld_indexed_mesh(points, body.faces, colours)
    findings = welded.findings()
    if body.thin_polygons:
        findings.append(Finding("thin_polygons_dropped", Severity.NOTE, body.thin_polygons))
    if header.names_texture and colours is None:
        findings.append(Finding("missing_companion", Severity.WARNING, where="texture"))
    return ReadScan(
        format=header.format,
        mesh=welded.mesh,
        findings=tuple(findings),
        removed=receipt(body.lengths),
        cleaned=b"".join((_clean_header(header), *body.parts)),
    )


def _element(header: PlyHeader, name: str) -> PlyElement | None:
    return next((element for element in header.elements if element.name == name), None)


def kept_properties(element: PlyElement) -> list[PlyProperty]:
    """The properties that a cleaned file still has; none of an element that goes."""
    return [column for column in element.properties if column.name in _KEPT.get(element.name, ())]


def _wanted(vertex: PlyElement) -> list[PlyProperty]:
    """The properties x, y, z and, where there are any, the three of a colour."""
    by_name = {column.name: column for column in vertex.properties}
    if vertex.has_lists:
        raise Unreadable("A point has a list of numbers.", code="unsupported_ply", value="vertex")
    if not {"x", "y", "z"} <= by_name.keys():
        raise Unreadable("The points have no x, y and z.", code="malformed")
    wanted = [by_name[axis] for axis in "xyz"]
    for names in _COLOURS:
        if by_name.keys() >= set(names):
            columns = [by_name[name] for name in names]
            if len({column.type for column in columns}) == 1:
                return wanted + columns
    return wanted


def _check_face_list(face: PlyElement) -> None:
    lists = [column for column in face.properties if column.name in FACE_LISTS]
    if len(lists) != 1 or not lists[0].count_size or lists[0].type[0] == "f":
        raise Unreadable("The faces have no list of points.", code="unsupported_ply", value="face")


def _check_count(header: PlyHeader, element: PlyElement, left: int) -> None:
    """Compares what an element claims with the bytes that are there, before anything is reserved."""
    least = 2 * len(element.properties) if header.format is FileFormat.PLY_ASCII else element.least_row_bytes
    if element.count == 0:
        return
    if not element.properties:
        raise Unreadable("An element has no properties.", code="malformed", value=element.count)
    # The last row of a text need not end its line.
    if element.count * least <= left + (header.format is FileFormat.PLY_ASCII):
        return
    if element.count <= _MOST_POINTS:
        raise Unreadable(
            "The file ends too early.", code="truncated", value=left, limit=element.count * least
        )
    raise Unreadable(
        "The file claims more than it has bytes for.",
        code="lying_counts",
        value=element.count,
        limit=left // least,
    )


def _read_element(
    data: bytes | memoryview,
    array: ByteArray,
    header: PlyHeader,
    element: PlyElement,
    at: int,
    wanted: list[PlyProperty],
    body: _Body,
) -> int:
    """Reads one element from `at` into `body`; the place after it."""
    kept = kept_properties(element)
    columns = wanted if element.name == "vertex" else []
    is_face = element.name == "face"
    if header.format is FileFormat.PLY_ASCII:
        rows = read_text_element(
            data, array, element, at, columns, kept, is_face=is_face, points=header.points
        )
    elif is_face:
        rows = read_binary_faces(data, array, header, element, at, kept, FACE_LISTS)
    elif element.name == "vertex":
        rows = read_binary_numbers(data, header, element, at, columns, kept)
    else:
        rows = skip_binary(array, header, element, at)
    if element.name == "vertex":
        body.numbers, body.colours = rows.numbers, rows.byte_colours
    if is_face:
        body.faces, body.thin_polygons = rows.faces, rows.thin_polygons
    body.parts.append(rows.kept)
    if not kept:
        body.lengths["PLY element", "unknown element"] = (
            body.lengths.get(("PLY element", "unknown element"), 0) + rows.end - at
        )
    elif len(kept) < len(element.properties):
        body.lengths[f"PLY {element.name} properties", "unknown property"] = rows.end - at - len(rows.kept)
    return rows.end


def _clean_header(header: PlyHeader) -> bytes:
    name = {
        FileFormat.PLY_ASCII: "ascii",
        FileFormat.PLY_LITTLE_ENDIAN: "binary_little_endian",
        FileFormat.PLY_BIG_ENDIAN: "binary_big_endian",
    }[header.format]
    lines = [f"ply\nformat {name} 1.0\n"]
    for element in header.elements:
        if element.name in _KEPT:
            lines.append(f"element {element.name} {element.count}\n")
            lines += [column.line() for column in kept_properties(element)]
    lines.append("end_header\n")
    return "".join(lines).encode("ascii")
