"""How a recipient comes in: by the mailed link in the browser that asked, or by an account; never by less."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from arcada.core.errors import Refused
from tests.cast import (
    NOW,
    PASSWORD,
    Person,
    Visitor,
    accept_everything,
    code_mailed_to,
    make_share,
    visitor_of,
)
from tests.database_dump import dump
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.accounts.models import User
    from arcada.apps.cases.models import Case

pytestmark = pytest.mark.django_db
ROSA = "rosa@north-lab.example"


def link_mailed_to(email: str) -> str:
    """The path of the newest mailed one-time link for this address."""
    from arcada.apps.mail.models import OutgoingMail

    mail = OutgoingMail.objects.filter(kind="share_code", to=email).latest("created_at")
    found = re.search(r"http\S+/in/\S+", mail.text)
    assert found is not None, mail.text
    return urlsplit(found[0]).path


def person_with_account(email: str = ROSA) -> "User":
    """Somebody with an account of this address and no workspace: tier Viewer."""
    from allauth.account.models import EmailAddress

    from arcada.apps.accounts.models import User

    user = User.objects.create_user(email, PASSWORD, name="Rosa")
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    accept_everything(user, now=NOW)
    return user


def browser_of(user: "User") -> Client:
    client = Client()
    client.force_login(user)
    return client


def demand_accounts(case: "Case") -> None:
    type(case.workspace).objects.filter(pk=case.workspace_id).update(recipients_need_account=True)


# ------------------------------------------------------------------------------------- SL-05, SL-06


def test_sl_05_the_mailed_link_opens_the_browser_that_asked_once(rosa_invited: Visitor) -> None:
    """SL-05: swapped for a cookie and a clean address, one press, then used up; the code of the mail with it."""
    rosa_invited.knock()
    rosa_invited.browser.post(f"{rosa_invited.base}/code")
    link, code = link_mailed_to(ROSA), code_mailed_to(ROSA)
    swapped = rosa_invited.browser.get(link)
    assert (swapped.status_code, swapped["Location"]) == (302, f"{rosa_invited.base}/")
    page = rosa_invited.browser.get(f"{rosa_invited.base}/")
    assert b'name="by" value="link"' in page.content and link.rsplit("/", 1)[-1].encode() not in page.content
    opened = rosa_invited.browser.post(f"{rosa_invited.base}/open", {"by": "link"})
    assert opened.status_code == 302
    assert b"data-code" in rosa_invited.browser.get(f"{rosa_invited.base}/").content
    again = Visitor(rosa_invited.share, rosa_invited.url, email=ROSA, browser=Client())
    again.browser.cookies = rosa_invited.browser.cookies.copy()
    assert again.browser.get(link).status_code == 422, "used"
    for typed in ({"by": "link"}, {"code": code}):
        assert again.browser.post(f"{again.base}/open", typed).status_code == 422, "used"
    print("5 uses of one link checked")


def test_sl_05_another_browser_is_told_to_go_on_where_it_began(rosa_invited: Visitor) -> None:
    """SL-05: no cookie, another browser with the same invitation, the link stolen together with the code."""
    rosa_invited.knock()
    rosa_invited.browser.post(f"{rosa_invited.base}/code")
    link, code = link_mailed_to(ROSA), code_mailed_to(ROSA)
    stranger = Client()
    invited_too = Visitor(rosa_invited.share, rosa_invited.url, email=ROSA, browser=Client())
    invited_too.knock()
    for browser in (stranger, invited_too.browser):
        page = browser.get(link)
        assert page.status_code == 200 and b"Go on where you began" in page.content
        assert b"/open" not in page.content, "nothing to press"
        opened = browser.post(f"{rosa_invited.base}/open", {"by": "link"})
        assert opened.status_code in (404, 422)
        assert browser.post(f"{rosa_invited.base}/open", {"code": code}).status_code in (404, 422)
    # Even with the first browser's waiting link copied over: it is bound to the cookie of the share itself.
    rosa_invited.browser.get(link)
    name = next(name for name in rosa_invited.browser.cookies if name.endswith("-in"))
    invited_too.browser.cookies[name] = rosa_invited.browser.cookies[name].value
    assert invited_too.browser.post(f"{rosa_invited.base}/open", {"by": "link"}).status_code == 422
    assert rosa_invited.browser.post(f"{rosa_invited.base}/open", {"by": "link"}).status_code == 302
    print("8 tries of 3 other browsers checked")


def test_sl_05_a_mailed_link_is_too_old_after_ten_minutes(rosa_invited: Visitor) -> None:
    """SL-05"""
    from arcada.apps.sharing.models import Code

    rosa_invited.knock()
    rosa_invited.browser.post(f"{rosa_invited.base}/code")
    link = link_mailed_to(ROSA)
    rosa_invited.browser.get(link)
    held = Code.objects.get()
    assert held.expires_at - held.created_at == timedelta(minutes=10)
    Code.objects.update(expires_at=timezone.now())
    assert rosa_invited.browser.post(f"{rosa_invited.base}/open", {"by": "link"}).status_code == 422
    assert rosa_invited.browser.get(link).status_code == 422
    assert Client().get(link).status_code == 404, "a stranger can't tell it from nothing"
    print("3 late uses checked")


def test_sl_06_gets_and_heads_of_the_mailed_link_write_nothing(rosa_invited: Visitor) -> None:
    """SL-06: a scanner without the cookie, and the asking browser itself; rosa still comes in."""
    rosa_invited.knock()
    rosa_invited.browser.post(f"{rosa_invited.base}/code")
    link = link_mailed_to(ROSA)
    counted = ("sign_in_failures",)  # requests of a network, whatever they were answered
    before = dump(without=counted)
    scanner = Client(headers={"user-agent": "Mozilla/5.0 SafeLinks"})
    for _ in range(5):
        for browser in (scanner, rosa_invited.browser):
            browser.get(link)
            browser.head(link)
            browser.get(f"{rosa_invited.base}/")
    assert dump(without=counted) == before
    for method in (scanner.post, scanner.put, scanner.delete):
        assert method(link).status_code in (403, 405)
    assert scanner.post(f"{rosa_invited.base}/open", {"by": "link"}).status_code == 404
    assert dump(without=counted) == before
    assert rosa_invited.browser.post(f"{rosa_invited.base}/open", {"by": "link"}).status_code == 302
    print("34 requests checked")


# ------------------------------------------------------------------------------------- SL-07, C5


def test_sl_07_an_account_only_share_opens_for_the_invited_address_alone(
    dr_ada: Person, mallory: Person, shared_case: "Case"
) -> None:
    """SL-07: no code is sent; signed in with another address is not enough; signed out again shows nothing."""
    from arcada.apps.mail.models import OutgoingMail

    new = make_share(dr_ada, shared_case, level="account")
    assert new.url is None
    rosa = visitor_of(new, ROSA)
    door = rosa.knock()
    assert door.status_code == 200 and b"Sign in to open it" in door.content
    assert rosa.browser.post(f"{rosa.base}/code").status_code == 403
    assert not OutgoingMail.objects.filter(kind="share_code").exists()
    assert rosa.browser.post(f"{rosa.base}/open", {"code": "AAAAAAAA"}).status_code == 403
    other = visitor_of(new, ROSA)
    other.browser.force_login(mallory.user)
    other.knock()
    assert other.browser.post(f"{other.base}/open").status_code == 403
    mine = visitor_of(new, ROSA)
    mine.browser.force_login(person_with_account())
    assert b"You are signed in with this address" in mine.knock().content
    assert mine.browser.post(f"{mine.base}/open").status_code == 302
    assert b"data-code" in mine.browser.get(f"{mine.base}/").content
    session = mine.browser.cookies.pop("session")
    assert mine.browser.get(f"{mine.base}/").status_code == 403
    assert mine.browser.get(f"{mine.base}/files.zip").status_code == 404
    mine.browser.cookies["session"] = session.value
    assert mine.browser.get(f"{mine.base}/files.zip").status_code == 200
    print("9 requests of 3 people checked")


def test_sl_07_an_address_that_was_never_confirmed_opens_nothing(dr_ada: Person, shared_case: "Case") -> None:
    """SL-07: an account in somebody's name is made in a minute; the address must have been confirmed."""
    from allauth.account.models import EmailAddress

    new = make_share(dr_ada, shared_case, level="account")
    user = person_with_account()
    EmailAddress.objects.filter(user=user).update(verified=False)
    guest = visitor_of(new, ROSA)
    guest.browser.force_login(user)
    guest.knock()
    assert guest.browser.post(f"{guest.base}/open").status_code == 403
    shared = guest.browser.get("/shared")
    assert shared.status_code in (200, 302) and b"A-1042" not in shared.content
    print("2 requests checked")


def test_sl_07_a_workspace_that_demands_accounts_turns_a_mailed_proof_away_at_once(
    rosa: Visitor, dr_ada: Person, shared_case: "Case"
) -> None:
    """SL-07: policy on → the magic link alone yields 403, also for a browser inside; then account and factor."""
    from arcada.apps.sign_in.models import Session

    assert rosa.browser.get(f"{rosa.base}/").status_code == 200
    desk = signed_in(dr_ada)
    assert desk.post("/shares/policy", {"is_clinical": "on", "needs_account": "on"}).status_code == 302
    assert rosa.browser.get(f"{rosa.base}/").status_code == 403
    assert rosa.browser.get(f"{rosa.base}/files.zip").status_code == 404
    assert rosa.browser.post(f"{rosa.base}/code").status_code == 403
    assert rosa.browser.post(f"{rosa.base}/open", {"by": "link"}).status_code == 403
    assert rosa.browser.post(f"{rosa.base}/threads", {"text": "still here"}).status_code == 404
    # A new share of this workspace is account-only whatever is asked for.
    shared_case.workspace.refresh_from_db()
    assert make_share(dr_ada, shared_case).share.level == "account"
    user = person_with_account()
    rosa.browser.force_login(user)
    Session.objects.filter(user=user).update(second_factor_at=None)
    assert rosa.browser.post(f"{rosa.base}/open").status_code == 403, "no second factor"
    Session.objects.filter(user=user).update(second_factor_at=timezone.now())
    assert rosa.browser.post(f"{rosa.base}/open").status_code == 302
    assert rosa.browser.get(f"{rosa.base}/").status_code == 200
    print("10 requests checked")


def test_c5_in_clinical_mode_a_link_names_who_comes_in(dr_ada: Person, shared_case: "Case") -> None:
    """C5, DECISIONS 18: e-mail-verified is the least; a de-identified workspace may choose less."""
    from arcada.apps.sharing.actions import create_share
    from arcada.core.access import Permission
    from arcada.core.share_terms import AccessLevel, ShareTerms

    now = timezone.now()

    def share_at(level: AccessLevel) -> Any:
        terms = ShareTerms(level, frozenset({Permission.VIEW}), now + timedelta(days=1), passcode="tulip-42")
        return create_share(dr_ada.actor, shared_case, terms=terms, recipients=[], now=now)

    for level in (AccessLevel.OPEN_LINK, AccessLevel.PASSCODE):
        with pytest.raises(Refused) as refused:
            share_at(level)
        assert refused.value.code == "too_open"
    page = signed_in(dr_ada).get(f"/cases/{shared_case.pk}/shares/new").content
    assert b'value="email_verified"' in page and b'value="open_link"' not in page
    signed_in(dr_ada).post("/shares/policy", {})
    shared_case.workspace.refresh_from_db()
    for level in (AccessLevel.OPEN_LINK, AccessLevel.PASSCODE):
        assert share_at(level).url
    assert b'value="open_link"' in signed_in(dr_ada).get(f"/cases/{shared_case.pk}/shares/new").content
    print("4 levels, 2 pages checked")
