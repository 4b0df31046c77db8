"""The compiled walk over the rows of a binary PLY element that has lists.

Everything a kernel needs stands in this file, since numba's cache does not see other files.
"""

# mypy: ignore-errors
# numba types what stands here, by the arrays that arrive.

import numpy as np
from numba import njit

DONE, MALFORMED, TRUNCATED, TOO_MANY_TRIANGLES, OUT_OF_RANGE = 0, 1, 2, 5, 6
MOST_TRIANGLES = 5_000_000


@njit(cache=True, nogil=True, boundscheck=True)
def read_whole(data, at, size, signed, big):
    """A whole number of 1, 2 or 4 bytes."""
    value = np.int64(0)
    for i in range(size):
        place = at + i if big else at + size - 1 - i
        value = (value << 8) | np.int64(data[place])
    if signed and value >= np.int64(1) << (8 * size - 1):
        value -= np.int64(1) << (8 * size)
    return value


@njit(cache=True, nogil=True, boundscheck=True)
def read_binary_rows(data, at, count, points, big, layout, out):
    """Walks `count` rows; polygons of the file's `points` points become fans.

    layout (p, 6) i64 per property: bytes of its count (0: no list), count signed, bytes of an item,
    item signed, 1 where it is the list of a face's points, 1 where it is kept. out (b,) u8 gets the
    kept bytes and is empty where everything stays.
    Returns status, place, faces (n, 3) u32, n, polygons with less than three points, bytes in `out`.
    """
    end = data.shape[0]
    faces = np.empty((min(count, (end - at) // 4) + 16, 3), np.uint32)
    face_count = 0
    thin = 0
    written = 0
    writes = out.shape[0] > 0
    for _row in range(count):
        for column in range(layout.shape[0]):
            start = at
            size = layout[column, 2]
            if layout[column, 0] == 0:
                if at + size > end:
                    return TRUNCATED, at, faces, face_count, thin, written
                at += size
            else:
                if at + layout[column, 0] > end:
                    return TRUNCATED, at, faces, face_count, thin, written
                items = read_whole(data, at, layout[column, 0], layout[column, 1] != 0, big)
                at += layout[column, 0]
                if items < 0:
                    return MALFORMED, at, faces, face_count, thin, written
                if items * size > end - at:
                    return TRUNCATED, at, faces, face_count, thin, written
                if layout[column, 4] != 0:
                    first = np.uint32(0)
                    before = np.uint32(0)
                    for item in range(items):
                        index = read_whole(data, at + item * size, size, layout[column, 3] != 0, big)
                        if index < 0 or index >= points:
                            return OUT_OF_RANGE, at, faces, face_count, thin, written
                        if item == 0:
                            first = np.uint32(index)
                        elif item >= 2:
                            if face_count >= faces.shape[0]:
                                larger = np.empty((2 * face_count + 16, 3), np.uint32)
                                larger[:face_count] = faces
                                faces = larger
                            if face_count > MOST_TRIANGLES:
                                return TOO_MANY_TRIANGLES, at, faces, face_count, thin, written
                            faces[face_count, 0] = first
                            faces[face_count, 1] = before
                            faces[face_count, 2] = np.uint32(index)
                            face_count += 1
                        before = np.uint32(index)
                    if items < 3:
                        thin += 1
                at += items * size
            if writes and layout[column, 5] != 0:
                for place in range(start, at):
                    out[written] = data[place]
                    written += 1
    return DONE, at, faces, face_count, thin, written


def warm() -> None:
    """Compiles or loads each kernel with the array types of production."""
    data = np.zeros(8, np.uint8)
    data.flags.writeable = False
    read_binary_rows(data, 0, 1, 1, False, np.array([[1, 0, 4, 1, 1, 1]]), np.empty(0, np.uint8))
