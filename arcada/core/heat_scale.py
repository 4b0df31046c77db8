"""What a byte of a comparison says: one byte a vertex, a signed distance to the other surface in steps of some µm.

`0` says that nothing is there to compare with: no surface within the cutoff, or the nearest point of an open
shell lies on its rim, where no side can be told. Every other byte is a distance: `(byte - zero) * step_um` in µm,
rounded to the nearest step; what lies deeper than byte 1 can say is byte 1.
Sign: negative is inside the other surface, positive outside. Contacts: -40 µm is an overlap of 40 µm, +40 µm a gap.
Deviation of a version from the one before: -40 µm was taken away, +40 µm was added.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class HeatScale:
    """`zero` is the byte of the distance 0; `cutoff_mm` the largest distance that is said."""

    step_um: float
    zero: int
    cutoff_mm: float


NOTHING: Final = 0
LOWEST, HIGHEST = 1, 255

# 10 µm a step: from 0.54 mm inside the other jaw (no bite is deeper) to 2 mm away from it.
CONTACTS: Final = HeatScale(step_um=10.0, zero=55, cutoff_mm=2.0)
# 8 µm a step, 1 mm to either side.
DEVIATION: Final = HeatScale(step_um=8.0, zero=128, cutoff_mm=1.0)

SCALE_OF: Final = {"contacts": CONTACTS, "deviation": DEVIATION}
