"""The compiled search for the nearest triangle: an implicit tree of boxes, built and asked.

Everything a kernel needs stands in this file, since numba's cache does not see other files.

The tree: triangles in Morton order are its leaves; `WIDE` children to a node, every level full but its last
node. A node holds the boxes of its children, so `boxes` is (nodes, 6, WIDE) f32: low x, y, z, high x, y, z.
`first[level]` is where a level's nodes begin, and its last entry how many there are in all.
"""

import numpy as np
from numba import njit

WIDE = 4
DEEPEST = 128
FARTHEST = np.float32(3.0e38)  # both sides of an empty place's box
NOTHING = -1

# What part of a triangle is nearest, as `closest_on` says it.
FACE, EDGE_AB, EDGE_BC, EDGE_CA, CORNER_A, CORNER_B, CORNER_C = 0, 1, 2, 3, 4, 5, 6
MOST_NEIGHBOURS = 64


@njit(cache=True, nogil=True, boundscheck=True)
def spread_bits(value):  # type: ignore[no-untyped-def]
    """Ten bits with two zeros between each."""
    value = (value | (value << 16)) & 0x030000FF
    value = (value | (value << 8)) & 0x0300F00F
    value = (value | (value << 4)) & 0x030C30C3
    return (value | (value << 2)) & 0x09249249


@njit(cache=True, nogil=True, boundscheck=True)
def find_box(points, box):  # type: ignore[no-untyped-def]
    """The lowest and highest coordinates into `box` (2, 3) f64; numpy is ten times slower along short rows."""
    for axis in range(3):
        box[0, axis] = points[0, axis]
        box[1, axis] = points[0, axis]
    for p in range(points.shape[0]):
        for axis in range(3):
            value = np.float64(points[p, axis])
            box[0, axis] = min(box[0, axis], value)
            box[1, axis] = max(box[1, axis], value)


@njit(cache=True, nogil=True, boundscheck=True)
def morton_codes(points, triangles, low, scale, codes):  # type: ignore[no-untyped-def]
    """The place of each triangle's middle along a Z-order curve of 1024 cells a side, (m,) u32."""
    for t in range(triangles.shape[0]):
        code = 0
        for axis in range(3):
            middle = 0.0
            for corner in range(3):
                middle += np.float64(points[triangles[t, corner], axis])
            cell = np.int64(min(max((middle / 3.0 - low[axis]) * scale, 0.0), 1023.0))
            code |= spread_bits(cell) << axis
        codes[t] = code


@njit(cache=True, nogil=True, boundscheck=True)
def point_codes(points, low, scale, codes):  # type: ignore[no-untyped-def]
    """The same for points (n, 3); those outside the box go to its side."""
    for p in range(points.shape[0]):
        code = 0
        for axis in range(3):
            cell = np.int64(min(max((points[p, axis] - low[axis]) * scale, 0.0), 1023.0))
            code |= spread_bits(cell) << axis
        codes[p] = code


@njit(cache=True, nogil=True, boundscheck=True)
def order_by_code(codes, order, spare_codes, spare_order):  # type: ignore[no-untyped-def]
    """Stable order of 30-bit codes in three passes of ten bits; `order` (n,) i32 is filled."""
    for i in range(order.shape[0]):
        order[i] = i
    counts = np.zeros(1025, dtype=np.int32)
    for turn in range(3):
        shift = np.uint32(10 * turn)
        counts[:] = 0
        for i in range(codes.shape[0]):
            counts[np.int64((codes[i] >> shift) & np.uint32(1023)) + 1] += 1
        for i in range(1024):
            counts[i + 1] += counts[i]
        for i in range(codes.shape[0]):
            digit = np.int64((codes[i] >> shift) & np.uint32(1023))
            spare_codes[counts[digit]] = codes[i]
            spare_order[counts[digit]] = order[i]
            counts[digit] += 1
        codes[:] = spare_codes
        order[:] = spare_order


@njit(cache=True, nogil=True, boundscheck=True)
def build_boxes(points, triangles, order, first, boxes, corners):  # type: ignore[no-untyped-def]
    """Fills the boxes of all levels from the last up, and copies each triangle's corners into the tree's order.

    corners (m, 9) f32: a, b, c.
    """
    count = order.shape[0]
    last = first.shape[0] - 2
    boxes[:, :3, :] = FARTHEST
    boxes[:, 3:, :] = FARTHEST
    for place in range(count):
        t = order[place]
        for corner in range(3):
            for axis in range(3):
                corners[place, 3 * corner + axis] = points[triangles[t, corner], axis]
    for place in range(count):
        node = first[last] + place // WIDE
        child = place % WIDE
        for axis in range(3):
            a, b, c = corners[place, axis], corners[place, axis + 3], corners[place, axis + 6]
            boxes[node, axis, child] = min(a, b, c)
            boxes[node, axis + 3, child] = max(a, b, c)
    for level in range(last - 1, -1, -1):
        for below in range(first[level + 2] - first[level + 1]):
            node = first[level] + below // WIDE
            child = below % WIDE
            for axis in range(3):
                low = FARTHEST
                high = -FARTHEST
                for grandchild in range(WIDE):
                    value = boxes[first[level + 1] + below, axis, grandchild]
                    if value == FARTHEST:
                        continue
                    low = min(low, value)
                    high = max(high, boxes[first[level + 1] + below, axis + 3, grandchild])
                boxes[node, axis, child] = low
                boxes[node, axis + 3, child] = high


@njit(cache=True, nogil=True, boundscheck=True)
def closest_on(corners, place, x, y, z):  # type: ignore[no-untyped-def]
    """Squared distance from a point to one triangle, the nearest point, and which part of it that is on."""
    ax = np.float64(corners[place, 0])
    ay = np.float64(corners[place, 1])
    az = np.float64(corners[place, 2])
    abx = corners[place, 3] - ax
    aby = corners[place, 4] - ay
    abz = corners[place, 5] - az
    acx = corners[place, 6] - ax
    acy = corners[place, 7] - ay
    acz = corners[place, 8] - az
    px, py, pz = x - ax, y - ay, z - az
    bb = abx * abx + aby * aby + abz * abz
    cc = acx * acx + acy * acy + acz * acz
    bc = abx * acx + aby * acy + abz * acz
    d1 = abx * px + aby * py + abz * pz
    d2 = acx * px + acy * py + acz * pz
    d3 = d1 - bb
    d4 = d2 - bc
    d5 = d1 - bc
    d6 = d2 - cc
    v = 0.0
    w = 0.0
    if d1 <= 0.0 and d2 <= 0.0:
        part = CORNER_A
    elif d3 >= 0.0 and d4 <= d3:
        part = CORNER_B
        v = 1.0
    elif d6 >= 0.0 and d5 <= d6:
        part = CORNER_C
        w = 1.0
    else:
        vc = d1 * d4 - d3 * d2
        vb = d5 * d2 - d1 * d6
        va = d3 * d6 - d5 * d4
        if vc <= 0.0 and d1 >= 0.0 and d3 <= 0.0:
            part = EDGE_AB
            # A triangle without width (streams round corners together) has edges of no length.
            v = d1 / (d1 - d3) if d1 > d3 else 0.0
        elif vb <= 0.0 and d2 >= 0.0 and d6 <= 0.0:
            part = EDGE_CA
            w = d2 / (d2 - d6) if d2 > d6 else 0.0
        elif va <= 0.0 and d4 >= d3 and d5 >= d6:
            part = EDGE_BC
            length = (d4 - d3) + (d5 - d6)
            w = (d4 - d3) / length if length > 0.0 else 0.0
            v = 1.0 - w
        else:
            part = FACE
            total = va + vb + vc
            v = vb / total if total > 0.0 else 0.0
            w = vc / total if total > 0.0 else 0.0
    qx = abx * v + acx * w
    qy = aby * v + acy * w
    qz = abz * v + acz * w
    dx, dy, dz = px - qx, py - qy, pz - qz
    return dx * dx + dy * dy + dz * dz, ax + qx, ay + qy, az + qz, part


@njit(cache=True, nogil=True, boundscheck=True)
def find_nearest(first, boxes, corners, queries, order, limit, most_steps, squared, places):  # type: ignore[no-untyped-def]
    """The nearest triangle's place in the tree (or -1 beyond `limit`) and the squared distance of every query.

    queries (n, 3) f32 are asked in `order` (n,) i32, neighbours in a row: the last answer bounds the next search.
    False when the boxes overlap so badly that the search took `most_steps` nodes and was given up.
    """
    last = first.shape[0] - 2
    stack_node = np.empty(DEEPEST, dtype=np.int32)
    stack_level = np.empty(DEEPEST, dtype=np.int32)
    stack_square = np.empty(DEEPEST, dtype=np.float64)
    squares = np.empty(WIDE, dtype=np.float32)
    recent = 0
    steps = 0
    for i in range(order.shape[0]):
        query = order[i]
        fx = queries[query, 0]
        fy = queries[query, 1]
        fz = queries[query, 2]
        x = np.float64(fx)
        y = np.float64(fy)
        z = np.float64(fz)
        best = limit * limit
        found = NOTHING
        square = closest_on(corners, recent, x, y, z)[0]
        if square <= best:
            best = square
            found = recent
        top = 0
        node = 0
        level = 0
        while True:
            steps += 1
            if steps > most_steps:
                return False
            row = first[level] + node
            for child in range(WIDE):
                dx = max(boxes[row, 0, child] - fx, fx - boxes[row, 3, child], np.float32(0.0))
                dy = max(boxes[row, 1, child] - fy, fy - boxes[row, 4, child], np.float32(0.0))
                dz = max(boxes[row, 2, child] - fz, fz - boxes[row, 5, child], np.float32(0.0))
                squares[child] = dx * dx + dy * dy + dz * dz
            # A box's float32 distance may round up by a little: what is just beyond is looked into as well.
            reach = np.float32(best * 1.00001)
            size = corners.shape[0] if level == last else first[level + 2] - first[level + 1]
            children = min(WIDE, size - node * WIDE)
            if level == last:
                for child in range(children):
                    if squares[child] <= reach:
                        place = node * WIDE + child
                        square = closest_on(corners, place, x, y, z)[0]
                        if square < best:
                            best = square
                            found = place
            else:
                bottom = top
                for child in range(children):
                    if squares[child] > reach:
                        continue
                    # Kept in order, so that the nearest child is looked into first.
                    at = top
                    while at > bottom and stack_square[at - 1] < squares[child]:
                        stack_square[at] = stack_square[at - 1]
                        stack_node[at] = stack_node[at - 1]
                        at -= 1
                    stack_square[at] = squares[child]
                    stack_node[at] = node * WIDE + child
                    stack_level[top] = level + 1
                    top += 1
            while top > 0 and stack_square[top - 1] > best * 1.00001:
                top -= 1
            if top == 0:
                break
            top -= 1
            node = stack_node[top]
            level = stack_level[top]
        squared[query] = best
        places[query] = found
        if found >= 0:
            recent = found
    return True


@njit(cache=True, nogil=True, boundscheck=True)
def list_neighbours(triangles, starts, around):  # type: ignore[no-untyped-def]
    """The triangles around each vertex: `around[starts[v]:starts[v + 1]]`; starts (n + 1,) i32 = 0, around (3 m,)."""
    for t in range(triangles.shape[0]):
        for corner in range(3):
            starts[triangles[t, corner]] += 1
    for v in range(1, starts.shape[0]):
        starts[v] += starts[v - 1]
    for t in range(triangles.shape[0] - 1, -1, -1):
        for corner in range(3):
            v = triangles[t, corner]
            starts[v] -= 1
            around[starts[v]] = t


@njit(cache=True, nogil=True, boundscheck=True)
def add_normal(points, triangles, t, corner, normal):  # type: ignore[no-untyped-def]
    """Adds a triangle's unit normal, times its angle at `corner` (times 1 where that is negative)."""
    i = max(corner, 0)
    a = triangles[t, i]
    b = triangles[t, (i + 1) % 3]
    c = triangles[t, (i + 2) % 3]
    ux = np.float64(points[b, 0]) - points[a, 0]
    uy = np.float64(points[b, 1]) - points[a, 1]
    uz = np.float64(points[b, 2]) - points[a, 2]
    vx = np.float64(points[c, 0]) - points[a, 0]
    vy = np.float64(points[c, 1]) - points[a, 1]
    vz = np.float64(points[c, 2]) - points[a, 2]
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    size = np.sqrt(nx * nx + ny * ny + nz * nz)
    if size <= 0.0:
        return
    weight = 1.0 / size
    if corner >= 0:
        weight *= np.arctan2(size, ux * vx + uy * vy + uz * vz)
    normal[0] += weight * nx
    normal[1] += weight * ny
    normal[2] += weight * nz


@njit(cache=True, nogil=True, boundscheck=True)
def normal_of_edge(points, triangles, starts, around, t, corner, normal):  # type: ignore[no-untyped-def]
    """Sums the normals of the triangles at the edge that begins at `corner` of t; True at a border."""
    a = triangles[t, corner]
    b = triangles[t, (corner + 1) % 3]
    if starts[b + 1] - starts[b] < starts[a + 1] - starts[a]:
        a, b = b, a
    sharing = 0
    for i in range(starts[a], min(starts[a + 1], starts[a] + MOST_NEIGHBOURS)):
        other = around[i]
        if triangles[other, 0] == b or triangles[other, 1] == b or triangles[other, 2] == b:
            add_normal(points, triangles, other, -1, normal)
            sharing += 1
    if sharing == 0:
        add_normal(points, triangles, t, -1, normal)
    return sharing < 2


@njit(cache=True, nogil=True, boundscheck=True)
def normal_of_corner(points, triangles, starts, around, v, normal):  # type: ignore[no-untyped-def]
    """Sums the normals around a vertex, each by its angle there; True at a border."""
    begin = starts[v]
    end = min(starts[v + 1], begin + MOST_NEIGHBOURS)
    is_border = False
    for i in range(begin, end):
        t = around[i]
        for corner in range(3):
            if triangles[t, corner] == v:
                add_normal(points, triangles, t, corner, normal)
            else:
                far = triangles[t, corner]
                sharing = 0
                for j in range(begin, end):
                    o = around[j]
                    if triangles[o, 0] == far or triangles[o, 1] == far or triangles[o, 2] == far:
                        sharing += 1
                is_border = is_border or sharing < 2
    return is_border


@njit(cache=True, nogil=True, boundscheck=True)
def sign_distances(  # type: ignore[no-untyped-def]
    points, triangles, tree_order, starts, around, corners, queries, places, distances, at_border
):
    """Makes `distances` (n,) f64 negative for queries inside, and marks those nearest to a border."""
    normal = np.zeros(3, dtype=np.float64)
    for query in range(queries.shape[0]):
        place = places[query]
        if place < 0:
            continue
        t = tree_order[place]
        x = np.float64(queries[query, 0])
        y = np.float64(queries[query, 1])
        z = np.float64(queries[query, 2])
        _, qx, qy, qz, part = closest_on(corners, place, x, y, z)
        normal[:] = 0.0
        if part == FACE:
            add_normal(points, triangles, t, -1, normal)
        elif part <= EDGE_CA:
            at_border[query] = normal_of_edge(points, triangles, starts, around, t, part - EDGE_AB, normal)
        else:
            v = triangles[t, part - CORNER_A]
            at_border[query] = normal_of_corner(points, triangles, starts, around, v, normal)
        if (x - qx) * normal[0] + (y - qy) * normal[1] + (z - qz) * normal[2] < 0.0:
            distances[query] = -distances[query]
