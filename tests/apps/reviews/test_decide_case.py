"""Comments and decisions: bound to exact bytes, to the case they stand in, and to what was seen."""

from typing import TYPE_CHECKING

import pytest

from arcada.core.errors import Conflict, NotFound, Refused
from tests.cast import NOW, Given, Person, Visitor, lay_in_judged

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record


def test_a_newer_version_voids_a_decision_visibly(
    dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]", given_files: dict[str, Given]
) -> None:
    from arcada.apps.reviews.actions import Verdict, decide_case
    from arcada.apps.reviews.queries import decisions_of, states_of
    from arcada.core.case_flow import CaseState

    decision = decide_case(dr_ada.actor, shared_case, verdict=Verdict.APPROVED, now=NOW)
    assert {item["sha256"] for item in decision.made_on} == {
        r.original.sha256 for r in ready_records.values() if r.original
    }
    shared_case.refresh_from_db()
    assert decisions_of(dr_ada.actor, shared_case)[0].holds
    assert states_of([shared_case])[shared_case.pk] is CaseState.APPROVED
    other = Given("upper_jaw", "v2.stl", given_files["upper_jaw"].data + b"", given_files["upper_jaw"].answer)
    changed = Given("upper_jaw", "v2.stl", other.data[:-1] + b"\x01", other.answer)
    lay_in_judged(dr_ada.actor, shared_case.collection, changed, supersedes=ready_records["upper_jaw"])
    assert not decisions_of(dr_ada.actor, shared_case)[0].holds
    assert states_of([shared_case])[shared_case.pk] is CaseState.OPEN


def test_who_saw_an_older_version_can_not_decide_on_the_newer(
    rosa: Visitor,
    dr_ada: Person,
    shared_case: "Case",
    ready_records: "dict[str, Record]",
    given_files: dict[str, Given],
) -> None:
    from arcada.apps.reviews.models import Decision

    seen = rosa.browser.get(f"{rosa.base}/").context["seen"]
    changed = Given(
        "upper_jaw", "v2.stl", given_files["upper_jaw"].data[:-1] + b"\x01", given_files["upper_jaw"].answer
    )
    lay_in_judged(dr_ada.actor, shared_case.collection, changed, supersedes=ready_records["upper_jaw"])
    answer = rosa.browser.post(f"{rosa.base}/decisions", {"verdict": "approved", "seen": seen}, follow=True)
    assert b"A newer version came in meanwhile" in answer.content
    assert not Decision.objects.exists()


def test_changes_need_a_word_and_nothing_can_not_be_decided(dr_ada: Person, shared_case: "Case") -> None:
    from arcada.apps.cases.actions import open_case
    from arcada.apps.records.collections import open_collection
    from arcada.apps.reviews.actions import Verdict, decide_case

    with pytest.raises(Refused) as refusal:
        decide_case(dr_ada.actor, shared_case, verdict=Verdict.CHANGES_REQUESTED, now=NOW)
    assert refusal.value.code == "note_missing"
    empty = open_collection(
        dr_ada.actor, shared_case.patient, taken_on=NOW.date(), standard_name="free-collection", now=NOW
    )
    nothing = open_case(dr_ada.actor, empty, now=NOW)
    with pytest.raises(Conflict):
        decide_case(dr_ada.actor, nothing, verdict=Verdict.APPROVED, now=NOW)


def test_a_thread_stands_on_records_of_its_own_case_only(
    dr_ada: Person, shared_case: "Case", given_files: dict[str, Given]
) -> None:
    """TA-07: nested ids agree, also within one workspace."""
    from arcada.apps.records.collections import open_collection
    from arcada.apps.reviews.actions import open_thread

    elsewhere = open_collection(
        dr_ada.actor, shared_case.patient, taken_on=NOW.date(), standard_name="crown-and-bridge", now=NOW
    )
    foreign = lay_in_judged(dr_ada.actor, elsewhere, given_files["upper_jaw"])
    with pytest.raises(NotFound):
        open_thread(dr_ada.actor, shared_case, text="a", record=foreign, now=NOW)


def test_everybody_else_in_the_case_is_told_and_the_speaker_is_not(
    dr_ada: Person, ben: Person, carl: Person, rosa: Visitor, shared_case: "Case"
) -> None:
    from arcada.apps.mail.models import OutgoingMail
    from arcada.apps.notifications.models import Notification
    from arcada.apps.reviews.actions import open_thread

    open_thread(carl.actor, shared_case, text="A word with Zélia Canário in it.", now=NOW)
    told = set(Notification.objects.filter(kind="case.commented").values_list("user__email", flat=True))
    assert told == {dr_ada.user.email, ben.user.email}
    rosa.browser.post(f"{rosa.base}/threads", {"text": "Another."})
    told = set(Notification.objects.filter(kind="case.commented").values_list("user__email", flat=True))
    assert told == {dr_ada.user.email, ben.user.email, carl.user.email}
    for mail in OutgoingMail.objects.filter(kind="notification"):
        assert "Canário" not in mail.text + mail.subject and "word" not in mail.text
