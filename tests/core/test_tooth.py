"""Tooth numbers in three notations, and what people may add to a scene."""

import math
import uuid
from typing import Any

import pytest

from arcada.core.errors import Refused
from arcada.core.scene import check_measurement, check_measurements, check_orientation, check_teeth
from arcada.core.tooth import DECIDUOUS, PERMANENT, TEETH, Notation, written

UPPER = str(uuid.UUID(int=7))


@pytest.mark.parametrize(
    ("fdi", "universal", "palmer"),
    [
        (18, "1", "8┘"), (11, "8", "1┘"), (14, "5", "4┘"), (21, "9", "└1"), (26, "14", "└6"), (28, "16", "└8"),
        (38, "17", "┌8"), (31, "24", "┌1"), (41, "25", "1┐"), (46, "30", "6┐"), (48, "32", "8┐"),
        (55, "A", "E┘"), (51, "E", "A┘"), (61, "F", "└A"), (65, "J", "└E"), (75, "K", "┌E"), (71, "O", "┌A"),
        (81, "P", "A┐"), (85, "T", "E┐"),
    ],
)  # fmt: skip
def test_a_tooth_is_written_as_each_reader_knows_it(fdi: int, universal: str, palmer: str) -> None:
    assert written(fdi, Notation.FDI) == str(fdi)
    assert written(fdi, Notation.UNIVERSAL) == universal
    assert written(fdi, Notation.PALMER) == palmer


def test_no_two_teeth_are_written_alike_and_what_is_no_tooth_is_said() -> None:
    assert (len(PERMANENT), len(DECIDUOUS)) == (32, 20)
    for notation in Notation:
        assert len({written(tooth, notation) for tooth in TEETH}) == 52
    for wrong in (0, 10, 19, 49, 56, 90, -11):
        with pytest.raises(ValueError, match="no tooth"):
            written(wrong, Notation.FDI)


def test_an_orientation_turns_and_does_nothing_else() -> None:
    turn = [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    assert check_orientation(turn) == turn
    mirrored = [[1, 0, 0], [0, 1, 0], [0, 0, -1]]
    stretched = [[2, 0, 0], [0, 1, 0], [0, 0, 1]]
    askew = [[1, 0, 0], [0.7071, 0.7071, 0], [0, 0, 1]]
    for wrong in (
        mirrored,
        stretched,
        askew,
        turn[:2],
        [[1, 0], [0, 1], [0, 0]],
        [[True, 0, 0], [0, 1, 0], [0, 0, 1]],
    ):
        with pytest.raises(Refused):
            check_orientation(wrong)  # type: ignore[arg-type]


def test_a_tooth_is_labelled_once_on_a_scan_of_the_case() -> None:
    def label(tooth: Any, record: str = UPPER, point: Any = (1, 2, 3)) -> dict[str, Any]:
        return {"tooth_fdi": tooth, "record": record, "point": point}

    kept = check_teeth([label(26), label(14)], records={UPPER})
    assert [one["tooth_fdi"] for one in kept] == [14, 26]
    assert kept[0]["point"] == [1.0, 2.0, 3.0]
    for wrong in ([label(19)], [label(14), label(14)], [label(14, "elsewhere")], [label(14, point=[1, 2])],
                  [label(14, point=[1, 2, float("nan")])], [label(True)], [label("14")]):  # fmt: skip
        with pytest.raises(Refused):
            check_teeth(wrong, records={UPPER})


def test_a_measurement_whose_value_its_points_contradict_is_refused() -> None:
    def item(**other: Any) -> dict[str, Any]:
        given = {"id": str(uuid.uuid4()), "kind": "distance", "name": " crown  height ", "records": [UPPER, UPPER],
                 "points": [[0, 0, 0], [3, 4, 12]], "way": [], "value": 13.0}  # fmt: skip
        return given | other

    kept = check_measurement(item(), records={UPPER})
    assert (kept["name"], kept["value"]) == ("crown height", 13.0)
    check_measurement(item(kind="path", value=14.5), records={UPPER})
    right = [[1, 0, 0], [0, 0, 0], [0, 2, 0]]
    check_measurement(item(kind="angle", points=right, records=[UPPER] * 3, value=90.0), records={UPPER})
    for wrong in (item(value=12.9), item(kind="path", value=12.0), item(kind="volume"), item(points=right),
                  item(records=[UPPER, "elsewhere"]), item(id="none"), item(value=math.inf), item(value="13"),
                  item(kind="angle", points=right, records=[UPPER] * 3, value=80.0)):  # fmt: skip
        with pytest.raises(Refused):
            check_measurement(wrong, records={UPPER})
    with pytest.raises(Refused):
        check_measurements([item()] * 201, records={UPPER})
