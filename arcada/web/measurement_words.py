"""A measurement in words: its name, and what came out, as the reader writes numbers."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext

from arcada.core.scene import MEASUREMENT_TITLES


def say_measurement(measure: Mapping[str, Any]) -> tuple[str, str]:
    name = measure["name"] or gettext(MEASUREMENT_TITLES[measure["kind"]])
    if measure["kind"] == "angle":
        return name, f"{rounded(measure['value'], 1)}°"
    return name, f"{rounded(measure['value'], 2)} mm"


def rounded(value: float, digits: int) -> str:
    """The nearest number of so many digits; Django's own formatting cuts the rest off."""
    return number_format(f"{value:.{digits}f}", digits)
