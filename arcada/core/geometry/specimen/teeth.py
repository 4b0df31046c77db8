"""Sizes and cusps of the fourteen teeth a synthetic arch has in each jaw: the table every shape is made from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from arcada.core.anatomy import Jaw

FloatArray = npt.NDArray[np.float64]

INCISOR, CANINE, POSTERIOR = 0, 1, 2  # the three kinds of crown the field knows
MOST_CUSPS = 5
CUSP_NUMBERS = 6  # place mesial, place buccal, drop in mm, slope, and the way its main ridge runs

# One cusp: (place in half widths to mesial, place in half depths to buccal, drop below the highest in mm,
# the point its main ridge runs to, again mesial and buccal).
Cusp = tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class ToothForm:
    """One crown in millimetres; `lean` and `tip` say how far the crown leans per mm of height."""

    position: int  # the second digit of the FDI number
    kind: int
    width: float  # mesial to distal, at the contact points
    depth: float  # buccal to lingual, at the greatest bulge
    height: float  # from the neck to the highest edge or cusp
    lean: float  # to buccal
    tip: float  # to mesial
    skew: float = 0.0  # makes the outline of upper molars a rhomboid
    cusps: tuple[Cusp, ...] = ()


_UPPER_BUCCAL: Cusp = (0.04, 0.56, 0.0, 0.0, 0.0)

UPPER = (
    ToothForm(1, INCISOR, 8.6, 7.0, 10.3, 0.26, 0.03),
    ToothForm(2, INCISOR, 6.7, 6.2, 9.2, 0.24, 0.06),
    ToothForm(3, CANINE, 7.7, 7.9, 10.2, 0.14, 0.08),
    ToothForm(4, POSTERIOR, 7.1, 9.2, 8.4, -0.02, 0.04, 0.0, (_UPPER_BUCCAL, (0.14, -0.52, 1.0, 0.0, 0.0))),
    ToothForm(5, POSTERIOR, 6.8, 9.1, 8.0, -0.03, 0.03, 0.0, (_UPPER_BUCCAL, (0.10, -0.52, 0.8, 0.0, 0.0))),
    ToothForm(
        6,
        POSTERIOR,
        10.4,
        11.2,
        7.6,
        -0.06,
        0.02,
        0.13,
        (
            (0.46, 0.60, 0.1, 0.05, 0.05),
            (-0.44, 0.58, 0.3, 0.30, -0.40),
            (0.36, -0.54, 0.4, -0.44, 0.58),
            (-0.56, -0.58, 1.3, -0.45, 0.0),
        ),
    ),
    ToothForm(
        7,
        POSTERIOR,
        9.6,
        11.0,
        7.2,
        -0.10,
        -0.02,
        0.15,
        (
            (0.46, 0.58, 0.1, 0.05, 0.05),
            (-0.44, 0.52, 0.6, 0.30, -0.40),
            (0.30, -0.54, 0.4, -0.44, 0.52),
            (-0.58, -0.56, 1.7, -0.45, 0.0),
        ),
    ),
)

LOWER = (
    ToothForm(1, INCISOR, 5.2, 5.9, 8.6, 0.12, 0.0),
    ToothForm(2, INCISOR, 5.7, 6.2, 8.9, 0.12, 0.02),
    ToothForm(3, CANINE, 6.7, 7.4, 10.2, 0.04, 0.05),
    ToothForm(
        4,
        POSTERIOR,
        6.9,
        7.7,
        8.5,
        -0.10,
        0.03,
        0.0,
        ((0.05, 0.34, 0.0, 0.0, -0.6), (0.2, -0.62, 2.3, 0.1, 0.0)),
    ),
    ToothForm(
        5,
        POSTERIOR,
        7.0,
        8.3,
        8.1,
        -0.14,
        0.03,
        0.0,
        ((0.05, 0.46, 0.0, 0.0, -0.1), (0.36, -0.56, 1.0, 0.05, 0.0), (-0.44, -0.54, 1.5, -0.1, 0.0)),
    ),
    ToothForm(
        6,
        POSTERIOR,
        10.9,
        10.3,
        7.6,
        -0.20,
        0.05,
        -0.03,
        (
            (0.54, 0.52, 0.0, 0.15, 0.0),
            (-0.10, 0.56, 0.1, -0.10, 0.0),
            (-0.70, 0.36, 0.6, -0.3, 0.0),
            (0.48, -0.56, 0.1, 0.15, 0.0),
            (-0.40, -0.57, 0.3, -0.2, 0.0),
        ),
    ),
    ToothForm(
        7,
        POSTERIOR,
        10.6,
        10.1,
        7.3,
        -0.24,
        0.07,
        0.0,
        (
            (0.48, 0.54, 0.0, 0.0, 0.0),
            (-0.46, 0.54, 0.2, 0.0, 0.0),
            (0.46, -0.56, 0.1, 0.0, 0.0),
            (-0.46, -0.56, 0.3, 0.0, 0.0),
        ),
    ),
)


def teeth_of(jaw: Jaw) -> tuple[ToothForm, ...]:
    """The fourteen crowns of a jaw from the patient's right to the left (17 … 27, or 47 … 37)."""
    half = UPPER if jaw is Jaw.MAXILLA else LOWER
    return half[::-1] + half


def fdi_of(jaw: Jaw) -> tuple[int, ...]:
    """FDI numbers in the same order as `teeth_of`."""
    right, left = (10, 20) if jaw is Jaw.MAXILLA else (40, 30)
    return tuple(right + n for n in range(7, 0, -1)) + tuple(left + n for n in range(1, 8))


def cusp_numbers(form: ToothForm) -> FloatArray:  # (MOST_CUSPS, CUSP_NUMBERS)
    """A tooth's cusps in mm, the third column their height above the neck; unused rows lie far below."""
    half_width, half_depth = form.width / 2, form.depth / 2
    rows = np.zeros((MOST_CUSPS, CUSP_NUMBERS))
    rows[:, 2] = -50.0
    rows[:, 4] = 1.0
    for row, (mesial, buccal, drop, to_mesial, to_buccal) in zip(rows, form.cusps, strict=False):
        way = np.array([(to_mesial - mesial) * half_width, (to_buccal - buccal) * half_depth])
        way /= np.linalg.norm(way)
        row[:] = mesial * half_width, buccal * half_depth, form.height - drop, 0.62, way[0], way[1]
    return rows
