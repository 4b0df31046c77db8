"""Kernels of the levels of detail: which vertices fall into one cluster, and where it goes."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

_EMPTY = np.int32(-1)
_CELLS_PER_AXIS = 1 << 20
_KEPT_AT_MEAN = 0.03  # how strongly a flat cluster's point is held at its mean, against the planes


@njit(cache=True, nogil=True, boundscheck=True)
def _mix(number: np.uint64) -> np.uint64:
    number = (number ^ (number >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15)
    return number ^ (number >> np.uint64(29))


@njit(cache=True, nogil=True, boundscheck=True)
def mark_border(triangles: Any, vertex_count: int) -> Any:
    """Which vertices lie on a border, (n_vertices,) bool.

    Around an inner vertex each neighbour follows once and precedes once, so their hashes cancel out.
    """
    balance = np.zeros(vertex_count, dtype=np.uint64)
    for i in range(triangles.shape[0]):
        a, b, c = triangles[i, 0], triangles[i, 1], triangles[i, 2]
        hash_a, hash_b, hash_c = _mix(np.uint64(a)), _mix(np.uint64(b)), _mix(np.uint64(c))
        balance[a] += hash_b - hash_c
        balance[b] += hash_c - hash_a
        balance[c] += hash_a - hash_b
    return balance != np.uint64(0)


@njit(cache=True, nogil=True, boundscheck=True)
def _cell(points: Any, i: int, axis: int, low: Any, per_unit: float) -> int:
    number = int((np.float64(points[i, axis]) - low[axis]) * per_unit)
    return min(max(number, 0), _CELLS_PER_AXIS - 1)


@njit(cache=True, nogil=True, boundscheck=True)
def _root(parent: Any, i: Any) -> Any:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@njit(cache=True, nogil=True, boundscheck=True)
def cell_keys(points: Any, on_border: Any, low: Any, cell_size: float) -> Any:
    """Each vertex's cell of a grid as one number (n_vertices,) uint64; a border's vertices have cells apart."""
    keys = np.empty(points.shape[0], dtype=np.uint64)
    per_unit = 1.0 / cell_size
    for i in range(points.shape[0]):
        x = np.uint64(_cell(points, i, 0, low, per_unit))
        y = np.uint64(_cell(points, i, 1, low, per_unit))
        z = np.uint64(_cell(points, i, 2, low, per_unit))
        keys[i] = (x << np.uint64(41)) | (y << np.uint64(21)) | (z << np.uint64(1)) | np.uint64(on_border[i])
    return keys


@njit(cache=True, nogil=True, boundscheck=True)
def cluster_vertices(keys: Any, triangles: Any) -> Any:
    """Each vertex's cluster (n_vertices,) int32, and how many there are.

    A cluster is what hangs together inside one cell: neighbouring teeth and the two sides of a thin wall
    stay apart.
    """
    parent = np.arange(keys.shape[0]).astype(np.int32)
    for i in range(triangles.shape[0]):
        a, b, c = np.int64(triangles[i, 0]), np.int64(triangles[i, 1]), np.int64(triangles[i, 2])
        key_a, key_b, key_c = keys[a], keys[b], keys[c]
        if key_a == key_b:
            first, second = _root(parent, a), _root(parent, b)
            if first != second:
                parent[max(first, second)] = min(first, second)
        if key_b == key_c:
            first, second = _root(parent, b), _root(parent, c)
            if first != second:
                parent[max(first, second)] = min(first, second)
        if key_c == key_a:
            first, second = _root(parent, c), _root(parent, a)
            if first != second:
                parent[max(first, second)] = min(first, second)
    cluster_of = np.empty(keys.shape[0], dtype=np.int32)
    found = np.int32(0)
    for i in range(keys.shape[0]):
        root = _root(parent, i)  # the smallest of its cluster, so it was numbered before the others
        if root == i:
            cluster_of[i] = found
            found += np.int32(1)
        else:
            cluster_of[i] = cluster_of[root]
    return cluster_of, int(found)


@njit(cache=True, nogil=True, boundscheck=True)
def collapse_triangles(triangles: Any, cluster_of: Any) -> Any:
    """The triangles between three clusters, each trio at most once: (n, 3) uint32.

    Two that lie back to back are a fold and cancel out: keeping one would tear its three edges open. A file
    that says everything twice, once for each side, keeps one of each.
    """
    spanning = 0
    for i in range(triangles.shape[0]):
        a, b, c = cluster_of[triangles[i, 0]], cluster_of[triangles[i, 1]], cluster_of[triangles[i, 2]]
        if a != b and b != c and c != a:
            spanning += 1
    slots = 16
    while slots < 2 * spanning:
        slots *= 2
    mask = np.uint64(slots - 1)
    held = np.full(slots, _EMPTY, dtype=np.int32)
    trios = np.empty((spanning, 3), dtype=np.uint32)  # ascending
    balance = np.zeros(spanning, dtype=np.int32)  # how many more turn one way than the other
    found = 0
    for i in range(triangles.shape[0]):
        a, b, c = cluster_of[triangles[i, 0]], cluster_of[triangles[i, 1]], cluster_of[triangles[i, 2]]
        if a == b or b == c or c == a:
            continue
        low, high = min(a, b, c), max(a, b, c)
        middle = a ^ b ^ c ^ low ^ high
        slot = _mix(_mix(_mix(np.uint64(low)) + np.uint64(middle)) + np.uint64(high)) & mask
        while held[slot] != _EMPTY:
            trio = trios[held[slot]]
            if trio[0] == low and trio[1] == middle and trio[2] == high:
                break
            slot = (slot + np.uint64(1)) & mask
        if held[slot] == _EMPTY:
            held[slot] = found
            trios[found, 0], trios[found, 1], trios[found, 2] = low, middle, high
            found += 1
        ascends = (int(a < b) + int(b < c) + int(c < a)) == 2
        balance[held[slot]] += 1 if ascends else -1
    standing = 0
    for i in range(found):
        standing += balance[i] != 0
    keeps_all = 2 * standing < found
    kept = np.empty((found if keeps_all else standing, 3), dtype=np.uint32)
    count = 0
    for i in range(found):
        if keeps_all or balance[i] != 0:
            kept[count, 0] = trios[i, 0]
            kept[count, 1], kept[count, 2] = trios[i, 1], trios[i, 2]
            if balance[i] < 0:
                kept[count, 1], kept[count, 2] = trios[i, 2], trios[i, 1]
            count += 1
    return kept


@njit(cache=True, nogil=True, boundscheck=True)
def _solve(planes: Any, hold: float, out: Any) -> None:
    """The point nearest to all planes and, with weight `hold`, to the origin; `out` stays where none is."""
    xx, xy, xz = planes[0] + hold, planes[1], planes[2]
    yy, yz, zz = planes[3] + hold, planes[4], planes[5] + hold
    px, py, pz = planes[6], planes[7], planes[8]
    cx, cy, cz = yy * zz - yz * yz, yz * xz - xy * zz, xy * yz - yy * xz
    determinant = xx * cx + xy * cy + xz * cz
    if not abs(determinant) > 1e-300:
        return
    dx, dy, dz = xx * zz - xz * xz, xz * xy - xx * yz, xx * yy - xy * xy
    out[0] = (cx * px + cy * py + cz * pz) / determinant
    out[1] = (cy * px + dx * py + dy * pz) / determinant
    out[2] = (cz * px + dy * py + dz * pz) / determinant


@njit(cache=True, nogil=True, boundscheck=True)
def place_clusters(
    points: Any,
    triangles: Any,
    on_border: Any,
    cluster_of: Any,
    cluster_count: int,
    low: Any,
    cell_size: float,
) -> Any:
    """Each cluster's point (n_clusters, 3) float32.

    An inner cluster goes where its triangles' planes meet (cusps and edges stay sharp), held inside its cell;
    a border cluster takes the one of its own vertices that is nearest to their mean (a border does not shrink).
    """
    mean = np.zeros((cluster_count, 3))
    members = np.zeros(cluster_count, dtype=np.int64)
    is_border = np.zeros(cluster_count, dtype=np.bool_)
    for i in range(points.shape[0]):
        cluster = cluster_of[i]
        members[cluster] += 1
        is_border[cluster] = on_border[i]
        for axis in range(3):
            mean[cluster, axis] += np.float64(points[i, axis])
    for cluster in range(cluster_count):
        for axis in range(3):
            mean[cluster, axis] /= members[cluster]

    planes = np.zeros((cluster_count, 9))
    for i in range(triangles.shape[0]):
        a, b, c = triangles[i, 0], triangles[i, 1], triangles[i, 2]
        ax, ay, az = np.float64(points[a, 0]), np.float64(points[a, 1]), np.float64(points[a, 2])
        ux, uy, uz = points[b, 0] - ax, points[b, 1] - ay, points[b, 2] - az
        vx, vy, vz = points[c, 0] - ax, points[c, 1] - ay, points[c, 2] - az
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        length = math.sqrt(nx * nx + ny * ny + nz * nz)
        if not length > 0.0:
            continue
        nx, ny, nz = nx / length, ny / length, nz / length
        before = -1
        for corner in range(3):
            cluster = cluster_of[triangles[i, corner]]
            if cluster == before or is_border[cluster]:
                continue
            before = cluster
            distance = (
                nx * (ax - mean[cluster, 0]) + ny * (ay - mean[cluster, 1]) + nz * (az - mean[cluster, 2])
            )
            row = planes[cluster]
            row[0] += length * nx * nx
            row[1] += length * nx * ny
            row[2] += length * nx * nz
            row[3] += length * ny * ny
            row[4] += length * ny * nz
            row[5] += length * nz * nz
            row[6] += length * nx * distance
            row[7] += length * ny * distance
            row[8] += length * nz * distance

    placed = np.empty((cluster_count, 3), dtype=np.float32)
    nearest = np.full(cluster_count, np.inf)
    moved = np.zeros(3)
    for i in range(points.shape[0]):
        cluster = cluster_of[i]
        if is_border[cluster]:
            away = 0.0
            for axis in range(3):
                away += (np.float64(points[i, axis]) - mean[cluster, axis]) ** 2
            if away < nearest[cluster]:
                nearest[cluster] = away
                for axis in range(3):
                    placed[cluster, axis] = points[i, axis]
        elif nearest[cluster] != 0.0:
            nearest[cluster] = 0.0
            moved[:] = 0.0
            row = planes[cluster]
            _solve(row, _KEPT_AT_MEAN * (row[0] + row[3] + row[5]), moved)
            for axis in range(3):
                start = low[axis] + _cell(points, i, axis, low, 1.0 / cell_size) * cell_size
                target = mean[cluster, axis] + moved[axis]
                placed[cluster, axis] = min(max(target, start), start + cell_size)
    return placed


@njit(cache=True, nogil=True, boundscheck=True)
def face_as_before(kept: Any, placed: Any, points: Any, triangles: Any, cluster_of: Any) -> int:
    """Turns round, in place, each kept triangle that moving made look inwards; how many these were.

    What is outside is told by the normals that the full mesh has around each cluster.
    """
    outwards = np.zeros((placed.shape[0], 3))
    for i in range(triangles.shape[0]):
        a, b, c = triangles[i, 0], triangles[i, 1], triangles[i, 2]
        ux, uy, uz = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1], points[b, 2] - points[a, 2]
        vx, vy, vz = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1], points[c, 2] - points[a, 2]
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for corner in range(3):
            cluster = cluster_of[triangles[i, corner]]
            outwards[cluster, 0] += nx
            outwards[cluster, 1] += ny
            outwards[cluster, 2] += nz
    turned = 0
    for i in range(kept.shape[0]):
        a, b, c = kept[i, 0], kept[i, 1], kept[i, 2]
        ux, uy, uz = placed[b, 0] - placed[a, 0], placed[b, 1] - placed[a, 1], placed[b, 2] - placed[a, 2]
        vx, vy, vz = placed[c, 0] - placed[a, 0], placed[c, 1] - placed[a, 1], placed[c, 2] - placed[a, 2]
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        facing = 0.0
        for corner in range(3):
            out = outwards[kept[i, corner]]
            facing += nx * out[0] + ny * out[1] + nz * out[2]
        if facing < 0.0:
            kept[i, 1], kept[i, 2] = c, b
            turned += 1
    return turned


@njit(cache=True, nogil=True, boundscheck=True)
def average_light(colours: Any, cluster_of: Any, cluster_count: int, light_of_byte: Any) -> Any:
    """Each cluster's mean light (n_clusters, 3) float32, of its vertices' sRGB bytes."""
    total = np.zeros((cluster_count, 3), dtype=np.float32)
    members = np.zeros(cluster_count, dtype=np.float32)
    for i in range(colours.shape[0]):
        cluster = cluster_of[i]
        members[cluster] += np.float32(1.0)
        for channel in range(3):
            total[cluster, channel] += light_of_byte[colours[i, channel]]
    for cluster in range(cluster_count):
        if members[cluster] > 0.0:
            for channel in range(3):
                total[cluster, channel] /= members[cluster]
    return total


def warm() -> None:
    """Runs every kernel once, with the types that production uses."""
    points: npt.NDArray[np.float32] = np.eye(3, dtype=np.float32)
    triangles = np.array([[0, 1, 2]], dtype=np.uint32)
    low = np.zeros(3)
    on_border = mark_border(triangles, 3)
    cluster_of, count = cluster_vertices(cell_keys(points, on_border, low, 0.4), triangles)
    kept = collapse_triangles(triangles, cluster_of)
    placed = place_clusters(points, triangles, on_border, cluster_of, count, low, 0.4)
    face_as_before(kept, placed, points, triangles, cluster_of)
    average_light(np.zeros((3, 3), dtype=np.uint8), cluster_of, count, np.zeros(256, dtype=np.float32))
