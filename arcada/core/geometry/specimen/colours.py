"""The colours of a synthetic scan: enamel, dentine of a preparation, gum."""

import numpy as np

from arcada.core.anatomy import Jaw
from arcada.core.geometry.mesh import ColourArray
from arcada.core.geometry.specimen import field as f
from arcada.core.geometry.specimen.form import JawForm
from arcada.core.geometry.specimen.teeth import FloatArray

# sRGB, 0 to 255
NECK, BODY, EDGE = (217, 192, 150), (231, 217, 187), (219, 212, 194)
FISSURE, DENTINE = (190, 158, 116), (226, 190, 132)
GUM, GUM_DEEP, GUM_MARGIN, PALATE = (206, 128, 122), (178, 78, 78), (198, 104, 102), (214, 146, 138)


def _mix(a: FloatArray, b: FloatArray, share: FloatArray) -> FloatArray:
    return a + (b - a) * np.clip(share, 0, 1)[:, None]


def _patches(points: FloatArray, seed: int, size_mm: float) -> FloatArray:  # (n,)
    """Smooth blotches about `size_mm` wide, mean 0, about ±1."""
    rng = np.random.default_rng([seed, 7])
    total = np.zeros(points.shape[0])
    for _ in range(5):
        way = rng.normal(0, 1, 3)
        way *= rng.uniform(0.7, 1.5) * 2 * np.pi / (size_mm * np.linalg.norm(way) * 2)
        total += np.sin(points @ way + rng.uniform(0, 6) + 1.5 * np.sin(points @ way[[2, 0, 1]] * 0.6))
    return total / 2.2


def colours_of(
    form: JawForm, points: FloatArray, found: FloatArray, ways: FloatArray, seed: int
) -> ColourArray:
    """(n, 3) sRGB for points (n, 3) of which `onto_surface` said what they are in `found` (n, 6)."""
    crown, gum, tooth, _, p, v = found.T
    row = form.teeth[tooth.astype(int)]
    up = (v - row[:, f.NECK]) / row[:, f.HEIGHT]
    blotch, fine = _patches(points, seed, 6.0), _patches(points, seed + 1, 1.6)

    def paint(rgb: tuple[int, int, int]) -> FloatArray:
        return np.broadcast_to(np.array(rgb, float), points.shape)

    enamel = _mix(paint(NECK), paint(BODY), up / 0.5)
    front = row[:, f.KIND] != 2
    enamel = _mix(enamel, paint(EDGE), np.where(front, 0.8 * (up - 0.72) / 0.28, 0.35 * (up - 0.6) / 0.4))
    facing = -ways[:, 1] * form.numbers[f.N_SIDE]  # 1: towards the bite
    sunk = np.clip((row[:, f.HEIGHT] - 1.6 - (v - row[:, f.NECK])) / 1.2, 0, 1) * np.clip(
        (facing - 0.45) / 0.3, 0, 1
    )
    enamel = _mix(enamel, paint(FISSURE), np.where(front, 0.0, 0.55 * sunk))
    enamel = enamel * (1 + 0.018 * blotch + 0.008 * fine)[:, None]
    dentine = paint(DENTINE) * (1 + 0.02 * blotch)[:, None]
    enamel = np.where(row[:, f.PREPARED, None] > 0, dentine, enamel)

    neck = np.interp(
        found[:, 3], np.arange(form.along.shape[1]) * f.ALONG_STEP - f.ALONG_HALF, form.along[f.A_NECK]
    )
    depth = neck - v
    flesh = _mix(paint(GUM), paint(GUM_DEEP), (depth - 2.0) / 5.0 * (p > -4))
    flesh = _mix(flesh, paint(GUM_MARGIN), np.exp(-((np.maximum(crown, 0) / 0.7) ** 2)) * 0.8)
    if form.jaw is Jaw.MAXILLA:
        flesh = _mix(flesh, paint(PALATE), (-p - 5.0) / 5.0)
    flesh = flesh * (1 + 0.030 * blotch + 0.016 * fine)[:, None]
    share = 0.5 + (crown - gum) / 0.34
    return np.clip(_mix(enamel, flesh, share) + 0.5, 0, 255).astype(np.uint8)
