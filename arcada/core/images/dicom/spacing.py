"""How large a pixel is, and of what: the patient, the detector, or nobody knows."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

SMALLEST_MM, LARGEST_MM = 0.001, 10.0


class Calibration(StrEnum):
    CALIBRATED = "calibrated"  # lengths in the patient: measured on an object of known size or by geometry
    ESTIMATED = "estimated"  # the detector's, divided by the magnification that the file names
    DETECTOR = "detector"  # lengths on the detector: magnified, and by how much is not said
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Spacing:
    """`row_mm` between rows (down), `column_mm` between columns (across)."""

    row_mm: float
    column_mm: float
    calibration: Calibration


def spacing_of(dataset: Any, *, is_photograph: bool) -> Spacing | None:
    """By PS3.3 10.7.1.3: (0028,0030) counts as calibrated when it says so or differs from (0018,1164)."""
    pixel = _pair(dataset.get("PixelSpacing"))
    detector = _pair(dataset.get("ImagerPixelSpacing")) or _pair(dataset.get("NominalScannedPixelSpacing"))
    said = str(dataset.get("PixelSpacingCalibrationType") or "")
    if pixel is not None and (
        said in ("GEOMETRY", "FIDUCIAL")
        or is_photograph
        or (detector is not None and not _same(pixel, detector))
    ):
        return Spacing(*pixel, Calibration.CALIBRATED)
    plain = pixel or detector
    if plain is None:
        return None
    magnified = _number(dataset.get("EstimatedRadiographicMagnificationFactor"))
    if magnified is not None and 1.0 < magnified <= 3.0:
        return Spacing(plain[0] / magnified, plain[1] / magnified, Calibration.ESTIMATED)
    return Spacing(*plain, Calibration.NONE if is_photograph else Calibration.DETECTOR)


def _pair(value: Any) -> tuple[float, float] | None:
    if value is None or isinstance(value, str | bytes) or not hasattr(value, "__len__") or len(value) != 2:
        return None
    row, column = _number(value[0]), _number(value[1])
    if row is None or column is None:
        return None
    if not (SMALLEST_MM <= row <= LARGEST_MM and SMALLEST_MM <= column <= LARGEST_MM):
        return None
    return row, column


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _same(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(math.isclose(a, b, rel_tol=1e-3) for a, b in zip(one, other, strict=True))
