"""Kernels of the posters: smooth normals, depth and triangle per sample, light per sample, one picture."""

import math
from typing import Any

import numpy as np
from numba import njit

_NOBODY = np.int32(-1)
_PAIRS = ((1, 0), (0, 1), (1, 1), (1, -1))
SAMPLES = 2  # per pixel and axis

# Lights stand with the camera, so that each view is lit alike: a key from above on the left, a soft fill
# from the right, and light from all around that is a little stronger from above.
_KEY_X, _KEY_Y, _KEY_Z = -0.36, 0.50, 0.788
_FILL_X, _FILL_Y, _FILL_Z = 0.64, -0.12, 0.759
_KEY, _FILL, _AROUND, _FROM_ABOVE, _HEAD_ON = 0.76, 0.16, 0.07, 0.04, 0.10
_GLOSS = 0.14
_GROOVE = 1.1  # how much darker light is where the surface sinks by one part in one
_GROOVE_REACHES = (3, 8)  # samples to either side
_BACK = 0.30  # light that the inner side of an open scan gets, as a share


@njit(cache=True, nogil=True, boundscheck=True)
def smooth_normals(points: Any, triangles: Any) -> Any:
    """Area-weighted unit normals (n_vertices, 3) float32; zero where a vertex has no triangle with an area."""
    normals = np.zeros((points.shape[0], 3), dtype=np.float32)
    for i in range(triangles.shape[0]):
        a, b, c = triangles[i, 0], triangles[i, 1], triangles[i, 2]
        ux, uy, uz = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1], points[b, 2] - points[a, 2]
        vx, vy, vz = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1], points[c, 2] - points[a, 2]
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for corner in range(3):
            vertex = triangles[i, corner]
            normals[vertex, 0] += nx
            normals[vertex, 1] += ny
            normals[vertex, 2] += nz
    for i in range(points.shape[0]):
        x, y, z = np.float64(normals[i, 0]), np.float64(normals[i, 1]), np.float64(normals[i, 2])
        length = math.sqrt(x * x + y * y + z * z)
        if length > 0.0:
            normals[i, 0], normals[i, 1], normals[i, 2] = x / length, y / length, z / length
    return normals


@njit(cache=True, nogil=True, boundscheck=True)
def fit_into_picture(points: Any, rows: Any, height: int, width: int, margin: float) -> Any:
    """Each point's column, row (downwards) and nearness, in samples: (n_vertices, 3) float32.

    Orthographic; the scan stands in the middle and is as large as the margin (a share of each side) allows.
    """
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for i in range(points.shape[0]):
        x, y, z = np.float64(points[i, 0]), np.float64(points[i, 1]), np.float64(points[i, 2])
        for axis in range(3):
            along = rows[axis, 0] * x + rows[axis, 1] * y + rows[axis, 2] * z
            low[axis] = min(low[axis], along)
            high[axis] = max(high[axis], along)
    extent = max(high[0] - low[0], high[1] - low[1], high[2] - low[2], 1e-30)
    room = 1.0 - 2.0 * margin
    scale = min(
        room * width / max(high[0] - low[0], 1e-9 * extent),
        room * height / max(high[1] - low[1], 1e-9 * extent),
    )
    seen = np.empty((points.shape[0], 3), dtype=np.float32)
    for i in range(points.shape[0]):
        x, y, z = np.float64(points[i, 0]), np.float64(points[i, 1]), np.float64(points[i, 2])
        right = rows[0, 0] * x + rows[0, 1] * y + rows[0, 2] * z
        up = rows[1, 0] * x + rows[1, 1] * y + rows[1, 2] * z
        near = rows[2, 0] * x + rows[2, 1] * y + rows[2, 2] * z
        seen[i, 0] = 0.5 * width + (right - 0.5 * (low[0] + high[0])) * scale
        seen[i, 1] = 0.5 * height - (up - 0.5 * (low[1] + high[1])) * scale
        seen[i, 2] = (near - 0.5 * (low[2] + high[2])) * scale
    return seen


@njit(cache=True, nogil=True, boundscheck=True)
def rasterise(seen: Any, triangles: Any, height: int, width: int) -> Any:
    """Which triangle each sample shows (height, width) int32, -1 for none, and how near it is, float32.

    `seen` (n_vertices, 3) float32: column and row in samples, and nearness to the camera.
    """
    nearness = np.full((height, width), -np.inf, dtype=np.float32)
    shown = np.full((height, width), _NOBODY, dtype=np.int32)
    half = np.float32(0.5)
    for i in range(triangles.shape[0]):
        a, b, c = triangles[i, 0], triangles[i, 1], triangles[i, 2]
        ax, ay, az = seen[a, 0], seen[a, 1], seen[a, 2]
        bx, by, bz = seen[b, 0], seen[b, 1], seen[b, 2]
        cx, cy, cz = seen[c, 0], seen[c, 1], seen[c, 2]
        first_column = max(math.ceil(min(ax, bx, cx) - half), 0)
        last_column = min(math.floor(max(ax, bx, cx) - half), width - 1)
        if first_column > last_column:
            continue
        first_row = max(math.ceil(min(ay, by, cy) - half), 0)
        last_row = min(math.floor(max(ay, by, cy) - half), height - 1)
        if first_row > last_row:
            continue
        twice_area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if twice_area == 0.0:
            continue
        per_area = np.float32(1.0) / twice_area
        # Shares of b and c as planes over the picture; the share of a is what is left.
        b_column, b_row = (cy - ay) * per_area, (ax - cx) * per_area
        c_column, c_row = (ay - by) * per_area, (bx - ax) * per_area
        start = np.float32(first_column) + half - ax
        for row in range(first_row, last_row + 1):
            down = np.float32(row) + half - ay
            of_b = start * b_column + down * b_row
            of_c = start * c_column + down * c_row
            for column in range(first_column, last_column + 1):
                if of_b >= 0.0 and of_c >= 0.0 and of_b + of_c <= 1.0:
                    near = az + of_b * (bz - az) + of_c * (cz - az)
                    if near > nearness[row, column]:
                        nearness[row, column] = near
                        shown[row, column] = i
                of_b += b_column
                of_c += c_column
    return shown, nearness


@njit(cache=True, nogil=True, boundscheck=True)
def _depth_of_groove(nearness: Any, row: int, column: int) -> float:
    """How far the surface sinks under its surroundings at this sample, per distance to them: 0 to 1.

    Each pair of opposite neighbours is compared with the middle between them, so a slope is no groove; a
    step to another surface counts as no more than a steep wall.
    """
    height, width = nearness.shape
    here = nearness[row, column]
    sunk = 0.0
    for reach in _GROOVE_REACHES:
        for direction in range(4):
            right, down = _PAIRS[direction]
            first_row, first_column = row + down * reach, column + right * reach
            last_row, last_column = row - down * reach, column - right * reach
            if min(first_row, last_row, first_column, last_column) < 0:
                continue
            if max(first_row, last_row) >= height or max(first_column, last_column) >= width:
                continue
            first, last = nearness[first_row, first_column], nearness[last_row, last_column]
            if first == -np.inf or last == -np.inf:
                continue
            middle = 0.5 * (min(first - here, reach) + min(last - here, reach))
            sunk += min(max(middle / reach, 0.0), 1.0)
    return sunk / 8.0


@njit(cache=True, nogil=True, boundscheck=True)
def _lit(x: float, y: float, z: float) -> Any:
    """Light that a surface with this unit normal sends back, and its gloss: two numbers."""
    key = max(x * _KEY_X + y * _KEY_Y + z * _KEY_Z, 0.0)
    fill = max(x * _FILL_X + y * _FILL_Y + z * _FILL_Z, 0.0)
    # Halfway between the key light and the camera; sharp enough to leave what faces the camera untouched.
    halfway = max((x * _KEY_X + y * _KEY_Y + z * (_KEY_Z + 1.0)) * 0.5288, 0.0)
    gloss = halfway * halfway
    gloss *= gloss
    gloss *= gloss
    gloss *= gloss
    gloss *= gloss
    gloss *= gloss
    return _AROUND + _FROM_ABOVE * y + _HEAD_ON * z + _KEY * key + _FILL * fill, _GLOSS * gloss * key


@njit(cache=True, nogil=True, boundscheck=True)
def shade(
    shown: Any,
    nearness: Any,
    seen: Any,
    triangles: Any,
    normals: Any,
    rows: Any,
    colours: Any,
    has_colours: bool,
    light_of_byte: Any,
    byte_of_light: Any,
) -> Any:
    """The picture (height, width, 4) uint8, sRGB with straight alpha, of `SAMPLES`² samples a pixel.

    `rows` (3, 3) turns `normals` to right, up and towards the camera; `colours` holds one colour, or one
    per vertex.
    """
    height, width = shown.shape[0] // SAMPLES, shown.shape[1] // SAMPLES
    picture = np.zeros((height, width, 4), dtype=np.uint8)
    steps = byte_of_light.shape[0] - 1
    stone_red = light_of_byte[colours[0, 0]]
    stone_green = light_of_byte[colours[0, 1]]
    stone_blue = light_of_byte[colours[0, 2]]
    for row in range(height):
        for column in range(width):
            red, green, blue, covered = 0.0, 0.0, 0.0, 0
            groove, near_of_groove = 0.0, np.float32(0.0)
            for sample in range(SAMPLES * SAMPLES):
                sample_row = row * SAMPLES + sample // SAMPLES
                sample_column = column * SAMPLES + sample % SAMPLES
                i = shown[sample_row, sample_column]
                if i < 0:
                    continue
                near = nearness[sample_row, sample_column]
                # One look around serves the pixel, unless it shows a step from one surface to another.
                if covered == 0 or abs(near - near_of_groove) > 2.0:
                    groove = max(1.0 - _GROOVE * _depth_of_groove(nearness, sample_row, sample_column), 0.0)
                    near_of_groove = near
                covered += 1
                a, b, c = triangles[i, 0], triangles[i, 1], triangles[i, 2]
                ax, ay = seen[a, 0], seen[a, 1]
                ux, uy = seen[b, 0] - ax, seen[b, 1] - ay
                vx, vy = seen[c, 0] - ax, seen[c, 1] - ay
                twice_area = ux * vy - uy * vx
                right, down = sample_column + 0.5 - ax, sample_row + 0.5 - ay
                of_b = (right * vy - down * vx) / twice_area
                of_c = (down * ux - right * uy) / twice_area
                of_a = 1.0 - of_b - of_c
                fx = of_a * normals[a, 0] + of_b * normals[b, 0] + of_c * normals[c, 0]
                fy = of_a * normals[a, 1] + of_b * normals[b, 1] + of_c * normals[c, 1]
                fz = of_a * normals[a, 2] + of_b * normals[b, 2] + of_c * normals[c, 2]
                x = rows[0, 0] * fx + rows[0, 1] * fy + rows[0, 2] * fz
                y = rows[1, 0] * fx + rows[1, 1] * fy + rows[1, 2] * fz
                z = rows[2, 0] * fx + rows[2, 1] * fy + rows[2, 2] * fz
                length = math.sqrt(x * x + y * y + z * z)
                if length > 0.0:
                    x, y, z = x / length, y / length, z / length
                else:
                    x, y, z = 0.0, 0.0, 1.0
                share = groove
                if twice_area > 0.0:  # rows run downwards: seen from its back
                    x, y, z = -x, -y, -z
                    share *= _BACK
                light, gloss = _lit(x, y, z)
                light *= share
                gloss *= share
                if has_colours:
                    red += gloss + light * (
                        of_a * light_of_byte[colours[a, 0]]
                        + of_b * light_of_byte[colours[b, 0]]
                        + of_c * light_of_byte[colours[c, 0]]
                    )
                    green += gloss + light * (
                        of_a * light_of_byte[colours[a, 1]]
                        + of_b * light_of_byte[colours[b, 1]]
                        + of_c * light_of_byte[colours[c, 1]]
                    )
                    blue += gloss + light * (
                        of_a * light_of_byte[colours[a, 2]]
                        + of_b * light_of_byte[colours[b, 2]]
                        + of_c * light_of_byte[colours[c, 2]]
                    )
                else:
                    red += gloss + light * stone_red
                    green += gloss + light * stone_green
                    blue += gloss + light * stone_blue
            if covered > 0:
                scale = steps / covered
                picture[row, column, 0] = byte_of_light[min(max(int(red * scale + 0.5), 0), steps)]
                picture[row, column, 1] = byte_of_light[min(max(int(green * scale + 0.5), 0), steps)]
                picture[row, column, 2] = byte_of_light[min(max(int(blue * scale + 0.5), 0), steps)]
                picture[row, column, 3] = (covered * 255 + SAMPLES) // (SAMPLES * SAMPLES)
    return picture


def warm() -> None:
    """Runs every kernel once, with the types that production uses."""
    points = np.eye(3, dtype=np.float32)
    triangles = np.array([[0, 1, 2]], dtype=np.uint32)
    normals = smooth_normals(points, triangles)
    seen = fit_into_picture(points, np.eye(3), 2, 2, 0.04)
    shown, nearness = rasterise(seen, triangles, 2, 2)
    colours = np.zeros((1, 3), dtype=np.uint8)
    light, encoded = np.zeros(256, dtype=np.float32), np.zeros(16, dtype=np.uint8)
    shade(shown, nearness, seen, triangles, normals, np.eye(3), colours, False, light, encoded)
