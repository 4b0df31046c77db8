"""Distances as the bytes that `arcada.core.heat_scale` defines, one a vertex."""

import numpy as np
import numpy.typing as npt

from arcada.core.heat_scale import HIGHEST, LOWEST, NOTHING, HeatScale

FloatArray = npt.NDArray[np.float64]
ByteArray = npt.NDArray[np.uint8]


def as_bytes(distances_mm: FloatArray, scale: HeatScale) -> ByteArray:  # (n,)
    """Signed distances (n,), not a number or infinite where there is nothing, as bytes (n,)."""
    is_said = np.abs(distances_mm) <= scale.cutoff_mm  # False for nan, too
    steps = np.rint(np.where(is_said, distances_mm, 0.0) * (1000.0 / scale.step_um)) + scale.zero
    return np.where(is_said, np.clip(steps, LOWEST, HIGHEST), NOTHING).astype(np.uint8)


def as_distances(values: ByteArray, scale: HeatScale) -> FloatArray:  # (n,)
    """The distances in mm that bytes (n,) say; not a number where they say nothing."""
    said = (values.astype(np.float64) - scale.zero) * (scale.step_um / 1000.0)
    return np.where(values == NOTHING, np.nan, said)
