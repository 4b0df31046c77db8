"""A quoted view keeps its known parts and nothing else, whatever a page or a program sends."""

from typing import Any

import pytest

from arcada.core.errors import Refused
from arcada.core.quoted_view import check_view, view_of

VIEW: dict[str, Any] = {
    "camera": {"position": [1, 2, 3], "target": [0, 0, 0], "up": [0, 0, 1], "zoom": 2},
    "shown": ["a", "b"], "opacity": {"a": 1, "b": 0.5}, "section": {"point": [0, 0, 0], "normal": [0, 1, 0]},
    "tool": "section", "opening": 12.5,
}  # fmt: skip


def test_a_view_is_kept_as_it_was_given() -> None:
    kept = check_view(VIEW, records={"a", "b"})
    assert kept == VIEW
    assert check_view({**VIEW, "extra": "<script>"}, records={"a", "b"}) == VIEW
    without = {**VIEW, "section": {**VIEW["section"], "away": True}}
    assert check_view(without, records={"a", "b"}) == without
    bare = check_view({"camera": VIEW["camera"], "shown": []}, records=set())
    assert bare["section"] is None and bare["tool"] is None and bare["opening"] == 0


def test_records_that_one_does_not_see_are_left_out() -> None:
    kept = check_view(VIEW, records={"a"})
    assert kept["shown"] == ["a"] and kept["opacity"] == {"a": 1}
    assert view_of(VIEW, records={"b": "b"})["opacity"] == {"b": 0.5}
    assert view_of(VIEW, records={"b": "b"})["shown"] == ["b"]


def test_a_view_of_an_older_version_shows_the_one_that_is_there_now() -> None:
    later = view_of(VIEW, records={"a": "a2", "a2": "a2", "b": "b"})
    assert later["shown"] == ["a2", "b"] and later["opacity"] == {"a2": 1, "b": 0.5}


@pytest.mark.parametrize(
    "change",
    [
        {"camera": None}, {"camera": "far"}, {"camera": {**VIEW["camera"], "zoom": 0}},
        {"camera": {**VIEW["camera"], "position": [1, 2]}}, {"camera": {**VIEW["camera"], "up": [0, 0, "x"]}},
        {"camera": {**VIEW["camera"], "target": [0, 0, 1e9]}}, {"shown": 5}, {"shown": [{}]}, {"opacity": {"a": 2}},
        {"opacity": ["a"]}, {"section": {"point": [0, 0, 0]}}, {"section": 1}, {"tool": "Tool<"}, {"tool": 7},
        {"opening": -1}, {"opening": 91}, {"opening": float("nan")}, {"opening": "wide"},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_view_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refusal:
        check_view({**VIEW, **change}, records={"a", "b"})
    assert refusal.value.code == "bad_view"


def test_a_view_without_a_camera_is_refused() -> None:
    with pytest.raises(Refused):
        check_view({}, records=set())
