"""A drawn face from the front, at rest or smiling. It is nobody: proportions of a drawing lesson."""

import numpy as np

from arcada.core.images.drawn.canvas import Colour, FloatArray, Painting, Point, Sheet, curve, outline
from arcada.core.images.drawn.looks import HIGH, MIDDLE, WIDE, Looks, both, dimmed, ellipse, finished, studio

ENAMEL: Colour = (236, 229, 212)
# Light and shadow on the skin: place, size, how light, how strong.
FRONTAL_LIGHT = (
    (30, 66, 7, 26, 0.66, 0.55),
    (73, 66, 8, 28, 0.58, 0.62),
    (50, 95, 15, 5, 0.64, 0.5),
    (50, 18, 26, 6, 0.72, 0.4),
    (44, 32, 13, 9, 1.1, 0.55),
    (36, 65, 6, 6, 1.08, 0.45),
    (50, 91, 5, 3.5, 1.08, 0.4),
    (39, 53, 7, 4.5, 0.8, 0.5),
    (61, 53, 7, 4.5, 0.78, 0.5),
    (55.4, 62, 2.4, 7, 0.72, 0.5),
    (50, 76, 7, 2.4, 0.86, 0.35),
    (50, 87.3, 7, 1.7, 0.74, 0.45),
)


def _bust(painting: Painting, looks: Looks) -> None:
    shoulders = outline("-4,140 -2,124 14,115 33,109 50,116 67,109 86,115 102,124")
    painting.fill(curve([*shoulders, (104, 140)]), looks.clothes, 0.5)
    for x in (14, 86):
        painting.spot(x, 128, 16, 10, dimmed(looks.clothes, 0.7), 0.5)
    neck = outline("37,84 37.5,104 31,110.5 40,117 50,119 60,117 69,110.5 62.5,104 63,84")
    painting.fill(curve(neck), looks.shade(0.86), 0.5)
    throat = painting.sheet.filled(curve(neck), 0.5)
    painting.spot(50, 96, 15, 6, looks.shade(0.52), 0.75, throat)
    painting.spot(64, 106, 8, 14, looks.shade(0.62), 0.45, throat)
    for side in both([(41, 104), (46, 114)]):
        painting.line(side, looks.shade(0.68), 0.8, 1.2, 0.5)


def _frontal_head(painting: Painting, looks: Looks) -> None:
    def wide(points: list[Point]) -> list[Point]:
        return [((x - MIDDLE) * looks.face_width + MIDDLE, y) for x, y in points]

    if looks.long_hair:
        back = outline("50,10 28,16 20,40 19,76 24,108 40,112 60,112 76,108 81,76 80,40 72,16")
        painting.fill(curve(back, closed=True), dimmed(looks.hair, 0.75), 1.2)
    _bust(painting, looks)
    for ear in both(outline("26.6,50 24,48.6 22.4,53 23.6,60 26.4,66 28,64")):
        painting.fill(curve(wide(ear), closed=True), looks.shade(0.86, 0.5), 0.4)
    for fold in both([(25.4, 51.5), (24.2, 55), (25.8, 61)]):
        painting.line(curve(wide(fold)), looks.shade(0.62), 0.5, 0.4, 0.7)
    half = outline("50,16 36,19 28,31 26,46 27,62 30,76 37,88 44,95 50,96.5")
    head = curve(wide([*half, *[(100 - x, y) for x, y in half[-2:0:-1]]]), closed=True)
    painting.fill(head, looks.skin, 0.35)
    mask = painting.sheet.filled(head, 0.35)
    for x, y, wide_by, high_by, light, amount in FRONTAL_LIGHT:
        painting.spot(x, y, wide_by, high_by, looks.shade(light), amount, mask)
    for x in (36, 64):
        painting.spot(x, 69, 8, 6, looks.shade(0.99, 0.9), 0.26, mask)

    top = outline(
        "50,6 36,8.8 27,19 24.2,34 24.6,47 26.6,50 28.6,40 33,30 42,26 55,27.5 66,30 "
        "71.4,40 73.4,50 75.4,47 75.8,34 73,19 64,8.8"
    )
    painting.fill(curve(wide(top), closed=True), looks.hair, 0.6)
    for step in range(26):
        x = 27 + step * 1.85
        lock: list[Point] = [
            (50 + (x - 50) * 0.4, 8),
            (50 + (x - 50) * 0.85, 13 + abs(x - 50) * 0.22),
            (x, 25 + abs(x - 50) * 0.46),
        ]
        painting.line(curve(lock), looks.shine, 0.35, 0.25, 0.10 + 0.16 * looks.rng.random())


def _eyes_and_brows(painting: Painting, looks: Looks) -> None:
    for side in (-1, 1):
        x, y = MIDDLE + side * 11.0, 54.0
        almond: list[Point] = [
            (x - 4.7, y + 0.5),
            (x - 2.2, y - 1.5),
            (x + 0.6, y - 1.9),
            (x + 3.2, y - 1.0),
            (x + 4.7, y + 0.2),
        ]
        almond += [(x + 2.4, y + 1.5), (x - 1.4, y + 1.6)]
        if side < 0:
            almond = [(2 * x - px, py) for px, py in almond]
        lid = curve(almond, closed=True)
        painting.fill([(px, py - 0.2) for px, py in lid], looks.shade(0.55), 0.45, 0.7)
        painting.fill(lid, (226, 222, 216), 0.12)
        inside = painting.sheet.filled(lid, 0.12)
        for wide, rgb, amount in ((2.15, (38, 30, 26), 0.9), (1.9, looks.eye, 1.0), (0.9, (14, 12, 12), 1.0)):
            disc = painting.sheet.filled(ellipse(x, y - 0.1, wide, wide), 0.12) * inside
            painting.pixels += (np.array(rgb, np.float32) - painting.pixels) * (disc * np.float32(amount))[
                ..., None
            ]
        painting.spot(x - 0.7, y - 0.9, 0.42, 0.42, (250, 250, 250), 0.95)
        painting.spot(x, y - 1.7, 4.2, 0.8, (50, 40, 36), 0.35, inside)
        upper = sorted(lid, key=lambda p: p[0])
        painting.line(curve([p for p in upper if p[1] < y + 0.35][::4]), (36, 28, 26), 0.42, 0.15, 0.9)
        crease: list[Point] = [(x - 4.6, y - 1.6), (x - 0.5, y - 3.6), (x + 4.6, y - 1.6)]
        painting.line(curve(crease), looks.shade(0.62), 0.4, 0.3, 0.65)
        painting.line(
            curve([(x - 4, y + 3.1), (x, y + 4.1), (x + 4, y + 3.0)]), looks.shade(0.74), 0.5, 0.6, 0.4
        )
        brow = outline("5.4,46.6 8,45.4 13,44.7 18.2,47.2 13,46.1 8,47.2 5.6,48.4")
        hair: Colour = (looks.hair[0] * 0.9, looks.hair[1] * 0.9, looks.hair[2] * 0.9)
        painting.fill(curve([(MIDDLE + side * bx, by) for bx, by in brow], closed=True), hair, 0.45, 0.82)


def _nose(painting: Painting, looks: Looks) -> None:
    painting.spot(48.8, 59, 1.5, 9, looks.shade(1.13), 0.55)
    painting.spot(49.3, 70, 2.6, 2.2, looks.shade(1.16), 0.60)
    painting.spot(50, 74.0, 6.5, 1.3, looks.shade(0.66), 0.55)
    for side in (-1, 1):
        wing = outline("4.4,67.2 5.7,70.2 5,72.6 3.4,73")
        painting.line(curve([(MIDDLE + side * x, y) for x, y in wing]), looks.shade(0.60), 0.55, 0.4, 0.6)
        painting.fill(ellipse(MIDDLE + side * 2.6, 73.0, 1.35, 0.6), looks.shade(0.30), 0.22, 0.85)
        painting.line(
            [(MIDDLE + side * 3.4, 51), (MIDDLE + side * 2.6, 60)], looks.shade(0.80), 1.2, 1.2, 0.35
        )


def _lips_at_rest(painting: Painting, looks: Looks) -> None:
    upper = outline("40.6,81.2 45.5,79 48.6,78.2 50,78.8 51.4,78.2 54.5,79 59.4,81.2 54,81.4 50,81.7 46,81.4")
    lower = outline("40.8,81.2 46,81.3 50,81.6 54,81.3 59.2,81.2 55.6,84.4 50,85.6 44.4,84.4")
    r, g, b = looks.lips
    painting.fill(curve(upper, closed=True), (r * 0.90, g * 0.88, b * 0.88), 0.22)
    painting.fill(curve(lower, closed=True), looks.lips, 0.25)
    painting.spot(49, 83.2, 4.2, 0.8, (min(r * 1.18, 255), min(g * 1.2, 255), min(b * 1.2, 255)), 0.55)
    painting.line(
        curve(outline("40.4,81.2 45,81.3 50,81.75 55,81.3 59.6,81.2")),
        (r * 0.42, g * 0.36, b * 0.36),
        0.35,
        0.15,
    )
    for side in both([(41.5, 73), (38.2, 78), (37.6, 82)]):
        painting.line(curve(side), looks.shade(0.78), 0.6, 0.9, 0.35)


def _smile(painting: Painting, looks: Looks) -> None:
    r, g, b = looks.lips
    outer = outline(
        "35,79 42,77 47.6,76.3 50,76.9 52.4,76.3 58,77 65,79 60.5,83.6 55,86.3 50,86.9 45,86.3 39.5,83.6"
    )
    inner = outline(
        "37.2,79.4 43,78.4 50,78.5 57,78.4 62.8,79.4 58.4,82.2 54.4,83.8 50,84.2 45.6,83.8 41.6,82.2"
    )
    painting.fill(curve(outer, closed=True), (r * 0.96, g * 0.93, b * 0.93), 0.25)
    painting.spot(49, 85.6, 5.5, 0.6, (min(r * 1.2, 255), min(g * 1.22, 255), min(b * 1.22, 255)), 0.5)
    opening = painting.sheet.filled(curve(inner, closed=True), 0.12)
    mouth = Painting(painting.sheet, (46, 18, 18))
    mouth.fill(outline("36,76 64,76 64,79.6 36,79.6"), (186, 104, 100), 0.3)
    edge = 0.0
    for width, long in ((4.3, 4.7), (3.3, 4.1), (3.4, 4.5), (2.7, 3.9), (2.2, 3.6), (2.0, 3.2)):
        for side in (-1, 1):
            a, c = MIDDLE + side * (edge + 0.06), MIDDLE + side * (edge + width - 0.06)
            top = 78.7 + 0.004 * edge**2 * 2
            bottom = top + long - 0.016 * edge**2
            tooth: list[Point] = [
                (a, top + 0.9),
                (0.5 * (a + c), top),
                (c, top + 0.9),
                (c, bottom - 0.7),
                (0.5 * (a + c), bottom),
                (a + 0.1 * side, bottom - 0.2),
            ]
            fade = 1 - 0.030 * edge
            mouth.fill(
                curve(tooth, closed=True), (ENAMEL[0] * fade, ENAMEL[1] * fade, ENAMEL[2] * fade * 0.99), 0.10
            )
            mouth.spot(0.5 * (a + c), top + 1.7, width * 0.3, 1.0, (252, 249, 240), 0.5 * fade)
            mouth.spot(0.5 * (a + c), bottom - 0.3, width * 0.4, 0.4, (205, 206, 204), 0.35)
        edge += width
    mouth.spot(50, 78.3, 16, 0.9, (70, 36, 34), 0.55)
    for x in (37.5, 62.5):
        mouth.spot(x, 81, 3.2, 4, (40, 16, 16), 0.85)
    painting.pixels += (mouth.pixels - painting.pixels) * opening[..., None]
    for fold in both(outline("42.5,71.8 37.2,75.5 34,80.5 35.4,85")):
        painting.line(curve(fold), looks.shade(0.66), 0.8, 0.8, 0.6)
    for x in (35, 65):
        painting.spot(x, 68.5, 6, 4.2, looks.shade(1.10, 0.7), 0.4)


def frontal(
    width: int, height: int, seed: int, *, smiling: bool
) -> FloatArray:  # (height, width, 3), 0 to 255
    """Head and shoulders from the front, lips together or smiling."""
    looks = Looks(seed)
    painting = studio(Sheet.fitting(width, height, WIDE, HIGH))
    _frontal_head(painting, looks)
    _eyes_and_brows(painting, looks)
    _nose(painting, looks)
    (_smile if smiling else _lips_at_rest)(painting, looks)
    return finished(painting, looks)
