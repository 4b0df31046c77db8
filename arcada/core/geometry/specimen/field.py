"""The signed distance (mm, about) from any point to a synthetic jaw: crowns, gum, palate. Negative inside.

All kernels of the field stand in this one file, because a cached kernel does not notice a change in another.
They are fed by `form.py` only, never by an upload, hence no bounds checks.
"""

import math
from typing import Any

import numpy as np
from numba import njit

# Columns of one row of `teeth`.
CX, CZ, UX, UZ, WX, WZ, NECK, HALF_WIDTH, HALF_DEPTH, HEIGHT = range(10)
KIND, LEAN, TIP, SKEW, PHASE, PREPARED, MARGIN = range(10, 17)
TOOTH_NUMBERS = 17

# Rows of `along`: functions of the arc length s, `ALONG_STEP` apart.
A_NECK, A_MARGIN_BUCCAL, A_MARGIN_LINGUAL, A_WALL_BUCCAL, A_WALL_LINGUAL, A_ROOT, A_PINCH = range(7)
ALONG_STEP, ALONG_HALF = 0.1, 80.0

# Layers of `plan`: functions of the place in the arch, `PLAN_STEP` apart, from -PLAN_HALF to PLAN_HALF.
P_ARC, P_OFFSET, P_PALATE, P_LIMIT = range(4)
PLAN_STEP, PLAN_HALF = 0.25, 42.0
NOTHING = 30.0  # "no palate here", "no antagonist above"

# `numbers` of one jaw.
N_SIDE, N_SPEE, N_SPEE_Z, N_END, N_BASE, N_GUM, N_BACK = range(7)

FAR = 9.0
BLOCK = 4

_kernel = njit(cache=True, nogil=True, fastmath=True, error_model="numpy")


@_kernel
def _clamp(value: Any, low: Any, high: Any) -> Any:
    return min(max(value, low), high)


@_kernel
def _soft_min(a: Any, b: Any, round_mm: Any) -> Any:
    h = max(round_mm - abs(a - b), 0.0) / round_mm
    return min(a, b) - h * h * round_mm * 0.25


@_kernel
def _soft_max(a: Any, b: Any, round_mm: Any) -> Any:
    h = max(round_mm - abs(a - b), 0.0) / round_mm
    return max(a, b) + h * h * round_mm * 0.25


@_kernel
def _bell(distance: Any, width: Any) -> Any:
    q = distance / width
    return math.exp(-q * q)


@_kernel
def _in_plan(plan: Any, layer: Any, x: Any, z: Any) -> Any:
    last = plan.shape[1] - 1.001
    fx = _clamp((x + PLAN_HALF) / PLAN_STEP, 0.0, last)
    fz = _clamp((z + PLAN_HALF) / PLAN_STEP, 0.0, last)
    i, j = int(fx), int(fz)
    a, b = fx - i, fz - j
    low = plan[layer, i, j] * (1 - a) + plan[layer, i + 1, j] * a
    high = plan[layer, i, j + 1] * (1 - a) + plan[layer, i + 1, j + 1] * a
    return low * (1 - b) + high * b


@_kernel
def _in_along(along: Any, row: Any, s: Any) -> Any:
    f = _clamp((s + ALONG_HALF) / ALONG_STEP, 0.0, along.shape[1] - 1.001)
    i = int(f)
    a = f - i
    return along[row, i] * (1 - a) + along[row, i + 1] * a


@_kernel
def _biting_height(row: Any, cusps: Any, u: Any, w: Any) -> Any:
    """Height of a premolar's or molar's chewing surface above the neck at (u to mesial, w to buccal)."""
    half_width, half_depth, height = row[HALF_WIDTH], row[HALF_DEPTH], row[HEIGHT]
    top = height - 3.1
    for c in range(cusps.shape[0]):
        if cusps[c, 2] < 0.0:
            break
        du, dw = u - cusps[c, 0], w - cusps[c, 1]
        forward = du * cusps[c, 4] + dw * cusps[c, 5]
        across = dw * cusps[c, 4] - du * cusps[c, 5]
        if forward > 0.0:  # the triangular ridge runs on towards the middle
            forward *= 0.80
        reach = math.sqrt(forward * forward + 1.25 * across * across + 0.16) - 0.4
        top = _soft_max(top, cusps[c, 2] - cusps[c, 3] * reach - 0.03 * reach * reach, 0.28)
    for end in (-1.0, 1.0):  # the marginal ridges
        away = math.sqrt((u - end * half_width * 0.80) ** 2 + 0.10) - 0.32
        fall = 0.10 * (w / half_depth) ** 2
        top = _soft_max(top, height - 1.75 - 0.75 * away - fall, 0.35)
    phase = row[PHASE]
    wander = 0.30 * math.sin(u * 1.1 + phase) + 0.12 * math.sin(u * 2.9 + 2 * phase)
    groove = 0.26 * _bell(w - wander, 0.30) * _bell(u / half_width, 0.72) ** 2
    side = 0.22 * math.sin(w * 1.3 + 3 * phase)
    if cusps[2, 2] > 0.0:  # three cusps and more: a cross groove too
        groove += 0.22 * _bell(u - side - 0.04 * half_width, 0.30) * _bell(w / half_depth, 0.80) ** 4
    for end in (-1.0, 1.0):  # pits inside the marginal ridges
        groove += 0.22 * _bell(u - end * half_width * 0.52, 0.45) * _bell(w - wander, 0.5)
    return top - groove


@_kernel
def _crown(row: Any, cusps: Any, x: Any, z: Any, v: Any) -> Any:
    """Distance to one natural crown and the upper part of its root."""
    dx, dz = x - row[CX], z - row[CZ]
    u, w = dx * row[UX] + dz * row[UZ], dx * row[WX] + dz * row[WZ]
    round_off = math.sqrt(u * u + w * w)
    if round_off > 9.5:
        return round_off - 8.0
    o, height = v - row[NECK], row[HEIGHT]
    a0, b0 = row[HALF_WIDTH], row[HALF_DEPTH]
    u -= row[TIP] * (o - 0.5 * height)
    w -= row[LEAN] * (o - 0.45 * height)
    t = _clamp(o / height, -0.5, 1.1)
    up = _clamp(t, 0.0, 1.0)
    sink = min(t, 0.0)
    if row[KIND] == 2.0:
        u -= row[SKEW] * w
        s = min(up / 0.62, 1.0)
        a = (
            a0
            * (0.80 + 0.20 * s * (1.5 - 0.5 * s * s) + 0.25 * sink)
            * (1 - 0.14 * max(up - 0.62, 0.0) / 0.38)
        )
        bulge = 0.88 + 0.65 * up - 0.87 * up * up + 0.30 * sink
        labial, lingual = b0 * bulge, -b0 * (bulge + 0.05 * up)
        power = 2.7
        top = _biting_height(row, cusps, u, w)
        rounding, slope = 1.0, 0.85
        if cusps[2, 2] > 0.0:  # the grooves that run out between two cusps over the side
            dent = _bell(u - 0.06 * a0, 0.75) * _clamp((t - 0.30) / 0.3, 0.0, 1.0)
            labial -= 0.38 * dent
            lingual += 0.30 * dent
    else:
        s = min(up / 0.74, 1.0)
        a = a0 * (0.70 + 0.30 * s * (1.4 - 0.4 * s * s) + 0.25 * sink)
        middle = _bell(u, 0.55 * a0)
        power = 2.5
        if row[KIND] == 0.0:
            labial = b0 * (0.84 + 0.34 * up - 0.80 * up * up + 0.3 * sink)
            a *= 1 - 0.035 * max(up - 0.74, 0.0) / 0.26
            lingual = 0.10 * b0 - b0 * 1.02 * (1 - up) ** 1.75 + 0.3 * b0 * sink
            lingual -= 0.30 * _bell(t - 0.16, 0.16) * middle
            lingual -= 0.34 * _bell(abs(u) - 0.80 * a, 0.9) * _bell(t - 0.55, 0.35)
            mesial = max(u / a0 - 0.74, 0.0) / 0.26
            distal = max(-u / a0 - 0.50, 0.0) / 0.50
            top = height - 0.30 * mesial * mesial - 0.75 * distal * distal - 0.03 * max(-u, 0.0)
            top -= 0.05 * _bell(abs(u) - 0.33 * a0, 0.4)
            labial -= 0.07 * _bell(abs(u) - 0.36 * a0, 0.55) * _clamp((t - 0.2) / 0.4, 0.0, 1.0)
        else:
            a *= 1 - 0.06 * max(up - 0.74, 0.0) / 0.26
            labial = b0 * (0.82 + 0.42 * up - 0.78 * up * up + 0.3 * sink) + 0.25 * middle * up
            lingual = 0.12 * b0 - b0 * 0.98 * (1 - up) ** 1.5 + 0.3 * b0 * sink
            lingual -= 0.35 * _bell(t - 0.18, 0.2) * middle + 0.30 * _bell(u, 0.8) * _bell(t - 0.55, 0.3)
            reach = math.sqrt(u * u + 0.20) - 0.45
            top = height - reach * (0.46 if u > 0.0 else 0.58) - 0.03 * u * u
        lingual = min(lingual, labial - 1.15)
        rounding, slope = 0.75, 0.93
    middle_w, half = 0.5 * (labial + lingual), 0.5 * (labial - lingual)
    ratio = (abs(u) / a) ** power + (abs(w - middle_w) / half) ** power
    side_distance = (ratio ** (1.0 / power) - 1.0) * min(a, half)
    return _soft_max(side_distance, (o - top) * slope, rounding)


@_kernel
def margin_height(row: Any, u: Any) -> Any:
    """Where a preparation ends, in mm above the neck: it follows the gum, higher between the teeth."""
    return row[MARGIN] + 1.15 * (u / row[HALF_WIDTH]) ** 2


@_kernel
def _stump(row: Any, cusps: Any, x: Any, z: Any, v: Any) -> Any:
    """Distance to a prepared crown: shoulder, six degrees of taper, chewing surface taken down."""
    dx, dz = x - row[CX], z - row[CZ]
    u = dx * row[UX] + dz * row[UZ]
    w = dx * row[WX] + dz * row[WZ]
    o = v - row[NECK]
    margin = margin_height(row, u)
    root = _soft_max(_crown(row, cusps, x, z, v), (o - margin) * 0.9, 0.12)
    a, b = row[HALF_WIDTH] * 0.88 - 0.7, row[HALF_DEPTH] * 0.90 - 0.8
    taper = 0.105 * (o - margin)
    ratio = (abs(u) / a) ** 2.4 + (abs(w + 0.1) / b) ** 2.4
    side_distance = (ratio ** (1 / 2.4) - 1.0) * min(a, b) + taper
    roof = row[HEIGHT] - 2.3 - 0.55 * _bell(w, 1.5)
    top = (o - roof + 0.05 * w * w) * 0.95
    return _soft_min(_soft_max(side_distance, top, 0.9), root, 0.25)


@_kernel
def _teeth(x: Any, z: Any, v: Any, s: Any, teeth: Any, cusps: Any, starts: Any, out: Any) -> Any:
    """Distance to the nearest crowns; writes which one into out[2]."""
    near = 0
    while near < 13 and s > starts[near + 1]:
        near += 1
    best = 1e3
    for i in range(max(near - 1, 0), min(near + 1, 13) + 1):
        # No point of a crown is farther from its axis than this, lean included.
        away = math.sqrt((x - teeth[i, CX]) ** 2 + (z - teeth[i, CZ]) ** 2)
        if away - 1.25 * math.sqrt(teeth[i, HALF_WIDTH] ** 2 + teeth[i, HALF_DEPTH] ** 2) - 2.0 > best + 0.5:
            continue
        is_stump = teeth[i, PREPARED] > 0.0
        d = _stump(teeth[i], cusps[i], x, z, v) if is_stump else _crown(teeth[i], cusps[i], x, z, v)
        if d < best:
            out[2] = i
        best = _soft_min(best, d, 0.45 if teeth[i, KIND] == 2.0 else 0.28)
    return best


@_kernel
def _gum(x: Any, z: Any, v: Any, s: Any, p: Any, along: Any, plan: Any, numbers: Any) -> Any:
    """Distance to the gum: a ridge along the arch, and in the upper jaw the palate."""
    wall_b, wall_l = _in_along(along, A_WALL_BUCCAL, s), _in_along(along, A_WALL_LINGUAL, s)
    margin_b, margin_l = _in_along(along, A_MARGIN_BUCCAL, s), _in_along(along, A_MARGIN_LINGUAL, s)
    root = _in_along(along, A_ROOT, s)
    share = _clamp((p - wall_l) / (wall_b - wall_l), 0.0, 1.0)
    margin = margin_l + (margin_b - margin_l) * share
    pinch = _in_along(along, A_PINCH, s)
    grain = 0.03 * math.sin(x * 1.1 + 1.7 * math.sin(z * 0.8 + v)) * math.sin(v * 1.3 + z * 0.7 + math.sin(x))
    deep_b = max(margin_b - v, 0.0)
    out_b = wall_b + 0.50 * (1 - math.exp(-deep_b / 0.9)) + 0.10 * deep_b
    out_b += (
        -pinch * math.exp(-deep_b / 2.2)
        + root * (1 - math.exp(-deep_b / 3.0))
        - 0.25 * _bell(deep_b - 6.8, 1.6)
    )
    deep_l = max(margin_l - v, 0.0)
    out_l = (
        wall_l + 0.8 * pinch * math.exp(-deep_l / 2.2) - 0.50 * (1 - math.exp(-deep_l / 0.9)) - 0.16 * deep_l
    )
    d = _soft_max(p - out_b - grain, out_l - p - grain, 0.6)
    d = _soft_max(d, (v - margin) * 0.8, 1.1)
    palate = _in_plan(plan, P_PALATE, x, z)
    if palate < NOTHING - 5.0:
        roof = (v - palate) * 0.75 - 0.6 * grain
        d = _soft_min(d, max(roof, p + 1.0), 2.2)
    return _soft_max(d, abs(s) - numbers[N_END], 2.0)


@_kernel
def jaw_field(
    x: Any, y: Any, z: Any, teeth: Any, cusps: Any, starts: Any, along: Any, plan: Any, numbers: Any, out: Any
) -> Any:
    """Distance at a point of the patient's frame; out = to crowns, to gum, tooth, s, p, v (towards the bite)."""
    dz = z - numbers[N_SPEE_Z]
    v = -numbers[N_SIDE] * (y - numbers[N_SPEE] * dz * dz)
    s, p = _in_plan(plan, P_ARC, x, z), _in_plan(plan, P_OFFSET, x, z)
    deep = -5.0 - (v - _in_along(along, A_NECK, s))
    crowns = deep
    if deep < 2.0:  # below that no crown can matter
        crowns = _teeth(x, z, v, s, teeth, cusps, starts, out)
        crowns = max(crowns, (v - _in_plan(plan, P_LIMIT, x, z)) * 0.7, deep)
    gum = 1e3
    if numbers[N_GUM] > 0.0:
        gum = _gum(x, z, v, s, p, along, plan, numbers)
    out[0], out[1], out[3], out[4], out[5] = crowns, gum, s, p, v
    whole = _soft_min(crowns, gum, 0.40)
    return max(whole, -numbers[N_BASE] - v, numbers[N_BACK] - z)


@_kernel
def sample(
    low: Any, step: Any, grid: Any, teeth: Any, cusps: Any, starts: Any, along: Any, plan: Any, numbers: Any
) -> None:
    """Fills `grid` (nx, ny, nz) from the corner `low`; far from the surface it holds only the sign, as ±FAR."""
    nx, ny, nz = grid.shape
    out = np.zeros(6)
    half = BLOCK * step * 0.5
    near = np.zeros(((nx + 2) // BLOCK + 1, (ny + 2) // BLOCK + 1, (nz + 2) // BLOCK + 1), dtype=np.uint8)
    for bi in range(0, nx - 1, BLOCK):
        x = low[0] + bi * step + half
        for bj in range(0, ny - 1, BLOCK):
            y = low[1] + bj * step + half
            for bk in range(0, nz - 1, BLOCK):
                z = low[2] + bk * step + half
                d = jaw_field(x, y, z, teeth, cusps, starts, along, plan, numbers, out)
                if abs(d) < half * 3.3:
                    near[bi // BLOCK, bj // BLOCK, bk // BLOCK] = 1
                else:
                    mark = FAR if d > 0.0 else -FAR
                    for i in range(bi, min(bi + BLOCK + 1, nx)):
                        for j in range(bj, min(bj + BLOCK + 1, ny)):
                            for k in range(bk, min(bk + BLOCK + 1, nz)):
                                grid[i, j, k] = mark
    for bi in range(0, nx - 1, BLOCK):
        for bj in range(0, ny - 1, BLOCK):
            for bk in range(0, nz - 1, BLOCK):
                if near[bi // BLOCK, bj // BLOCK, bk // BLOCK] == 0:
                    continue
                for i in range(bi, min(bi + BLOCK + 1, nx)):
                    x = low[0] + i * step
                    for j in range(bj, min(bj + BLOCK + 1, ny)):
                        y = low[1] + j * step
                        for k in range(bk, min(bk + BLOCK + 1, nz)):
                            if abs(grid[i, j, k]) == FAR:  # not measured for a neighbouring block yet
                                z = low[2] + k * step
                                d = jaw_field(x, y, z, teeth, cusps, starts, along, plan, numbers, out)
                                grid[i, j, k] = _clamp(d, -0.99 * FAR, 0.99 * FAR)


@_kernel
def bite_heights(
    xs: Any, offsets: Any, arcs: Any, teeth: Any, cusps: Any, starts: Any, tooth: Any, heights: Any
) -> None:
    """How far the crowns reach towards the bite over every place of the plan, and which crown it is (-1: none)."""
    out = np.zeros(6)
    for i in range(offsets.shape[0]):
        for j in range(offsets.shape[1]):
            tooth[i, j] = -1
            if abs(offsets[i, j]) > 9.0:
                continue
            v = 5.0
            while v > -6.0:
                d = _teeth(xs[i], xs[j], v, arcs[i, j], teeth, cusps, starts, out)
                if d < 0.004:
                    heights[i, j] = v
                    tooth[i, j] = int(out[2])
                    break
                v -= max(d * 0.75, 0.006)


@_kernel
def onto_surface(
    points: Any,
    ways: Any,
    step: Any,
    teeth: Any,
    cusps: Any,
    starts: Any,
    along: Any,
    plan: Any,
    numbers: Any,
) -> Any:
    """Moves points (n, 3) along their ways (n, 3) onto the surface, and says what lies there: (n, 6)."""
    found = np.zeros((points.shape[0], 6))
    for i in range(points.shape[0]):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        moved = 0.0
        for _ in range(2):
            d = jaw_field(
                x + ways[i, 0] * moved,
                y + ways[i, 1] * moved,
                z + ways[i, 2] * moved,
                teeth,
                cusps,
                starts,
                along,
                plan,
                numbers,
                found[i],
            )
            moved = _clamp(moved - d, -0.5 * step, 0.5 * step)
        points[i, 0], points[i, 1], points[i, 2] = (
            x + ways[i, 0] * moved,
            y + ways[i, 1] * moved,
            z + ways[i, 2] * moved,
        )
    return found


@_kernel
def nearest_on_curve(axis: Any, x: Any, z: Any, s: Any, arc: Any, offset: Any) -> None:
    """For every place of the plan: arc length of the nearest point of the curve, and the distance outwards."""
    n = x.shape[0]
    for i in range(axis.shape[0]):
        for j in range(axis.shape[0]):
            best, at = 1e12, 1
            for k in range(0, n, 4):
                d = (axis[i] - x[k]) ** 2 + (axis[j] - z[k]) ** 2
                if d < best:
                    best, at = d, k
            for k in range(max(at - 4, 0), min(at + 5, n)):
                d = (axis[i] - x[k]) ** 2 + (axis[j] - z[k]) ** 2
                if d < best:
                    best, at = d, k
            at = min(max(at, 1), n - 2)
            tx, tz = x[at + 1] - x[at - 1], z[at + 1] - z[at - 1]
            length = math.sqrt(tx * tx + tz * tz)
            tx, tz = tx / length, tz / length
            dx, dz = axis[i] - x[at], axis[j] - z[at]
            ahead = _clamp(dx * tx + dz * tz, -0.25, 0.25)
            arc[i, j] = s[at] + ahead
            side = dz * tx - dx * tz
            away = math.sqrt((dx - ahead * tx) ** 2 + (dz - ahead * tz) ** 2)
            offset[i, j] = away if side > 0.0 else -away
