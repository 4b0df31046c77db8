"""Writes a lossless JPEG (ITU-T T.81, annex H) the way its seven predictors, restarts and point transform allow."""

import struct
from itertools import pairwise

import numpy as np
import numpy.typing as npt


def lossless_jpeg(
    array: npt.NDArray[np.integer],
    bits: int,
    *,
    predictor: int = 1,
    restart_rows: int = 0,
    shift: int = 0,
    one_scan_a_channel: bool = False,
) -> bytes:
    """`array` (rows, columns) or (rows, columns, 3) of values below 2 ** bits."""
    values = np.atleast_3d(array).astype(np.int64) >> shift
    rows, columns, count = values.shape
    names = range(1, count + 1)
    out = b"\xff\xd8" + _segment(0xFE, b"taken by Clara Beispiel")
    parts = b"".join(bytes((name, 0x11, 0)) for name in names)
    out += _segment(0xC3, struct.pack(">BHHB", bits, rows, columns, count) + parts)
    out += _segment(0xC4, bytes((0, *_LENGTHS)) + bytes(_SYMBOLS))
    if restart_rows:
        out += _segment(0xDD, struct.pack(">H", restart_rows * columns))
    groups = [[index] for index in range(count)] if one_scan_a_channel else [list(range(count))]
    for group in groups:
        head = bytes((len(group),)) + b"".join(bytes((names[index], 0)) for index in group)
        out += _segment(0xDA, head + bytes((predictor, 0, shift)))
        out += _scan(values[:, :, group], bits - shift, predictor, restart_rows or rows)
    return out + b"\xff\xd9"


# A code of one bit for the commonest difference and of sixteen for the rarest: nearly every length is met.
_SYMBOLS = [4, 5, 3, 6, 2, 7, 1, 8, 0, 9, 10, 11, 12, 13, 14, 15, 16]
_LENGTHS = [1] * 13 + [0, 3, 1]


def _codes() -> dict[int, str]:
    found: dict[int, str] = {}
    code = used = 0
    for length, count in enumerate(_LENGTHS, start=1):
        for symbol in _SYMBOLS[used : used + count]:
            found[symbol] = f"{code:0{length}b}"
            code += 1
        used += count
        code <<= 1
    return found


def _scan(values: npt.NDArray[np.int64], bits: int, predictor: int, interval: int) -> bytes:
    codes, starts = _codes(), [*range(0, len(values), interval), len(values)]
    pieces = []
    for first, last in pairwise(starts):
        written: list[str] = []
        for row in range(first, last):
            for column in range(values.shape[1]):
                for part in range(values.shape[2]):
                    value = values[row, column, part]
                    guess = _guess(values[:, :, part], row, column, predictor, row == first, bits)
                    # Modulo 2 ** 16, from -32767 to 32768.
                    difference = (int(value) - int(guess) + 32767) % 65536 - 32767
                    size = abs(difference).bit_length()
                    written.append(codes[size])
                    if 0 < size < 16:
                        low = difference if difference > 0 else difference + (1 << size) - 1
                        written.append(f"{low:0{size}b}")
        stream = "".join(written)
        stream += "1" * (-len(stream) % 8)
        pieces.append(int(stream, 2).to_bytes(len(stream) // 8, "big").replace(b"\xff", b"\xff\0"))
    joined = pieces[0]
    for number, piece in enumerate(pieces[1:]):
        joined += bytes((0xFF, 0xD0 + number % 8)) + piece
    return joined


def _guess(
    plane: npt.NDArray[np.int64], row: int, column: int, predictor: int, is_first_row: bool, bits: int
) -> int:
    if is_first_row:
        return 1 << (bits - 1) if column == 0 else plane[row, column - 1]
    if column == 0:
        return plane[row - 1, 0]
    a, b, c = plane[row, column - 1], plane[row - 1, column], plane[row - 1, column - 1]
    formulas = {1: a, 2: b, 3: c, 4: a + b - c, 5: a + ((b - c) >> 1), 6: b + ((a - c) >> 1), 7: (a + b) >> 1}
    return formulas[predictor]


def _segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload
