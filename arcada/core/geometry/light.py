"""sRGB bytes and linear light: colours are averaged and lit in light, and encoded once."""

import numpy as np
import numpy.typing as npt

_STEPS = np.arange(256) / 255.0
# Light of each sRGB byte, 0 to 1 (256,), by IEC 61966-2-1.
LIGHT_OF_BYTE: npt.NDArray[np.float32] = np.where(
    _STEPS <= 0.04045, _STEPS / 12.92, ((_STEPS + 0.055) / 1.055) ** 2.4
).astype(np.float32)


def bytes_of_light(light: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """sRGB bytes of light 0 to 1, of any shape; light beyond is clipped."""
    clipped = np.clip(light.astype(np.float64), 0.0, 1.0)
    encoded = np.where(clipped <= 0.0031308, clipped * 12.92, 1.055 * clipped ** (1 / 2.4) - 0.055)
    return np.rint(encoded * 255.0).astype(np.uint8)


# The sRGB byte of light in 4096 equal steps from 0 to 1 (4097,), for kernels.
BYTE_OF_LIGHT: npt.NDArray[np.uint8] = bytes_of_light(np.linspace(0, 1, 4097, dtype=np.float32))
