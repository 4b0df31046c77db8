"""Tooth numbers: FDI is what is stored; Universal and Palmer are how some readers see it (ISO 3950, ADA, Palmer)."""

from enum import StrEnum
from typing import Final


class Notation(StrEnum):
    FDI = "fdi"
    UNIVERSAL = "universal"
    PALMER = "palmer"


PERMANENT: Final = frozenset(10 * quadrant + place for quadrant in (1, 2, 3, 4) for place in range(1, 9))
DECIDUOUS: Final = frozenset(10 * quadrant + place for quadrant in (5, 6, 7, 8) for place in range(1, 6))
TEETH: Final = PERMANENT | DECIDUOUS

# Palmer's angle shows the midline and the bite, seen from before the patient: quadrants 1 to 4.
_ANGLES: Final = {1: "┘", 2: "└", 3: "┌", 4: "┐"}


def written(tooth_fdi: int, notation: Notation) -> str:
    """How a reader of that notation writes the tooth; raises ValueError for what is no tooth."""
    if tooth_fdi not in TEETH:
        raise ValueError(f"{tooth_fdi} is no tooth")
    if notation is Notation.FDI:
        return str(tooth_fdi)
    return _universal(tooth_fdi) if notation is Notation.UNIVERSAL else _palmer(tooth_fdi)


def written_all(tooth_fdi: int) -> str:
    """In all notations, for whoever knows another one."""
    universal, palmer = (written(tooth_fdi, notation) for notation in (Notation.UNIVERSAL, Notation.PALMER))
    return f"FDI {tooth_fdi}, Universal {universal}, Palmer {palmer}"


def _universal(tooth_fdi: int) -> str:
    """1 to 32 from the upper right third molar around to the lower right one; A to T in the deciduous row."""
    quadrant, place = divmod(tooth_fdi, 10)
    if quadrant <= 4:
        return str({1: 9 - place, 2: 8 + place, 3: 25 - place, 4: 24 + place}[quadrant])
    number = {5: 5 - place, 6: 4 + place, 7: 15 - place, 8: 14 + place}[quadrant]
    return "ABCDEFGHIJKLMNOPQRST"[number]


def _palmer(tooth_fdi: int) -> str:
    quadrant, place = divmod(tooth_fdi, 10)
    name = str(place) if quadrant <= 4 else "ABCDE"[place - 1]
    quadrant = quadrant if quadrant <= 4 else quadrant - 4
    angle = _ANGLES[quadrant]
    return f"{name}{angle}" if quadrant in (1, 4) else f"{angle}{name}"
