"""The elements of a binary PLY: points by columns, faces by a fast way for triangles and a walk for the rest."""

import numpy as np

from arcada.core.errors import Unreadable
from arcada.core.geometry import ply_kernels as kernels
from arcada.core.geometry.ply_header import TYPES, PlyElement, PlyHeader, PlyProperty
from arcada.core.geometry.ply_rows import PlyRows
from arcada.core.geometry.read import ByteArray

_TRIANGLE_ROW_BYTES = 13  # a count of one byte and three indexes of four


def read_binary_numbers(
    data: bytes | memoryview,
    header: PlyHeader,
    element: PlyElement,
    at: int,
    wanted: list[PlyProperty],
    kept: list[PlyProperty],
) -> PlyRows:
    """Rows without lists: the wanted columns as float32, a colour of bytes as bytes, the kept ones as they are."""
    order = header.byte_order
    layout = np.dtype([(column.name, order + column.type) for column in element.properties])
    end = at + layout.itemsize * element.count
    rows = np.frombuffer(data, layout, element.count, at)
    has_byte_colours = [column.type for column in wanted[3:]] == ["u1"] * 3
    numbers = np.empty((element.count, 3 if has_byte_colours else len(wanted)), np.float32)
    colours = np.empty((element.count, 3 if has_byte_colours else 0), np.uint8)
    # A double beyond float32 becomes infinite here and is refused as such.
    with np.errstate(over="ignore", invalid="ignore"):
        for index, column in enumerate(wanted):
            if has_byte_colours and index >= 3:
                colours[:, index - 3] = rows[column.name]
            else:
                numbers[:, index] = rows[column.name]
    if len(kept) == len(element.properties):
        return PlyRows(end, memoryview(data)[at:end], numbers, colours if has_byte_colours else None)
    packed = np.empty(element.count, [(column.name, order + column.type) for column in kept])
    for column in kept:
        packed[column.name] = rows[column.name]
    return PlyRows(end, packed.tobytes(), numbers, colours if has_byte_colours else None)


def read_binary_faces(
    data: bytes | memoryview,
    array: ByteArray,
    header: PlyHeader,
    element: PlyElement,
    at: int,
    kept: list[PlyProperty],
    lists: tuple[str, ...],
) -> PlyRows:
    """Faces as triangles, polygons as fans."""
    only = element.properties[0]
    end = at + _TRIANGLE_ROW_BYTES * element.count
    if len(element.properties) == 1 and only.count_size == 1 and only.size == 4 and end <= len(array):
        rows = array[at:end].reshape(element.count, _TRIANGLE_ROW_BYTES)
        if bool((rows[:, 0] == 3).all()):
            # An index that was negative is far out of range as an unsigned one.
            faces = np.ascontiguousarray(rows[:, 1:]).view(header.byte_order + "u4")
            return PlyRows(end, memoryview(data)[at:end], faces=faces.astype(np.uint32, copy=False))
    return _walk(array, header, element, at, kept, lists)


def skip_binary(array: ByteArray, header: PlyHeader, element: PlyElement, at: int) -> PlyRows:
    """The place after an element that nobody needs."""
    if not element.has_lists:
        return PlyRows(at + element.least_row_bytes * element.count, b"")
    return PlyRows(_walk(array, header, element, at, [], ()).end, b"")


def _walk(
    array: ByteArray,
    header: PlyHeader,
    element: PlyElement,
    at: int,
    kept: list[PlyProperty],
    lists: tuple[str, ...],
) -> PlyRows:
    layout = np.array(
        [
            (
                column.count_size,
                column.count_type_name is not None and TYPES[column.count_type_name][0] == "i",
                column.size,
                column.type[0] == "i",
                column.name in lists,
                column in kept,
            )
            for column in element.properties
        ],
        np.int64,
    )
    selects = 0 < len(kept) < len(element.properties)
    out = np.empty(len(array) - at if selects else 0, np.uint8)
    status, end, faces, count, thin, written = kernels.read_binary_rows(
        array, at, element.count, header.points, header.byte_order == ">", layout, out
    )
    if status != kernels.DONE:
        _refuse(status, element)
    whole = array[at:end].data if kept else b""
    return PlyRows(
        int(end), out[:written].tobytes() if selects else whole, faces=faces[:count], thin_polygons=int(thin)
    )


def _refuse(status: int, element: PlyElement) -> None:
    code, text = {
        kernels.TRUNCATED: ("truncated", "The file ends too early."),
        kernels.TOO_MANY_TRIANGLES: ("too_many_triangles", "The scan has more triangles than are accepted."),
        kernels.OUT_OF_RANGE: ("index_out_of_range", "A face names a point that is not there."),
        kernels.MALFORMED: ("malformed", "A list has a negative length."),
    }[status]
    raise Unreadable(text, code=code, value=element.count, limit=kernels.MOST_TRIANGLES)
