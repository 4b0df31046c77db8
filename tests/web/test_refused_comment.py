"""What was typed and sent with a comment or a decision that is refused stands in its form again."""

import json
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

from arcada.apps.reviews.actions import LONGEST_COMMENT
from tests.cast import (
    NOW,
    Given,
    Person,
    Visitor,
    lay_in_attachment,
    lay_in_judged,
    make_share,
    visitor_of,
)
from tests.web.browsing import fields_of, signed_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record


def test_a_comment_without_words_keeps_its_files_its_point_its_view_and_whom_it_asks(
    dr_ada: Person,
    carl: Person,
    shared_case: "Case",
    ready_records: "dict[str, Record]",
    photograph: Given,
    note: Given,
) -> None:
    from arcada.apps.reviews.models import Thread

    files = [str(lay_in_attachment(carl, shared_case, given).pk) for given in (photograph, note)]
    page, address = signed_in(carl), f"/cases/{shared_case.pk}/threads"
    pin = {
        "point": [1.0, 2.0, 3.0],
        "normal": [0.0, 0.0, 1.0],
        "camera": {"position": [0, 0, 90], "target": [0, 0, 0], "up": [0, 1, 0], "zoom": 2},
    }
    view = {"camera": pin["camera"], "shown": [str(ready_records["upper_jaw"].pk)]}
    given = {
        "text": " ", "record": str(ready_records["upper_jaw"].pk), "pin": json.dumps(pin), "view": json.dumps(view),
        "ask": str(dr_ada.workspace.pk), "attached": files,
    }  # fmt: skip
    refused = page.post(address, given)
    assert refused.status_code == 422
    said = refused.content.decode()
    assert said.count("The comment is empty. What you typed is still there.") == 1
    assert photograph.name in said and note.name in said
    kept = fields_of(refused, address)
    assert {name: kept[name] for name in given} == {
        name: value if isinstance(value, list) else [value] for name, value in given.items()
    }
    assert not Thread.objects.exists()

    # With words it goes, as it stands.
    sent = page.post(address, kept | {"text": "See the margin."})
    assert sent.status_code == 302
    (thread,) = Thread.objects.all()
    assert thread.pin["point"] == [1.0, 2.0, 3.0] and str(thread.asked_id) == str(dr_ada.workspace.pk)
    after = page.get(f"/cases/{shared_case.pk}")
    assert fields_of(after, address)["text"] == [""] and "attached" not in fields_of(after, address)


def test_a_reply_that_is_too_long_stands_in_its_own_form_to_the_last_letter(
    carl: Person, shared_case: "Case", photograph: Given
) -> None:
    from arcada.apps.reviews.actions import open_thread

    one, other = (open_thread(carl.actor, shared_case, text=text, now=NOW) for text in ("One.", "Other."))
    file = str(lay_in_attachment(carl, shared_case, photograph).pk)
    page, address = signed_in(carl), f"/threads/{one.pk}/comments"
    words = 'He said "wider" & <b>shorter</b>. ' * 300
    assert len(words) > LONGEST_COMMENT
    refused = page.post(address, {"text": words, "attached": [file]})
    assert refused.status_code == 422
    kept = fields_of(refused, address)
    assert kept["text"] == [words] and kept["attached"] == [file]
    for elsewhere in (f"/threads/{other.pk}/comments", f"/cases/{shared_case.pk}/threads"):
        fields = fields_of(refused, elsewhere)
        assert fields["text"] == [""] and "attached" not in fields
    assert page.post(address, kept | {"text": "Wider."}).status_code == 302


def test_a_reply_refused_where_all_was_settled_meanwhile_leaves_it_settled(
    carl: Person, shared_case: "Case"
) -> None:
    from arcada.apps.reviews.actions import open_thread, resolve_thread

    thread = open_thread(carl.actor, shared_case, text="One.", now=NOW)
    resolve_thread(carl.actor, thread, now=NOW)
    refused = signed_in(carl).post(f"/threads/{thread.pk}/comments", {"text": " "})
    assert refused.status_code == 422
    said = refused.content.decode()
    assert f"/threads/{thread.pk}/reopen" in said and f"/threads/{thread.pk}/resolve" not in said


def test_only_a_file_that_can_still_go_stands_in_the_form_again(
    dr_ada: Person, carl: Person, shared_case: "Case", photograph: Given, note: Given
) -> None:
    from arcada.apps.cases.actions import add_attachment
    from arcada.apps.reviews.actions import open_thread

    coming = add_attachment(carl.actor, shared_case, name="still-sending.png", size=9, now=NOW).record
    hung, own, anothers = (
        lay_in_attachment(who, shared_case, given)
        for who, given in ((carl, photograph), (carl, note), (dr_ada, photograph))
    )
    open_thread(carl.actor, shared_case, text="See.", attached=[hung.pk], now=NOW)
    address = f"/cases/{shared_case.pk}/threads"
    ids = [str(record.pk) for record in (hung, own, anothers, coming)]
    refused = signed_in(carl).post(address, {"text": "And see.", "attached": ids})
    assert refused.status_code == 422
    assert "A file for this comment is no longer there. Send it again." in refused.content.decode()
    kept = fields_of(refused, address)
    assert kept["text"] == ["And see."] and kept["attached"] == [str(own.pk)]
    assert photograph.name not in refused.content.decode()


def test_a_comment_of_rosa_that_is_too_long_stands_in_its_form_again(rosa: Visitor) -> None:
    address = f"{rosa.base}/threads"
    refused = rosa.browser.post(address, {"text": "w" * (LONGEST_COMMENT + 1)})
    assert refused.status_code == 422
    assert fields_of(refused, address)["text"] == ["w" * (LONGEST_COMMENT + 1)]


def test_a_request_for_changes_without_a_reason_keeps_what_was_ticked(
    dr_ada: Person, shared_case: "Case"
) -> None:
    page, address = signed_in(dr_ada), f"/cases/{shared_case.pk}/decisions"
    fields = fields_of(page.get(f"/cases/{shared_case.pk}"), address)
    (aspect, *_) = shared_case.workspace.aspects
    refused = page.post(address, fields | {"verdict": "changes_requested", "aspect": [aspect]})
    assert refused.status_code == 422
    assert "Say what should change: in a note or in a comment." in refused.content.decode()
    assert fields_of(refused, address)["aspect"] == [aspect]


def test_a_point_on_a_version_that_was_overtaken_loses_no_word(
    dr_ada: Person,
    shared_case: "Case",
    ready_records: "dict[str, Record]",
    given_files: "Mapping[str, Given]",
    rosa: Visitor,
) -> None:
    from arcada.apps.records.collections import open_collection

    upper = ready_records["upper_jaw"]
    pin = json.dumps({"point": [1.0, 2.0, 3.0], "normal": [0.0, 0.0, 1.0]})
    sent = {"text": "The margin is open.", "record": str(upper.pk), "pin": pin}
    one = make_share(
        dr_ada, shared_case, records=[ready_records["lower_jaw"]], recipients=("lu@lab.example",)
    )
    only_lower = visitor_of(one, "lu@lab.example", "Lu")
    only_lower.come_in()
    lay_in_judged(dr_ada.actor, shared_case.collection, given_files["upper_jaw"], supersedes=upper)
    refused = rosa.browser.post(f"{rosa.base}/threads", sent)
    assert refused.status_code == 409
    assert fields_of(refused, f"{rosa.base}/threads")["text"] == ["The margin is open."]
    assert "a newer version came" in refused.content.decode()
    # To a link that never showed it, it is as if it were not there (SL-13).
    assert only_lower.browser.post(f"{only_lower.base}/threads", sent).status_code == 404
    # Nor is what lies in no case of theirs, or nowhere.
    other = open_collection(
        dr_ada.actor,
        shared_case.patient,
        taken_on=date(2026, 4, 2),
        standard_name="crown-and-bridge",
        now=NOW,
    )
    beside = lay_in_judged(dr_ada.actor, other, given_files["upper_jaw"])
    for elsewhere in (beside.pk, uuid4()):
        assert (
            rosa.browser.post(f"{rosa.base}/threads", {**sent, "record": str(elsewhere)}).status_code == 404
        )
