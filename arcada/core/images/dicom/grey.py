"""From stored values to what is shown: brighter is larger, and the window that the file asks for."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from arcada.core.images.dicom.pixels import Layout

_DARKEST, _BRIGHTEST = 0.5, 99.5  # percentiles, where the file names no window
_SEEN: Final = 0.02  # of a lookup table's range counts as its foot and its shoulder


@dataclass(frozen=True, slots=True)
class Grey:
    """`values` (rows, columns) uint16, larger is brighter; shown from `low` (black) to `high` (white)."""

    values: npt.NDArray[np.uint16]
    bits: int
    low: int
    high: int
    is_own_window: bool


def as_grey(array: npt.NDArray[np.generic], dataset: Any, layout: Layout) -> Grey:
    values = array.view(np.uint16) - np.uint16(layout.low & 0xFFFF) if layout.is_signed else array
    shown = np.ascontiguousarray(values, np.uint16)
    top = (1 << layout.bits_stored) - 1
    window = _window(dataset, layout)
    own = window is not None
    if window is None:
        found = _percentiles(shown, top)
        window = (found[0] + layout.low, found[1] + layout.low)
    low, high = window[0] - layout.low, window[1] - layout.low
    if layout.is_inverted or str(dataset.get("PresentationLUTShape") or "") == "INVERSE":
        shown = np.uint16(top) - shown
        low, high = top - high, top - low
    least = round(min(max(low, -top), 2 * top))
    most = round(min(max(high, -top), 2 * top))
    return Grey(shown, layout.bits_stored, least, max(least + 1, most), own)


def eight_bits(grey: Grey) -> npt.NDArray[np.uint8]:
    """(rows, columns) as a screen shows it with the first window."""
    steps = np.arange(1 << 16, dtype=np.float64)
    curve = np.clip((steps - grey.low) / (grey.high - grey.low), 0.0, 1.0) * 255.0
    return np.round(curve).astype(np.uint8)[grey.values]


def _window(dataset: Any, layout: Layout) -> tuple[float, float] | None:
    """The first window of the file, in stored values (PS3.3 C.11.2), or the range of its lookup table."""
    slope, intercept = (
        _number(dataset.get("RescaleSlope"), 1.0),
        _number(dataset.get("RescaleIntercept"), 0.0),
    )
    if slope == 0:
        slope = 1.0
    centre, width = _first(dataset.get("WindowCenter")), _first(dataset.get("WindowWidth"))
    if centre is not None and width is not None and 1 <= width <= 1e6 and abs(centre) <= 1e6:
        low, high = centre - 0.5 - (width - 1) / 2, centre - 0.5 + (width - 1) / 2
        ends = sorted(((low - intercept) / slope, (high - intercept) / slope))
        span = 1 << layout.bits_stored
        # A window that shows nothing of what the pixels can hold is a slip of the writer.
        if ends[1] > layout.low and ends[0] < layout.low + span and ends[1] > ends[0]:
            return ends[0], ends[1]
        return None
    return _of_table(dataset)


def _of_table(dataset: Any) -> tuple[float, float] | None:
    """Where a lookup table (VOI LUT) rises: its S-shape becomes the straight line between foot and shoulder."""
    try:
        item = dataset["VOILUTSequence"].value[0]
        first, table = int(item.LUTDescriptor[1]), item.LUTData
        numbers = np.frombuffer(table, "<u2") if isinstance(table, bytes) else np.asarray(table, np.float64)
        numbers = numbers.astype(np.float64)
        if numbers.ndim != 1 or not 2 <= numbers.size <= 65_536 or numbers.max() <= numbers.min():
            return None
        share = (numbers - numbers.min()) / (numbers.max() - numbers.min())
        foot, shoulder = int(np.argmax(share > _SEEN)), int(np.argmax(share >= 1 - _SEEN))
        return (first + foot, first + shoulder) if shoulder > foot else None
    except (KeyError, IndexError, AttributeError, TypeError, ValueError, OverflowError):
        return None


def _percentiles(values: npt.NDArray[np.uint16], top: int) -> tuple[int, int]:
    """The narrow range that nearly all pixels lie in; a collimator's black frame is not counted."""
    counts = np.bincount(values.ravel(), minlength=top + 1).astype(np.int64)
    counts[0] = counts[top] = 0
    total = int(counts.sum())
    if total == 0:
        return 0, top
    reached = np.cumsum(counts)
    low = int(np.searchsorted(reached, total * _DARKEST / 100))
    high = int(np.searchsorted(reached, total * _BRIGHTEST / 100))
    return low, max(low + 1, high)


def _first(value: Any) -> float | None:
    if value is not None and not isinstance(value, str) and hasattr(value, "__len__"):
        value = value[0] if len(value) else None
    number = _number(value, float("nan"))
    return number if number == number else None


def _number(value: Any, otherwise: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return otherwise
    return number if abs(number) < 1e9 else otherwise
