"""From sign-up to a workspace, as a person does it: mail, activation, sign-in, reset, language."""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.cast import PASSWORD, Person
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.mail.models import OutgoingMail

NEW = "new@clinic.example"


@pytest.fixture(autouse=True)
def outbox(settings: Any) -> None:
    """allauth's mails go where all others do, also in tests."""
    settings.EMAIL_BACKEND = "arcada.apps.mail.backend.OutboxBackend"


def newest_mail(to: str) -> "OutgoingMail":
    from arcada.apps.mail.models import OutgoingMail

    return OutgoingMail.objects.filter(to=to).latest("created_at")


def link_in(mail: "OutgoingMail") -> str:
    found = re.search(r"https?://\S+", mail.text)
    assert found is not None, mail.text
    return urlsplit(found[0]).path


def test_signing_up_is_activated_by_mail_and_leads_to_a_workspace(db: None) -> None:
    """S1: the account exists only when the address is confirmed; a GET of the link confirms nothing."""
    page = Client()
    sent = page.post(
        "/accounts/signup/", {"email": NEW, "password1": PASSWORD, "name": "Nova Dentist"}, follow=True
    )
    assert sent.status_code == 200 and sent.redirect_chain[-1][0] == "/accounts/confirm-email/"
    assert (
        page.post("/accounts/login/", {"login": NEW, "password": PASSWORD}, follow=True)
        .redirect_chain[-1][0]
        .startswith("/accounts/confirm-email/")
    ), "not before the address is confirmed"
    from allauth.account.models import EmailAddress

    link = link_in(newest_mail(NEW))
    assert page.get(link).status_code == 200
    assert not EmailAddress.objects.get(email=NEW).verified
    assert page.post(link).status_code == 302
    assert EmailAddress.objects.get(email=NEW).verified
    home = page.post("/accounts/login/", {"login": NEW, "password": PASSWORD}, follow=True)
    assert home.redirect_chain[-1][0] == "/terms?next=%2F", home.redirect_chain
    shown = dict(re.findall(r'name="(terms|standard|consent)" value="([0-9a-f]{64})"', home.content.decode()))
    accepted = page.post("/terms", {**shown, "next": "/"}, follow=True)
    assert accepted.redirect_chain[-1][0] == "/welcome", accepted.redirect_chain
    opened = page.post("/welcome", {"kind": "clinic", "name": "Nova Clinic"}, follow=True)
    assert opened.status_code == 200 and b"Nova Clinic" in opened.content


def test_a_known_address_is_not_told_apart_from_an_unknown_one(dr_ada: Person) -> None:
    """ID-04 in part: sign-up and reset answer alike; the mail tells its owner."""
    answers = []
    for email in (dr_ada.user.email, "nobody@x.example"):
        for path, body in (
            ("/accounts/signup/", {"email": email, "password1": PASSWORD, "name": "N"}),
            ("/accounts/password/reset/", {"email": email}),
        ):
            answer = Client().post(path, body)
            answers.append((path, answer.status_code, answer.headers.get("Location")))
    assert answers[:2] == answers[2:]


def test_a_forgotten_password_is_reset_once(dr_ada: Person) -> None:
    page = Client()
    page.post("/accounts/password/reset/", {"email": dr_ada.user.email})
    link = link_in(newest_mail(dr_ada.user.email))
    form = page.get(link, follow=True)
    action = form.redirect_chain[-1][0]
    assert link.split("-")[-1] not in action, "the key leaves the address"
    page.post(action, {"password1": "another horse battery", "password2": "another horse battery"})
    assert (
        Client()
        .post("/accounts/login/", {"login": dr_ada.user.email, "password": "another horse battery"})
        .status_code
        == 302
    )
    assert (
        Client().post("/accounts/login/", {"login": dr_ada.user.email, "password": PASSWORD}).status_code
        == 200
    )
    assert b'name="password1"' not in Client().get(link, follow=True).content


def test_signing_out_ends_the_session_and_it_changes_at_signing_in(dr_ada: Person) -> None:
    page = Client()
    page.get("/accounts/login/")
    page.post("/accounts/login/", {"login": dr_ada.user.email, "password": PASSWORD})
    kept = page.cookies["session"].value
    assert page.get("/settings/sign-in").status_code == 200
    page.post("/accounts/logout/")
    old = Client()
    old.cookies["session"] = kept
    assert old.get("/settings/sign-in")["Location"].startswith("/accounts/login/")


def test_a_chosen_language_stays_with_the_person_and_leads_nowhere_else(dr_ada: Person) -> None:
    page = signed_in(dr_ada)
    answer = page.post("/language", {"language": "pt-br", "next": "https://evil.example/"})
    assert answer["Location"] == "/" and page.cookies["language"].value == "pt-br"
    dr_ada.user.refresh_from_db()
    assert dr_ada.user.language == "pt-br"
    assert page.post("/language", {"language": "xx", "next": "/cases"})["Location"] == "/cases"


def test_forms_hold_their_ground_against_foreign_pages_and_odd_bytes(dr_ada: Person, case: object) -> None:
    """SE-10, RL-04: no token → 403; NUL anywhere → 400; ids that are none → 404."""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(dr_ada.user)
    where = f"/cases/{case.pk}"  # type: ignore[attr-defined]
    assert strict.post(f"{where}/threads", {"text": "a"}).status_code == 403
    page = signed_in(dr_ada)
    assert page.post(f"{where}/threads", {"text": "a\x00b"}).status_code == 400
    assert page.get("/search", {"q": "\x00"}).status_code == 400
    for path, body in (
        (f"{where}/records", {"record": "x"}), (f"{where}/participants", {"workspace": "x"}),
        (f"{where}/threads", {"text": "a", "record": "x"}), (f"{where}/threads", {"text": "a", "pin": "[" * 100_000}),
        (f"{where}/decisions", {"verdict": "perhaps"}),
    ):  # fmt: skip
        assert page.post(path, body).status_code == 404, (path, body)
    assert page.post("/settings/profile", {"name": "x" * 9000}).status_code == 422
    print("9 forms checked")


def test_whoever_comes_by_an_invitation_needs_no_second_mail_and_nobody_else_gains_by_it(
    dr_ada: Person,
) -> None:
    """Issue of roles: activation is skipped when invited, for the invited address alone."""
    from allauth.account.models import EmailAddress
    from django.utils import timezone

    from arcada.apps.accounts.actions import invite_member
    from arcada.core.access import Role

    invited = invite_member(
        dr_ada.actor,
        dr_ada.workspace,
        email=NEW,
        role=Role.ASSISTANT,
        invited_by=dr_ada.user,
        now=timezone.now(),
    )
    for email, is_verified in (("other@clinic.example", False), (NEW, True)):
        page = Client()
        page.get(f"/invitations/{invited.secret}")
        page.post("/accounts/signup/", {"email": email, "password1": PASSWORD, "name": "Nova"})
        assert EmailAddress.objects.get(email=email).verified is is_verified
        assert ("_auth_user_id" in dict(page.session.items())) is is_verified
    print("2 addresses checked")
