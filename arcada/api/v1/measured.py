"""A measurement in words: what it is called and what came out, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext

from arcada.core.scene import MEASUREMENT_TITLES


@dataclass(frozen=True, slots=True)
class Measured:
    name: str
    value: str


def measured(measurement: Mapping[str, Any]) -> Measured:
    """Of a measurement as `core.scene.check_measurement` leaves it; without a name of its own it has its kind's."""
    title = MEASUREMENT_TITLES[measurement["kind"]]
    is_angle = measurement["kind"] == "angle"
    value, digits, unit = measurement["value"], *((1, "°") if is_angle else (2, " mm"))
    return Measured(measurement["name"] or gettext(title), f"{rounded(value, digits)}{unit}")


def rounded(value: float, digits: int) -> str:
    """The number as the reader writes numbers."""
    # As text, because of a number the formatting cuts the rest off.
    return number_format(f"{value:.{digits}f}", digits)


def measured_in(pin: Mapping[str, Any] | None) -> Measured | None:
    """The measurement that a thread's first comment was sent with."""
    measurement = (pin or {}).get("measure")
    return None if measurement is None else measured(measurement)
