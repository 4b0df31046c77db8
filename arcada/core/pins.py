"""A pin: a point of a surface with the camera it was seen from, or a point of an image. Checked, never trusted."""

from collections.abc import Mapping
from typing import Any

from arcada.core.errors import Refused
from arcada.core.scene import check_measurement

MOST_MARKS = 20
LONGEST_MARK = 80
POINTS_OF_MARK = {"arrow": 2, "line": 2, "text": 1, "region": 2}  # a region is a rectangle by two corners
_FAR = 1_000_000.0  # a coordinate beyond this is no place in a mouth, in any unit


def check_pin(pin: Mapping[str, Any], *, is_image: bool) -> dict[str, Any]:
    """The pin with exactly its known parts; raises Refused.

    Surface: `point` and `normal` (file frame), `camera` (position, target, up, zoom), perhaps a `section` and a
    `measure`.
    Image: `x`, `y` in 0…1, and `marks` where something was drawn: each a `kind`, `points` as pairs in 0…1, and a
    text's `text`.
    """
    if is_image:
        place: dict[str, Any] = {"x": number_in(pin, "x", 0.0, 1.0), "y": number_in(pin, "y", 0.0, 1.0)}
        marks = pin.get("marks")
        return place if marks is None else {**place, "marks": _marks(marks)}
    checked: dict[str, Any] = {"point": vector_in(pin, "point"), "normal": vector_in(pin, "normal")}
    camera = pin.get("camera")
    if isinstance(camera, Mapping):
        checked["camera"] = {
            "position": vector_in(camera, "position"),
            "target": vector_in(camera, "target"),
            "up": vector_in(camera, "up"),
            "zoom": number_in(camera, "zoom", 1e-6, _FAR),
        }
    if isinstance(pin.get("section"), Mapping):
        checked["section"] = section_in(pin)
    if isinstance(pin.get("measure"), Mapping):
        checked["measure"] = check_measurement(pin["measure"], records=None)
    return checked


def _marks(marks: object) -> list[dict[str, Any]]:
    if not isinstance(marks, list | tuple) or len(marks) > MOST_MARKS:
        raise Refused("A drawing has {most} marks at most.", code="bad_pin", most=MOST_MARKS)
    return [_mark(mark) for mark in marks]


def _mark(mark: object) -> dict[str, Any]:
    kind = mark.get("kind") if isinstance(mark, Mapping) else None
    if not isinstance(mark, Mapping) or not isinstance(kind, str) or kind not in POINTS_OF_MARK:
        raise Refused("A mark is an arrow, a line, a text or a region.", code="bad_pin")
    points = mark.get("points")
    if not isinstance(points, list | tuple) or len(points) != POINTS_OF_MARK[kind]:
        raise Refused("A mark has the points of its kind.", code="bad_pin")
    checked: dict[str, Any] = {"kind": kind, "points": [_pair(point) for point in points]}
    if kind == "text":
        text = mark.get("text")
        said = " ".join(text.split()) if isinstance(text, str) else ""
        if not said or len(said) > LONGEST_MARK or not said.isprintable():
            raise Refused(
                "A text on a picture has 1 to {limit} characters.", code="bad_pin", limit=LONGEST_MARK
            )
        checked["text"] = said
    return checked


def _pair(point: object) -> list[float]:
    if not isinstance(point, list | tuple) or len(point) != 2:
        raise Refused("A mark's point is two numbers.", code="bad_pin")
    return [number_in({"points": part}, "points", 0.0, 1.0) for part in point]


def section_in(source: Mapping[str, Any]) -> dict[str, Any]:
    """A plane by `point` and `normal`, and whether what lies `away` along the normal is taken off; raises Refused."""
    section = source["section"]
    plane: dict[str, Any] = {"point": vector_in(section, "point"), "normal": vector_in(section, "normal")}
    return {**plane, "away": True} if section.get("away") is True else plane


def vector_in(source: Mapping[str, Any], name: str) -> list[float]:
    """Three numbers of a place in a mouth; raises Refused."""
    value = source.get(name)
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise Refused("A pin's {part} is three numbers.", code="bad_pin", part=name)
    return [number_in({name: part}, name, -_FAR, _FAR) for part in value]


def number_in(source: Mapping[str, Any], name: str, low: float, high: float) -> float:
    """A number from `low` to `high`; raises Refused."""
    value = source.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("A pin's {part} is a number.", code="bad_pin", part=name)
    # Compared before any conversion: a whole number may be larger than every float.
    if not low <= value <= high:
        raise Refused("A pin's {part} is out of range.", code="bad_pin", part=name)
    return float(value)
