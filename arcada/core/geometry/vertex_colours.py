"""Colours as exporters write them, to 8 bits of sRGB a channel."""

import numpy as np
import numpy.typing as npt

from arcada.core.geometry.mesh import ColourArray


def colours_from_numbers(numbers: npt.NDArray[np.float32], type_code: str) -> ColourArray:
    """(n, 3) numbers of a PLY type: u1 and the other whole ones are 0-255, u2 0-65535, floats see below."""
    if type_code[0] == "f":
        return colours_from_fractions(numbers)
    if type_code == "u2":
        numbers = numbers / np.float32(257)
    return _to_bytes(numbers)


def colours_from_fractions(numbers: npt.NDArray[np.float32]) -> ColourArray:
    """(n, 3) numbers of 0-1; of 0-255 where one is larger than 1."""
    finite = np.nan_to_num(numbers, nan=0.0, posinf=0.0, neginf=0.0)
    scale = np.float32(255 if finite.max(initial=0) <= 1 else 1)
    return _to_bytes(finite * scale)


def _to_bytes(numbers: npt.NDArray[np.float32]) -> ColourArray:
    return np.ascontiguousarray(np.rint(np.clip(numbers, 0, 255)).astype(np.uint8))
