"""Drawn intraoral photographs: the synthetic arches before a mouth's background, and one with a shade tab."""

from functools import lru_cache

import numpy as np
from PIL import Image

from arcada.core.anatomy import Jaw
from arcada.core.geometry.facts import IDENTITY
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.poster import render_poster
from arcada.core.geometry.specimen import make_arch
from arcada.core.geometry.views import VIEWS, View
from arcada.core.images.drawn.canvas import (
    Colour,
    FloatArray,
    Painting,
    Point,
    Sheet,
    curve,
    outline,
    softened,
)

TRIANGLES = 120_000
# How much larger than the picture each view is drawn, and where its middle lies: right and down, in widths.
_FRAMES = {
    View.FRONT: (1.22, 0.0, 0.005),
    View.RIGHT: (1.30, 0.06, 0.02),
    View.LEFT: (1.30, -0.06, 0.02),
    View.UPPER: (1.02, 0.0, 0.0),
    View.LOWER: (1.02, 0.0, 0.0),
}


@lru_cache(maxsize=4)
def _arch(jaw: Jaw, seed: int) -> Mesh:
    return make_arch(jaw, seed=seed, triangles=TRIANGLES)


def _seen_in(view: View, seed: int) -> Mesh:
    if view is View.UPPER:
        return _arch(Jaw.MAXILLA, seed)
    if view is View.LOWER:
        return _arch(Jaw.MANDIBLE, seed)
    upper, lower = _arch(Jaw.MAXILLA, seed), _arch(Jaw.MANDIBLE, seed)
    assert upper.colours is not None
    assert lower.colours is not None
    points = np.concatenate([upper.points, lower.points])
    triangles = np.concatenate([upper.triangles, lower.triangles + np.uint32(len(upper.points))])
    # A mouth has no open back: what a scan shows of its inner side stays away.
    a, b, c = points[triangles].transpose(1, 0, 2)
    camera = np.array(VIEWS[view].camera, dtype=np.float32)
    far_side = (a @ camera < -2.0) & (a[:, 2] < 14.0)
    is_seen = (np.cross(b - a, c - a) @ camera > 0) & ((view is View.FRONT) | ~far_side)
    return Mesh(points, triangles[is_seen], np.concatenate([upper.colours, lower.colours]))


def _rendered(view: View, seed: int, width: int, height: int) -> tuple[FloatArray, FloatArray]:
    """Colours (height, width, 3) and cover (height, width), 0 to 1, framed as a photographer would."""
    zoom, right, down = _FRAMES[view]
    wide, high = int(width * zoom), int(height * zoom)
    poster = render_poster(_seen_in(view, seed), IDENTITY, view, width=wide, height=high)
    x, y = int((wide - width) / 2 + right * width), int((high - height) / 2 + down * width)
    x, y = min(max(x, 0), wide - width), min(max(y, 0), high - height)
    part = poster[y : y + height, x : x + width].astype(np.float32)
    cover = part[..., 3] / np.float32(255)
    # The border of the scan melts into the cheek.
    return part[..., :3], np.minimum(cover, np.clip(2 * softened(cover, width * 0.008) - 1, 0, 1))


def _cavity(sheet: Sheet, rng: np.random.Generator, *, is_mirror: bool) -> Painting:
    """What lies behind the teeth: cheeks and lips held aside, dark in the depth."""
    painting = Painting(sheet, (150, 74, 70))
    across, down = sheet.places()
    fall = 1.05 - 0.42 * np.exp(-(((across - 50) / 38) ** 4) - ((down - 37.5) / 20) ** 4)
    painting.pixels *= fall.astype(np.float32)[..., None]
    painting.pixels *= (1 + 0.035 * sheet.grain(rng, 9.0))[..., None]
    edges: list[list[Point]] = [
        outline("-5,-5 105,-5 105,5 78,3.5 50,6.5 22,3.5 -5,5"),
        outline("-5,80 105,80 105,70 78,72 50,69 22,72 -5,70"),
    ]
    for lip in edges if not is_mirror else []:
        painting.fill(curve(lip, closed=True), (196, 112, 106), 2.2, 0.85)
    return painting


def intraoral(view: View, width: int, height: int, seed: int) -> FloatArray:  # (height, width, 3), 0 to 255
    """One of the five views inside the mouth; the occlusal ones as seen in a mirror, turned upright."""
    rng = np.random.default_rng([seed, 51, list(View).index(view)])
    sheet = Sheet.fitting(width, height, 100.0, 75.0)
    painting = _cavity(sheet, rng, is_mirror=view in (View.UPPER, View.LOWER))
    colours, cover = _rendered(view, seed, width, height)
    painting.pixels += (colours * np.float32(1.06) - painting.pixels) * cover[..., None]
    across, down = sheet.places()
    flash = 1.06 - 0.30 * (((across - 50) / 56) ** 2 + ((down - 37.5) / 44) ** 2)
    noise = rng.normal(0, 2.2, (height, width, 1))
    return np.asarray(
        painting.pixels * flash[..., None] * np.array([1.03, 1.0, 0.98]) + noise, dtype=np.float32
    )


def shade(width: int, height: int, seed: int) -> FloatArray:  # (height, width, 3), 0 to 255
    """The upper front teeth from near, with a shade tab held below them."""
    near = intraoral(View.FRONT, width, height, seed)
    left, top, right, bottom = int(width * 0.19), int(height * 0.16), int(width * 0.81), int(height * 0.78)
    crop = Image.fromarray(np.clip(near[top:bottom, left:right], 0, 255).astype(np.uint8))
    sheet = Sheet.fitting(width, height, 100.0, 75.0)
    painting = Painting(sheet, (0, 0, 0))
    painting.pixels[:] = np.asarray(crop.resize((width, height), Image.Resampling.LANCZOS), dtype=np.float32)
    painting.spot(43, 62, 16, 18, (40, 20, 18), 0.35)
    painting.fill(outline("36,59 44.4,59 45.6,82 34.8,82"), (214, 214, 210), 0.25)
    painting.line([(37.4, 59), (36.4, 80)], (246, 246, 244), 0.8, 0.4, 0.8)
    painting.line([(43.2, 59), (44.2, 80)], (150, 150, 148), 0.8, 0.5, 0.8)
    tab = outline(
        "30.6,37.4 34,36 40,35.5 46,36 49.4,37.4 49.8,46 47.8,55 44,61.4 40,62.4 36,61.4 32.2,55 30.2,46"
    )
    porcelain = curve(tab, closed=True)
    painting.fill(porcelain, (212, 196, 164), 0.15)
    inside = sheet.filled(porcelain, 0.3)
    shading: tuple[tuple[float, float, float, float, Colour, float], ...] = (
        (40, 57, 9, 7, (204, 170, 122), 0.7),
        (40, 37.5, 10, 3.4, (198, 196, 188), 0.7),
        (31, 47, 2.2, 14, (170, 150, 116), 0.5),
        (49, 47, 2.4, 14, (152, 134, 106), 0.6),
        (37, 46, 1.5, 7, (250, 246, 236), 0.7),
    )
    for x, y, wide, high, rgb, amount in shading:
        painting.spot(x, y, wide, high, rgb, amount, inside)
    letter: list[list[Point]] = [
        [(37.3, 72), (38.6, 67.6), (39.8, 72)],
        [(37.8, 70.6), (39.3, 70.6)],
        outline("40.8,68.6 41.6,67.7 42.6,68.5 40.8,72 42.8,72"),
    ]
    for stroke in letter:
        painting.line(stroke, (60, 60, 62), 0.45, 0.05)
    return painting.pixels
