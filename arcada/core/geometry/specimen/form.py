"""Where the teeth stand and how the gum runs: the numbers of one synthetic jaw, ready for the field."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from arcada.core.anatomy import Jaw
from arcada.core.geometry.specimen import field as f
from arcada.core.geometry.specimen.teeth import (
    CANINE,
    POSTERIOR,
    FloatArray,
    ToothForm,
    cusp_numbers,
    fdi_of,
    teeth_of,
)

TEETH = 14
EDGE_V = 1.3  # how far upper edges and cusps reach beyond the middle of the bite, mm
ARCH_WIDTH_MM, ARCH_DEPTH_MM = 51.0, 47.0  # the curve through the upper crowns, between the second molars
WEAR_MM = 0.2  # each lower crown is pressed this far into its antagonists and worn to fit
ROOM_FOR_NOISE_MM = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class JawForm:
    """Everything the field needs to know of one jaw; arrays are described in `field.py`."""

    jaw: Jaw
    teeth: FloatArray  # (14, TOOTH_NUMBERS)
    cusps: FloatArray  # (14, MOST_CUSPS, CUSP_NUMBERS)
    starts: FloatArray  # (15,) arc length where each tooth begins
    along: FloatArray  # (7, n)
    plan: FloatArray  # (4, n, n)
    numbers: FloatArray

    def arguments(self) -> tuple[FloatArray, ...]:
        """What every kernel of the field takes last."""
        return self.teeth, self.cusps, self.starts, self.along, self.plan, self.numbers

    def with_numbers(self, **changes: float) -> "JawForm":
        """The same jaw with some of `numbers` changed: base, gum, end, back."""
        numbers = self.numbers.copy()
        for name, value in changes.items():
            numbers[{"base": f.N_BASE, "gum": f.N_GUM, "end": f.N_END, "back": f.N_BACK}[name]] = value
        return replace(self, numbers=numbers)


def row_of(jaw: Jaw, tooth_fdi: int) -> int:
    """Which of the fourteen rows an FDI number is; ValueError where the arch has no such tooth."""
    return fdi_of(jaw).index(tooth_fdi)


def _smooth(values: FloatArray, width: int, axis: int) -> FloatArray:
    """Running mean over `width` places, three times over: close to a Gaussian."""
    for _ in range(3):
        before = np.repeat(np.take(values, [0], axis), width // 2 + 1, axis)
        after = np.repeat(np.take(values, [-1], axis), width // 2, axis)
        padded = np.concatenate([before, values, after], axis)
        sums = np.cumsum(padded, axis)
        n = sums.shape[axis]
        values = (np.take(sums, range(width, n), axis) - np.take(sums, range(n - width), axis)) / width
    return values


def _upper_curve(length: float, width: float, depth: float) -> FloatArray:  # (n, 2): x, z
    """A U between an ellipse and a parabola, scaled until the part between the last teeth has `length`."""
    turn = np.linspace(-np.pi / 2, np.pi / 2, 1601) * 0.93
    side, front = np.sin(turn), np.cos(turn)
    curve = np.stack([0.5 * width * np.sign(side) * np.abs(side) ** 0.96, depth * front**0.86], 1)
    curve *= length / np.linalg.norm(np.diff(curve, axis=0), axis=1).sum()
    ends = []
    for tip, before in ((curve[0], curve[12]), (curve[-1], curve[-13])):
        way = tip - before
        ends.append(tip + np.arange(0.2, 30, 0.2)[:, None] * way / np.linalg.norm(way))
    return np.concatenate([ends[0][::-1], curve, ends[1]])


def _arc_length(curve: FloatArray) -> FloatArray:
    steps = np.linalg.norm(np.diff(curve, axis=0), axis=1)
    s = np.concatenate([[0.0], np.cumsum(steps)])
    return np.asarray(s - np.interp(0.0, curve[:, 0], s))


def _offset(curve: FloatArray, outwards: FloatArray) -> FloatArray:
    way = np.gradient(curve, axis=0)
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    moved = curve + np.stack([-way[:, 1], way[:, 0]], 1) * outwards[:, None]
    return np.stack([_smooth(moved[:, 0], 41, 0), _smooth(moved[:, 1], 41, 0)], 1)


def _curve_of(jaw: Jaw, forms: tuple[ToothForm, ...], rng: np.random.Generator) -> FloatArray:
    width = ARCH_WIDTH_MM * rng.uniform(0.985, 1.015)
    upper = teeth_of(Jaw.MAXILLA)
    curve = _upper_curve(sum(form.width for form in upper) - upper[0].width * 0.9, width, ARCH_DEPTH_MM)
    curve[:, 1] += 22.0 - curve[:, 1].max()
    if jaw is Jaw.MANDIBLE:  # the lower buccal cusps bite into the middle of the upper crowns
        s = np.abs(_arc_length(curve))
        curve = _offset(curve, -np.interp(s, [0, 12, 20, 28, 45, 60], [1.3, 1.4, 1.7, 2.1, 2.1, 2.1]))
    return curve


def _place_teeth(
    jaw: Jaw, forms: tuple[ToothForm, ...], curve: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Rows of `teeth` (necks for a flat bite) and the fifteen `starts`."""
    s_of_curve = _arc_length(curve)
    widths = np.array([form.width for form in forms])
    starts = np.concatenate([[0.0], np.cumsum(widths)]) - widths[: TEETH // 2].sum()
    teeth = np.zeros((TEETH, f.TOOTH_NUMBERS))

    def place_at(s: float) -> FloatArray:
        return np.array([np.interp(s, s_of_curve, curve[:, c]) for c in (0, 1)])

    def way_at(s: float) -> FloatArray:
        way = place_at(s + 0.8) - place_at(s - 0.8)
        return np.asarray(way / np.linalg.norm(way))

    for i, form in enumerate(forms):
        ends = place_at(starts[i]), place_at(starts[i + 1])
        chord = ends[1] - ends[0]
        # Crowns that lean outwards need more room at their contacts than at the curve.
        ways = [way_at(starts[i]), way_at(starts[i + 1])]
        spread = np.linalg.norm(ways[1] - ways[0])
        out = 0.28 * form.lean * form.height + (0.0 if form.kind == POSTERIOR else 0.11 * form.depth)
        width = (np.linalg.norm(chord) + spread * out) * 1.006
        turn = rng.normal(0, 0.035)
        cos, sin = np.cos(turn), np.sin(turn)
        along = np.array([[cos, -sin], [sin, cos]]) @ (chord / np.linalg.norm(chord))
        outward = np.array([-along[1], along[0]])
        middle = 0.5 * (ends[0] + ends[1]) + outward * (
            rng.normal(0, 0.10) + (0.3 if form.kind == CANINE else 0.0)
        )
        mesial = 1.0 if i < TEETH // 2 else -1.0
        height = form.height * rng.normal(1, 0.012)
        teeth[i, : f.KIND] = (*middle, *(along * mesial), *outward, 0, width / 2, form.depth / 2, height)
        teeth[i, f.KIND : f.PREPARED] = form.kind, form.lean, form.tip, form.skew, rng.uniform(0, 6)
        edge = EDGE_V if jaw is Jaw.MAXILLA else 1.0
        lift = 0.0
        if jaw is Jaw.MAXILLA and form.position == 2:
            lift = 0.5  # lateral incisors stand a little higher
        teeth[i, f.NECK] = edge - lift - height + rng.normal(0, 0.10)
    return teeth, starts


def _around(curve: FloatArray, axis: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Arc length and outward offset of every place of the plan, each (n, n)."""
    s_of_curve = _arc_length(curve)
    s = np.arange(s_of_curve[0], s_of_curve[-1], 0.25)
    x, z = np.interp(s, s_of_curve, curve[:, 0]), np.interp(s, s_of_curve, curve[:, 1])
    f_arc, f_offset = np.empty((axis.size, axis.size)), np.empty((axis.size, axis.size))
    f.nearest_on_curve(axis, x, z, s, f_arc, f_offset)
    return f_arc, f_offset


def _gum_along(jaw: Jaw, teeth: FloatArray, starts: FloatArray) -> FloatArray:  # (7, n)
    """How the gum runs along the arch: margins, papillae, walls and the bulges over the roots."""
    s = np.arange(-f.ALONG_HALF, f.ALONG_HALF + f.ALONG_STEP / 2, f.ALONG_STEP)
    middles = (starts[1:] + starts[:-1]) / 2
    weights = np.exp(-(((s[:, None] - middles) / 4.2) ** 2)) + 1e-12 / (1 + np.abs(s[:, None] - middles))
    weights /= weights.sum(1, keepdims=True)

    def mean(values: FloatArray) -> FloatArray:
        return weights @ values

    i = np.clip(np.searchsorted(starts, s) - 1, 0, TEETH - 1)
    share = np.clip((s - starts[i]) / (starts[i + 1] - starts[i]), 0, 1)
    between = (0.5 + 0.5 * np.cos(2 * np.pi * share)) ** 1.5
    beyond = np.maximum(np.abs(s) - starts[-1], 0)
    between = np.where(beyond > 0, np.exp(-((beyond / 1.6) ** 2)), between)
    front = np.exp(-((s / 21) ** 4))
    half_depth, height = teeth[:, f.HALF_DEPTH], teeth[:, f.HEIGHT]
    at_neck = -teeth[:, f.LEAN] * 0.45 * height
    neck = mean(teeth[:, f.NECK])
    last = np.where(beyond > 0, np.clip(beyond * 0.25, 0, 1.5), 0)
    papilla = between * (1.7 + 1.9 * front)
    rows = np.zeros((7, s.size))
    rows[f.A_NECK] = neck
    rows[f.A_MARGIN_BUCCAL] = neck + 0.55 + papilla - last
    rows[f.A_MARGIN_LINGUAL] = neck + 0.85 + papilla * 0.75 - last
    pinch = between * (0.55 + 0.75 * (1 - front))
    shrink = np.clip(beyond * 0.12, 0, 1.2)
    rows[f.A_WALL_BUCCAL] = mean(at_neck + half_depth * 0.86) + 0.12 - shrink
    rows[f.A_WALL_LINGUAL] = mean(at_neck - half_depth * 0.88) - 0.12 + shrink
    rows[f.A_PINCH] = pinch
    rows[f.A_ROOT] = (0.5 - between) * (0.35 + 0.45 * front) * (1 if jaw is Jaw.MAXILLA else 0.8)
    rows[f.A_ROOT] *= np.exp(-beyond)
    return rows


def _palate(axis: FloatArray, offset: FloatArray, neck_v: float) -> FloatArray:  # (n, n)
    """Height of the vault, with rugae, the raphe and the papilla behind the incisors."""
    x, z = axis[:, None], axis[None, :]
    inside = -offset - 4.5
    soft = _smooth(_smooth(np.maximum(inside, -3.0), 11, 0), 11, 1)
    softer = _smooth(_smooth(soft, 25, 0), 25, 1)
    blend = np.clip((soft - 4.0) / 6.0, 0, 1)
    q = np.maximum(soft * (1 - blend) + softer * blend, 0)
    vault = neck_v - 0.4 - 11.0 * (1 - np.exp(-((q / 8.2) ** 1.5)))
    front = np.exp(-(((z - 9.0) / 6.0) ** 2)) * np.clip(q / 2.5, 0, 1)
    aside = np.clip(np.abs(x) / 1.6, 0, 1) * np.exp(-((x / 13.0) ** 4))
    waves = np.sin(z * 1.45 + np.abs(x) * 0.22 + 0.7 * np.sin(x * 0.55) + 0.5 * np.sin(x * 1.3 + z * 0.3))
    vault = vault + 0.55 * front * aside * waves
    vault = vault + 0.30 * np.exp(-((x / 0.9) ** 2)) * np.clip(q / 4, 0, 1)
    incisors_z = axis[np.argmin(np.abs(offset[axis.size // 2]))]
    vault = vault + 0.9 * np.exp(-((x / 1.7) ** 2) - ((z - incisors_z + 7.0) / 2.4) ** 2)
    return np.where((offset < 2.5) & (z < 40), vault, f.NOTHING)


def _build(jaw: Jaw, seed: int) -> JawForm:
    rng = np.random.default_rng([seed, 0])
    forms = teeth_of(jaw)
    curve = _curve_of(jaw, forms, rng)  # both jaws draw the same arch
    rng = np.random.default_rng([seed, 1 if jaw is Jaw.MAXILLA else 2])
    teeth, starts = _place_teeth(jaw, forms, curve, rng)
    cusps = np.stack([cusp_numbers(form) for form in forms])
    axis = np.arange(-f.PLAN_HALF, f.PLAN_HALF + f.PLAN_STEP / 2, f.PLAN_STEP)
    plan = np.full((4, axis.size, axis.size), f.NOTHING)
    plan[f.P_ARC], plan[f.P_OFFSET] = _around(curve, axis)
    numbers = np.zeros(7)
    numbers[f.N_SIDE] = 1.0 if jaw is Jaw.MAXILLA else -1.0
    numbers[f.N_SPEE], numbers[f.N_SPEE_Z] = 0.0022, -2.0
    numbers[f.N_BASE], numbers[f.N_BACK] = 60.0, -80.0
    numbers[f.N_END], numbers[f.N_GUM] = starts[-1] + 8.0, 1.0
    return _with_gum(JawForm(jaw, teeth, cusps, starts, np.zeros((6, 1)), plan, numbers))


def _with_gum(form: JawForm) -> JawForm:
    plan = form.plan
    axis = np.arange(-f.PLAN_HALF, f.PLAN_HALF + f.PLAN_STEP / 2, f.PLAN_STEP)
    if form.jaw is Jaw.MAXILLA:
        plan = plan.copy()
        plan[f.P_PALATE] = _palate(axis, plan[f.P_OFFSET], float(form.teeth[:, f.NECK].mean()))
    return replace(form, along=_gum_along(form.jaw, form.teeth, form.starts), plan=plan)


def _bite_map(form: JawForm) -> tuple[FloatArray, FloatArray]:
    """Reach towards the bite over the plan (-NOTHING where no crown is), and the crown's row (-1: none)."""
    axis = np.arange(-f.PLAN_HALF, f.PLAN_HALF + f.PLAN_STEP / 2, f.PLAN_STEP)
    tooth = np.full((axis.size, axis.size), -1.0)
    heights = np.full((axis.size, axis.size), -f.NOTHING)
    f.bite_heights(
        axis, form.plan[f.P_OFFSET], form.plan[f.P_ARC], form.teeth, form.cusps, form.starts, tooth, heights
    )
    return heights, tooth


def _room_below(above: FloatArray) -> FloatArray:
    """How high a lower crown may reach, (n, n): below the upper ones, and rising gently where they end."""
    limit = np.where(above > -f.NOTHING, -above, np.inf)
    for _ in range(4):
        around = np.stack([np.roll(limit, shift, (0, 1)) for shift in ((1, 0), (-1, 0), (0, 1), (0, -1))])
        limit = np.where(np.isinf(limit), around.min(0) + 0.4, limit)
    return np.minimum(limit, 6.0) - ROOM_FOR_NOISE_MM


def _settled(lower: JawForm, upper: JawForm) -> JawForm:
    """The lower jaw with every crown raised until it bites, and worn where it would go into the upper one."""
    above, _ = _bite_map(upper)
    limit = _room_below(above)
    reach, tooth = _bite_map(lower)
    teeth = lower.teeth.copy()
    room = np.array([np.min((limit - reach)[tooth == i], initial=3.0) for i in range(TEETH)])
    calm = np.convolve(np.pad(room, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    teeth[:, f.NECK] += np.clip(np.maximum(room, calm - 0.05), room, room + 0.25) + WEAR_MM
    plan = lower.plan.copy()
    plan[f.P_LIMIT] = limit
    return _with_gum(replace(lower, teeth=teeth, plan=plan))


@lru_cache(maxsize=8)
def jaw_form(jaw: Jaw, seed: int) -> JawForm:
    """The jaw that belongs to a seed; upper and lower of one seed are in occlusion."""
    if jaw is Jaw.MAXILLA:
        return _build(jaw, seed)
    if jaw is Jaw.MANDIBLE:
        return _settled(_build(jaw, seed), jaw_form(Jaw.MAXILLA, seed))
    raise ValueError("An arch is the upper or the lower jaw.")


def prepared(form: JawForm, tooth_fdi: int) -> JawForm:
    """The same jaw with one tooth prepared for a crown."""
    teeth = form.teeth.copy()
    teeth[row_of(form.jaw, tooth_fdi), [f.PREPARED, f.MARGIN]] = 1.0, 1.0
    return replace(form, teeth=teeth)


def only(form: JawForm, rows: list[int]) -> JawForm:
    """These crowns of the jaw and nothing else: no gum, no neighbours."""
    teeth = form.teeth.copy()
    others = np.setdiff1d(np.arange(TEETH), rows)
    teeth[others, f.CX] = 500.0
    return replace(form, teeth=teeth).with_numbers(gum=0.0)
