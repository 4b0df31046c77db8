"""What all drawn faces share: the colours of a person who does not exist, the studio, the grain."""

import numpy as np

from arcada.core.images.drawn.canvas import Colour, FloatArray, Painting, Point, Sheet

WIDE, HIGH = 100.0, 133.0
MIDDLE = 50.0
_SKINS: tuple[Colour, ...] = (
    (226, 184, 158),
    (205, 158, 128),
    (172, 122, 92),
    (134, 90, 66),
    (236, 200, 178),
)
_HAIRS: tuple[Colour, ...] = ((44, 34, 30), (74, 52, 38), (28, 26, 28), (96, 78, 66), (120, 116, 114))
_EYES: tuple[Colour, ...] = ((84, 60, 42), (92, 104, 84), (96, 112, 128), (70, 50, 38))
_CLOTHES: tuple[Colour, ...] = ((92, 104, 120), (122, 118, 110), (80, 98, 92), (132, 118, 126))


class Looks:
    """The colours of one drawn person."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 41])
        self.skin = _SKINS[rng.integers(len(_SKINS))]
        self.hair = _HAIRS[rng.integers(len(_HAIRS))]
        self.eye = _EYES[rng.integers(len(_EYES))]
        self.clothes = _CLOTHES[rng.integers(len(_CLOTHES))]
        self.long_hair = bool(rng.random() < 0.5)
        self.face_width = float(rng.uniform(0.96, 1.05))
        self.rng = rng

    def shade(self, light: float, red: float = 0.0) -> Colour:
        """The skin lighter (> 1) or darker, and a little redder."""
        r, g, b = self.skin
        return min(r * light + 18 * red, 255), min(g * light - 10 * red, 255), min(b * light - 6 * red, 255)

    @property
    def shine(self) -> Colour:
        """Light on the hair."""
        r, g, b = self.hair
        return 1.5 * r + 14, 1.5 * g + 13, 1.5 * b + 12

    @property
    def lips(self) -> Colour:
        r, g, b = self.skin
        return 0.70 * r + 42, 0.58 * g + 14, 0.60 * b + 20


def dimmed(rgb: Colour, light: float) -> Colour:
    """The colour with less (or more) light on it."""
    return rgb[0] * light, rgb[1] * light, rgb[2] * light


def both(points: list[Point]) -> tuple[list[Point], list[Point]]:
    return points, [(2 * MIDDLE - x, y) for x, y in points]


def ellipse(x: float, y: float, wide: float, high: float) -> list[Point]:
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    return [(float(x + wide * np.cos(t)), float(y + high * np.sin(t))) for t in turn]


def studio(sheet: Sheet) -> Painting:
    painting = Painting(sheet, (176, 184, 190))
    across, down = sheet.places()
    fall = 1.10 - 0.20 * ((across - 42) / 50) ** 2 - 0.22 * ((down - 40) / 80) ** 2
    painting.pixels *= np.clip(fall, 0.55, 1.2).astype(np.float32)[..., None]
    return painting


def finished(painting: Painting, looks: Looks) -> FloatArray:
    sheet = painting.sheet
    pores = (
        1 + 0.010 * sheet.grain(looks.rng, 1.2, 2) + looks.rng.normal(0, 0.009, (sheet.height, sheet.width))
    )
    return np.asarray(painting.pixels * pores[..., None], dtype=np.float32)
