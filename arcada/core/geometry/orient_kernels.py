"""The compiled passes of `orient`: sums over normals, a map of heights, the fit of an arch to its ridge.

Everything a kernel needs stands in this file, since numba's cache does not see other files.
"""

import math

import numpy as np
from numba import njit

# Rows of `moments` as `sum_normals` fills them: area, vector area, area·centre, area·centre·centreᵀ.
AREA, VECTOR, FIRST, SECOND = 0, 1, 4, 7
MOMENTS = 16
CELLS = 12  # a side of each of the six faces of the cube that normals are counted on

EMPTY = np.float32(-3.0e38)


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
def sum_normals(points, triangles, factor, moments, facing):  # type: ignore[no-untyped-def]
    """Area moments (16,) f64 and the area and normals facing each cell of a cube, (6 * CELLS², 4) f64; in mm."""
    ox, oy, oz = np.float64(points[0, 0]), np.float64(points[0, 1]), np.float64(points[0, 2])
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax = (points[a, 0] - ox) * factor
        ay = (points[a, 1] - oy) * factor
        az = (points[a, 2] - oz) * factor
        bx = (points[b, 0] - ox) * factor
        by = (points[b, 1] - oy) * factor
        bz = (points[b, 2] - oz) * factor
        cx = (points[c, 0] - ox) * factor
        cy = (points[c, 1] - oy) * factor
        cz = (points[c, 2] - oz) * factor
        ux, uy, uz = bx - ax, by - ay, bz - az
        vx, vy, vz = cx - ax, cy - ay, cz - az
        nx = (uy * vz - uz * vy) / 2
        ny = (uz * vx - ux * vz) / 2
        nz = (ux * vy - uy * vx) / 2
        area = math.sqrt(nx * nx + ny * ny + nz * nz)
        if area <= 0.0:
            continue
        mx, my, mz = (ax + bx + cx) / 3, (ay + by + cy) / 3, (az + bz + cz) / 3
        moments[AREA] += area
        moments[VECTOR] += nx
        moments[VECTOR + 1] += ny
        moments[VECTOR + 2] += nz
        moments[FIRST] += area * mx
        moments[FIRST + 1] += area * my
        moments[FIRST + 2] += area * mz
        moments[SECOND] += area * mx * mx
        moments[SECOND + 1] += area * mx * my
        moments[SECOND + 2] += area * mx * mz
        moments[SECOND + 4] += area * my * my
        moments[SECOND + 5] += area * my * mz
        moments[SECOND + 8] += area * mz * mz
        sx, sy, sz = abs(nx), abs(ny), abs(nz)
        if sx >= sy and sx >= sz:
            face, p, q, r = (0 if nx > 0 else 1), ny, nz, sx
        elif sy >= sz:
            face, p, q, r = (2 if ny > 0 else 3), nz, nx, sy
        else:
            face, p, q, r = (4 if nz > 0 else 5), nx, ny, sz
        i = min(int((p / r + 1.0) * 0.5 * CELLS), CELLS - 1)
        j = min(int((q / r + 1.0) * 0.5 * CELLS), CELLS - 1)
        cell = (face * CELLS + i) * CELLS + j
        facing[cell, 0] += area
        facing[cell, 1] += nx
        facing[cell, 2] += ny
        facing[cell, 3] += nz


@njit(cache=True, nogil=True, boundscheck=True)
def map_heights(points, factor, rows, low, cell, heights):  # type: ignore[no-untyped-def]
    """The highest point over each cell of a plane: heights (nx, ny) f32, EMPTY where there is none.

    rows (3, 3) f64 turn a point (times `factor`) into along, across, up; `low` (2,) is the first cell's corner.
    """
    for p in range(points.shape[0]):
        x = points[p, 0] * factor
        y = points[p, 1] * factor
        z = points[p, 2] * factor
        i = int((rows[0, 0] * x + rows[0, 1] * y + rows[0, 2] * z - low[0]) / cell)
        j = int((rows[1, 0] * x + rows[1, 1] * y + rows[1, 2] * z - low[1]) / cell)
        if i < 0 or j < 0 or i >= heights.shape[0] or j >= heights.shape[1]:
            continue
        height = np.float32(rows[2, 0] * x + rows[2, 1] * y + rows[2, 2] * z)
        if height > heights[i, j]:
            heights[i, j] = height


@njit(cache=True, nogil=True, boundscheck=True)
def misfit(ridge, weights, form, curve, far):  # type: ignore[no-untyped-def]
    """How badly half an ellipse fits a ridge seen from above: mean capped distances, ridge to curve and back.

    ridge (n, 2) f64 with weights (n,); form: direction of the front (angle), middle, foremost point along it,
    half width, depth; curve (k, 2) is room for the curve's points.
    """
    cosine = math.cos(form[0])
    sine = math.sin(form[0])
    count = curve.shape[0]
    for k in range(count):
        turn = math.pi * (k / (count - 1) - 0.5)
        side = form[1] + form[3] * math.sin(turn)
        front = form[2] - form[4] * (1.0 - math.cos(turn))
        # "Side" runs to the right of the front's direction.
        curve[k, 0] = front * cosine + side * sine
        curve[k, 1] = front * sine - side * cosine
    nearest = np.full(count, far * far)
    total = 0.0
    weight = 0.0
    for i in range(ridge.shape[0]):
        best = far * far
        for k in range(count):
            dx = ridge[i, 0] - curve[k, 0]
            dy = ridge[i, 1] - curve[k, 1]
            square = dx * dx + dy * dy
            if square < best:
                best = square
            if square < nearest[k]:
                nearest[k] = square
        total += weights[i] * math.sqrt(best)
        weight += weights[i]
    uncovered = 0.0
    for k in range(count):
        uncovered += math.sqrt(nearest[k])
    return total / weight + uncovered / count
