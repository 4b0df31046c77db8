"""From a sampled distance field to triangles (dual marching cubes), and what cuts and cleans them."""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from arcada.core.geometry.specimen.teeth import FloatArray

IntArray = npt.NDArray[np.int64]
_kernel = njit(cache=True, nogil=True)


def _patches() -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """For each of the 256 sign patterns of a cell: which sheet each of its twelve edges belongs to, and how many.

    Where a face is crossed four times its inside corners are kept apart: both cells at that face agree,
    so every sheet gets its own vertex and no two sheets are sewn together.
    """
    edges = []
    for axis in range(3):
        for b in range(2):
            for a in range(2):
                low = [0, 0, 0]
                low[(axis + 1) % 3 if axis != 1 else 0], low[(axis + 2) % 3 if axis != 1 else 2] = a, b
                if axis == 2:
                    low[0], low[1] = a, b
                high = list(low)
                high[axis] = 1
                edges.append(tuple(c[0] + 2 * c[1] + 4 * c[2] for c in (low, high)))
    number = {frozenset(edge): i for i, edge in enumerate(edges)}
    faces = []
    for axis in range(3):
        one, two = 1 << ((axis + 1) % 3), 1 << ((axis + 2) % 3)
        for side in (0, 1 << axis):
            faces.append((side, side + one, side + one + two, side + two))
    sheet = np.full((256, 12), -1, dtype=np.int8)
    sheets = np.zeros(256, dtype=np.int8)
    for pattern in range(256):
        inside = [bool(pattern >> c & 1) for c in range(8)]
        crossed = [i for i, (a, b) in enumerate(edges) if inside[a] != inside[b]]
        root = {i: i for i in crossed}
        for face in faces:
            ring = [number[frozenset((face[i], face[(i + 1) % 4]))] for i in range(4)]
            cut = [e for e in ring if e in root]
            if len(cut) == 2:
                pairs = [tuple(cut)]
            elif len(cut) == 4:  # pair the two edges that meet in each inside corner
                pairs = [(ring[i - 1], ring[i]) for i in range(4) if inside[face[i]]]
            else:
                pairs = []
            for a, b in pairs:
                old, new = root[b], root[a]
                root = {e: new if r == old else r for e, r in root.items()}
        names = sorted(set(root.values()))
        sheets[pattern] = len(names)
        for e, r in root.items():
            sheet[pattern, e] = names.index(r)
    return sheet, sheets


SHEET_OF_EDGE, SHEETS = _patches()


@_kernel
def _without_doubtful_faces(grid: Any) -> None:
    """Joins the two inside corners of every face that is crossed four times: there, two sheets would share an edge."""
    shape = grid.shape
    changed = True
    while changed:
        changed = False
        for i in range(shape[0] - 1):
            for j in range(shape[1] - 1):
                for k in range(shape[2] - 1):
                    here = grid[i, j, k] < 0.0
                    for axis in range(3):
                        pi, pj, pk = (0, 1, 0) if axis == 0 else ((0, 0, 1) if axis == 1 else (1, 0, 0))
                        qi, qj, qk = (0, 0, 1) if axis == 0 else ((1, 0, 0) if axis == 1 else (0, 1, 0))
                        one = grid[i + pi, j + pj, k + pk]
                        two = grid[i + qi, j + qj, k + qk]
                        if (one < 0.0) == here or (two < 0.0) == here:
                            continue
                        across = grid[i + pi + qi, j + pj + qj, k + pk + qk]
                        if (across < 0.0) != here:
                            continue
                        changed = True
                        if here:
                            if one < two:
                                grid[i + pi, j + pj, k + pk] = -0.1 * one - 1e-6
                            else:
                                grid[i + qi, j + qj, k + qk] = -0.1 * two - 1e-6
                        elif grid[i, j, k] < across:
                            grid[i, j, k] = -0.1 * grid[i, j, k] - 1e-6
                        else:
                            grid[i + pi + qi, j + pj + qj, k + pk + qk] = -0.1 * across - 1e-6


@_kernel
def _dual(grid: Any, sheet_of_edge: Any, sheets: Any) -> Any:
    nx, ny, nz = grid.shape
    first = np.full((nx - 1, ny - 1, nz - 1), -1, dtype=np.int32)
    pattern = np.zeros((nx - 1, ny - 1, nz - 1), dtype=np.uint8)
    count = 0
    for i in range(nx - 1):
        for j in range(ny - 1):
            for k in range(nz - 1):
                bits = 0
                for c in range(8):
                    if grid[i + (c & 1), j + (c >> 1 & 1), k + (c >> 2)] < 0.0:
                        bits |= 1 << c
                if bits != 0 and bits != 255:
                    first[i, j, k] = count
                    pattern[i, j, k] = bits
                    count += sheets[bits]
    points = np.zeros((count, 3))
    ways = np.zeros((count, 3))
    hits = np.zeros(count)
    triangles = np.zeros((6 * count + 12, 3), dtype=np.int64)
    for i in range(nx - 1):
        for j in range(ny - 1):
            for k in range(nz - 1):
                base = first[i, j, k]
                if base < 0:
                    continue
                bits = pattern[i, j, k]
                for e in range(12):
                    sheet = sheet_of_edge[bits, e]
                    if sheet < 0:
                        continue
                    a, b = e & 1, e >> 1 & 1
                    if e < 4:
                        p, q, r, axis = 0, a, b, 0
                    elif e < 8:
                        p, q, r, axis = a, 0, b, 1
                    else:
                        p, q, r, axis = a, b, 0, 2
                    here = grid[i + p, j + q, k + r]
                    there = grid[i + p + (axis == 0), j + q + (axis == 1), k + r + (axis == 2)]
                    at = here / (here - there)
                    v = base + sheet
                    points[v, 0] += i + p + (at if axis == 0 else 0.0)
                    points[v, 1] += j + q + (at if axis == 1 else 0.0)
                    points[v, 2] += k + r + (at if axis == 2 else 0.0)
                    ways[v, axis] += there - here
                    hits[v] += 1
    for v in range(count):
        length = 0.0
        for c in range(3):
            points[v, c] /= hits[v]
    # The gradient of the whole cell serves every sheet in it.
    for i in range(nx - 1):
        for j in range(ny - 1):
            for k in range(nz - 1):
                base = first[i, j, k]
                if base < 0:
                    continue
                gx, gy, gz = 0.0, 0.0, 0.0
                for c in range(8):
                    p, q, r = c & 1, c >> 1 & 1, c >> 2
                    value = grid[i + p, j + q, k + r]
                    gx += value * (2 * p - 1)
                    gy += value * (2 * q - 1)
                    gz += value * (2 * r - 1)
                length = np.sqrt(gx * gx + gy * gy + gz * gz) + 1e-12
                for sheet in range(sheets[pattern[i, j, k]]):
                    ways[base + sheet, 0] = gx / length
                    ways[base + sheet, 1] = gy / length
                    ways[base + sheet, 2] = gz / length
    made = 0
    quad = np.zeros(4, dtype=np.int64)
    for axis in range(3):
        for i in range(0 if axis == 0 else 1, nx - 1):
            for j in range(0 if axis == 1 else 1, ny - 1):
                for k in range(0 if axis == 2 else 1, nz - 1):
                    here = grid[i, j, k]
                    there = grid[i + (axis == 0), j + (axis == 1), k + (axis == 2)]
                    if (here < 0.0) == (there < 0.0):
                        continue
                    for c in range(4):
                        one = 1 if c == 0 or c == 3 else 0  # round the edge, counter-clockwise from its end
                        two = 1 if c < 2 else 0
                        if axis == 0:
                            ci, cj, ck, e = i, j - one, k - two, one + 2 * two
                        elif axis == 1:
                            ci, cj, ck, e = i - two, j, k - one, 4 + two + 2 * one
                        else:
                            ci, cj, ck, e = i - one, j - two, k, 8 + one + 2 * two
                        quad[c] = first[ci, cj, ck] + sheet_of_edge[pattern[ci, cj, ck], e]
                    if there < here:
                        quad[1], quad[3] = quad[3], quad[1]
                    one_way, other_way = 0.0, 0.0
                    for c in range(3):
                        one_way += (points[quad[0], c] - points[quad[2], c]) ** 2
                        other_way += (points[quad[1], c] - points[quad[3], c]) ** 2
                    turn = 0 if one_way <= other_way else 1
                    triangles[made, 0] = quad[turn]
                    triangles[made, 1] = quad[turn + 1]
                    triangles[made, 2] = quad[turn + 2]
                    triangles[made + 1, 0] = quad[turn]
                    triangles[made + 1, 1] = quad[turn + 2]
                    triangles[made + 1, 2] = quad[(turn + 3) % 4]
                    made += 2
    return points, ways, triangles[:made].copy()


@_kernel
def _pieces(triangles: Any, vertices: Any) -> Any:
    """The smallest vertex index of each vertex's connected piece, (n_vertices,)."""
    parent = np.arange(vertices)
    for t in range(triangles.shape[0]):
        for c in range(1, 3):
            a, b = triangles[t, 0], triangles[t, c]
            while parent[a] != a:
                parent[a] = parent[parent[a]]
                a = parent[a]
            while parent[b] != b:
                parent[b] = parent[parent[b]]
                b = parent[b]
            if a < b:
                parent[b] = a
            else:
                parent[a] = b
    for v in range(vertices):
        parent[v] = parent[parent[v]]
    return parent


def triangulate(grid: npt.NDArray[np.float32]) -> tuple[FloatArray, FloatArray, IntArray]:
    """Surface of `grid` < 0: points in cells (n, 3), outward ways (n, 3), triangles (m, 3) facing outwards."""
    grid = np.ascontiguousarray(grid)
    _without_doubtful_faces(grid)
    points, ways, triangles = _dual(grid, SHEET_OF_EDGE, SHEETS)
    return points, ways, triangles


def pieces(triangles: IntArray, vertices: int) -> IntArray:
    """Number of the connected piece of each vertex, (n_vertices,)."""
    found: IntArray = _pieces(np.ascontiguousarray(triangles, dtype=np.int64), vertices)
    return found


def largest_piece(triangles: IntArray, vertices: int) -> IntArray:
    """The triangles of the piece that has most of them."""
    piece = pieces(triangles, vertices)[triangles[:, 0]]
    kept: IntArray = triangles[piece == np.argmax(np.bincount(piece))]
    return kept


def used(triangles: IntArray, vertices: int) -> tuple[IntArray, IntArray]:
    """Indexes of the vertices that are used, and the triangles renumbered to them."""
    keep = np.zeros(vertices, dtype=bool)
    keep[triangles] = True
    number = np.cumsum(keep) - 1
    return np.flatnonzero(keep), number[triangles]


def cut(triangles: IntArray, values: FloatArray, snap: float) -> tuple[IntArray, IntArray, FloatArray]:
    """Keeps what has `values` < 0 and splits the triangles the zero line crosses.

    Answers triangles, the edges (n_new, 2) on which new vertices lie (numbered after the old ones) and how far
    along each edge. Vertices within `snap` of the line count as on it: no slivers.
    """
    values = np.where(np.abs(values) < snap, 0.0, values)
    sign = np.sign(values)[triangles]
    outside, inside = (sign > 0).sum(1), (sign < 0).sum(1)
    whole = triangles[(outside == 0) & (inside > 0)]
    split = triangles[(outside > 0) & (inside > 0)]
    sign = sign[(outside > 0) & (inside > 0)]
    edges = np.stack([split, np.roll(split, -1, 1)], 2).reshape(-1, 2)
    crossed = sign.reshape(-1) * np.roll(sign, -1, 1).reshape(-1) < 0
    keys = np.sort(edges[crossed], 1)
    unique, at = np.unique(keys, axis=0, return_inverse=True)
    on_edge = np.full(edges.shape[0], -1)
    on_edge[crossed] = values.size + at.reshape(-1)
    new = on_edge.reshape(-1, 3)
    made = [whole]
    for turn in range(3):
        a, b, c = np.roll(split, -turn, 1).T
        sa, sb, sc = np.roll(sign, -turn, 1).T
        ab, _, ca = np.roll(new, -turn, 1).T
        one = (sa < 0) & (sb > 0) & (sc > 0)
        made.append(np.stack([a, ab, ca], 1)[one])
        two = (sa > 0) & (sb < 0) & (sc < 0)
        made.append(np.stack([ab, b, c], 1)[two])
        made.append(np.stack([ab, c, ca], 1)[two])
        made.append(np.stack([a, ab, c], 1)[(sa < 0) & (sb > 0) & (sc == 0)])
        made.append(np.stack([ab, b, c], 1)[(sa > 0) & (sb < 0) & (sc == 0)])
    share = values[unique[:, 0]] / (values[unique[:, 0]] - values[unique[:, 1]])
    return np.concatenate(made), unique, share
