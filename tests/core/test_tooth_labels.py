"""A label stands where it was set or where it was found again, and nowhere else."""

from typing import Any

from arcada.core.tooth_labels import as_set, changed, followed, standing, with_found

SET: dict[str, Any] = {"tooth_fdi": 46, "record": "v1", "point": [1.0, 2.0, 3.0]}
ON_TWO = {"record": "v2", "version": 2, "point": [1.0, 2.3, 3.0], "moved_mm": 0.3, "reason": ""}
NOT_ON_THREE = {"record": "v3", "version": 3, "point": None, "moved_mm": None, "reason": "no_surface"}
LABEL = SET | {"found": [NOT_ON_THREE, ON_TWO]}


def test_a_label_stands_on_the_version_that_is_shown() -> None:
    assert standing([LABEL], {"v1"}) == [SET]
    assert standing([LABEL], {"v2"}) == [SET | {"record": "v2", "point": ON_TWO["point"]}]
    assert standing([LABEL], {"v1", "v2"}) == [SET], "where it was set counts as long as that is shown"


def test_a_label_whose_surface_is_gone_stands_nowhere() -> None:
    assert standing([LABEL], {"v3"}) == []
    assert standing([LABEL], {"v2", "v3"}) == [], "the newest version that is shown counts"
    assert standing([LABEL], {"elsewhere"}) == []


def test_who_sees_the_case_is_told_what_became_of_a_label() -> None:
    (moved,) = followed([LABEL], {"v2"})
    assert as_set(moved) == SET
    assert moved["found"] == {
        "record": "v2", "version": 2, "point": ON_TWO["point"], "moved_mm": 0.3, "has_moved": True,
    }  # fmt: skip
    (gone,) = followed([LABEL], {"v3"})
    assert gone["found"] == {"record": "v3", "version": 3, "gone": True, "reason": "no_surface"}
    assert followed([LABEL], {"v1"}) == [SET]
    (still,) = followed([SET | {"found": [ON_TWO | {"moved_mm": 0.2}]}], {"v2"})
    assert still["found"]["has_moved"] is False


def test_a_label_that_is_sent_again_unchanged_keeps_its_places_and_a_new_one_has_none() -> None:
    assert with_found([SET], [LABEL]) == [LABEL]
    moved = SET | {"point": [1.0, 2.0, 4.0]}
    assert with_found([moved], [LABEL]) == [moved]
    by_hand = SET | {"record": "v2"}
    assert with_found([by_hand], [LABEL]) == [by_hand]


def test_only_what_a_person_changed_is_changed() -> None:
    def labels(**points: float) -> list[dict[str, Any]]:
        return [SET | {"tooth_fdi": int(tooth[1:]), "point": [x, 0.0, 0.0]} for tooth, x in points.items()]

    read = labels(t11=1.0, t12=2.0, t13=3.0)
    moved_meanwhile = [*labels(t11=1.5, t12=2.0, t13=3.0, t21=4.0)]
    assert changed(moved_meanwhile, before=read, after=labels(t11=1.0, t12=2.5, t22=5.0)) == labels(
        t11=1.5, t12=2.5, t21=4.0, t22=5.0
    ), "12 moved, 13 removed and 22 added here; 11 moved and 21 added by somebody else"
    assert changed([LABEL], before=[SET], after=[SET]) == [SET]
    assert changed([], before=read, after=labels(t11=1.0, t12=2.0)) == [], (
        "removed by both, brought back by none"
    )
