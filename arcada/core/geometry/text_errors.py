"""What stands around every text kernel: its ending as an `Unreadable`, its open numbers, its growing arrays."""

from typing import NoReturn, TypeVar

import numpy as np
import numpy.typing as npt

from arcada.core.errors import Unreadable
from arcada.core.geometry import text_kernels as kernels
from arcada.core.geometry.read import as_byte_array, line_of

# Beyond these a file was made to cost memory, not to hold a scan.
MOST_PARTS = 1 << 20
MOST_HARD_NUMBERS = 1 << 16

# Shorter than this nothing is cut, and no number is left open.
_LEAST_PART_BYTES, _LEAST_HARD_BYTES = 2, 20

_Row = TypeVar("_Row", np.float32, np.uint32)

_REASONS = {
    kernels.TRUNCATED: ("truncated", "The file ends too early."),
    kernels.NOT_FINITE: ("not_finite", "A coordinate is not a finite number."),
    kernels.TOO_MANY_PARTS: ("malformed", "The file has more names and comments than a scan can have."),
    kernels.TOO_MANY_TRIANGLES: ("too_many_triangles", "The scan has more triangles than are accepted."),
    kernels.OUT_OF_RANGE: ("index_out_of_range", "A face names a point that is not there."),
}
_MALFORMED = ("malformed", "The file does not keep to its format.")


def room_for_parts(data: bytes | memoryview) -> npt.NDArray[np.int64]:
    """Rows for the spans that a kernel cuts out of this text."""
    return np.empty((min(MOST_PARTS, len(data) // _LEAST_PART_BYTES + 1), 3), np.int64)


def room_for_hard_numbers(data: bytes | memoryview, columns: int) -> npt.NDArray[np.int64]:
    """Rows for the numbers that a kernel leaves open."""
    return np.empty((min(MOST_HARD_NUMBERS, len(data) // _LEAST_HARD_BYTES + 1), columns), np.int64)


def refuse_text(data: bytes | memoryview, status: int, place: int) -> NoReturn:
    """Raises what the kernel's status means, with the line where it stopped."""
    if status == kernels.TRUNCATED and kernels.text_end(as_byte_array(data)) < len(data):
        # The text did not end, it was broken off by a byte that no text has.
        status = kernels.MALFORMED
    code, text = _REASONS.get(status, _MALFORMED)
    raise Unreadable(text, code=code, where=line_of(data, int(place)))


def settle_hard_numbers(
    data: bytes | memoryview, hard: npt.NDArray[np.int64], values: npt.NDArray[np.float32]
) -> None:
    """Fills the numbers that the kernel left open: hard (h, 3) holds flat index, start, end."""
    for index, start, end in hard.tolist():
        values[index] = np.float32(float(bytes(data[start:end]).replace(b",", b".")))


def larger_rows(rows: npt.NDArray[_Row]) -> npt.NDArray[_Row]:
    """The same rows with room for twice as many."""
    larger = np.empty((2 * len(rows) + 16, rows.shape[1]), rows.dtype)
    larger[: len(rows)] = rows
    return larger
