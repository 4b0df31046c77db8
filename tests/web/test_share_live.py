"""An open review by link: what its page hears, whom it names, and whose view it may follow (SL-13)."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from arcada.api import live
from arcada.apps.reviews.presence import (
    Here,
    as_seen_by,
    come,
    forget_presence,
    lead_view,
    people_here,
)
from tests.cast import NOW, Person, Visitor, lay_in_comparison, make_share, visitor_of
from tests.web.browsing import listened, signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record

CAMERA = {"position": [0.0, 0.0, 90.0], "target": [0.0, 0.0, 0.0], "up": [0.0, 1.0, 0.0], "zoom": 1.0}


def heard(visitor: Visitor, *, kind: str) -> list[Any]:
    return of_kind(kind, listened(visitor.browser, f"{visitor.base}/events"))


def presence_told(who: Person, case: "Case") -> Any:
    """Who is here and who leads, as the case's page of somebody with an account hears it first."""
    return of_kind("presence", listened(signed_in(who), f"/api/v1/events?topic=case:{case.pk}"))[0]


def of_kind(wanted: str, told: list[tuple[str, Any]]) -> list[Any]:
    return [said for kind, said in told if kind == wanted]


def names_here(people: list[Any]) -> list[str]:
    return [one["name"] for one in people[-1]["people"]]


def view_on(*records: "Record") -> dict[str, Any]:
    return {"camera": CAMERA, "shown": [str(one.pk) for one in records], "opacity": {}, "section": None,
            "tool": None, "opening": 0}  # fmt: skip


@pytest.fixture
def sees_upper(dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]") -> Visitor:
    """rosa with a link to the upper jaw alone."""
    records = [ready_records["upper_jaw"]]
    made = make_share(dr_ada, shared_case, records=records)
    guest = visitor_of(made, "rosa@north-lab.example", "Rosa")
    guest.come_in()
    return guest


def test_who_came_by_a_link_hears_of_a_comment_on_what_it_shows_and_of_no_other(
    dr_ada: Person,
    shared_case: "Case",
    ready_records: "dict[str, Record]",
    rosa: Visitor,
    sees_upper: Visitor,
) -> None:
    from arcada.apps.reviews.actions import open_thread

    about_lower = open_thread(
        dr_ada.actor, shared_case, text="See here", record=ready_records["lower_jaw"], now=NOW
    )
    about_case = open_thread(dr_ada.actor, shared_case, text="All of it", now=NOW)
    about_upper = open_thread(
        dr_ada.actor, shared_case, text="And here", record=ready_records["upper_jaw"], now=NOW
    )

    def threads(visitor: Visitor) -> list[str]:
        return [said["thread"] for said in heard(visitor, kind="thread")]

    assert threads(sees_upper) == [str(about_upper.pk)]
    assert threads(rosa) == [str(one.pk) for one in (about_lower, about_case, about_upper)]


def test_a_link_to_some_files_does_not_tell_that_something_else_happened_in_the_case(
    dr_ada: Person, shared_case: "Case", rosa: Visitor, sees_upper: Visitor
) -> None:
    from arcada.apps.cases.actions import change_case_state
    from arcada.core.case_flow import CaseVerb

    change_case_state(dr_ada.actor, shared_case, CaseVerb.APPROVE, now=NOW)
    assert heard(sees_upper, kind="case") == []
    assert heard(rosa, kind="case") != []


def test_the_dentist_sees_who_came_by_a_link_and_the_guest_learns_of_nobody_they_have_not_heard(
    dr_ada: Person, carl: Person, shared_case: "Case", rosa: Visitor
) -> None:
    from arcada.apps.reviews.actions import open_thread

    for person in (dr_ada, carl):
        come(person.actor, shared_case, now=timezone.now())
    assert names_here(heard(rosa, kind="presence")) == ["Rosa"]
    come(rosa.actor, shared_case, now=timezone.now())
    (guest,) = [one for one in presence_told(dr_ada, shared_case)["people"] if one["name"] == "Rosa"]
    assert guest["workspace"] == "", "a guest has no workspace: the page says that they came by a link"
    open_thread(dr_ada.actor, shared_case, text="A word", now=NOW)
    come(dr_ada.actor, shared_case, now=timezone.now())
    assert sorted(names_here(heard(rosa, kind="presence"))) == [dr_ada.user.name, "Rosa"]


def test_who_leads_is_seen_by_all_and_a_guest_is_given_what_stands_on_their_own_files(
    carl: Person, shared_case: "Case", ready_records: "dict[str, Record]", sees_upper: Visitor
) -> None:
    upper, lower = ready_records["upper_jaw"], ready_records["lower_jaw"]
    lead_view(carl.actor, shared_case, view=view_on(lower, upper), now=timezone.now())
    leader = heard(sees_upper, kind="presence")[-1]["leader"]
    assert (leader["is_you"], leader["view"]["shown"]) == (False, [str(upper.pk)])
    assert leader["view"]["camera"] == CAMERA


def test_a_link_to_some_files_does_not_tell_what_they_were_compared_with_elsewhere(
    ready_records: "dict[str, Record]", rosa: Visitor, sees_upper: Visitor
) -> None:
    from arcada.apps.records.comparisons import Measured, save_comparison
    from arcada.apps.records.models import Comparison

    row = lay_in_comparison(ready_records["upper_jaw"], ready_records["lower_jaw"])
    Comparison.objects.filter(pk=row.pk).update(state="waiting", file=None)
    save_comparison(row.pk, Measured("ready"), now=NOW)
    assert heard(rosa, kind="comparison") == [{"comparison": str(row.pk)}]
    assert heard(sees_upper, kind="comparison") == []


def test_a_guest_is_not_told_when_somebody_they_do_not_know_comes_and_goes(
    carl: Person, shared_case: "Case", rosa: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "POLL_S", 0.05)
    told = listened(
        rosa.browser, f"{rosa.base}/events",
        on_presence=lambda: come(carl.actor, shared_case, now=timezone.now()),
    )  # fmt: skip
    assert [kind for kind, _ in told].count("presence") == 1


def test_another_laboratory_learns_of_a_guest_when_it_hears_her(
    dr_ada: Person, carl: Person, shared_case: "Case", rosa: Visitor
) -> None:
    from arcada.apps.reviews.actions import open_thread

    def seen_by(who: Person) -> list[str]:
        return [one.name for one in as_seen_by(who.actor, shared_case, here())]

    def here() -> list[Here]:
        return people_here(shared_case.pk, now=timezone.now())

    come(rosa.actor, shared_case, now=timezone.now())
    assert (seen_by(dr_ada), seen_by(carl)) == (["Rosa"], [])
    open_thread(rosa.actor, shared_case, text="Hello", now=NOW)
    assert seen_by(carl) == ["Rosa"]


def test_who_stops_leading_on_a_closed_page_is_not_here_again_and_who_left_is_forgotten(
    dr_ada: Person, shared_case: "Case", rosa: Visitor
) -> None:
    from arcada.apps.reviews.models import Presence

    lead_view(rosa.actor, shared_case, view=None, now=timezone.now())
    assert not Presence.objects.exists()
    come(rosa.actor, shared_case, now=timezone.now() - timedelta(hours=2))
    come(dr_ada.actor, shared_case, now=timezone.now())
    forget_presence(now=timezone.now())
    assert [row.name for row in Presence.objects.all()] == [dr_ada.user.name]


def test_a_pin_by_a_link_names_no_tooth_of_a_file_that_the_link_does_not_show(
    dr_ada: Person,
    shared_case: "Case",
    ready_records: "dict[str, Record]",
    rosa: Visitor,
    sees_upper: Visitor,
) -> None:
    from arcada.apps.cases.scene import label_teeth
    from arcada.apps.reviews.actions import open_thread

    label = {"tooth_fdi": 16, "record": str(ready_records["lower_jaw"].pk), "point": [1.0, 2.0, 3.0]}
    label_teeth(dr_ada.actor, shared_case, labels=[label], now=NOW)
    pin = {"point": [1.0, 2.0, 3.0], "normal": [0.0, 1.0, 0.0]}

    def tooth_of(visitor: Visitor) -> int | None:
        thread = open_thread(
            visitor.actor, shared_case, text="Here", record=ready_records["upper_jaw"], pin=pin, now=NOW
        )
        assert thread.pin is not None
        return thread.pin["tooth_fdi"]

    assert (tooth_of(rosa), tooth_of(sees_upper)) == (16, None)


def test_a_page_that_says_a_wrong_number_of_what_it_heard_last_hears_what_is_new(
    dr_ada: Person, shared_case: "Case", rosa: Visitor
) -> None:
    from arcada.apps.reviews.actions import open_thread

    open_thread(dr_ada.actor, shared_case, text="Said before", now=NOW)
    told = listened(rosa.browser, f"{rosa.base}/events", after="\u00b2")
    assert [kind for kind, _ in told] == ["presence"]


def test_a_guest_leads_where_they_may_comment(
    dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]", rosa: Visitor
) -> None:
    body = {"view": json.dumps(view_on(ready_records["upper_jaw"]))}

    def led(visitor: Visitor) -> int:
        return visitor.browser.post(f"{visitor.base}/presence", body).status_code

    assert led(rosa) == 200
    leader = presence_told(dr_ada, shared_case)["leader"]
    assert leader["view"]["shown"] == [str(ready_records["upper_jaw"].pk)]
    looks_only = visitor_of(
        make_share(dr_ada, shared_case, gives="view", recipients=("lu@north-lab.example",)),
        "lu@north-lab.example", "Lu",
    )  # fmt: skip
    looks_only.come_in()
    assert led(looks_only) == 404
    body["view"] = "[1]"
    assert led(rosa) == 422


def test_a_share_that_ends_ends_the_stream(rosa: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """SL-03 for a page that stays open; it asks again more often here than it does in life."""
    monkeypatch.setattr(live, "CHECK_EVERY_S", 0.0)
    assert heard(rosa, kind="presence") != []
    share = rosa.share
    answer = rosa.browser.get(f"{rosa.base}/events")
    share.revoked_at = timezone.now() - timedelta(seconds=1)
    share.save(update_fields=["revoked_at"])

    async def to_the_end() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])

    said = async_to_sync(to_the_end)()
    assert b"retry" in said and b"event:" not in said
    assert rosa.browser.get(f"{rosa.base}/events").status_code == 404
