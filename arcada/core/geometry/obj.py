"""Reads OBJ strictly, with vertex colours or MTL and textures, and writes it again with neutral names.

Companions are taken as bytes by base name: no path or address in a file is ever opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from arcada.core.anatomy import FileFormat
from arcada.core.deidentify import Removed
from arcada.core.errors import Unreadable
from arcada.core.findings import Finding, Severity
from arcada.core.geometry import text_kernels as kernels
from arcada.core.geometry.mesh import ColourArray, TriangleArray
from arcada.core.geometry.obj_materials import Materials, gather_materials
from arcada.core.geometry.read import ReadScan, Span, as_byte_array, receipt, refuse_too_many, replace_spans
from arcada.core.geometry.text_errors import (
    larger_rows,
    refuse_text,
    room_for_hard_numbers,
    room_for_parts,
    settle_hard_numbers,
)
from arcada.core.geometry.vertex_colours import colours_from_fractions
from arcada.core.geometry.weld import weld_indexed_mesh

_PLACES = {
    kernels.COMMENT: ("OBJ comment", "text"),
    kernels.OBJECT: ("OBJ object", "name"),
    kernels.GROUP: ("OBJ group", "name"),
    kernels.SMOOTHING: ("OBJ smoothing group", "number"),
    kernels.LIBRARY: ("OBJ mtllib", "name"),
    kernels.OTHER: ("OBJ statement", "unused statement"),
    kernels.MARK: ("OBJ start", "byte order mark"),
}
_LIBRARY_LINE = b"mtllib material.mtl\n"


@dataclass(frozen=True, slots=True, eq=False)
class _Parsed:
    points: npt.NDArray[np.float32]  # (n, 3)
    colours: npt.NDArray[np.float32] | None  # (n, 3), the first -1 where a point has none
    places: npt.NDArray[np.float32]  # (t, 2) texture coordinates
    triangles: TriangleArray  # (m, 3)
    triangle_places: npt.NDArray[np.uint32] | None  # (m, 3), counted from 1, 0 is none
    spans: list[tuple[int, int, int]] = field(default_factory=list)  # start, end, kind
    uses: list[tuple[int, int, int]] = field(default_factory=list)  # name's start and end, triangles before
    thin_polygons: int = 0


def read_obj(data: bytes | memoryview, companions: Mapping[str, bytes] | None = None) -> ReadScan:
    """One scan from the bytes of an OBJ and its companions, which go by lower-case base name."""
    parsed = _parse(data)
    libraries = [
        _name(bytes(data[start:end]).lstrip()[len("mtllib") :])
        for start, end, kind in parsed.spans
        if kind == kernels.LIBRARY
    ]
    names = [_name(bytes(data[start:end])) for start, end, _ in parsed.uses]
    materials = gather_materials(libraries, names, companions or {})
    colours = _vertex_colours(parsed)
    if colours is None and parsed.triangle_places is not None:
        colours = materials.bake(
            names,
            np.array([before for _, _, before in parsed.uses], np.int64),
            parsed.triangles,
            parsed.triangle_places,
            parsed.places,
            len(parsed.points),
        )
    welded = weld_indexed_mesh(parsed.points, parsed.triangles, colours)
    findings = welded.findings() + materials.findings
    if parsed.thin_polygons:
        findings.append(Finding("thin_polygons_dropped", Severity.NOTE, parsed.thin_polygons))
    cleaned, removed = _clean(data, parsed, names, materials)
    return ReadScan(
        format=FileFormat.OBJ,
        mesh=welded.mesh,
        findings=tuple(findings),
        removed=removed + materials.removed(),
        cleaned=cleaned,
        cleaned_companions=materials.cleaned(),
    )


def _name(text: bytes) -> str:
    """What a statement names, without a comment after it."""
    return text.partition(b" #")[0].strip().decode("latin-1")


def _parse(data: bytes | memoryview) -> _Parsed:
    array = as_byte_array(data)
    spans = room_for_parts(data)
    uses = room_for_parts(data)
    hard = room_for_hard_numbers(data, 4)
    room = len(array) // 64 + 16
    points, colours = np.empty((room, 3), np.float32), np.empty((room, 3), np.float32)
    places = np.empty((16, 2), np.float32)
    triangles, triangle_places = np.empty((room, 3), np.uint32), np.empty((0, 3), np.uint32)
    state = np.zeros(kernels.STATE_SIZE, np.int64)
    while True:
        status = kernels.read_obj_text(
            array, state, points, colours, places, triangles, triangle_places, spans, uses, hard
        )
        if status == kernels.FULL_POINTS:
            points, colours = larger_rows(points), larger_rows(colours)
        elif status == kernels.FULL_PLACES:
            places = larger_rows(places)
        elif status == kernels.FULL_FACES:
            triangles = larger_rows(triangles)
            if len(triangle_places):
                triangle_places = larger_rows(triangle_places)
        elif status == kernels.NO_FACE_PLACES:
            # The faces before this one have no texture coordinates.
            triangle_places = np.zeros_like(triangles)
        else:
            break
    if status != kernels.DONE:
        refuse_text(data, status, int(state[kernels.AT]))
    n, m = int(state[kernels.POINTS]), int(state[kernels.FACES])
    refuse_too_many(m)
    if n == 0 or m == 0:
        raise Unreadable("The file holds no faces.", code="empty_mesh", value=m)
    hard = hard[: state[kernels.HARDS]]
    for kind, values in ((kernels.POINT, points), (kernels.COLOUR, colours), (kernels.TEXTURE, places)):
        settle_hard_numbers(data, hard[hard[:, 0] == kind][:, 1:], values.reshape(-1))
    return _Parsed(
        points[:n],
        colours[:n] if state[kernels.COLOURED] else None,
        places[: state[kernels.PLACES]],
        triangles[:m],
        triangle_places[:m] if len(triangle_places) else None,
        spans[: state[kernels.PARTS]].tolist(),
        uses[: state[kernels.USES]].tolist(),
        int(state[kernels.THIN]),
    )


def _vertex_colours(parsed: _Parsed) -> ColourArray | None:
    """The colours in the `v` lines; white where only some points have one."""
    if parsed.colours is None:
        return None
    without = parsed.colours[:, 0] == -1
    numbers = np.where(without[:, None], np.float32(0), parsed.colours)
    colours = colours_from_fractions(numbers)
    colours[without] = 255
    return colours


def _clean(
    data: bytes | memoryview, parsed: _Parsed, names: list[str], materials: Materials
) -> tuple[bytes, tuple[Removed, ...]]:
    lengths: dict[tuple[str, str], int] = {}
    cuts: list[Span] = []
    library_line = _LIBRARY_LINE if materials.libraries else b""
    for start, end, kind in parsed.spans:
        instead = b""
        if kind == kernels.LIBRARY:
            instead, library_line = library_line, b""
        if bytes(data[start:end]) != instead:
            cuts.append((start, end, instead))
            lengths[_PLACES[kind]] = lengths.get(_PLACES[kind], 0) + end - start
    for (start, end, _), name in zip(parsed.uses, names, strict=True):
        instead = materials.neutral_name(name).encode()
        if bytes(data[start:end]) != instead:
            # A statement without a name ends right after its keyword.
            cuts.append((start, end, instead if bytes(data[start - 1 : start]).isspace() else b" " + instead))
            lengths["OBJ usemtl", "name"] = lengths.get(("OBJ usemtl", "name"), 0) + end - start
    cuts.sort()
    return replace_spans(data, cuts), receipt(lengths)
