"""Drawn radiographs: panoramic, lateral ceph and periapical. No patient was ever exposed for them."""

import numpy as np

from arcada.core.images.drawn.canvas import FloatArray, Point, Sheet, curve, outline, softened
from arcada.core.images.drawn.film_teeth import LOWER_FILM, UPPER_FILM, FilmTooth, paint_tooth

MM = 0.0198  # panoramic units per mm; the picture is 4 units wide and 2 high


def _mirrored(points: list[Point]) -> list[Point]:
    return [(-x, y) for x, y in points]


def _shown(film: FloatArray, sheet: Sheet, rng: np.random.Generator, noise: float) -> FloatArray:
    """Densities as grey values: the toe of the film, its grain, darker towards the corners."""
    grey = 1 - np.exp(-1.25 * np.clip(film, 0, None))
    grey = softened(np.asarray(grey, dtype=np.float32), 0.0009 * sheet.width)
    grain = rng.normal(0, noise, grey.shape).astype(np.float32)
    return np.asarray(255 * np.clip(0.02 + 1.10 * grey + grain * (0.4 + grey), 0, 1), dtype=np.float32)


def _bone_edge(mask: FloatArray, pixels: float) -> FloatArray:
    """The bright rim a plate of cortical bone shows just inside an outline."""
    return np.asarray(mask * np.clip(1 - softened(mask, pixels), 0, 1) * 2, dtype=np.float32)


def _bite_line(x: float) -> float:
    return 0.13 - 0.12 * x * x


def _panoramic_teeth(film: FloatArray, sheet: Sheet, rng: np.random.Generator) -> None:
    for rows, up in ((UPPER_FILM, 1.0), (LOWER_FILM, -1.0)):
        for side in (-1.0, 1.0):
            along = 0.0
            for position, (width, crown, root, roots) in enumerate(rows):
                spread = 1.0 + 0.03 * position / 6
                width *= 1.0 if up > 0 else (1.18 if position < 2 else 1.02)
                middle = (along + width / 2) * MM * spread
                along += width * 0.985
                x = side * middle + rng.normal(0, 0.003)
                neck = _bite_line(x) - up * (crown - 0.9) * MM
                lean = (0.05 if position < 3 else 0.10) + (0.12 if up < 0 and position > 4 else 0.0)
                tilt = side * lean + rng.normal(0, 0.025)
                tooth = FilmTooth(x, neck, MM, up, tilt, width, crown, root * rng.normal(1, 0.03), roots)
                paint_tooth(film, sheet, tooth, filling=position >= 5 and rng.random() < 0.3)


def panoramic(width: int, height: int, seed: int) -> FloatArray:  # (height, width), 0 to 255
    """The jaws rolled out flat, from joint to joint."""
    rng = np.random.default_rng([seed, 31])
    base = Sheet.fitting(width, height, 4.0, 2.0)
    sheet = Sheet(width, height, base.scale, width / 2, height / 2)
    across, down = sheet.places()
    film = np.zeros((height, width), dtype=np.float32)
    film += 0.20 * np.exp(-((across / 1.75) ** 6) - ((down - 0.1) / 1.02) ** 8)
    film += 0.16 * sheet.blob(0.0, 0.55, 0.22, 0.9)  # the spine's shadow
    film += 0.05 * sheet.grain(rng, 0.5)

    jaw = outline(
        "0,0.76 0.35,0.755 0.8,0.66 1.17,0.47 1.38,0.24 1.51,-0.1 1.62,-0.48 1.7,-0.66 "
        "1.66,-0.76 1.55,-0.76 1.49,-0.66 1.47,-0.48 1.4,-0.38 1.31,-0.46 1.24,-0.56 "
        "1.18,-0.48 1.14,-0.2 1.11,0.04 1.04,0.16 0.6,0.28 0.25,0.33 0,0.335"
    )
    half = curve(jaw, steps=8)
    bone = np.maximum(sheet.filled(half, 0.008), sheet.filled(_mirrored(half), 0.008))
    bone = np.maximum(bone, sheet.blob(0, 0.57, 0.05, 0.16))
    trabeculae = sheet.grain(rng, 0.045, 2)
    film += bone * (0.30 + 0.035 * trabeculae)
    film += 0.30 * _bone_edge(bone, 0.014 * sheet.scale)
    rim = curve(outline("-1.33,0.3 -1.12,0.51 -0.78,0.665 -0.35,0.745 0,0.75"), steps=8)
    for line in (rim, _mirrored(rim)):
        film += 0.34 * sheet.stroke(line, 0.030, 0.010)

    upper = outline("0,-0.62 0.5,-0.66 0.95,-0.55 1.12,-0.3 1.06,-0.02 0.6,0.06 0,0.08")
    maxilla = np.maximum(sheet.filled(curve(upper), 0.03), sheet.filled(_mirrored(curve(upper)), 0.03))
    film += maxilla * (0.20 + 0.03 * trabeculae)
    sinus = outline(
        "0.32,-0.62 0.36,-0.36 0.5,-0.245 0.72,-0.235 0.93,-0.27 1.03,-0.42 0.98,-0.66 0.66,-0.78"
    )
    nose = outline("0.03,-0.86 0.04,-0.42 0.12,-0.36 0.24,-0.4 0.25,-0.62 0.16,-0.88")
    concha = outline("0.13,-0.62 0.2,-0.6 0.22,-0.5 0.18,-0.44 0.12,-0.48")
    for turn in (list, _mirrored):
        hollow, floor = sheet.filled(turn(curve(sinus, closed=True)), 0.02), turn(curve(sinus[1:6]))
        film *= 1 - 0.42 * hollow
        film += 0.20 * sheet.stroke(floor, 0.012, 0.005)
        film *= 1 - 0.62 * sheet.filled(turn(curve(nose, closed=True)), 0.012)
        film += 0.16 * sheet.filled(turn(curve(concha, closed=True)), 0.02)
        arch = turn(curve(outline("0.92,-0.62 1.2,-0.6 1.5,-0.66 1.8,-0.72")))
        film += 0.16 * sheet.stroke(arch, 0.05, 0.012)
        orbit = turn(curve(outline("0.32,-1.02 0.5,-0.84 0.78,-0.8 1,-0.92")))
        film += 0.22 * sheet.stroke(orbit, 0.02, 0.008)
        canal = turn(curve(outline("1.3,-0.1 1.2,0.22 1.02,0.42 0.8,0.525 0.66,0.535")))
        film -= 0.07 * sheet.stroke(canal, 0.030, 0.010)
        for edge in (0.020, -0.020):
            film += 0.04 * sheet.stroke([(x, y + edge) for x, y in canal], 0.006, 0.004)
        film -= 0.10 * sheet.blob(turn([(0.62, 0.53)])[0][0], 0.53, 0.022)
        oblique = turn(curve([(1.16, -0.1), (1.1, 0.14), (0.98, 0.3)]))
        film += 0.10 * sheet.stroke(oblique, 0.02, 0.012)
    film += 0.22 * sheet.stroke([(0, -0.9), (0.006, -0.4)], 0.018, 0.006)
    palate = curve(outline("-1,-0.3 -0.5,-0.335 0,-0.345 0.5,-0.335 1,-0.3"))
    film += 0.26 * sheet.stroke(palate, 0.022, 0.010)
    air = curve(outline("-1.5,-0.02 -0.9,-0.16 0,-0.235 0.9,-0.16 1.5,-0.02"))
    film *= 1 - 0.25 * sheet.stroke(air, 0.07, 0.03)
    _panoramic_teeth(film, sheet, rng)
    film *= np.clip(1.25 - 0.5 * (across / 2.0) ** 4 - 0.18 * (down + 0.1) ** 2, 0, 1.2)
    grey = _shown(film * 0.92, sheet, rng, 0.012)
    for x, stroke in ((-1.88, _LETTER_R), (1.88, _LETTER_L)):
        grey = np.maximum(
            grey, 235 * sheet.stroke([(x + u * 0.05, -0.05 + v * 0.05) for u, v in stroke], 0.014)
        )
    return grey


_LETTER_R: tuple[Point, ...] = ((-0.5, 1), (-0.5, -1), (0.3, -1), (0.5, -0.5), (0.3, 0), (-0.5, 0), (0.5, 1))
_LETTER_L: tuple[Point, ...] = ((-0.5, -1), (-0.5, 1), (0.5, 1))


def periapical(width: int, height: int, seed: int) -> FloatArray:  # (height, width), 0 to 255
    """Upper right canine to first molar with their roots and the floor of the sinus."""
    rng = np.random.default_rng([seed, 32])
    sheet = Sheet.fitting(width, height, 31.0, 41.0)
    film = np.full((height, width), 0.16, dtype=np.float32) + 0.02 * sheet.grain(rng, 8.0)
    crest = outline("-2,-2 -2,22.5 4,22 11,23.2 18,22.6 25,23.3 33,22.6 33,-2")
    bone = sheet.filled(crest, 0.35)
    film += bone * (0.22 + 0.055 * sheet.grain(rng, 1.3, 2) + 0.02 * sheet.grain(rng, 4.0))
    sinus = sheet.filled(curve(outline("2,-3 5,5.2 12,7.6 20,6.8 27,4 33,-3")), 0.5)
    film *= 1 - 0.40 * sinus
    film += 0.22 * sheet.stroke(curve(outline("1,-3 5,5.2 12,7.6 20,6.8 27,4 33,-3")), 0.45, 0.15)
    film *= 1 - 0.35 * np.clip(1 - bone, 0, 1)
    x = 27.6
    for position in (3, 4, 5, 6):
        wide, crown, root, roots = UPPER_FILM[position - 1]
        x -= wide / 2
        neck = 24.2 + rng.normal(0, 0.2)
        tooth = FilmTooth(x, neck, 1.0, 1.0, 0.06 * (4.5 - position) * -1, wide, crown, root, roots)
        paint_tooth(film, sheet, tooth, filling=position == 5)
        x -= wide / 2
    grey = _shown(film, sheet, rng, 0.014)
    dot = sheet.blob(28.6, 38.5, 0.5)
    return np.asarray(grey * (1 - 0.5 * dot), dtype=np.float32)


def lateral_ceph(width: int, height: int, seed: int) -> FloatArray:  # (height, width), 0 to 255
    """The head from the side, looking to the right, in a cephalostat."""
    rng = np.random.default_rng([seed, 33])
    sheet = Sheet.fitting(width, height, 200.0, 240.0)
    film = np.zeros((height, width), dtype=np.float32)
    face = outline(
        "64,12 104,5 142,15 162,42 167,66 166,80 170,90 184,108 182,115 171,119 172,128 "
        "176,134 172,139 176,146 170,153 172,164 166,176 150,182 120,186 106,200 "
        "104,250 30,250 24,180 12,120 18,60 40,24"
    )
    soft = sheet.filled(curve(face, closed=True, steps=8), 0.8)
    film += 0.17 * soft + 0.05 * _bone_edge(soft, 0.02 * width)
    vault = outline(
        "150,74 154,56 147,34 122,16 88,11 52,22 28,50 22,86 30,118 50,132 78,122 92,104 112,92 134,84"
    )
    skull = sheet.filled(curve(vault, closed=True, steps=8), 0.8)
    film += skull * (0.20 + 0.035 * sheet.grain(rng, 30.0))
    for inset, amount in ((1.0, 0.34), (0.955, 0.22)):
        table = [((x - 88) * inset + 88, (y - 70) * inset + 70) for x, y in vault[:10]]
        film += amount * sheet.stroke(curve(table, steps=8), 1.5, 0.5)
    lines: tuple[tuple[float, float, list[Point]], ...] = (
        (
            0.26,
            2.2,
            outline("150,74 132,80 112,84 98,86 95,92 89,93 86,86 80,96 70,118"),
        ),
        (0.20, 1.4, outline("150,76 142,84 134,96 140,104 152,106")),
        (0.24, 1.6, outline("160,116 148,113 128,114 108,115")),
        (0.18, 1.6, [(150, 76), (156, 84), (160, 92)]),
        (0.16, 1.2, [(104, 90), (108, 104), (112, 114)]),
    )
    for amount, wide, line in lines:
        film += amount * sheet.stroke(curve(line), wide, 0.5)
    film += 0.26 * sheet.blob(72, 112, 11, 9)  # petrous bone
    middle = outline("152,76 158,92 160,114 112,116 104,92 124,84")
    film += sheet.filled(curve(middle, closed=True), 1.5) * (0.11 + 0.03 * sheet.grain(rng, 9.0))
    cheek = outline("146,104 140,116 133,122 128,112 130,102")
    film += 0.13 * sheet.filled(curve(cheek, closed=True), 1.2) + 0.10 * sheet.blob(150, 70, 5, 8)
    maxilla = sheet.filled(
        curve(outline("160,112 163,124 156,130 122,132 112,126 110,114"), closed=True), 0.8
    )
    film += maxilla * (0.20 + 0.05 * sheet.grain(rng, 3.0))
    jaw = outline(
        "161,146 160,156 165,168 160,175 146,174 118,165 100,152 92,126 88,108 92,103 "
        "98,108 102,118 108,112 114,120 114,134 124,143"
    )
    mandible = sheet.filled(curve(jaw, closed=True, steps=8), 0.6)
    film += mandible * (0.27 + 0.04 * sheet.grain(rng, 3.0)) + 0.30 * _bone_edge(mandible, 0.006 * width)
    air = curve(outline("100,118 104,136 101,154 98,176 96,200"))
    film *= 1 - 0.50 * sheet.stroke(air, 7.0, 1.6)
    for n in range(5):  # cervical vertebrae
        x, y = 76 - 1.8 * n, 136 + 19.0 * n
        body: list[Point] = [(x, y), (x + 14, y + 1), (x + 15, y + 13), (x + 1, y + 14)]
        spine: list[Point] = [(x - 4, y + 4), (x - 24, y + 8), (x - 26, y + 13), (x - 5, y + 11)]
        for part, amount in ((body, 0.30), (spine, 0.20)):
            mask = sheet.filled(curve(part, closed=True), 0.7)
            film += amount * mask + 0.22 * _bone_edge(mask, 0.005 * width)
    _ceph_teeth(film, sheet)
    film += 0.5 * sheet.blob(82, 107, 3.0)  # ear rod
    film -= 0.3 * sheet.blob(82, 107, 1.2)
    ruler = 0.55 * sheet.stroke([(186, 30), (186, 75)], 0.8)
    for tick in range(10):
        ruler = np.maximum(ruler, 0.55 * sheet.stroke([(186, 30 + 5.0 * tick), (190, 30 + 5.0 * tick)], 0.7))
    return _shown(film * 1.05 + ruler, sheet, rng, 0.012)


def _ceph_teeth(film: FloatArray, sheet: Sheet) -> None:
    places = (
        (UPPER_FILM[0], 159.5, 127.0, 1.0, -0.38),
        (LOWER_FILM[0], 158.0, 147.0, -1.0, -0.32),
        (UPPER_FILM[2], 152.6, 128.5, 1.0, -0.18),
        (LOWER_FILM[2], 153.8, 147.5, -1.0, -0.08),
        (UPPER_FILM[3], 146.0, 130.0, 1.0, -0.05),
        (UPPER_FILM[4], 139.5, 130.5, 1.0, 0.0),
        (UPPER_FILM[5], 131.0, 130.5, 1.0, 0.06),
        (UPPER_FILM[6], 121.5, 130.0, 1.0, 0.12),
        (LOWER_FILM[3], 148.5, 145.8, -1.0, 0.02),
        (LOWER_FILM[4], 141.5, 145.6, -1.0, 0.0),
        (LOWER_FILM[5], 132.5, 145.2, -1.0, -0.06),
        (LOWER_FILM[6], 122.0, 143.8, -1.0, -0.14),
    )
    for (width, crown, root, roots), x, y, up, tilt in places:
        deep = width if roots > 1 or width < 8 else 7.0
        paint_tooth(film, sheet, FilmTooth(x, y, 0.95, up, tilt, deep, crown, root, roots))
