"""Which labelled tooth a place on a jaw belongs to."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

# Half of a large molar and what a hand misses its middle by; farther away it is another tooth, or none.
REACH_MM: Final = 8.0
_QUADRANTS: Final = {"upper_jaw": (1, 2, 5, 6), "lower_jaw": (3, 4, 7, 8)}


def tooth_near(point: Sequence[float], labels: Sequence[Mapping[str, Any]], *, slot: str) -> int | None:
    """The FDI number of the nearest label of that jaw (of any, where the slot names none), or None. All in mm."""
    near = [
        (math.dist(point, label["point"]), int(label["tooth_fdi"]))
        for label in labels
        if int(label["tooth_fdi"]) // 10 in _QUADRANTS.get(slot, range(1, 9))
    ]
    distance, tooth = min(near, default=(math.inf, 0))
    return tooth if distance <= REACH_MM else None
