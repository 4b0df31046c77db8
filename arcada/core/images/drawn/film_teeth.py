"""A tooth as a radiograph shows it: enamel, dentine, pulp, the dark line round the root and the bright one outside."""

from dataclasses import dataclass

import numpy as np

from arcada.core.images.drawn.canvas import FloatArray, Point, Sheet, curve, softened

# Of the seven positions from the midline: width, crown and root in mm, number of roots seen.
UPPER_FILM = ((8.6, 10.3, 13, 1), (6.7, 9.4, 13, 1), (7.7, 10.2, 17, 1), (7.0, 8.6, 14, 2), (6.8, 8.4, 14, 1),
              (10.3, 7.8, 13, 3), (9.5, 7.5, 12, 3))  # fmt: skip
LOWER_FILM = ((5.3, 8.9, 12, 1), (5.8, 9.2, 13, 1), (6.8, 10.6, 16, 1), (7.0, 8.8, 14.5, 1), (7.2, 8.4, 14.5, 1),
              (11.0, 7.8, 14, 2), (10.5, 7.5, 13, 2))  # fmt: skip


@dataclass(frozen=True, slots=True)
class FilmTooth:
    """Where a tooth stands: neck at (x, y) in units of the sheet; `up` is 1 for crowns that point down it, else -1."""

    x: float
    y: float
    unit: float  # sheet units per mm
    up: float
    tilt: float  # radians, positive leans the root to greater x
    width: float
    crown: float
    root: float
    roots: int

    def at(self, points: list[Point]) -> list[Point]:
        """Points (across, towards the bite) in mm as places on the sheet."""
        cos, sin = float(np.cos(self.tilt)), float(np.sin(self.tilt))
        mm, up = self.unit, self.up
        return [
            (self.x + mm * (u * cos - o * sin), self.y + mm * up * (o * cos + u * sin)) for u, o in points
        ]

    def crown_outline(self, inset: float = 0.0) -> list[Point]:
        a, h = self.width / 2 - inset, self.crown - inset * 1.3
        neck = self.width / 2 * 0.74 - inset * 0.4
        if self.roots > 1 or self.width > 9:
            cusps: list[Point] = [(-0.55 * a, h), (-0.1 * a, h - 1.1), (0.5 * a, h - 0.1)]
        elif self.crown < 9:
            cusps = [(-0.45 * a, h - 0.6), (0.05 * a, h), (0.5 * a, h - 0.7)]
        else:
            cusps = [(-0.7 * a, h - 0.5), (0.0, h), (0.7 * a, h - 0.4)]
        sides: list[Point] = [(-neck, 0.0), (-a * 0.96, h * 0.5), (-a * 0.92, h * 0.8)]
        other: list[Point] = [(a * 0.92, h * 0.8), (a * 0.96, h * 0.5), (neck, 0.0)]
        return self.at(curve([*sides, *cusps, *other], steps=6))

    def root_outlines(self, inset: float = 0.0, shrink: float = 1.0) -> list[list[Point]]:
        neck = self.width / 2 * 0.74 - inset
        length = self.root * shrink - inset
        if self.roots == 1 or self.width < 9:
            line: list[Point] = [(-neck, 0.4), (-neck * 0.86, -length * 0.35), (-neck * 0.5, -length * 0.8)]
            line += [(0.25, -length), (neck * 0.6, -length * 0.78), (neck * 0.9, -length * 0.3), (neck, 0.4)]
            return [self.at(curve(line, steps=6))]
        trunk: list[Point] = [(-neck, 0.4), (-neck * 0.95, -3.4), (0, -4.2), (neck * 0.95, -3.4), (neck, 0.4)]
        outlines = [self.at(curve(trunk, steps=6))]
        ways = ((-1.0, 1.0), (1.0, 0.95)) if self.roots == 2 else ((-1.0, 0.95), (0.1, 1.05), (1.0, 0.9))
        for side, long in ways:
            top, tip = side * neck * 0.52, side * neck * 0.72 + 0.9
            wide = neck * 0.44 - inset * 0.4
            end = -length * long
            root: list[Point] = [
                (top - wide, -2.0),
                (top - wide * 0.8 + side * 0.3, end * 0.5),
                (tip - 0.5, end * 0.93),
            ]
            root += [
                (tip, end),
                (tip + 0.5, end * 0.92),
                (top + wide * 0.85 + side * 0.4, end * 0.5),
                (top + wide, -2.0),
            ]
            outlines.append(self.at(curve(root, steps=6)))
        return outlines


def paint_tooth(film: FloatArray, sheet: Sheet, tooth: FilmTooth, *, filling: bool = False) -> None:
    """Adds one tooth to `film` (height, width) of densities, working in its own small window."""
    reach = (max(tooth.crown, tooth.root) + 4) * tooth.unit
    x0 = int(max((tooth.x - reach * 0.75) * sheet.scale + sheet.left, 0))
    y0 = int(max((tooth.y - reach) * sheet.scale + sheet.top, 0))
    x1 = int(min((tooth.x + reach * 0.75) * sheet.scale + sheet.left, sheet.width))
    y1 = int(min((tooth.y + reach) * sheet.scale + sheet.top, sheet.height))
    if x1 - x0 < 4 or y1 - y0 < 4:
        return
    window = Sheet(x1 - x0, y1 - y0, sheet.scale, sheet.left - x0, sheet.top - y0)
    mm = tooth.unit
    roots = np.max([window.filled(o, 0.22 * mm) for o in tooth.root_outlines()], axis=0)
    space = np.max([window.filled(o, 0.20 * mm) for o in tooth.root_outlines(-0.32)], axis=0)
    lamina = np.max([window.filled(o, 0.25 * mm) for o in tooth.root_outlines(-0.75)], axis=0)
    crown = window.filled(tooth.crown_outline(), 0.16 * mm)
    dentine = window.filled(tooth.crown_outline(1.0), 0.35 * mm)
    pulp = np.max(
        [window.filled(o, 0.35 * mm) for o in tooth.root_outlines(tooth.width * 0.30, 0.93)], axis=0
    )
    chamber = window.filled(tooth.crown_outline(tooth.width * 0.30), 0.5 * mm)

    part = film[y0:y1, x0:x1]
    part += 0.16 * np.clip(lamina - space, 0, 1)
    part *= 1 - 0.42 * np.clip(space - roots - crown, 0, 1)
    body = np.maximum(roots, crown)
    rounded = softened(body, 1.3 * mm * window.scale)
    part *= 1 - 0.40 * body
    part += 0.54 * body * (0.40 + 0.60 * rounded)
    part += 0.38 * np.clip(crown - dentine, 0, 1) + 0.08 * crown * rounded
    part -= 0.24 * np.maximum(pulp, chamber) * body * rounded
    if filling:
        o = tooth.crown
        place: list[Point] = [
            (-1.6, o - 0.4),
            (-1.2, o - 2.6),
            (0.4, o - 3.0),
            (1.8, o - 2.2),
            (2.0, o - 0.2),
        ]
        part += 0.75 * window.filled(tooth.at(place), 0.12 * mm) * crown
