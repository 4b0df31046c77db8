"""The elements of an ASCII PLY."""

import numpy as np

from arcada.core.geometry import text_kernels as kernels
from arcada.core.geometry.mesh import TriangleArray
from arcada.core.geometry.ply_header import PlyElement, PlyProperty
from arcada.core.geometry.ply_rows import PlyRows
from arcada.core.geometry.read import ByteArray
from arcada.core.geometry.text_errors import (
    larger_rows,
    refuse_text,
    room_for_hard_numbers,
    settle_hard_numbers,
)

_NUMBER, _LIST, _FACE_LIST = 0, 1, 2


def read_text_element(
    data: bytes | memoryview,
    array: ByteArray,
    element: PlyElement,
    at: int,
    wanted: list[PlyProperty],
    kept: list[PlyProperty],
    *,
    is_face: bool,
    points: int,
) -> PlyRows:
    """The wanted columns as float32, a face's polygons of the file's `points` as fans, the kept texts as they are."""
    lists = np.array([_kind(column, is_face=is_face) for column in element.properties], np.int64)
    columns = np.array(
        [wanted.index(column) if column in wanted else -1 for column in element.properties], np.int64
    )
    stays = np.array([column in kept for column in element.properties], np.int64)
    selects = 0 < len(kept) < len(element.properties)
    # A kept text and a space each, one more byte a row.
    text = np.empty(len(array) - at + 2 * element.count + 16 if selects else 0, np.uint8)
    values = np.empty((element.count if wanted else 0, max(len(wanted), 1)), np.float32)
    hard = room_for_hard_numbers(data, 3)
    faces: TriangleArray = np.empty(
        (min(element.count, len(array) // 6) + 16 if is_face else 0, 3), np.uint32
    )
    state = np.zeros(kernels.STATE_SIZE, np.int64)
    state[kernels.AT] = at
    while True:
        status = kernels.read_ply_rows(
            array, state, element.count, points, lists, columns, stays, values, faces, hard, text
        )
        if status != kernels.FULL_FACES:
            break
        faces = larger_rows(faces)
    end = int(state[kernels.AT])
    if status != kernels.DONE:
        refuse_text(data, status, end)
    settle_hard_numbers(data, hard[: state[kernels.HARDS]], values.reshape(-1))
    count, thin, written = state[kernels.FACES], state[kernels.THIN], state[kernels.WRITTEN]
    if selects:
        stay = text[:written].tobytes()
    else:
        stay = bytes(data[at:end]).strip() + b"\n" if kept and element.count else b""
    return PlyRows(
        end,
        stay,
        values if wanted else None,
        faces=faces[:count] if is_face else None,
        thin_polygons=int(thin),
    )


def _kind(column: PlyProperty, *, is_face: bool) -> int:
    if not column.count_size:
        return _NUMBER
    return _FACE_LIST if is_face and column.name in ("vertex_indices", "vertex_index") else _LIST
