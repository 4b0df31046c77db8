"""The compiled welds: equal points become one vertex, in the order of their first appearance.

Everything a kernel needs stands in this file, since numba's cache does not see other files.
"""

# mypy: ignore-errors
# numba types what stands here, by the arrays that arrive.

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

WELDED, NOT_FINITE, OUT_OF_RANGE, CROWDED = 0, 1, 2, 3

RECORD_BYTES = 50
HEADER_BYTES = 84
EMPTY = np.uint32(0xFFFFFFFF)
EXPONENT = np.uint32(0x7F800000)
SIGN_ONLY = np.uint32(0x80000000)
# Honest scans need about 1.2 probes a look-up; a file made to collide must not hang.
PROBES_PER_CORNER = 24


@intrinsic
def load_u32(typingctx, data, at):
    """Four bytes at any address as one little-endian word; the caller has checked the range."""

    def generate(context, builder, signature, arguments):
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        start = builder.gep(array.data, [arguments[1]])
        word = builder.load(builder.bitcast(start, ir.IntType(32).as_pointer()))
        word.align = 1
        return word

    return types.uint32(data, types.intp), generate


@njit(cache=True, nogil=True, boundscheck=True)
def hash_point(x, y, z):
    """Mixes three words into one of 64 bits whose upper half is used."""
    mixed = (np.uint64(x) | (np.uint64(y) << np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed = (mixed + np.uint64(z)) * np.uint64(0xD6E8FEB86659FD93)
    return mixed >> np.uint64(32)


@njit(cache=True, nogil=True, boundscheck=True)
def grow_table(table, words, count):
    """A hash table of twice the size with the first `count` points in it."""
    larger = np.full(table.shape[0] * 2, EMPTY, np.uint32)
    mask = np.uint64(larger.shape[0] - 1)
    for vertex in range(count):
        place = hash_point(words[vertex, 0], words[vertex, 1], words[vertex, 2]) & mask
        while larger[place] != EMPTY:
            place = (place + np.uint64(1)) & mask
        larger[place] = np.uint32(vertex)
    return larger


@njit(cache=True, nogil=True, boundscheck=True)
def first_table(corners):
    """An empty hash table that suits the six corners per vertex of a closed mesh."""
    size = 1024
    while size < corners // 3:
        size *= 2
    return np.full(size, EMPTY, np.uint32)


@njit(cache=True, nogil=True, boundscheck=True)
def weld_records(data, count, words, triangles):
    """Welds the records of a binary STL as they lie in the file.

    data (84 + 50 count,) u8, words (3 count, 3) u32 and triangles (count, 3) u32 are filled.
    Returns status, vertices, triangles with three different vertices, and all attribute words or-ed.
    """
    table = first_table(3 * count)
    mask = np.uint64(table.shape[0] - 1)
    limit = table.shape[0] // 2
    budget = PROBES_PER_CORNER * 3 * count + 4096
    vertices = 0
    kept = 0
    attributes = np.uint32(0)
    corner = np.empty(3, np.uint32)
    if data.shape[0] != HEADER_BYTES + RECORD_BYTES * count:
        return OUT_OF_RANGE, 0, 0, attributes
    for record in range(count):
        at = HEADER_BYTES + RECORD_BYTES * record + 12
        for c in range(3):
            x = load_u32(data, at)
            y = load_u32(data, at + 4)
            z = load_u32(data, at + 8)
            at += 12
            if (x & EXPONENT) == EXPONENT or (y & EXPONENT) == EXPONENT or (z & EXPONENT) == EXPONENT:
                return NOT_FINITE, record, 0, attributes
            if x == SIGN_ONLY:
                x = np.uint32(0)
            if y == SIGN_ONLY:
                y = np.uint32(0)
            if z == SIGN_ONLY:
                z = np.uint32(0)
            place = hash_point(x, y, z) & mask
            while True:
                vertex = table[place]
                if vertex == EMPTY:
                    words[vertices, 0] = x
                    words[vertices, 1] = y
                    words[vertices, 2] = z
                    vertex = np.uint32(vertices)
                    table[place] = vertex
                    vertices += 1
                    if vertices > limit:
                        table = grow_table(table, words, vertices)
                        mask = np.uint64(table.shape[0] - 1)
                        limit = table.shape[0] // 2
                    break
                if words[vertex, 0] == x and words[vertex, 1] == y and words[vertex, 2] == z:
                    break
                place = (place + np.uint64(1)) & mask
                budget -= 1
                if budget < 0:
                    return CROWDED, 0, 0, attributes
            corner[c] = vertex
        attributes |= np.uint32(data[at]) | (np.uint32(data[at + 1]) << np.uint32(8))
        if corner[0] != corner[1] and corner[1] != corner[2] and corner[0] != corner[2]:
            triangles[kept, 0] = corner[0]
            triangles[kept, 1] = corner[1]
            triangles[kept, 2] = corner[2]
            kept += 1
    return WELDED, vertices, kept, attributes


@njit(cache=True, nogil=True, boundscheck=True)
def weld_corners(corners, words, triangles):
    """Welds loose triangles: corners (3 n, 3) u32, the bits of f32; words and triangles are filled.

    Returns status, vertices, triangles with three different vertices.
    """
    table = first_table(corners.shape[0])
    mask = np.uint64(table.shape[0] - 1)
    limit = table.shape[0] // 2
    budget = PROBES_PER_CORNER * corners.shape[0] + 4096
    vertices = 0
    kept = 0
    corner = np.empty(3, np.uint32)
    for triangle in range(corners.shape[0] // 3):
        for c in range(3):
            x = corners[3 * triangle + c, 0]
            y = corners[3 * triangle + c, 1]
            z = corners[3 * triangle + c, 2]
            if (x & EXPONENT) == EXPONENT or (y & EXPONENT) == EXPONENT or (z & EXPONENT) == EXPONENT:
                return NOT_FINITE, triangle, 0
            if x == SIGN_ONLY:
                x = np.uint32(0)
            if y == SIGN_ONLY:
                y = np.uint32(0)
            if z == SIGN_ONLY:
                z = np.uint32(0)
            place = hash_point(x, y, z) & mask
            while True:
                vertex = table[place]
                if vertex == EMPTY:
                    words[vertices, 0] = x
                    words[vertices, 1] = y
                    words[vertices, 2] = z
                    vertex = np.uint32(vertices)
                    table[place] = vertex
                    vertices += 1
                    if vertices > limit:
                        table = grow_table(table, words, vertices)
                        mask = np.uint64(table.shape[0] - 1)
                        limit = table.shape[0] // 2
                    break
                if words[vertex, 0] == x and words[vertex, 1] == y and words[vertex, 2] == z:
                    break
                place = (place + np.uint64(1)) & mask
                budget -= 1
                if budget < 0:
                    return CROWDED, 0, 0
            corner[c] = vertex
        if corner[0] != corner[1] and corner[1] != corner[2] and corner[0] != corner[2]:
            triangles[kept, 0] = corner[0]
            triangles[kept, 1] = corner[1]
            triangles[kept, 2] = corner[2]
            kept += 1
    return WELDED, vertices, kept


@njit(cache=True, nogil=True, boundscheck=True)
def weld_indexed(points, faces, sources, words, triangles):
    """Welds an indexed mesh and leaves out points that no face uses.

    points (n, 3) u32, the bits of f32; faces (m, 3) u32; sources (n,) u32 gets the point each vertex
    came from first; words (n, 3) u32 and triangles (m, 3) u32 are filled.
    Returns status, vertices, triangles with three different vertices, points in use.
    """
    count = points.shape[0]
    for point in range(count):
        if (
            (points[point, 0] & EXPONENT) == EXPONENT
            or (points[point, 1] & EXPONENT) == EXPONENT
            or (points[point, 2] & EXPONENT) == EXPONENT
        ):
            return NOT_FINITE, point, 0, 0
    vertex_of = np.full(count, EMPTY, np.uint32)
    table = first_table(6 * count)
    mask = np.uint64(table.shape[0] - 1)
    budget = PROBES_PER_CORNER * count + 4096
    vertices = 0
    used = 0
    kept = 0
    corner = np.empty(3, np.uint32)
    for face in range(faces.shape[0]):
        for c in range(3):
            point = faces[face, c]
            if point >= count:
                return OUT_OF_RANGE, face, 0, 0
            vertex = vertex_of[point]
            if vertex == EMPTY:
                x = points[point, 0]
                y = points[point, 1]
                z = points[point, 2]
                if x == SIGN_ONLY:
                    x = np.uint32(0)
                if y == SIGN_ONLY:
                    y = np.uint32(0)
                if z == SIGN_ONLY:
                    z = np.uint32(0)
                place = hash_point(x, y, z) & mask
                while True:
                    vertex = table[place]
                    if vertex == EMPTY:
                        words[vertices, 0] = x
                        words[vertices, 1] = y
                        words[vertices, 2] = z
                        sources[vertices] = point
                        vertex = np.uint32(vertices)
                        table[place] = vertex
                        vertices += 1
                        break
                    if words[vertex, 0] == x and words[vertex, 1] == y and words[vertex, 2] == z:
                        break
                    place = (place + np.uint64(1)) & mask
                    budget -= 1
                    if budget < 0:
                        return CROWDED, 0, 0, 0
                vertex_of[point] = vertex
                used += 1
            corner[c] = vertex
        if corner[0] != corner[1] and corner[1] != corner[2] and corner[0] != corner[2]:
            triangles[kept, 0] = corner[0]
            triangles[kept, 1] = corner[1]
            triangles[kept, 2] = corner[2]
            kept += 1
    return WELDED, vertices, kept, used


def warm() -> None:
    """Compiles or loads each kernel with the array types of production."""
    data = np.zeros(HEADER_BYTES + RECORD_BYTES, np.uint8)
    data.flags.writeable = False
    words = np.empty((3, 3), np.uint32)
    triangles = np.empty((1, 3), np.uint32)
    corners = np.arange(9, dtype=np.uint32).reshape(3, 3)
    weld_records(data, 1, words, triangles)
    weld_corners(corners, words, triangles)
    weld_indexed(corners, np.zeros((1, 3), np.uint32), np.empty(3, np.uint32), words, triangles)
