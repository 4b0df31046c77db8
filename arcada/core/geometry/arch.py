"""Where the dental arch lies in a scan: its occlusal plane, its front, and the curve its teeth stand on.

The bite side ("occlusal direction") comes from what a scan is: an open shell faces it as a whole, a cast's flat
base turns its back on it, separate teeth are rougher there. The front comes from fitting half an ellipse to
the ridge from every direction.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from arcada.core.geometry import orient_kernels as kernels
from arcada.core.geometry.measure import judge_unit
from arcada.core.geometry.mesh import Mesh

FloatArray = npt.NDArray[np.float64]

TYPICAL_ARCH_MM = 65.0
CELL_MM = 1.5
SHELL_FACING = 0.12  # share of its area that an open shell's normals add up to
BASE_SHARE = 0.15  # of a cast's area
BASE_DEGREES = 8.0
# The ridge reaches this far down from the occlusal plane; farther where teeth are missing.
RIDGE_MM = (4.0, 7.0)
SURE = 0.6
CAP_MM = 8.0  # what is farther than this from the curve counts no worse
CURVE_POINTS = 41
FEWEST_CELLS = 30
FULL_DEPTH_MM, FULL_HALF_WIDTH_MM = 32.0, 18.0
CLEAR_MARGIN = 0.4  # how much worse other directions fit a whole arch


@dataclass(frozen=True, slots=True, eq=False)
class Arch:
    """An arch in its file; the vectors are of length 1, lengths in millimetres.

    `middle` and `foremost` place the curve's front point along right × and along `front`, both from the file's
    origin; `level` is the height of the occlusal plane along `occlusal`.
    """

    occlusal: FloatArray  # (3,) from the jaw's body towards the bite
    front: FloatArray  # (3,)
    middle: float
    foremost: float
    half_width: float
    depth: float
    level: float
    likeness: float  # 0 to 1: how much better this direction of the front fits than any other
    agreement: float  # 0 to 1: how well the independent ways to find the occlusal plane agree
    factor: float  # millimetres per unit of the file

    @property
    def side(self) -> FloatArray:
        """To the right when looking along `front` with `occlusal` up."""
        return np.cross(self.front, self.occlusal)


def millimetres_of(mesh: Mesh) -> float:
    """Millimetres per unit of the file; a size that tells no unit is taken as an arch's."""
    box = np.empty((2, 3), dtype=np.float64)
    kernels.find_box(mesh.points, box)
    extent = float((box[1] - box[0]).max())
    unit, factor = judge_unit(extent)
    if unit != "unknown":
        return factor
    return TYPICAL_ARCH_MM / extent if extent > 0 else 1.0


def find_arch(mesh: Mesh, *, is_inverted: bool = False) -> Arch | None:
    """The arch of a scan, or None where there is too little surface to say anything."""
    factor = millimetres_of(mesh)
    axes = occlusal_axes(mesh, factor, is_inverted=is_inverted)
    if axes is None:
        return None
    envelope = _fit_plane(mesh, factor, axes[0])
    if envelope is None:
        return None
    estimates = [*axes, envelope]
    occlusal = _middle_of(estimates)
    spread = max(math.degrees(math.acos(min(1.0, float(occlusal @ e)))) for e in estimates)
    rows = _rows_of(occlusal)
    cells = _height_cells(mesh, factor, rows)
    level = _level_of(cells)
    fits = []
    for below in RIDGE_MM:
        ridge = _ridge_of(cells, level - below)
        if ridge is None:
            return None
        fits.append(_fit_front(ridge))
        if fits[-1][1] > SURE:
            break
    form, likeness = max(fits, key=lambda fit: fit[1])
    front = rows[0] * math.cos(form[0]) + rows[1] * math.sin(form[0])
    return Arch(
        occlusal=occlusal,
        front=front,
        middle=float(form[1]),
        foremost=float(form[2]),
        half_width=float(form[3]),
        depth=float(form[4]),
        level=level,
        likeness=likeness,
        agreement=min(1.0, max(0.0, (45.0 - spread) / 30.0)),
        factor=factor,
    )


def occlusal_axes(mesh: Mesh, factor: float, *, is_inverted: bool) -> tuple[FloatArray, ...] | None:
    """One or two estimates of the occlusal direction from areas and normals; the first one's sense is trusted."""
    moments = np.zeros(kernels.MOMENTS, dtype=np.float64)
    facing = np.zeros((6 * kernels.CELLS**2, 4), dtype=np.float64)
    kernels.sum_normals(mesh.points, mesh.triangles, factor, moments, facing)
    area = float(moments[kernels.AREA])
    if area <= 0.0:
        return None
    if is_inverted:
        facing[:, 1:] *= -1
        moments[kernels.VECTOR : kernels.FIRST] *= -1
    centre = moments[kernels.FIRST : kernels.SECOND] / area
    half = np.triu(moments[kernels.SECOND :].reshape(3, 3) / area)
    spread = half + np.triu(half, 1).T - np.outer(centre, centre)
    thin = np.linalg.eigh(spread)[1][:, 0]
    vector = moments[kernels.VECTOR : kernels.FIRST] / area
    strength = float(np.linalg.norm(vector))
    ways = facing[:, 1:] / np.maximum(np.linalg.norm(facing[:, 1:], axis=1), 1e-12)[:, None]
    if strength > SHELL_FACING:
        trusted = vector / strength
    else:
        near = ways @ ways.T > math.cos(math.radians(BASE_DEGREES))
        shares = near @ facing[:, 0]
        base = int(np.argmax(shares))
        if shares[base] <= BASE_SHARE * area:
            return (thin * _rough_side(thin, ways, facing[:, 0]),)
        normal = facing[near[base], 1:].sum(axis=0)
        trusted = -normal / np.linalg.norm(normal)
    return trusted, thin * (1.0 if float(thin @ trusted) >= 0 else -1.0)


def _rough_side(axis: FloatArray, ways: FloatArray, areas: FloatArray) -> float:
    """+1 when the surface facing along the axis is less even (cusps) than the other side (cut roots), else -1."""
    along = ways @ axis
    evenness = []
    for side in (along, -along):
        weight = areas * (side > 0.3)
        evenness.append(float((weight * side).sum() / max(weight.sum(), 1e-12)))
    return 1.0 if evenness[0] < evenness[1] else -1.0


def _middle_of(directions: list[FloatArray]) -> FloatArray:
    """The direction with the least sum of distances to all: one that is far off does not pull."""
    middle = np.sum(directions, axis=0)
    for _ in range(20):
        pulls = [1.0 / max(float(np.linalg.norm(middle - d)), 1e-3) for d in directions]
        middle = np.sum([p * d for p, d in zip(pulls, directions, strict=True)], axis=0) / sum(pulls)
    return np.asarray(middle / np.linalg.norm(middle))


def _rows_of(up: FloatArray) -> FloatArray:  # (3, 3)
    """A right-handed frame whose third row is `up`."""
    first = np.cross(up, np.eye(3)[int(np.argmin(np.abs(up)))])
    first /= np.linalg.norm(first)
    return np.array([first, np.cross(up, first), up])


def _height_cells(mesh: Mesh, factor: float, rows: FloatArray) -> FloatArray:  # (n, 3)
    """The highest point over every cell of the plane: along, across, up."""
    flat = mesh.points[:: max(1, len(mesh.points) // 20_000)].astype(np.float64) @ rows[:2].T * factor
    low = flat.min(axis=0) - 2 * CELL_MM
    size = np.ceil((flat.max(axis=0) + 2 * CELL_MM - low) / CELL_MM).astype(int)
    heights = np.full((int(size[0]), int(size[1])), kernels.EMPTY, dtype=np.float32)
    kernels.map_heights(mesh.points, factor, rows, low, CELL_MM, heights)
    i, j = np.nonzero(heights > kernels.EMPTY)
    places = np.stack([i, j], axis=1) * CELL_MM + (low + CELL_MM / 2)
    return np.concatenate([places, heights[i, j][:, None]], axis=1)


def _weights_below(excess: FloatArray, scale: float) -> FloatArray:  # (n,)
    """1 for what stands above, less the deeper it lies below."""
    return np.asarray(1.0 / (1.0 + (np.minimum(excess, 0.0) / scale) ** 2) ** 2)


def _fit_plane(mesh: Mesh, factor: float, up: FloatArray) -> FloatArray | None:
    """The plane that lies upon the cusps, found from broad to narrow; its normal, close to `up`."""
    scales = np.geomspace(8.0, 1.5, 8)
    for _ in range(3):
        rows = _rows_of(up)
        cells = _height_cells(mesh, factor, rows)
        if len(cells) < FEWEST_CELLS:
            return None
        design = np.c_[cells[:, :2] - cells[:, :2].mean(axis=0), np.ones(len(cells))]
        plane = np.array([0.0, 0.0, np.percentile(cells[:, 2], 98)])
        for scale in scales:
            weights = _weights_below(cells[:, 2] - design @ plane, float(scale))
            weighted = design * weights[:, None]
            plane = np.linalg.lstsq(weighted.T @ design, weighted.T @ cells[:, 2], rcond=None)[0]
        normal = rows.T @ np.array([-plane[0], -plane[1], 1.0])
        normal /= np.linalg.norm(normal)
        turned = float(normal @ up)
        up, scales = normal, np.array([2.0, 1.5, 1.5])
        if turned > math.cos(math.radians(0.3)):
            break
    return up


def _level_of(cells: FloatArray) -> float:
    """The height at which most of the highest cells stand."""
    level = float(np.median(np.sort(cells[:, 2])[-60:]))
    for scale in (4.0, 2.0, 1.5, 1.5):
        weights = _weights_below(cells[:, 2] - level, scale)
        level = float((weights * cells[:, 2]).sum() / weights.sum())
    return level


def _ridge_of(cells: FloatArray, bottom: float) -> FloatArray | None:  # (n, 2)
    """The places of the cells that stand higher than `bottom`; None when they are too few."""
    ridge = np.ascontiguousarray(cells[cells[:, 2] > bottom, :2])
    return ridge if len(ridge) >= FEWEST_CELLS // 3 else None


def _cost(ridge: FloatArray, weights: FloatArray, form: FloatArray, curve: FloatArray) -> float:
    """Misfit of one form, with a price on what no jaw has."""
    slender = form[4] / form[3]
    odd = 4.0 * max(0.0, 0.9 - slender, slender - 2.1) + 0.3 * max(0.0, 14.0 - form[3], form[3] - 36.0)
    return float(kernels.misfit(ridge, weights, form, curve, CAP_MM)) + float(odd)


def _refine(
    ridge: FloatArray, weights: FloatArray, form: FloatArray, cost: float, steps: FloatArray
) -> tuple[float, FloatArray]:
    """Changes one number of the form at a time while it fits better."""
    curve = np.empty((CURVE_POINTS, 2), dtype=np.float64)
    form, steps = form.copy(), steps.copy()
    for turn in range(6):
        for number in np.flatnonzero(steps):
            for sign in (1.0, -1.0):
                other = form.copy()
                other[number] += sign * steps[number]
                if other[3] < 2.0 or other[4] < 2.0:
                    continue
                price = _cost(ridge, weights, other, curve)
                if price < cost:
                    cost, form = price, other
                    break
        if turn > 1:
            steps *= 0.6
    return cost, form


def start_form(ridge: FloatArray, angle: float) -> FloatArray:  # (5,)
    """The half ellipse that a ridge's box gives when its front points along `angle`."""
    side = ridge @ np.array([math.sin(angle), -math.cos(angle)])
    front = ridge @ np.array([math.cos(angle), math.sin(angle)])
    side.sort()
    front.sort()
    few = len(ridge) // 50
    left, right, back, foremost = side[few], side[-1 - few], front[few], front[-1 - few]
    width, depth = max((right - left) / 2 - 3.0, 8.0), max(foremost - back - 2.0, 8.0)
    return np.array([angle, (left + right) / 2, foremost - 3.0, width, depth])


def fit_form(ridge: FloatArray, start: FloatArray, *, may_turn: bool = True) -> tuple[float, FloatArray]:
    """The half ellipse nearest to `start` that fits the ridge best, and its misfit."""
    weights = np.ones(len(ridge), dtype=np.float64)
    curve = np.empty((CURVE_POINTS, 2), dtype=np.float64)
    steps = np.array([0.1 if may_turn else 0.0, 2.0, 2.0, 2.0, 3.0])
    return _refine(ridge, weights, start, _cost(ridge, weights, start, curve), steps)


def _apart(one: float, other: float) -> float:
    """The angle between two directions."""
    return abs((one - other + math.pi) % (2 * math.pi) - math.pi)


def _fit_front(ridge: FloatArray) -> tuple[FloatArray, float]:
    """The best half ellipse over all directions, and by how much it beats those that point elsewhere."""
    weights = np.ones(len(ridge), dtype=np.float64)
    curve = np.empty((CURVE_POINTS, 2), dtype=np.float64)
    starts = [start_form(ridge, math.radians(degrees)) for degrees in range(0, 360, 5)]
    costs = [_cost(ridge, weights, start, curve) for start in starts]
    chosen: list[int] = []
    for i in np.argsort(costs, kind="stable"):
        if all(_apart(starts[i][0], starts[k][0]) > 0.5 for k in chosen):
            chosen.append(int(i))
        if len(chosen) == 4:
            break
    fitted = sorted((fit_form(ridge, starts[i]) for i in chosen), key=lambda fit: fit[0])
    best, form = fitted[0]
    # Half an arch can look like a small one that faces elsewhere: only one of full size is sure.
    size = min(1.0, float(form[4]) / FULL_DEPTH_MM) ** 2 * min(1.0, float(form[3]) / FULL_HALF_WIDTH_MM)
    others = [cost for cost, other in fitted if _apart(other[0], form[0]) > 0.8]
    margin = (min(others) - best) / max(min(others), 1e-9) if others else 0.0
    return form, size * min(1.0, max(0.0, margin / CLEAR_MARGIN))


def arch_facing(
    mesh: Mesh, factor: float, occlusal: FloatArray, front: FloatArray, likeness: float
) -> Arch | None:
    """The arch with both its directions given: only its place and size are fitted."""
    rows = np.array([front, np.cross(occlusal, front), occlusal])
    cells = _height_cells(mesh, factor, rows)
    if len(cells) < FEWEST_CELLS:
        return None
    level = _level_of(cells)
    fits = [
        fit_form(ridge, start_form(ridge, 0.0), may_turn=False)
        for ridge in (_ridge_of(cells, level - below) for below in RIDGE_MM)
        if ridge is not None
    ]
    if not fits:
        return None
    # Teeth may be missing at the back: the deeper arch is the whole one.
    form = fits[0][1] if fits[0][1][4] >= FULL_DEPTH_MM else max(fits, key=lambda fit: float(fit[1][4]))[1]
    middle, foremost, half_width, depth = (float(number) for number in form[1:])
    return Arch(occlusal, front, middle, foremost, half_width, depth, level, likeness, 1.0, factor)


def cells_inside(mesh: Mesh, arch: Arch) -> FloatArray:  # (n, 3)
    """The surface between the sides of the arch, seen from the bite: to the side, to the front, height; mm."""
    rows = np.array([arch.side, arch.front, arch.occlusal])
    cells = _height_cells(mesh, arch.factor, rows) - np.array([arch.middle, arch.foremost, arch.level])
    is_inside = np.abs(cells[:, 0]) < 0.5 * arch.half_width
    is_inside &= (cells[:, 1] < -0.3 * arch.depth) & (cells[:, 1] > -0.8 * arch.depth)
    return np.asarray(cells[is_inside])
