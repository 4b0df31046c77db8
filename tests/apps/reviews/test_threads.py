"""Threads: who is mentioned and told, what a quoted view may name, whose turn a question makes it, what stays."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from arcada.core.decisions import Verdict
from arcada.core.errors import Refused
from tests.cast import NOW, Given, Person, Visitor, lay_in_design, make_share, visitor_of
from tests.core.test_quoted_view import VIEW
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record
    from arcada.apps.reviews.models import Thread


def told(kind: str) -> set[str]:
    from arcada.apps.notifications.models import Notification

    return set(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


def say(who: Person, case: "Case", text: str, **more: Any) -> "Thread":
    from arcada.apps.reviews.actions import open_thread

    return open_thread(who.actor, case, text=text, now=more.pop("now", NOW), **more)


def test_a_mention_tells_the_person_once_and_nobody_outside(
    dr_ada: Person, ben: Person, carl: Person, mallory: Person, shared_case: "Case"
) -> None:
    from arcada.apps.mail.models import OutgoingMail
    from arcada.apps.reviews.models import Comment

    say(dr_ada, shared_case, "@Carl, @Mallory, ada@Ben: is the margin of Zélia Canário fine?")
    assert told("case.mentioned") == {carl.user.email}
    assert told("case.commented") == {ben.user.email}
    assert Comment.objects.get().mentions == ["Carl"]
    mail = OutgoingMail.objects.get(to=carl.user.email, subject__contains="mentioned")
    assert "mentioned you in case A-1042" in mail.subject and "Canário" not in mail.subject + mail.text
    page = signed_in(carl).get(f"/cases/{shared_case.pk}").content.decode()
    assert '<b class="mention">@Carl</b>' in page and "@Mallory</b>" not in page


def test_a_visitor_by_link_may_mention_who_spoke_and_learns_no_other_name(
    dr_ada: Person, ben: Person, carl: Person, rosa: Visitor, shared_case: "Case"
) -> None:
    say(carl, shared_case, "The contact is open.")
    page = rosa.browser.get(f"{rosa.base}/")
    assert page.context["mentionable"] == ["Carl"]
    assert [party.name for party in page.context["parties"]] == ["Lima Dental"]
    assert b"Ben" not in page.content
    rosa.browser.post(f"{rosa.base}/threads", {"text": "@Carl and @Ben, look here."})
    assert told("case.mentioned") == {carl.user.email}


def test_a_quoted_view_is_kept_checked_and_shown_to_others(
    dr_ada: Person, rosa: Visitor, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    """SL-13: whoever holds a link to one file is shown the view of that file and no id of another."""
    upper, lower = str(ready_records["upper_jaw"].pk), str(ready_records["lower_jaw"].pk)
    view = {**VIEW, "shown": [upper, lower], "opacity": {upper: 1, lower: 0.5}}
    browser = signed_in(dr_ada)
    browser.post(
        f"/cases/{shared_case.pk}/threads", {"text": "See.", "view": json.dumps(view), "record": upper}
    )
    shown = rosa.browser.get(f"{rosa.base}/").context["threads"][0]["comments"][0]["shows"]
    assert json.loads(shown) == view
    new = make_share(
        dr_ada, shared_case, recipients=("part@x.example",), records=[ready_records["upper_jaw"]]
    )
    part = visitor_of(new, "part@x.example", "Part")
    part.come_in()
    page = part.browser.get(f"{part.base}/")
    assert json.loads(page.context["threads"][0]["comments"][0]["shows"])["shown"] == [upper]
    assert lower not in page.content.decode()
    part.browser.post(f"{part.base}/threads", {"text": "Mine.", "view": json.dumps(view), "record": upper})
    kept = part.browser.get(f"{part.base}/").context["threads"]
    assert json.loads(kept[-1]["comments"][0]["shows"])["shown"] == [upper]
    refused = browser.post(
        f"/cases/{shared_case.pk}/threads", {"text": "No.", "view": '{"camera": 1}'}, follow=True
    )
    assert b"The quoted view can&#x27;t be read" in refused.content


def test_a_view_quoted_of_a_version_shows_the_next_one_and_a_measurement_is_read(
    dr_ada: Person, carl: Person, rosa: Visitor, shared_case: "Case", given_files: dict[str, Given]
) -> None:
    """Nothing that was said vanishes on a new version."""
    jaw = given_files["upper_jaw"]
    first = lay_in_design(carl, shared_case, jaw)
    view = {**VIEW, "shown": [str(first.pk)], "opacity": {str(first.pk): 0.4}}
    measure = {
        "id": "0b6f8d3e-5f0a-4d0c-9b76-0a6f0c8f1d11", "kind": "thickness", "name": "", "value": 0.42, "way": [],
        "records": [str(first.pk)] * 2, "points": [[0, 0, 0], [0, 0, 0.42]],
    }  # fmt: skip
    pin = {"point": [0, 0, 0], "normal": [0, 0, 1], "measure": measure}
    say(carl, shared_case, "Thin here.", record=first, pin=pin, view=view)
    second = lay_in_design(carl, shared_case, jaw, supersedes=first)
    for page in (signed_in(dr_ada).get(f"/cases/{shared_case.pk}"), rosa.browser.get(f"{rosa.base}/")):
        shown = json.loads(page.context["threads"][0]["comments"][0]["shows"])
        assert shown["shown"] == [str(second.pk)] and shown["opacity"] == {str(second.pk): 0.4}
        assert "Thickness: <b>0.42 mm</b>" in page.content.decode()


def test_a_question_makes_it_their_turn_until_they_answer(
    dr_ada: Person, carl: Person, shared_case: "Case"
) -> None:
    from arcada.apps.reviews.actions import add_comment

    asked_at = timezone.now() - timedelta(hours=2, minutes=5)
    thread = say(dr_ada, shared_case, "How thick is it?", ask=carl.workspace.pk, now=asked_at)
    assert told("case.asked") == {carl.user.email} and not told("case.commented")
    ada, lab = signed_in(dr_ada), signed_in(carl)
    for path in (f"/cases/{shared_case.pk}", "/cases", "/"):
        assert "asked Arco Lab 2 h ago" in ada.get(path).content.decode(), path
    for path in (f"/cases/{shared_case.pk}", "/cases"):
        assert "Your turn" in lab.get(path).content.decode(), path
    assert "Answer the question, asked 2 h ago" in lab.get("/").content.decode()
    assert "Your turn" not in ada.get("/cases").content.decode()
    add_comment(carl.actor, thread, text="0.8 mm.", now=timezone.now())
    thread.refresh_from_db()
    assert thread.asked_id is None
    page = ada.get(f"/cases/{shared_case.pk}").content.decode()
    assert "Your turn" in page and "asks Arco Lab" in page and "2 h ago" not in page


def test_one_asks_parties_of_the_case_and_not_oneself(
    dr_ada: Person, carl: Person, mallory: Person, shared_case: "Case"
) -> None:
    for party in (dr_ada.workspace.pk, mallory.workspace.pk):
        with pytest.raises(Refused) as refusal:
            say(dr_ada, shared_case, "Well?", ask=party)
        assert refusal.value.code == "bad_party"


def test_a_resolved_thread_says_who_and_when_and_asks_nobody_any_more(
    dr_ada: Person, carl: Person, shared_case: "Case"
) -> None:
    from arcada.apps.reviews.actions import resolve_thread

    thread = say(dr_ada, shared_case, "Well?", ask=carl.workspace.pk)
    resolve_thread(carl.actor, thread, now=NOW)
    page = signed_in(dr_ada).get(f"/cases/{shared_case.pk}").content.decode()
    assert "resolved by Carl, " in page and "asked Arco Lab" not in page


def test_home_says_your_turn_when_a_newer_version_came_that_nobody_decided_on(
    dr_ada: Person, carl: Person, shared_case: "Case", given_files: dict[str, Given]
) -> None:
    from arcada.apps.reviews.deciding import decide_case

    ada, lab = signed_in(dr_ada), signed_in(carl)

    def ours(browser: Any) -> list[str]:
        return [row["case"].code for row in browser.get("/").context["mine"]]

    first = lay_in_design(carl, shared_case, given_files["upper_jaw"], now=NOW)
    assert (ours(ada), ours(lab)) == (["A-1042"], [])
    asked = {"verdict": Verdict.CHANGES_REQUESTED, "note": "Margin."}
    decide_case(dr_ada.actor, shared_case, **asked, now=NOW + timedelta(hours=1))
    assert (ours(ada), ours(lab)) == ([], ["A-1042"])
    lay_in_design(carl, shared_case, given_files["lower_jaw"], supersedes=first, now=NOW + timedelta(hours=2))
    assert (ours(ada), ours(lab)) == (["A-1042"], [])
    decide_case(dr_ada.actor, shared_case, verdict=Verdict.APPROVED, now=NOW + timedelta(hours=3))
    assert (ours(ada), ours(lab)) == ([], [])


def test_threads_of_an_earlier_version_stay_with_their_version_named(
    dr_ada: Person, carl: Person, rosa: Visitor, shared_case: "Case", given_files: dict[str, Given]
) -> None:
    first = lay_in_design(carl, shared_case, given_files["upper_jaw"], now=NOW)
    second = lay_in_design(carl, shared_case, given_files["lower_jaw"], supersedes=first, now=NOW)
    say(dr_ada, shared_case, "ON THE SECOND", record=second)
    say(dr_ada, shared_case, "ON THE FIRST", record=first)
    lay_in_design(carl, shared_case, given_files["upper_jaw"], supersedes=second, now=NOW)
    for browser, path in (
        (signed_in(dr_ada), f"/cases/{shared_case.pk}"),
        (signed_in(carl), f"/cases/{shared_case.pk}"),
        (rosa.browser, f"{rosa.base}/"),
    ):
        page = browser.get(path).content.decode()
        assert "ON THE FIRST" in page and "ON THE SECOND" in page
        assert "Design, v2" in page and "Design, v1" in page
