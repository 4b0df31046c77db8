"""A drawn face from its right side. It is nobody."""

import numpy as np

from arcada.core.images.drawn.canvas import FloatArray, Sheet, curve, outline
from arcada.core.images.drawn.looks import HIGH, WIDE, Looks, dimmed, ellipse, finished, studio

# Light and shadow on the skin: place, size, how light, how strong.
PROFILE_LIGHT = (
    (52, 92, 16, 6, 0.66, 0.6),
    (44, 76, 10, 14, 0.72, 0.5),
    (66, 32, 7, 10, 1.09, 0.5),
    (62, 68, 8, 7, 1.07, 0.5),
    (78.5, 64, 1.6, 5, 1.12, 0.55),
    (70, 91, 4, 4, 1.07, 0.45),
    (67.5, 53, 4, 4, 0.78, 0.5),
    (74.6, 87, 3, 1.2, 0.74, 0.55),
    (72, 50, 3, 5, 0.86, 0.4),
)


def right_profile(width: int, height: int, seed: int) -> FloatArray:  # (height, width, 3), 0 to 255
    """The patient's right side: the nose points to the right of the picture."""
    looks = Looks(seed)
    painting = studio(Sheet.fitting(width, height, WIDE, HIGH))
    if looks.long_hair:
        tail = outline("30,20 14,46 12,84 20,112 36,112 42,84 44,50")
        painting.fill(curve(tail, closed=True), dimmed(looks.hair, 0.8), 1.0)
    body = outline("4,140 8,122 22,112 34,108 54,112 64,120 72,140")
    painting.fill(curve(body), looks.clothes, 0.5)
    neck = outline("20,62 25,82 25,98 22,111 40,116 55,114 53,102 54,92 60,84 46,58")
    painting.fill(curve(neck), looks.shade(0.84), 0.5)
    face = outline(
        "52,14 66,18 73,28 75,38 74.2,44.5 73,49 75.6,55 79.6,62 82.6,66.8 81.6,69.8 "
        "77.2,71.2 76.4,72.4 77,75.2 78.6,77.4 77.4,79.6 76.2,80.3 77.8,82.4 76.4,84.8 "
        "74.4,86.6 75,90 73.6,95 68.5,97.4 61,95.4 50,89 42,80 38,70 24,62 20,42 30,22"
    )
    head = curve(face, closed=True, steps=8)
    painting.fill(head, looks.skin, 0.3)
    mask = painting.sheet.filled(head, 0.3)
    for x, y, wide_by, high_by, light, amount in PROFILE_LIGHT:
        painting.spot(x, y, wide_by, high_by, looks.shade(light), amount, mask)
    painting.spot(63, 70, 7, 5, looks.shade(0.99, 0.9), 0.24, mask)
    painting.line(curve([(41, 80), (50, 88.6), (60, 94.6)]), looks.shade(0.60), 1.0, 1.2, 0.5)

    cap = outline(
        "66,19 56,10 38,9 22,18 14,36 15,56 22,70 32,74 37,66 38,54 44,52 46,60 48,52 52,40 60,32 68,25"
    )
    painting.fill(curve(cap, closed=True, steps=8), looks.hair, 0.6)
    turn = np.linspace(1.0, 1.75, 7) * np.pi
    for reach in np.linspace(0.35, 0.97, 24):
        lock = [(float(41 + 27 * reach * np.cos(t)), float(44 + 34.5 * reach * np.sin(t))) for t in turn]
        painting.line(curve(lock), looks.shine, 0.35, 0.3, 0.06 + 0.14 * looks.rng.random())
    ear = outline("42,52.5 38.4,51.4 36.2,55 37.6,61 40,67 42.6,67.4 43.4,62 44.4,56")
    painting.fill(curve(ear, closed=True), looks.shade(0.94, 0.5), 0.35)
    for fold in (
        outline("42.6,54.4 39.4,53.6 38,56.4 39.6,61.4"),
        outline("42.4,57.4 41,59.4 42,62.6 41,65"),
    ):
        painting.line(curve(fold), looks.shade(0.60), 0.5, 0.35, 0.75)

    eye = outline("66.4,54.2 69.4,52.2 71.4,52.8 71,54.6 69.6,55.4")
    painting.fill(curve(eye, closed=True), (224, 220, 214), 0.15)
    inside = painting.sheet.filled(curve(eye, closed=True), 0.15)
    painting.spot(70.6, 53.8, 0.85, 1.4, looks.eye, 1.0, inside)
    painting.spot(71.0, 53.8, 0.40, 0.7, (12, 10, 10), 1.0, inside)
    painting.line(curve([(65.8, 54.4), (68.8, 51.9), (72, 52.4)]), (36, 28, 26), 0.5, 0.15, 0.9)
    painting.line(curve([(65.4, 52.4), (68.6, 50), (71.6, 50.4)]), looks.shade(0.64), 0.4, 0.3, 0.6)
    brow = outline("62.6,47.4 67,44.2 72.8,44.8 73.6,46.4 68,45.8 63,48.2")
    painting.fill(curve(brow, closed=True), looks.hair, 0.4, 0.82)
    painting.line(
        curve(outline("75.4,66.2 73.9,68.6 74.6,71.2 76.2,71.4")), looks.shade(0.62), 0.5, 0.4, 0.65
    )
    painting.fill(ellipse(77.6, 70.4, 1.4, 0.55), looks.shade(0.32), 0.22, 0.8)
    r, g, b = looks.lips
    painting.fill(
        curve(outline("70.4,80 74,77.6 78.2,77.2 77.6,79.4 76,80.3"), closed=True),
        (r * 0.9, g * 0.88, b * 0.88),
        0.2,
    )
    painting.fill(
        curve(outline("70.6,80.2 76,80.4 77.6,82.2 76.2,84.4 73,83.4"), closed=True),
        looks.lips,
        0.22,
    )
    painting.line(
        curve([(70.2, 80), (73.4, 80.3), (76.4, 80.35)]), (r * 0.42, g * 0.36, b * 0.36), 0.35, 0.15
    )
    painting.line(curve([(73.4, 71.4), (70.2, 76), (69.2, 80.4)]), looks.shade(0.78), 0.6, 0.8, 0.4)
    return finished(painting, looks)
