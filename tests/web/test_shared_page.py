"""“Shared with you”, “My shares”: what a person finds again, and what the owner sees of everybody."""

import json
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.apps.sharing.test_ways_in import ROSA, browser_of, demand_accounts, person_with_account
from tests.cast import Person, Visitor, make_share, visitor_of
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record

pytestmark = pytest.mark.django_db


def recipient_id(new: Any) -> str:
    from arcada.apps.sharing.models import Recipient

    return str(Recipient.objects.get(share=new.share, email=ROSA).pk)


def test_a_person_without_a_workspace_begins_at_what_was_shared_with_them(
    rosa: Visitor, dr_ada: Person, shared_case: "Case"
) -> None:
    """S3: whoever came by an invitation is not made to open a workspace; whoever came alone is asked to."""
    assert b"Keep it in an account" in rosa.browser.get(f"{rosa.base}/").content
    mine = browser_of(person_with_account())
    for path in ("/", "/patients", "/cases"):
        assert mine.get(path)["Location"] == "/shared"
    page = mine.get("/shared").content.decode()
    assert "Lima Dental" in page and "A-1042" in page and "Start a workspace" in page
    assert "Zélia" not in page and "P-0218" not in page
    alone = browser_of(person_with_account("alone@x.example"))
    assert alone.get("/")["Location"] == "/welcome"
    assert "Nothing is shared with you" in alone.get("/shared").content.decode()
    stranger = Client().get("/shared")
    assert stranger.status_code == 302 and stranger["Location"].startswith("/accounts/login/")
    print("8 pages checked")


def test_claiming_the_address_keeps_a_recipients_rights_words_and_history(
    rosa: Visitor, dr_ada: Person, shared_case: "Case"
) -> None:
    """S3, S15: the account opens the same share as the same recipient, without a code, and no tier takes it away."""
    from arcada.apps.sharing.models import Recipient, Visit

    rosa.browser.post(f"{rosa.base}/threads", {"text": "THE MARGIN IS OPEN"})
    mine = browser_of(person_with_account())
    one = Recipient.objects.get(share=rosa.share)
    opened = mine.post(f"/shared/{one.pk}/open")
    assert opened["Location"] == f"{rosa.base}/"
    page = mine.get(f"{rosa.base}/")
    assert page.status_code == 200 and b"THE MARGIN IS OPEN" in page.content
    assert mine.get(f"{rosa.base}/files.zip").status_code == 200
    mine.post(f"{rosa.base}/decisions", {"verdict": "approved", "seen": page.context["seen"]})
    history = mine.get("/shared").content.decode()
    assert "THE MARGIN IS OPEN" in history and "approved" in history and "opened 2 times" in history
    # The pass belongs to the account: signed out, the browser has nothing in its hands.
    del mine.cookies["session"]
    assert mine.get(f"{rosa.base}/files.zip").status_code == 404
    assert Visit.objects.filter(recipient=one).count() == 2
    print("6 requests checked")


def test_shares_to_another_address_ended_ones_and_other_levels_open_as_their_rules_say(
    dr_ada: Person, shared_case: "Case"
) -> None:
    """S14, S15, SL-07: not somebody else's; an ended one is history; a passcode stays a passcode."""
    from arcada.apps.sharing.actions import revoke_share
    from arcada.apps.sharing.models import Recipient

    tom = make_share(dr_ada, shared_case, recipients=("tom@lab.example",))
    ended = make_share(dr_ada, shared_case)
    revoke_share(dr_ada.actor, ended.share, now=timezone.now())
    named = make_share(dr_ada, shared_case, level="passcode", passcode="tulips")
    account = make_share(dr_ada, shared_case, level="account")
    mine = browser_of(person_with_account())
    toms = Recipient.objects.get(share=tom.share).pk
    assert mine.post(f"/shared/{toms}/open").status_code == 404
    assert mine.post(f"/shared/{recipient_id(ended)}/open").status_code == 404
    assert Client().post(f"/shared/{recipient_id(account)}/open").status_code == 404
    page = mine.get("/shared").content.decode()
    assert "Ended" in page and str(toms) not in page and page.count("/open") == 2
    mine.post(f"/shared/{recipient_id(named)}/open")
    door = mine.get(f"/r/{named.share.pk}/")
    assert b'name="passcode"' in door.content
    mine.post(f"/shared/{recipient_id(account)}/open")
    assert b"data-code" in mine.get(f"/r/{account.share.pk}/").content
    demand_accounts(shared_case)
    for new in (named, account):
        mine.post(f"/shared/{recipient_id(new)}/open")
    print("9 requests checked")


def test_sl_07_a_demanded_second_factor_is_asked_for_on_the_way_from_the_list_too(
    dr_ada: Person, shared_case: "Case"
) -> None:
    """SL-07"""
    from arcada.apps.sign_in.models import Session

    new = make_share(dr_ada, shared_case)
    demand_accounts(shared_case)
    user = person_with_account()
    mine = browser_of(user)
    Session.objects.filter(user=user).update(second_factor_at=None)
    mine.post(f"/shared/{recipient_id(new)}/open")
    door = mine.get(f"/r/{new.share.pk}/")
    assert b"data-code" not in door.content and b"asks for a second factor" in door.content
    Session.objects.filter(user=user).update(second_factor_at=timezone.now())
    mine.post(f"/shared/{recipient_id(new)}/open")
    assert b"data-code" in mine.get(f"/r/{new.share.pk}/").content
    print("4 requests checked")


def test_sl_14_the_owner_sees_who_when_and_what_within_five_seconds(
    dr_ada: Person, mallory: Person, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    """SL-14, S15: each recipient's opens, what they looked at and took, words and decisions; and both were told so."""
    new = make_share(dr_ada, shared_case, recipients=(ROSA, "tom@lab.example"))
    rosa, tom = visitor_of(new, ROSA, "Rosa"), visitor_of(new, "tom@lab.example", "Tom")
    assert b"are recorded and shown to the sender" in rosa.knock().content
    for guest in (rosa, tom):
        guest.come_in()
    page = rosa.browser.get(f"{rosa.base}/")
    rosa.browser.get(f"{rosa.base}/records/{ready_records['upper_jaw'].pk}/cleaned")
    rosa.browser.post(f"{rosa.base}/threads", {"text": "WORD OF ROSA"})
    decision = {"verdict": "changes_requested", "note": "NOTE OF TOM", "seen": page.context["seen"]}
    tom.browser.get(f"{tom.base}/")
    tom.browser.post(f"{tom.base}/decisions", decision)
    started = time.monotonic()
    desk = signed_in(dr_ada).get(f"/shares/{new.share.pk}")
    took = time.monotonic() - started
    lines = {(line.who, line.what) for line in desk.context["history"]}
    for wanted in (
        ("Rosa", "share.opened"), ("Rosa", "case.viewed"), ("Rosa", "record.downloaded"), ("Rosa", "comment"),
        ("Tom", "share.opened"), ("Tom", "case.viewed"), ("Tom", "changes_requested"), ("", "share.created"),
        ("Rosa", "share.code_sent"), ("Tom", "share.code_sent"),
    ):  # fmt: skip
        assert wanted in lines, wanted
    assert ("Tom", "record.downloaded") not in lines
    taken = next(line for line in desk.context["history"] if line.what == "record.downloaded")
    assert taken.slots == ("upper_jaw",)
    text = desk.content.decode()
    assert "WORD OF ROSA" in text and "NOTE OF TOM" in text and "Upper jaw" in text
    assert timezone.now() - max(line.at for line in desk.context["history"]) < timedelta(seconds=5)
    assert took < 5 and page.status_code == 200
    assert signed_in(mallory).get(f"/shares/{new.share.pk}").status_code == 404
    print(f"{len(lines)} kinds of lines checked, {took:.2f} s")


def test_my_shares_list_what_was_sent_received_and_asked_for(
    dr_ada: Person, carl: Person, shared_case: "Case"
) -> None:
    """S15"""
    from arcada.apps.sharing.upload_requests import ask_for_files

    now = timezone.now()
    new = make_share(dr_ada, shared_case, recipients=("carl@arco.example",))
    ask_for_files(
        dr_ada.actor,
        shared_case.collection,
        email="nina@x.example",
        expires_at=now + timedelta(days=1),
        now=now,
    )
    sent = signed_in(dr_ada).get("/shares").content.decode()
    assert new.share.code in sent and "U-0001" in sent and "Rules for all links" in sent
    received = signed_in(carl).get("/shares").content.decode()
    assert "Lima Dental" in received and "/open" in received and "U-0001" not in received
    assert "Lima Dental" in signed_in(carl).get("/network").content.decode()
    page = json.dumps(received)
    assert "P-0218" not in page
    print("3 pages checked")
