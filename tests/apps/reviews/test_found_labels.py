"""A tooth label on an older version is found again on the newest one; what people set is never written over."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from tests.apps.reviews.test_found_pins import look_for_pins, pin_on_top
from tests.cast import Given, Person, judged_file, lay_in_judged, make_share, visitor_of
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record

pytestmark = pytest.mark.django_db
LEFT, RIGHT = 36, 46


def on_top(record: "Record", *, right: bool) -> dict[str, Any]:
    tooth = RIGHT if right else LEFT
    return {"tooth_fdi": tooth, "record": str(record.pk), "point": pin_on_top(right)["point"]}


def label(who: Person, case: "Case", *labels: dict[str, Any]) -> "Case":
    from arcada.apps.cases.scene import label_teeth

    return label_teeth(who.actor, case, labels=labels, now=timezone.now())


def teeth_in(actor: Any, case: "Case") -> dict[int, dict[str, Any]]:
    from arcada.api.v1.manifest import viewer_manifest

    case.refresh_from_db()
    listed = viewer_manifest(actor, case, base="/api/v1", now=timezone.now())["teeth"]
    return {entry["tooth_fdi"]: entry for entry in listed}


def times_told(case: "Case") -> tuple[int, int]:
    """How often the audit and the open pages heard of labels found again."""
    from arcada.apps.audit.models import AuditEvent
    from arcada.apps.notifications.models import LiveEvent

    live = LiveEvent.objects.filter(topic=f"case:{case.pk}", kind="case").count()
    return AuditEvent.objects.filter(action="case.teeth_found").count(), live


def test_a_label_follows_its_surface_and_says_when_that_moved(
    dr_ada: Person, pinned_case: "Case", first: "Record", versions: list[Given]
) -> None:
    raised, still = on_top(first, right=True), on_top(first, right=False)
    label(dr_ada, pinned_case, raised, still)
    before = times_told(pinned_case)
    second = lay_in_judged(dr_ada.actor, pinned_case.collection, versions[1], supersedes=first)
    look_for_pins()
    teeth = teeth_in(dr_ada.actor, pinned_case)
    moved, stayed = teeth[RIGHT]["found"], teeth[LEFT]["found"]
    assert moved["record"] == stayed["record"] == str(second.pk) and moved["version"] == 2
    assert moved["moved_mm"] == pytest.approx(0.34, abs=0.05) and moved["has_moved"] is True
    assert moved["point"][1] > raised["point"][1] + 0.2
    assert stayed["moved_mm"] < 0.01 and stayed["has_moved"] is False
    for tooth, was in ((RIGHT, raised), (LEFT, still)):
        assert {part: teeth[tooth][part] for part in was} == was, "the label itself stays as it was set"
    assert times_told(pinned_case) == (before[0] + 1, before[1] + 1)


def test_a_label_whose_surface_is_gone_stands_nowhere_and_names_no_tooth(
    dr_ada: Person, pinned_case: "Case", first: "Record", versions: list[Given]
) -> None:
    from arcada.apps.cases.found_labels import labels_beside

    label(dr_ada, pinned_case, on_top(first, right=True), on_top(first, right=False))
    third = lay_in_judged(dr_ada.actor, pinned_case.collection, versions[2], supersedes=first)
    assert labels_beside(dr_ada.actor, pinned_case, third) == [], "nobody looked yet"
    look_for_pins()
    gone = teeth_in(dr_ada.actor, pinned_case)[RIGHT]["found"]
    assert gone == {"record": str(third.pk), "version": 2, "gone": True, "reason": "no_surface"}
    assert [one["tooth_fdi"] for one in labels_beside(dr_ada.actor, pinned_case, third)] == [LEFT]


def test_a_label_crosses_into_another_frame_by_the_fit_of_the_two_versions(
    dr_ada: Person, pinned_case: "Case", first: "Record"
) -> None:
    import numpy as np

    from arcada.apps.reviews.actions import open_thread
    from arcada.core.geometry.mesh import Mesh
    from arcada.core.geometry.specimen.arch import make_pair
    from arcada.core.geometry.write import write_stl

    was = on_top(first, right=True)
    label(dr_ada, pinned_case, was)
    lower = make_pair(4, triangles=20_000, colours=False)[1]
    turn = np.array([[0.8, 0.0, 0.6], [0.0, 1.0, 0.0], [-0.6, 0.0, 0.8]])
    points = (lower.points @ turn.T + [12.0, -7.0, 30.0]).astype(np.float32)
    turned = judged_file("lower_jaw", "lower again.stl", write_stl(Mesh(points, lower.triangles)))
    second = lay_in_judged(dr_ada.actor, pinned_case.collection, turned, supersedes=first)
    look_for_pins()
    found = teeth_in(dr_ada.actor, pinned_case)[RIGHT]["found"]
    assert found["point"] == pytest.approx(list(turn @ was["point"] + [12.0, -7.0, 30.0]), abs=0.15)
    assert found["has_moved"] is False
    pin = {"point": found["point"], "normal": [0.0, 1.0, 0.0]}
    thread = open_thread(dr_ada.actor, pinned_case, text="High", record=second, pin=pin, now=timezone.now())
    assert thread.pin is not None and thread.pin["tooth_fdi"] == RIGHT


def test_looking_twice_has_one_effect(
    dr_ada: Person, pinned_case: "Case", first: "Record", versions: list[Given]
) -> None:
    from arcada.apps.cases.found_labels import labels_to_find, save_found_labels
    from arcada.apps.reviews.jobs import find_pins

    label(dr_ada, pinned_case, on_top(first, right=True))
    second = lay_in_judged(dr_ada.actor, pinned_case.collection, versions[1], supersedes=first)
    (slower,) = labels_to_find(second).values()
    for _ in range(2):
        find_pins.call(str(second.pk))
    once = times_told(pinned_case)
    at = {"point": [0.0, 0.0, 0.0], "normal": [0.0, 1.0, 0.0], "moved_mm": 9.0}
    save_found_labels(second, slower, [at], now=timezone.now())
    pinned_case.refresh_from_db()
    (kept,) = pinned_case.teeth
    assert len(kept["found"]) == 1 and kept["found"][0]["moved_mm"] < 1
    assert times_told(pinned_case) == once and once[0] == 1


def test_what_somebody_places_while_the_job_looks_stays_as_they_left_it(
    dr_ada: Person, pinned_case: "Case", first: "Record", versions: list[Given]
) -> None:
    from arcada.apps.cases.found_labels import labels_to_find, save_found_labels

    left, right = on_top(first, right=False), on_top(first, right=True)
    label(dr_ada, pinned_case, left, right)
    second = lay_in_judged(dr_ada.actor, pinned_case.collection, versions[1], supersedes=first)
    (sought,) = labels_to_find(second).values()
    by_hand = right | {"record": str(second.pk), "point": [30.0, 1.0, 2.0]}
    label(dr_ada, pinned_case, left, by_hand)
    at = {"point": [0.0, 0.0, 0.0], "normal": [0.0, 1.0, 0.0], "moved_mm": 0.0}
    save_found_labels(second, sought, [at, at], now=timezone.now())
    teeth = teeth_in(dr_ada.actor, pinned_case)
    assert teeth[RIGHT] == by_hand and by_hand in pinned_case.teeth
    assert teeth[LEFT]["found"]["point"] == [0.0, 0.0, 0.0]


def test_a_page_that_sends_all_labels_again_loses_nothing_that_was_found_meanwhile(
    dr_ada: Person, pinned_case: "Case", first: "Record", versions: list[Given]
) -> None:
    """Its case was read before the job wrote."""
    from arcada.apps.jobs.models import Job

    left, right = on_top(first, right=False), on_top(first, right=True)
    stale = label(dr_ada, pinned_case, left)
    lay_in_judged(dr_ada.actor, pinned_case.collection, versions[1], supersedes=first)
    look_for_pins()
    label(dr_ada, stale, left, right)
    teeth = teeth_in(dr_ada.actor, pinned_case)
    assert "found" in teeth[LEFT] and "found" not in teeth[RIGHT]
    look_for_pins()
    assert teeth_in(dr_ada.actor, pinned_case)[RIGHT]["found"]["has_moved"] is True, "looked for at once"
    label(dr_ada, stale, left, right)
    assert not Job.objects.filter(task__endswith="find_pins", state="waiting").exists()


def test_a_comment_on_the_newer_version_names_the_tooth_that_was_labelled_on_the_older_one(
    dr_ada: Person, pinned_case: "Case", first: "Record", versions: list[Given]
) -> None:
    from arcada.apps.reviews.actions import open_thread

    label(dr_ada, pinned_case, on_top(first, right=True))
    second = lay_in_judged(dr_ada.actor, pinned_case.collection, versions[1], supersedes=first)
    look_for_pins()
    pinned_case.refresh_from_db()
    pin = pin_on_top(right=True)
    thread = open_thread(dr_ada.actor, pinned_case, text="High", record=second, pin=pin, now=timezone.now())
    assert thread.pin is not None and thread.pin["tooth_fdi"] == RIGHT
    assert f"Tooth {RIGHT}" in signed_in(dr_ada).get(f"/cases/{pinned_case.pk}").content.decode()


def test_a_link_shows_labels_on_its_own_version_and_names_no_other(
    dr_ada: Person, pinned_case: "Case", first: "Record", versions: list[Given]
) -> None:
    """SL-13."""
    was = on_top(first, right=True)
    label(dr_ada, pinned_case, was)
    to_first = make_share(dr_ada, pinned_case, records=[first])
    second = lay_in_judged(dr_ada.actor, pinned_case.collection, versions[1], supersedes=first)
    look_for_pins()
    to_second = make_share(dr_ada, pinned_case, records=[second])
    seen = []
    for share in (to_first, to_second):
        rosa = visitor_of(share, "rosa@north-lab.example")
        rosa.come_in()
        seen.append(teeth_in(rosa.actor, pinned_case)[RIGHT])
    assert seen[0] == was
    assert seen[1] == was | {"record": str(second.pk), "point": seen[1]["point"]} != was
    assert seen[1]["point"][1] > was["point"][1] + 0.2


def test_labels_from_before_the_update_are_looked_for_once(
    dr_ada: Person, pinned_case: "Case", first: "Record", versions: list[Given]
) -> None:
    from django.apps import apps

    from arcada.apps.cases.models import Case

    lay_in_judged(dr_ada.actor, pinned_case.collection, versions[1], supersedes=first)
    look_for_pins()
    Case.objects.filter(pk=pinned_case.pk).update(teeth=[on_top(first, right=True)])
    import_module("arcada.apps.reviews.migrations.0008_labels_to_find").ask(apps, None)
    look_for_pins()
    assert teeth_in(dr_ada.actor, pinned_case)[RIGHT]["found"]["version"] == 2
