"""A pin on an older version is found again on the newest one; the pin itself stays where it was set."""

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from tests.cast import Given, Person, lay_in_judged, make_share, visitor_of
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record
    from arcada.apps.reviews.models import Thread

pytestmark = pytest.mark.django_db


def pin_on_top(right: bool) -> dict[str, Any]:
    """A point of the chewing side, far to one side of the first version."""
    import numpy as np

    from arcada.core.geometry.specimen.arch import make_pair

    points = make_pair(4, triangles=20_000, colours=False)[1].points
    side = points[points[:, 0] > 20] if right else points[points[:, 0] < -20]
    x, y, z = (float(value) for value in side[int(np.argmax(side[:, 1]))])
    return {"point": [x, y, z], "normal": [0.0, 1.0, 0.0]}


def pinned(who: Person, case: "Case", record: "Record", *, right: bool) -> "Thread":
    from arcada.apps.reviews.actions import open_thread

    return open_thread(
        who.actor, case, text="High here?", record=record, pin=pin_on_top(right), now=timezone.now()
    )


def look_for_pins() -> None:
    from arcada.apps.jobs.models import Job
    from arcada.apps.reviews.jobs import find_pins

    for job in Job.objects.filter(task="arcada.apps.reviews.jobs.find_pins", state="waiting"):
        find_pins.call(*job.args)
        job.state = "done"
        job.save()


def pins_in(actor: Any, case: "Case") -> dict[str, Any]:
    from arcada.api.v1.manifest import viewer_manifest

    threads = viewer_manifest(actor, case, base="/api/v1", now=timezone.now())["threads"]
    return {entry["id"]: entry["pin"] for entry in threads}


def test_a_pin_says_how_far_its_surface_moved_and_stays_where_it_was_set(
    dr_ada: Person, pinned_case: "Case", first: "Record", versions: list[Given]
) -> None:
    raised = pinned(dr_ada, pinned_case, first, right=True)
    still = pinned(dr_ada, pinned_case, first, right=False)
    assert all("found" not in pin for pin in pins_in(dr_ada.actor, pinned_case).values())
    second = lay_in_judged(dr_ada.actor, pinned_case.collection, versions[1], supersedes=first)
    look_for_pins()
    pins = pins_in(dr_ada.actor, pinned_case)
    moved, stayed = pins[str(raised.pk)]["found"], pins[str(still.pk)]["found"]
    assert moved["record"] == stayed["record"] == str(second.pk) and moved["version"] == 2
    assert moved["moved_mm"] == pytest.approx(0.34, abs=0.05)
    assert stayed["moved_mm"] < 0.01
    assert (moved["has_moved"], stayed["has_moved"]) == (True, False)
    assert moved["point"][1] > pins[str(raised.pk)]["point"][1] + 0.2
    assert pins[str(raised.pk)]["point"] == raised.pin["point"] and pins[str(raised.pk)]["version"] == 1
    page = signed_in(dr_ada).get(f"/cases/{pinned_case.pk}").content.decode()
    assert page.count("mm since v1") == 1
    assert f"moved {moved['moved_mm']:.2f} mm since v1" in page


def test_several_versions_later_it_is_looked_for_from_where_it_was_set(
    dr_ada: Person, pinned_case: "Case", first: "Record", versions: list[Given]
) -> None:
    from arcada.apps.reviews.models import FoundPin

    raised = pinned(dr_ada, pinned_case, first, right=True)
    still = pinned(dr_ada, pinned_case, first, right=False)
    second = lay_in_judged(dr_ada.actor, pinned_case.collection, versions[1], supersedes=first)
    look_for_pins()
    third = lay_in_judged(dr_ada.actor, pinned_case.collection, versions[2], supersedes=second)
    assert "found" not in pins_in(dr_ada.actor, pinned_case)[str(still.pk)], (
        "an older version's place is shown"
    )
    look_for_pins()
    pins = pins_in(dr_ada.actor, pinned_case)
    assert pins[str(raised.pk)]["found"] == {
        "record": str(third.pk), "version": 3, "gone": True, "reason": "no_surface"
    }  # fmt: skip
    assert pins[str(still.pk)]["found"]["moved_mm"] < 0.01
    assert FoundPin.objects.count() == 4, "what was found on the version between is kept"
    assert "its surface is gone" in signed_in(dr_ada).get(f"/cases/{pinned_case.pk}").content.decode()


def test_looking_twice_has_one_effect(
    dr_ada: Person, pinned_case: "Case", first: "Record", versions: list[Given]
) -> None:
    from arcada.apps.reviews.jobs import find_pins
    from arcada.apps.reviews.models import FoundPin

    pinned(dr_ada, pinned_case, first, right=True)
    second = lay_in_judged(dr_ada.actor, pinned_case.collection, versions[1], supersedes=first)
    for _ in range(2):
        find_pins.call(str(second.pk))
    assert FoundPin.objects.count() == 1


def test_a_search_that_crashed_is_made_again_and_one_that_is_given_up_is_said(
    dr_ada: Person,
    pinned_case: "Case",
    first: "Record",
    versions: list[Given],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from arcada.apps.records import comparing
    from arcada.apps.records.limits import ChildFailed
    from arcada.apps.reviews.jobs import find_pins, find_pins_given_up
    from arcada.apps.reviews.models import FoundPin

    def broken(reason: str) -> "Callable[..., bytes]":
        def in_child(*_args: object, **_more: object) -> bytes:
            raise ChildFailed(reason)

        return in_child

    def found(thread: Any) -> Any:
        return pins_in(dr_ada.actor, pinned_case)[str(thread.pk)].get("found")

    thread = pinned(dr_ada, pinned_case, first, right=True)
    second = lay_in_judged(dr_ada.actor, pinned_case.collection, versions[1], supersedes=first)
    with monkeypatch.context() as patch:
        patch.setattr(comparing, "in_child", broken("crashed"))
        with pytest.raises(ChildFailed):
            find_pins.call(str(second.pk))
        assert not FoundPin.objects.exists()
    find_pins.call(str(second.pk))
    assert found(thread)["moved_mm"] is not None

    third = lay_in_judged(dr_ada.actor, pinned_case.collection, versions[2], supersedes=second)
    find_pins_given_up(str(third.pk), reason="crashed")
    assert found(thread)["gone"]
    fourth = lay_in_judged(dr_ada.actor, pinned_case.collection, versions[0], supersedes=third)
    with monkeypatch.context() as patch:
        # Too much for this machine is too much the next time, too.
        patch.setattr(comparing, "in_child", broken("too_heavy"))
        find_pins.call(str(fourth.pk))
    assert found(thread)["gone"] and found(thread)["version"] == 4


def test_a_search_that_crashed_on_one_version_is_made_on_the_others(
    dr_ada: Person,
    pinned_case: "Case",
    first: "Record",
    versions: list[Given],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from arcada.apps.records.limits import ChildFailed
    from arcada.apps.reviews import jobs
    from arcada.apps.reviews.models import FoundPin

    pinned(dr_ada, pinned_case, first, right=True)
    second = lay_in_judged(dr_ada.actor, pinned_case.collection, versions[1], supersedes=first)
    pinned(dr_ada, pinned_case, second, right=False)
    third = lay_in_judged(dr_ada.actor, pinned_case.collection, versions[2], supersedes=second)
    searched, find = [], jobs._found

    def crash_once(*asked: Any) -> Any:
        searched.append(asked)
        if len(searched) == 1:
            raise ChildFailed("crashed")
        return find(*asked)

    monkeypatch.setattr(jobs, "_found", crash_once)
    with pytest.raises(ChildFailed):
        jobs.find_pins.call(str(third.pk))
    assert FoundPin.objects.count() == 1 and len(searched) == 2
    jobs.find_pins.call(str(third.pk))
    assert FoundPin.objects.count() == 2 and len(searched) == 3


def test_a_pin_set_on_an_older_version_is_looked_for_at_once(
    dr_ada: Person, pinned_case: "Case", first: "Record", versions: list[Given]
) -> None:
    lay_in_judged(dr_ada.actor, pinned_case.collection, versions[1], supersedes=first)
    look_for_pins()
    late = pinned(dr_ada, pinned_case, first, right=True)
    look_for_pins()
    assert pins_in(dr_ada.actor, pinned_case)[str(late.pk)]["found"]["version"] == 2


def test_a_link_to_an_older_version_says_nothing_of_the_newer_one(
    dr_ada: Person, pinned_case: "Case", first: "Record", versions: list[Given]
) -> None:
    thread = pinned(dr_ada, pinned_case, first, right=True)
    share = make_share(dr_ada, pinned_case, records=[first])
    lay_in_judged(dr_ada.actor, pinned_case.collection, versions[1], supersedes=first)
    look_for_pins()
    rosa = visitor_of(share, "rosa@north-lab.example")
    rosa.come_in()
    assert "found" not in pins_in(rosa.actor, pinned_case)[str(thread.pk)]
