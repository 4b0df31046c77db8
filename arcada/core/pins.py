"""A pin: a point of a surface with the camera it was seen from, or a point of an image. Checked, never trusted."""

from collections.abc import Mapping
from typing import Any

from arcada.core.errors import Refused
from arcada.core.scene import check_measurement

_FAR = 1_000_000.0  # a coordinate beyond this is no place in a mouth, in any unit


def check_pin(pin: Mapping[str, Any], *, is_image: bool) -> dict[str, Any]:
    """The pin with exactly its known parts; raises Refused.

    Surface: `point` and `normal` (file frame), `camera` (position, target, up, zoom), perhaps a `measure`.
    Image: `x`, `y` in 0…1.
    """
    if is_image:
        return {"x": _number(pin, "x", 0.0, 1.0), "y": _number(pin, "y", 0.0, 1.0)}
    checked: dict[str, Any] = {"point": _vector(pin, "point"), "normal": _vector(pin, "normal")}
    camera = pin.get("camera")
    if isinstance(camera, Mapping):
        checked["camera"] = {
            "position": _vector(camera, "position"),
            "target": _vector(camera, "target"),
            "up": _vector(camera, "up"),
            "zoom": _number(camera, "zoom", 1e-6, _FAR),
        }
    if isinstance(pin.get("measure"), Mapping):
        checked["measure"] = check_measurement(pin["measure"], records=None)
    return checked


def _vector(source: Mapping[str, Any], name: str) -> list[float]:
    value = source.get(name)
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise Refused("A pin's {part} is three numbers.", code="bad_pin", part=name)
    return [_number({name: part}, name, -_FAR, _FAR) for part in value]


def _number(source: Mapping[str, Any], name: str, low: float, high: float) -> float:
    value = source.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("A pin's {part} is a number.", code="bad_pin", part=name)
    # Compared before any conversion: a whole number may be larger than every float.
    if not low <= value <= high:
        raise Refused("A pin's {part} is out of range.", code="bad_pin", part=name)
    return float(value)
