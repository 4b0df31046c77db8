"""The compiled passes of `measure`: one over triangles, one over edges, one over borders.

Everything a kernel needs stands in this file, since numba's cache does not see other files.
"""

import numpy as np
from numba import njit

# Entries of `sums` and `counts` as `scan_triangles` and `scan_edges` fill them.
AREA, VOLUME, EDGE_LENGTH, CURVATURE = 0, 1, 2, 3
ZERO_AREA, EDGES, BORDER_EDGES, NON_MANIFOLD, INCONSISTENT, DUPLICATES = 0, 1, 2, 3, 4, 5

# A longer bucket is sorted in n·log n whatever it holds: one vertex shared by a million triangles must not hang.
SMALL_BUCKET = 48
# Every n-th inner edge is enough for the sign of the summed bend of a shell.
CURVATURE_STRIDE = 8


@njit(cache=True, nogil=True, boundscheck=True)
def find_root(parents, vertex):  # type: ignore[no-untyped-def]
    """The representative of a vertex's component, halving the path on the way."""
    while parents[vertex] != vertex:
        parents[vertex] = parents[parents[vertex]]
        vertex = parents[vertex]
    return vertex


@njit(cache=True, nogil=True, boundscheck=True)
def scan_triangles(points, triangles, parents, starts, sums, counts):  # type: ignore[no-untyped-def]
    """Area, volume, edge lengths and zero areas; joins components; counts half-edges by smaller vertex.

    points (n, 3) f32, triangles (m, 3) u32, parents (n,) i32 = arange, starts (n + 1,) i32 = 0.
    """
    area = 0.0
    volume = 0.0
    length = 0.0
    zero_area = 0
    # Near the surface, so that the volume keeps its digits; in float64, so that no difference overflows.
    ox, oy, oz = np.float64(points[0, 0]), np.float64(points[0, 1]), np.float64(points[0, 2])
    for t in range(triangles.shape[0]):
        a = np.int32(triangles[t, 0])
        b = np.int32(triangles[t, 1])
        c = np.int32(triangles[t, 2])
        ax = points[a, 0] - ox
        ay = points[a, 1] - oy
        az = points[a, 2] - oz
        ux = (points[b, 0] - ox) - ax
        uy = (points[b, 1] - oy) - ay
        uz = (points[b, 2] - oz) - az
        vx = (points[c, 0] - ox) - ax
        vy = (points[c, 1] - oy) - ay
        vz = (points[c, 2] - oz) - az
        nx = uy * vz - uz * vy
        ny = uz * vx - ux * vz
        nz = ux * vy - uy * vx
        double_area = np.sqrt(nx * nx + ny * ny + nz * nz)
        wx, wy, wz = vx - ux, vy - uy, vz - uz
        uu = ux * ux + uy * uy + uz * uz
        vv = vx * vx + vy * vy + vz * vz
        ww = wx * wx + wy * wy + wz * wz
        # Collinear to the precision of float32: such a triangle has no normal.
        if double_area <= 1e-7 * max(uu, vv, ww):
            zero_area += 1
        area += double_area
        volume += ax * nx + ay * ny + az * nz
        length += np.sqrt(uu) + np.sqrt(vv) + np.sqrt(ww)
        if a == b or b == c or c == a:
            continue
        starts[min(a, b)] += 1
        starts[min(b, c)] += 1
        starts[min(c, a)] += 1
        root_a = find_root(parents, a)
        root_b = find_root(parents, b)
        if root_a != root_b:
            if root_a > root_b:
                root_a, root_b = root_b, root_a
            parents[root_b] = root_a
        root_c = find_root(parents, c)
        if root_a != root_c:
            if root_a < root_c:
                parents[root_c] = root_a
            else:
                parents[root_a] = root_c
    sums[AREA] = area / 2
    sums[VOLUME] = volume / 6
    sums[EDGE_LENGTH] = length
    counts[ZERO_AREA] = zero_area


@njit(cache=True, nogil=True, boundscheck=True)
def place_half_edges(triangles, starts, keys):  # type: ignore[no-untyped-def]
    """Puts each half-edge into its smaller vertex's bucket as one sortable number.

    `keys` (half-edges,) i64 becomes larger vertex << 33 | opposite vertex << 1 | runs from larger to smaller.
    Afterwards `starts[v]` is where the bucket of v begins.
    """
    for v in range(1, starts.shape[0]):
        starts[v] += starts[v - 1]
    for t in range(triangles.shape[0] - 1, -1, -1):
        a = np.int64(triangles[t, 0])
        b = np.int64(triangles[t, 1])
        c = np.int64(triangles[t, 2])
        if a == b or b == c or c == a:
            continue
        for _ in range(3):
            low, high, back = (a, b, 0) if a < b else (b, a, 1)
            # Filled from each bucket's end, so the ends turn into the beginnings.
            starts[low] -= 1
            keys[starts[low]] = (high << 33) | (c << 1) | back
            a, b, c = b, c, a


@njit(cache=True, nogil=True, boundscheck=True)
def sort_heap(keys, begin, end):  # type: ignore[no-untyped-def]
    """Sorts keys[begin:end] in place."""
    size = end - begin
    root = size // 2
    while size > 1:
        if root > 0:
            root -= 1
            key = keys[begin + root]
        else:
            size -= 1
            key = keys[begin + size]
            keys[begin + size] = keys[begin]
            if size == 1:
                keys[begin] = key
                return
        node = root
        child = 2 * node + 1
        while child < size:
            if child + 1 < size and keys[begin + child + 1] > keys[begin + child]:
                child += 1
            if keys[begin + child] <= key:
                break
            keys[begin + node] = keys[begin + child]
            node = child
            child = 2 * node + 1
        keys[begin + node] = key


@njit(cache=True, nogil=True, boundscheck=True)
def bend(points, low, high, left, right):  # type: ignore[no-untyped-def]
    """Edge length times the sine of the angle between the two normals: positive over a ridge, negative in a fold."""
    ex = np.float64(points[high, 0]) - points[low, 0]
    ey = np.float64(points[high, 1]) - points[low, 1]
    ez = np.float64(points[high, 2]) - points[low, 2]
    px = np.float64(points[left, 0]) - points[low, 0]
    py = np.float64(points[left, 1]) - points[low, 1]
    pz = np.float64(points[left, 2]) - points[low, 2]
    qx = np.float64(points[right, 0]) - points[low, 0]
    qy = np.float64(points[right, 1]) - points[low, 1]
    qz = np.float64(points[right, 2]) - points[low, 2]
    ax, ay, az = ey * pz - ez * py, ez * px - ex * pz, ex * py - ey * px
    bx, by, bz = qy * ez - qz * ey, qz * ex - qx * ez, qx * ey - qy * ex
    size = np.sqrt((ax * ax + ay * ay + az * az) * (bx * bx + by * by + bz * bz))
    if size <= 0.0:
        return 0.0
    return ((ay * bz - az * by) * ex + (az * bx - ax * bz) * ey + (ax * by - ay * bx) * ez) / size


@njit(cache=True, nogil=True, boundscheck=True)
def scan_edges(points, starts, keys, borders, sums, counts):  # type: ignore[no-untyped-def]
    """Classifies every edge; writes border edges (from, to) into `borders` (k, 2) i32 as far as it reaches.

    Returns nothing: `counts[BORDER_EDGES]` may exceed the rows of `borders`, then the caller gives a larger one.
    """
    edges = 0
    border = 0
    non_manifold = 0
    inconsistent = 0
    duplicates = 0
    curvature = 0.0
    for low in range(starts.shape[0] - 1):
        begin = starts[low]
        end = starts[low + 1]
        if end - begin > SMALL_BUCKET:
            sort_heap(keys, begin, end)
        else:
            for i in range(begin + 1, end):
                key = keys[i]
                j = i - 1
                while j >= begin and keys[j] > key:
                    keys[j + 1] = keys[j]
                    j -= 1
                keys[j + 1] = key
        i = begin
        while i < end:
            key = keys[i]
            high = key >> 33
            count = 1
            while i + count < end and keys[i + count] >> 33 == high:
                count += 1
            edges += 1
            if count == 2:
                other = keys[i + 1]
                if (key ^ other) & 1 == 0:
                    inconsistent += 1
                elif edges % CURVATURE_STRIDE == 0:
                    # The triangle in which the edge runs from low to high is on the left.
                    left, right = (other, key) if key & 1 else (key, other)
                    curvature += bend(points, low, high, (left >> 1) & 0xFFFFFFFF, (right >> 1) & 0xFFFFFFFF)
            elif count == 1:
                if border < borders.shape[0]:
                    borders[border, 0] = high if key & 1 else low
                    borders[border, 1] = low if key & 1 else high
                border += 1
            else:
                non_manifold += 1
            # A repeated triangle shows on all three edges; its edge of the two smallest vertices counts it.
            for k in range(i + 1, i + count):
                third = (keys[k] >> 1) & 0xFFFFFFFF
                if third > high and third == (keys[k - 1] >> 1) & 0xFFFFFFFF:
                    duplicates += 1
            i += count
    sums[CURVATURE] = curvature * CURVATURE_STRIDE / 2
    counts[EDGES] = edges
    counts[BORDER_EDGES] = border
    counts[NON_MANIFOLD] = non_manifold
    counts[INCONSISTENT] = inconsistent
    counts[DUPLICATES] = duplicates


@njit(cache=True, nogil=True, boundscheck=True)
def label_components(parents, labels):  # type: ignore[no-untyped-def]
    """Numbers the components in `labels` (n,) i32; a parent never has a larger number than its child."""
    count = 0
    for v in range(parents.shape[0]):
        if parents[v] == v:
            labels[v] = count
            count += 1
        else:
            labels[v] = labels[parents[v]]
    return count


@njit(cache=True, nogil=True, boundscheck=True)
def scan_components(points, triangles, labels, sizes, boxes):  # type: ignore[no-untyped-def]
    """Triangles (c,) i64 and box (c, 6) f64, given as +inf, -inf, of every component."""
    for t in range(triangles.shape[0]):
        sizes[labels[triangles[t, 0]]] += 1
    for v in range(points.shape[0]):
        box = labels[v]
        for axis in range(3):
            value = np.float64(points[v, axis])
            if value < boxes[box, axis]:
                boxes[box, axis] = value
            if value > boxes[box, axis + 3]:
                boxes[box, axis + 3] = value


@njit(cache=True, nogil=True, boundscheck=True)
def join_borders(borders, owners, parents, loop_of):  # type: ignore[no-untyped-def]
    """Numbers the loops of border edges (k, 2) i32 in `loop_of` (k,) i32: edges that share a vertex are one loop.

    `owners` (n_vertices,) i32 = -1, `parents` (k,) i32 = arange. Returns how many loops there are.
    """
    for edge in range(borders.shape[0]):
        for side in range(2):
            vertex = borders[edge, side]
            if owners[vertex] < 0:
                owners[vertex] = edge
                continue
            one = find_root(parents, edge)
            other = find_root(parents, owners[vertex])
            if one < other:
                parents[other] = one
            else:
                parents[one] = other
    return label_components(parents, loop_of)


@njit(cache=True, nogil=True, boundscheck=True)
def scan_loops(points, borders, loop_of, labels, loops, components):  # type: ignore[no-untyped-def]
    """Per loop its length, centre and greatest distance from it, (l, 5) f64 = 0; and its component, (l,) i32."""
    for edge in range(borders.shape[0]):
        a = borders[edge, 0]
        b = borders[edge, 1]
        loop = loop_of[edge]
        length = 0.0
        for axis in range(3):
            step = np.float64(points[a, axis]) - points[b, axis]
            length += step * step
        length = np.sqrt(length)
        loops[loop, 0] += length
        for axis in range(3):
            loops[loop, axis + 1] += length * (np.float64(points[a, axis]) + points[b, axis]) / 2
        components[loop] = labels[a]
    for loop in range(loops.shape[0]):
        if loops[loop, 0] > 0.0:
            for axis in range(3):
                loops[loop, axis + 1] /= loops[loop, 0]
    for edge in range(borders.shape[0]):
        loop = loop_of[edge]
        distance = 0.0
        for axis in range(3):
            step = np.float64(points[borders[edge, 0], axis]) - loops[loop, axis + 1]
            distance += step * step
        loops[loop, 4] = max(loops[loop, 4], np.sqrt(distance))
