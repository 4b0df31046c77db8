"""What may stand in a pin on a picture: a place, and what was drawn."""

import pytest

from arcada.core.errors import Refused
from arcada.core.pins import LONGEST_MARK, MOST_MARKS, check_pin

ARROW = {"kind": "arrow", "points": [[0.1, 0.2], [0.3, 0.4]]}
TEXT = {"kind": "text", "points": [[0, 1]], "text": "root tip?"}


def marked(*marks: object) -> dict[str, object]:
    return {"x": 0.5, "y": 0.5, "marks": list(marks)}


def test_a_drawing_is_kept_with_exactly_its_known_parts() -> None:
    region = {"kind": "region", "points": [[0, 0], [1, 1]], "colour": "red", "text": "not for a region"}
    kept = check_pin(marked(ARROW, {**TEXT, "text": "  root \n tip? "}, region), is_image=True)
    assert kept == {
        "x": 0.5,
        "y": 0.5,
        "marks": [
            {"kind": "arrow", "points": [[0.1, 0.2], [0.3, 0.4]]},
            {"kind": "text", "points": [[0.0, 1.0]], "text": "root tip?"},
            {"kind": "region", "points": [[0.0, 0.0], [1.0, 1.0]]},
        ],
    }
    assert check_pin({"x": 0.5, "y": 0.5}, is_image=True) == {"x": 0.5, "y": 0.5}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "circle", "points": [[0, 0]]},
        {"kind": ["arrow"], "points": [[0, 0], [1, 1]]},
        {"kind": "arrow", "points": [[0, 0]]},
        {"kind": "arrow", "points": [[0, 0], [1.01, 0]]},
        {"kind": "arrow", "points": [[0, 0], [float("nan"), 0]]},
        {"kind": "arrow", "points": [[0, 0], [True, 0]]},
        {"kind": "arrow", "points": [[0, 0, 0], [1, 1, 1]]},
        {"kind": "arrow", "points": "0011"},
        {"kind": "text", "points": [[0, 0]]},
        {"kind": "text", "points": [[0, 0]], "text": "   "},
        {"kind": "text", "points": [[0, 0]], "text": "a" * (LONGEST_MARK + 1)},
        {"kind": "text", "points": [[0, 0]], "text": "turned\u202eround"},
        "arrow",
        None,
    ],
)
def test_a_drawing_that_is_none_is_refused(wrong: object) -> None:
    with pytest.raises(Refused):
        check_pin(marked(ARROW, wrong), is_image=True)


def test_a_drawing_ends_somewhere() -> None:
    assert len(check_pin(marked(*[ARROW] * MOST_MARKS), is_image=True)["marks"]) == MOST_MARKS
    for wrong in (marked(*[ARROW] * (MOST_MARKS + 1)), {"x": 0, "y": 0, "marks": {"0": ARROW}}):
        with pytest.raises(Refused):
            check_pin(wrong, is_image=True)


PIN = {"point": [1, 2, 3], "normal": [0, 0, 1]}
CUT = {"point": [1, 2, 3], "normal": [0.0, 1.0, 0.0]}


def test_a_pin_keeps_the_section_it_was_seen_in() -> None:
    seen = {**PIN, "section": {**CUT, "away": True, "colour": "red"}}
    assert check_pin(seen, is_image=False)["section"] == {**CUT, "away": True}
    assert check_pin({**PIN, "section": {**CUT, "away": "yes"}}, is_image=False)["section"] == CUT
    for without in (PIN, {**PIN, "section": None}):
        assert "section" not in check_pin(without, is_image=False)


@pytest.mark.parametrize(
    "wrong", [{}, {"point": [0, 0, 0]}, {**CUT, "normal": [0, 0, "up"]}, {**CUT, "point": 7}]
)
def test_a_pin_with_half_a_section_is_refused(wrong: object) -> None:
    with pytest.raises(Refused):
        check_pin({**PIN, "section": wrong}, is_image=False)
