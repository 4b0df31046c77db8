"""Files attached to a comment: who may send and see them, and what they are no part of."""

from typing import TYPE_CHECKING

import pytest

from arcada.core.decisions import Verdict
from arcada.core.errors import Barred, Refused
from tests.cast import (
    CANARIES,
    NOW,
    Given,
    Person,
    Visitor,
    judged_file,
    lay_in_attachment,
    lay_in_design,
    make_share,
    visitor_of,
)
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record


@pytest.fixture
def sent(carl: Person, shared_case: "Case", photograph: Given, note: Given) -> "list[Record]":
    """A photograph and a note of carl, who says something with them."""
    from arcada.apps.reviews.actions import open_thread

    files = [lay_in_attachment(carl, shared_case, given) for given in (photograph, note)]
    open_thread(carl.actor, shared_case, text="See here.", attached=[one.pk for one in files], now=NOW)
    return files


def test_everybody_in_the_case_sees_what_is_attached_to_a_comment_and_no_name(
    dr_ada: Person, carl: Person, rosa: Visitor, shared_case: "Case", sent: "list[Record]"
) -> None:
    """UP-16, DE-02: cleaned by the one intake, without its file name."""
    photograph, note = sent
    for page, shown, base in (
        (signed_in(dr_ada), f"/cases/{shared_case.pk}", "/records"),
        (signed_in(carl), f"/cases/{shared_case.pk}", "/records"),
        (rosa.browser, f"{rosa.base}/", f"{rosa.base}/records"),
    ):
        text = page.get(shown).content.decode()
        assert f"?picture={photograph.pk}" in text and f"{base}/{note.pk}/cleaned" in text
        assert not [name for name in CANARIES if name in text]
        assert page.get(f"{base}/{note.pk}/cleaned").status_code == 200
        opened = page.get(f"{shown}?picture={photograph.pk}").content.decode()
        assert f'data-image-viewer data-record="{photograph.pk}"' in opened


def test_a_link_to_one_file_gives_no_file_of_a_comment(
    dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]", sent: "list[Record]"
) -> None:
    """SL-13"""
    from arcada.apps.reviews.actions import add_comment
    from arcada.apps.reviews.models import Thread

    upper = ready_records["upper_jaw"]
    Thread.objects.update(record=upper, record_version=1)
    add_comment(dr_ada.actor, Thread.objects.get(), text="I see.", now=NOW)
    new = make_share(dr_ada, shared_case, recipients=("part@x.example",), records=[upper])
    part = visitor_of(new, "part@x.example", "Part")
    part.come_in()
    text = part.browser.get(f"{part.base}/").content.decode()
    assert "See here." in text and "A file that is not part of what you were given." in text
    for record in sent:
        assert str(record.pk) not in text
        assert part.browser.get(f"{part.base}/records/{record.pk}/cleaned").status_code == 404


def test_nothing_is_decided_on_it_and_no_set_counts_it(
    dr_ada: Person, carl: Person, shared_case: "Case", photograph: Given, given_files: "dict[str, Given]"
) -> None:
    from arcada.apps.records.models import Collection
    from arcada.apps.records.queries import collections_of
    from arcada.apps.records.set_check import check_set_of
    from arcada.apps.reviews.actions import open_thread
    from arcada.apps.reviews.deciding import decide_case
    from arcada.apps.reviews.queries import decisions_of

    decision = decide_case(dr_ada.actor, shared_case, verdict=Verdict.APPROVED, now=NOW)
    # The same picture as one of the set: as a second record the set would say so.
    same = judged_file("_attachment", "a.jpg", given_files["EV19"].data)
    hung = lay_in_attachment(carl, shared_case, same)
    open_thread(carl.actor, shared_case, text="See.", attached=[hung.pk], now=NOW)
    assert [view.holds for view in decisions_of(dr_ada.actor, shared_case)] == [True]
    again = decide_case(
        dr_ada.actor, shared_case, verdict=Verdict.APPROVED, known=[decision.pk], now=NOW,
        seen=[item["sha256"] for item in decision.made_on],
    )  # fmt: skip
    assert str(hung.pk) not in {item["record"] for item in again.made_on}
    collection = Collection.objects.get(pk=shared_case.collection_id)
    assert check_set_of(collection.pk, now=NOW)
    collection.refresh_from_db()
    assert str(hung.pk) not in str(collection.set_facts)
    assert collections_of(collection.patient).get().filled == 4


@pytest.mark.parametrize(
    "whose", ["another person's", "on a comment already", "not an attachment", "unknown"]
)
def test_a_comment_takes_only_what_its_author_sent_for_it(
    dr_ada: Person,
    carl: Person,
    shared_case: "Case",
    given_files: "dict[str, Given]",
    photograph: Given,
    whose: str,
) -> None:
    from arcada.apps.reviews.actions import open_thread
    from arcada.apps.reviews.models import Comment

    own = lay_in_attachment(carl, shared_case, photograph)
    if whose == "on a comment already":
        open_thread(carl.actor, shared_case, text="First.", attached=[own.pk], now=NOW)
    asked = {
        "another person's": lay_in_attachment(dr_ada, shared_case, photograph).pk,
        "on a comment already": own.pk,
        "not an attachment": lay_in_design(carl, shared_case, given_files["upper_jaw"]).pk,
        "unknown": shared_case.pk,
    }[whose]
    said = Comment.objects.count()
    with pytest.raises(Refused) as refusal:
        open_thread(carl.actor, shared_case, text="Mine.", attached=[asked], now=NOW)
    expected = "attached_already" if whose == "on a comment already" else "file_gone"
    assert refusal.value.code == expected
    assert Comment.objects.count() == said


def test_a_file_that_is_not_here_yet_keeps_the_comment_waiting(carl: Person, shared_case: "Case") -> None:
    from arcada.apps.cases.actions import add_attachment
    from arcada.apps.reviews.actions import open_thread

    offer = add_attachment(carl.actor, shared_case, name="a.jpg", size=900, now=NOW)
    with pytest.raises(Refused) as refusal:
        open_thread(carl.actor, shared_case, text="See.", attached=[offer.record.pk], now=NOW)
    assert refusal.value.code == "no_file"


def test_a_scan_is_no_attachment_and_ten_are_the_most(carl: Person, shared_case: "Case") -> None:
    import uuid

    from arcada.apps.cases.actions import add_attachment
    from arcada.apps.records.actions import OfferRefused
    from arcada.apps.reviews.actions import open_thread

    with pytest.raises(OfferRefused) as offered:
        add_attachment(carl.actor, shared_case, name="crown.stl", size=900, now=NOW)
    assert [found.code for found in offered.value.findings] == ["wrong_format_for_slot"]
    with pytest.raises(Refused) as refusal:
        open_thread(carl.actor, shared_case, text="See.", attached=[uuid.uuid4() for _ in range(11)], now=NOW)
    assert refusal.value.code == "too_many_files"


def test_who_may_not_comment_and_who_came_by_a_link_are_offered_no_place_for_a_file(
    dr_ada: Person, carl: Person, rosa: Visitor, mallory: Person, shared_case: "Case"
) -> None:
    path = f"/api/v1/cases/{shared_case.pk}/attachments"
    body = {"name": "a.jpg", "size": 900}
    answers = [
        one.post(
            path, body, content_type="application/json", headers={"Sec-Fetch-Site": "same-origin"}
        ).status_code
        for one in (signed_in(dr_ada), signed_in(carl), signed_in(mallory), rosa.browser)
    ]
    assert answers == [201, 201, 404, 401]
    assert "data-attach" in signed_in(carl).get(f"/cases/{shared_case.pk}").content.decode()
    assert "data-attach" not in rosa.browser.get(f"{rosa.base}/").content.decode()


def test_what_was_sent_for_one_case_comes_into_no_other(
    dr_ada: Person, carl: Person, shared_case: "Case", photograph: Given, sent: "list[Record]"
) -> None:
    """Neither by default, nor by name, nor by a place in the set: another laboratory reads nothing of this talk."""
    from arcada.apps.cases.actions import add_to_case, open_case
    from arcada.apps.cases.queries import current_records
    from arcada.apps.records.actions import move_record

    waiting = lay_in_attachment(carl, shared_case, photograph)
    second = open_case(dr_ada.actor, shared_case.collection, code="A-2", now=NOW)
    assert not [record for record in current_records(second) if record.is_attachment]
    offered = signed_in(dr_ada).get(f"/cases/new?collection={shared_case.collection_id}").context["records"]
    beside = signed_in(dr_ada).get(f"/cases/{second.pk}/files").context["others"]
    assert not [record for record in [*offered, *beside] if record.is_attachment]
    sharing = signed_in(dr_ada).get(f"/cases/{shared_case.pk}/shares/new").content.decode()
    assert str(sent[0].pk) not in sharing and 'name="record"' in sharing
    for record in (sent[0], waiting):
        for act in (
            lambda one: add_to_case(dr_ada.actor, second, records=[one], now=NOW),
            lambda one: open_case(dr_ada.actor, shared_case.collection, records=[one], now=NOW),
            lambda one: move_record(dr_ada.actor, one, slot="EV19", now=NOW),
        ):
            with pytest.raises(Refused) as refusal:
                act(record)
            assert refusal.value.code == "is_attachment"


def test_a_place_that_somebody_called_attachment_is_a_place_like_any_other(
    dr_ada: Person, shared_case: "Case"
) -> None:
    from arcada.core.slots import ATTACHMENT, find_slot
    from arcada.core.standard_json import find_errors
    from arcada.core.upload_standard import SHIPPED, as_dict

    assert find_slot("Attachment") is None
    own = as_dict(SHIPPED["free-collection"])
    own["slots"][0]["code"] = ATTACHMENT
    assert find_errors(own), "no standard can have the place of attachments"


def test_who_is_barred_from_sending_is_told_so_before_a_byte(carl: Person, shared_case: "Case") -> None:
    from dataclasses import replace

    from arcada.apps.cases.access import case_to_attach_to, may_attach
    from arcada.core.access import Bar, Permission

    barred = replace(carl.actor, bars={Permission.ADD_DESIGN: Bar.PLAN_ENDED})
    with pytest.raises(Barred):
        case_to_attach_to(barred, shared_case.pk)
    assert not may_attach(barred, shared_case) and may_attach(carl.actor, shared_case)
