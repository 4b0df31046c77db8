"""What people add to a case's scene: its orientation by hand, labels of teeth, measurements. Checked, never trusted."""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from arcada.core.errors import Refused
from arcada.core.tooth import TEETH
from arcada.core.words import gettext_noop

MOST_MEASUREMENTS = 200
MEASUREMENT_TITLES: Final = {
    "distance": gettext_noop("Distance"),
    "path": gettext_noop("Along the surface"),
    "angle": gettext_noop("Angle"),
    "thickness": gettext_noop("Thickness"),
}
LONGEST_NAME = 80
POINTS_OF: Final = {"distance": 2, "path": 2, "angle": 3, "thickness": 2}
_FAR_MM = 1_000_000.0
_ROUNDING_MM = 0.001
_ROUNDING_DEGREES = 0.01

Vector = tuple[float, float, float]


def check_orientation(rows: Sequence[Sequence[float]]) -> list[list[float]]:
    """Three rows that turn file coordinates to the patient's, and nothing but turn; raises Refused."""
    if len(rows) != 3:
        raise Refused("An orientation is three rows of three numbers.", code="bad_orientation")
    one, other, third = (_vector(row) for row in rows)
    is_turn = all(abs(math.hypot(*row) - 1.0) < 1e-3 for row in (one, other, third))
    # Right-handed: a mirrored jaw would show the patient's left on the right.
    is_turn = is_turn and math.dist(_cross(one, other), third) < 1e-3
    if not is_turn:
        raise Refused("An orientation only turns the scans.", code="bad_orientation")
    return [list(one), list(other), list(third)]


def check_teeth(labels: Sequence[Mapping[str, Any]], *, records: Collection[str]) -> list[dict[str, Any]]:
    """Labels as they are kept, each tooth once, on records of the case; raises Refused."""
    kept: dict[int, dict[str, Any]] = {}
    for label in labels:
        tooth, record = label.get("tooth_fdi"), str(label.get("record", ""))
        if not isinstance(tooth, int) or isinstance(tooth, bool) or tooth not in TEETH:
            raise Refused("{tooth} is no FDI number of a tooth.", code="bad_tooth", tooth=str(tooth)[:8])
        if tooth in kept:
            raise Refused("Tooth {tooth} is labelled twice.", code="tooth_twice", tooth=str(tooth))
        if record not in records:
            raise Refused("A label lies on a scan of the case.", code="bad_tooth")
        kept[tooth] = {"tooth_fdi": tooth, "record": record, "point": list(_vector(label.get("point")))}
    return [kept[tooth] for tooth in sorted(kept)]


def check_measurements(
    items: Sequence[Mapping[str, Any]], *, records: Collection[str]
) -> list[dict[str, Any]]:
    """Measurements as they are kept; a value that its points contradict is refused. Raises Refused."""
    if len(items) > MOST_MEASUREMENTS:
        raise Refused(
            "At most {most} measurements are kept.", code="too_many_measurements", most=MOST_MEASUREMENTS
        )
    return [check_measurement(item, records=records) for item in items]


def check_measurement(item: Mapping[str, Any], *, records: Collection[str] | None) -> dict[str, Any]:
    """One measurement with exactly its known parts; `records` None: whatever it lies on. Raises Refused."""
    kind, points, on = item.get("kind"), item.get("points"), item.get("records")
    if kind not in POINTS_OF or not isinstance(points, list | tuple) or not isinstance(on, list | tuple):
        raise Refused("A measurement has a kind, points and their records.", code="bad_measurement")
    if len(points) != POINTS_OF[kind] or len(on) != len(points):
        raise Refused("A measurement has a kind, points and their records.", code="bad_measurement")
    if records is None:
        records = {str(_id(record)) for record in on}
    if any(str(record) not in records for record in on):
        raise Refused("A measurement lies on scans of the case.", code="bad_measurement")
    places = [_vector(point) for point in points]
    value = _number(item.get("value"))
    if not _agrees(kind, places, value):
        raise Refused("The value does not follow from the points.", code="bad_measurement")
    name = item.get("name", "")
    return {
        "id": str(_id(item.get("id"))),
        "kind": kind,
        "name": " ".join(str(name).split())[:LONGEST_NAME],
        "records": [str(record) for record in on],
        "points": [list(place) for place in places],
        "way": [list(_vector(point)) for point in _listed(item.get("way"))[:2000]],
        "value": value,
    }


def _agrees(kind: str, places: Sequence[Vector], value: float) -> bool:
    if kind == "angle":
        return abs(value - _angle(*places)) < _ROUNDING_DEGREES
    straight = math.dist(places[0], places[1])
    # Along a surface it is never shorter than straight through.
    return value >= straight - _ROUNDING_MM if kind == "path" else abs(value - straight) < _ROUNDING_MM


def _angle(one: Vector, corner: Vector, other: Vector) -> float:
    a = tuple(p - q for p, q in zip(one, corner, strict=True))
    b = tuple(p - q for p, q in zip(other, corner, strict=True))
    along = sum(p * q for p, q in zip(a, b, strict=True))
    return math.degrees(math.atan2(math.hypot(*_cross(a, b)), along))


def _cross(a: Sequence[float], b: Sequence[float]) -> Vector:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def _vector(value: Any) -> Vector:
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise Refused("A point is three numbers.", code="bad_point")
    x, y, z = (_number(part) for part in value)
    return (x, y, z)


def _number(value: Any) -> float:
    # Compared before any conversion: a whole number may be larger than every float.
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_FAR_MM <= value <= _FAR_MM:
        raise Refused("A point is three numbers.", code="bad_point")
    return float(value)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _id(value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise Refused("A measurement has an id.", code="bad_measurement") from None
