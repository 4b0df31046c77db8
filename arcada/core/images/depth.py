"""Grey pixels of 8 to 16 bits for the browser, losslessly: `depth.bin`.

32 bytes of header, little endian: "ADEP", version 1 (uint16), bits (uint16), width, height (uint32), then black and
white of the first window (int32), 8 bytes of zero. A zlib stream follows: what is left of each pixel after the
prediction from its three neighbours (that of JPEG-LS), with the sign in the lowest bit, first all high bytes (only
above 8 bits), then all low bytes. A browser unpacks it with DecompressionStream("deflate").
"""

import struct
import zlib
from typing import Final

import numpy as np
import numpy.typing as npt

MAGIC: Final = b"ADEP"
VERSION: Final = 1
_ROWS_AT_ONCE: Final = 256  # keeps what is held besides the picture small
_EFFORT: Final = 6


def encode_depth(values: npt.NDArray[np.uint16], *, bits: int, low: int, high: int) -> bytes:
    """The file of (rows, columns) values below 2**bits, shown from `low` to `high`."""
    height, width = values.shape
    head = struct.pack("<4sHHIIii8x", MAGIC, VERSION, bits, width, height, low, high)
    packer = zlib.compressobj(_EFFORT)
    parts = [head]
    for shift in (8, 0) if bits > 8 else (0,):
        for row in range(0, height, _ROWS_AT_ONCE):
            left = _residuals(values, row, min(height, row + _ROWS_AT_ONCE), bits)
            parts.append(packer.compress((left >> shift).astype(np.uint8).tobytes()))
    parts.append(packer.flush())
    return b"".join(parts)


def decode_depth(data: bytes) -> npt.NDArray[np.uint16]:
    """The values again: what the browser does, pixel by pixel, for tests and tools. Slow."""
    _magic, _version, bits, width, height, _low, _high = struct.unpack_from("<4sHHIIii", data)
    plane = np.frombuffer(zlib.decompress(data[32:]), np.uint8).reshape(-1, height, width).astype(np.int64)
    folded = (plane[0] << 8 | plane[1]) if bits > 8 else plane[0]
    left = (folded >> 1) ^ -(folded & 1)
    mask = (1 << bits) - 1
    out = np.zeros((height, width), np.int64)
    for y in range(height):
        for x in range(width):
            out[y, x] = (_predict_one(out, x, y) + left[y, x]) & mask
    return out.astype(np.uint16)


def _predict_one(out: npt.NDArray[np.int64], x: int, y: int) -> int:
    if y == 0:
        return int(out[0, x - 1]) if x else 0
    if x == 0:
        return int(out[y - 1, 0])
    a, b, c = int(out[y, x - 1]), int(out[y - 1, x]), int(out[y - 1, x - 1])
    return min(a, b) if c >= max(a, b) else max(a, b) if c <= min(a, b) else a + b - c


def _residuals(values: npt.NDArray[np.uint16], first: int, stop: int, bits: int) -> npt.NDArray[np.uint16]:
    """Value minus prediction modulo 2**bits, as a small number with its sign in the lowest bit."""
    here = values[first:stop].astype(np.int32)
    above = np.zeros_like(here)
    above[1:] = here[:-1]
    if first:
        above[0] = values[first - 1]
    left = np.zeros_like(here)
    left[:, 1:] = here[:, :-1]
    corner = np.zeros_like(here)
    corner[:, 1:] = above[:, :-1]
    low, high = np.minimum(left, above), np.maximum(left, above)
    guess = np.where(corner >= high, low, np.where(corner <= low, high, left + above - corner))
    guess[:, 0] = above[:, 0]
    if first == 0:
        guess[0] = left[0]
    span = 1 << bits
    rest = (here - guess) & (span - 1)
    signed = np.where(rest >= span // 2, rest - span, rest)
    return ((signed << 1) ^ (signed >> 31)).astype(np.uint16)
