"""Sessions: their limits, their proof, their end, and who sees them (SE-01 … SE-09, ID-12, ID-13)."""

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import CANARIES, PASSWORD, Person
from tests.web.browsing import signed_in
from tests.web.sign_in.conftest import Clock, code_of, link_in, mails_to, password_step, whole_sign_in

if TYPE_CHECKING:
    from arcada.apps.patients.models import Patient


def is_asked_again(answer: Any) -> bool:
    return bool(answer.status_code == 302 and answer["Location"].startswith("/accounts/still-you"))


def is_out(answer: Any) -> bool:
    return bool(answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"))


def test_se_01_the_key_changes_at_sign_in_at_a_proof_and_at_leaving(ada: Person) -> None:
    """SE-01: what was fixed before is worth nothing after."""
    from django.contrib.sessions.backends.db import SessionStore

    page = Client()
    keys = []
    password_step(page, ada.user)
    keys.append(page.cookies["session"].value)
    page.post("/accounts/second-step", {"code": code_of(ada.user)})
    keys.append(page.cookies["session"].value)
    page.post("/accounts/still-you", {"code": code_of(ada.user, later=1)})
    keys.append(page.cookies["session"].value)
    assert page.get("/patients").status_code == 200
    for old in keys[:-1]:
        thief = Client()
        thief.cookies["session"] = old
        assert is_out(thief.get("/patients"))
    page.post("/accounts/logout/")
    thief = Client()
    thief.cookies["session"] = keys[-1]
    assert is_out(thief.get("/patients"))
    fresh = {SessionStore()._get_new_session_key() for _ in range(2000)}  # type: ignore[attr-defined]
    assert len(fresh | set(keys)) == 2003 and all(len(key) >= 26 for key in fresh)
    print("3 old keys and 2,000 new ones checked")


def test_se_02_seven_days_are_the_end_however_busy(ada: Person, clock: Clock) -> None:
    """SE-02: each hour a page, and at seven days the door."""
    page = signed_in(ada)
    for hour in range(1, 168):
        clock.forward(hours=1)
        assert page.get("/patients/new").status_code == 200, hour
    clock.forward(hours=1, seconds=1)
    assert is_out(page.get("/patients/new"))
    print("168 hours checked")


def test_se_03_after_eight_hours_it_is_asked_again_and_the_draft_is_kept_once(
    ada: Person, patient: "Patient", clock: Clock
) -> None:
    """SE-03: one factor is enough; nothing is lost and nothing is sent twice."""
    from arcada.apps.patients.models import Patient

    page = signed_in(ada)
    clock.forward(hours=7, minutes=59)
    assert page.get("/patients").status_code == 200
    clock.forward(hours=8, minutes=1)
    assert is_asked_again(page.get("/patients"))
    typed = {"code": "P-7777", "name": "Zélia Quaresma", "birth_date": "", "born": ""}
    before = Patient.objects.count()
    assert is_asked_again(page.post("/patients/new", typed))
    assert Patient.objects.count() == before, "nothing happens meanwhile"
    kept = page.post("/accounts/still-you", {"password": PASSWORD, "next": "/patients"})
    assert kept.status_code == 200 and kept.context["where"] == "/patients/new"
    assert dict(kept.context["fields"])["code"] == "P-7777"
    again = page.post("/accounts/still-you", {"code": code_of(ada.user)})
    assert again.status_code == 302, "given back once"
    made = page.post(kept.context["where"], dict(kept.context["fields"]))
    assert made.status_code == 302 and Patient.objects.count() == before + 1
    print("7 steps checked")


def test_se_03_three_wrong_proofs_end_the_session(ada: Person, clock: Clock) -> None:
    """SE-03"""
    page = signed_in(ada)
    clock.forward(hours=8, minutes=1)
    for _ in range(2):
        assert page.post("/accounts/still-you", {"password": "wrong"}).status_code == 422
    assert is_out(page.post("/accounts/still-you", {"password": "wrong"}))
    assert is_out(page.get("/patients"))
    print("3 proofs checked")


@pytest.mark.django_db(transaction=True)  # news let go of their connection to the database
def test_se_04_polling_is_no_sign_of_a_person(ada: Person, case: Any, clock: Clock) -> None:
    """SE-04: nine hours of news and refreshed parts, then the question."""
    from arcada.apps.sign_in.models import Session

    page = signed_in(ada)
    before = Session.objects.get().last_active_at
    for _ in range(7):
        clock.forward(hours=1)
        assert page.get("/api/v1/cases", headers={"X-Arcada-Background": "1"}).status_code == 200
        page.get(f"/api/v1/events?topic=case:{case.pk}").close()
    assert Session.objects.get().last_active_at == before
    clock.forward(hours=2)
    assert is_asked_again(page.get("/patients"))
    assert page.get("/api/v1/cases").status_code == 401
    print("16 requests checked")


def test_se_05_the_clinical_rule_shortens_live_sessions_at_once(
    ada: Person, ben: Person, clock: Clock
) -> None:
    """SE-05: 24 hours and one hour."""
    owner, page = signed_in(ada), signed_in(ben)
    clock.forward(hours=2)
    assert page.get("/patients").status_code == 200
    clock.forward(minutes=65)
    owner.get("/patients")
    owner.post("/accounts/still-you", {"code": code_of(ada.user)})
    said = {"session_policy": "clinical", "second_factor": "by_rule"}
    assert owner.post("/settings/sign-in/policy", said)["Location"] == "/settings/sign-in"
    assert is_asked_again(page.get("/patients"))
    page.post("/accounts/still-you", {"password": PASSWORD})
    for _ in range(21):
        clock.forward(minutes=59)
        assert page.get("/patients").status_code == 200
    clock.forward(minutes=59)
    assert is_out(page.get("/patients"))
    print("25 moments checked")


@pytest.mark.parametrize(
    "how", ["sign out", "disable", "password", "licence", "sanction", "administrator", "device"]
)
def test_se_06_a_session_ends_on_the_server(ada: Person, ben: Person, how: str) -> None:
    """SE-06: the old cookie opens nothing, and a running download stops at its next piece."""
    from arcada.api.auth import is_going_on
    from arcada.apps.accounts.queries import actor_for_user
    from arcada.apps.sign_in.models import KnownDevice, Session
    from arcada.core.access import Origin
    from arcada.core.standing import Level, Standing

    owner = signed_in(ada)
    who = ben if how == "administrator" else ada
    page = whole_sign_in(who)
    assert page.get("/patients").status_code == 200
    session = Session.objects.filter(user=who.user).latest("started_at")
    actor, _ = actor_for_user(
        who.user, workspace_id=None, origin=Origin(session_id=session.pk), now=timezone.now()
    )
    assert is_going_on(actor)
    old = Client()
    old.cookies["session"] = page.cookies["session"].value
    user = who.user
    if how == "sign out":
        page.post("/accounts/logout/")
    elif how == "disable":
        user.is_active = False
    elif how == "password":
        said = {
            "oldpassword": PASSWORD,
            "password1": "another horse battery",
            "password2": "another horse battery",
        }
        owner.post("/accounts/password/change/", said)
        user.refresh_from_db()
    elif how == "licence":
        user.level = Level.LICENCE_CHECKED.value
    elif how == "sanction":
        user.standing = Standing.SUSPENDED.value
    elif how == "administrator":
        from arcada.apps.accounts.models import Membership

        place = Membership.objects.get(user=user)
        assert owner.post(f"/settings/members/{place.pk}/sessions/end").status_code == 302
    else:
        device = KnownDevice.objects.filter(user=user).latest("created_at")
        owner.post(f"/settings/sign-in/devices/{device.pk}/forget")
    user.save()
    assert not is_going_on(actor), "the download"
    assert is_out(old.get("/patients"))
    assert old.get("/api/v1/patients").status_code == 401
    print("3 ways in checked")


def test_se_07_one_sees_ones_sessions_and_ends_just_one(ada: Person, mallory: Person) -> None:
    """SE-07"""
    from arcada.apps.sign_in.models import Session

    here, there = whole_sign_in(ada), whole_sign_in(ada, agent="Mozilla Chrome Windows", later=1)
    shown = here.get("/settings/sign-in").content.decode()
    assert "Firefox, Linux" in shown and "Chrome, Windows" in shown
    other = Session.objects.get(user=ada.user, device_name="Chrome, Windows")
    assert signed_in(mallory).post(f"/settings/sign-in/sessions/{other.pk}/end").status_code == 404
    here.post(f"/settings/sign-in/sessions/{other.pk}/end")
    assert is_out(there.get("/patients")) and here.get("/patients").status_code == 200
    third = signed_in(ada)
    here.post("/settings/sign-in/sessions/end")
    assert is_out(third.get("/patients")) and here.get("/patients").status_code == 200
    print("5 answers checked")


def test_se_09_what_matters_most_asks_for_a_fresh_proof(ada: Person, ben: Person, clock: Clock) -> None:
    """SE-09: factors, address, tokens, members, rules; the API has nobody to ask."""
    from arcada.api.auth import demand_person
    from arcada.apps.accounts.models import Membership
    from arcada.core.access import Actor, ActorKind
    from arcada.core.errors import Barred

    page = signed_in(ada)
    place = Membership.objects.get(user=ben.user).pk
    forms: list[tuple[str, dict[str, str]]] = [
        ("/settings/sign-in/app/remove", {}), ("/settings/sign-in/codes", {}), ("/settings/sign-in/second-factor", {}),
        ("/settings/sign-in/email", {"email": "n@x.example"}), ("/settings/tokens", {"name": "T"}),
        ("/settings/sign-in/policy", {"session_policy": "standard", "second_factor": "by_rule"}),
        (f"/settings/members/{place}", {"role": "viewer"}), (f"/settings/members/{place}/sessions/end", {}),
        ("/settings/members/sessions/end", {}),
    ]  # fmt: skip
    clock.forward(minutes=10, seconds=1)
    for path, body in forms:
        assert is_asked_again(page.post(path, body)), path
    assert page.post("/accounts/still-you", {"password": PASSWORD}).status_code == 422, (
        "a factor, not the password"
    )
    kept = page.post("/accounts/still-you", {"code": code_of(ada.user)})
    assert kept.context["where"] == "/settings/members/sessions/end"
    assert page.post("/settings/tokens", {"name": "T"}).status_code == 200
    with pytest.raises(Barred):
        demand_person(Actor(kind=ActorKind.TOKEN, id=ada.user.pk))
    print(f"{len(forms)} forms checked")


def test_id_12_a_new_browser_is_told_by_mail_without_any_patient(ada: Person, patient: "Patient") -> None:
    """ID-12: not the first one ever, and not one that was seen before."""
    page = whole_sign_in(ada)
    assert not [mail for mail in mails_to(ada.user.email) if mail.kind == "new_device"]
    page.post("/accounts/logout/")
    password_step(page, ada.user)
    page.post("/accounts/second-step", {"code": code_of(ada.user, later=1)})
    assert not [mail for mail in mails_to(ada.user.email) if mail.kind == "new_device"], "seen before"
    from arcada.apps.sign_in.models import Totp

    Totp.objects.update(last_step=0)
    whole_sign_in(ada, agent="Mozilla Chrome Windows")
    told = mails_to(ada.user.email)
    assert [mail.kind for mail in told].count("new_device") == 1
    text = "".join(mail.subject + mail.text for mail in told)
    assert "Chrome, Windows" in text and not any(canary in text for canary in CANARIES)
    print(f"3 sign-ins and {len(told)} mails checked")


def test_id_13_a_changed_address_is_undone_by_the_old_one(ada: Person, clock: Clock) -> None:
    """ID-13: the attacker's session ends, the address is back; after 72 hours it stays."""
    old = ada.user.email
    thief = signed_in(ada)
    thief.post("/settings/sign-in/email", {"email": "thief@evil.example"})
    ada.user.refresh_from_db()
    assert ada.user.email == old, "not before the new address confirms"
    link = link_in(mails_to("thief@evil.example")[0])
    assert Client().get(link).status_code == 200
    ada.user.refresh_from_db()
    assert ada.user.email == old, "opening is not confirming"
    Client().post(link)
    ada.user.refresh_from_db()
    assert ada.user.email == "thief@evil.example"
    undo = link_in(mails_to(old)[0])
    clock.forward(hours=71)
    assert Client().post(undo)["Location"] == "/accounts/password/reset/"
    ada.user.refresh_from_db()
    assert ada.user.email == old and not ada.user.has_usable_password()
    clock.forward(hours=-71)
    from arcada.apps.sign_in.models import Session

    assert Session.objects.get().ended_reason == "email_changed"
    assert is_out(thief.get("/patients"))
    assert Client().post(undo).status_code == 404, "once"
    print("7 steps checked")


def test_id_13_after_72_hours_the_way_back_is_closed_and_a_taken_address_is_not_told(
    ada: Person, mallory: Person, clock: Clock
) -> None:
    old = ada.user.email
    page = signed_in(ada)
    free = page.post("/settings/sign-in/email", {"email": "new@x.example"}, follow=True)
    taken = page.post("/settings/sign-in/email", {"email": mallory.user.email}, follow=True)
    assert free.status_code == taken.status_code and len(free.content) == len(taken.content)
    assert not [mail for mail in mails_to(mallory.user.email) if mail.kind == "email_confirm"]
    Client().post(link_in(mails_to("new@x.example")[0]))
    undo = link_in(mails_to(old)[0])
    clock.forward(hours=72, seconds=1)
    assert Client().post(undo).status_code == 404


def test_se_08_cookies_are_bound_to_this_host_and_out_of_reach(ada: Person) -> None:
    """SE-08 in part: HttpOnly and SameSite always; __Host- and Secure follow from the mode."""
    import subprocess
    import sys

    page = whole_sign_in(ada)
    for name in ("session", "csrf", "device"):
        page.get("/accounts/login/")
        page.get("/settings/sign-in")
        morsel = page.cookies[name]
        assert morsel["httponly"] and morsel["samesite"] in ("Lax", "Strict") and not morsel["domain"], name
        assert morsel["path"] == "/", name
    script = (
        "import arcada.config.env as e; e.production_problems=lambda *a: []\n"
        "import django; django.setup()\n"
        "from django.conf import settings as s; from arcada.web.browser_of import DEVICE_COOKIE as d\n"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, d, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    )
    env = {**os.environ, "ARCADA_MODE": "production", "DJANGO_SETTINGS_MODULE": "arcada.config.settings"}
    env |= {name: str(path) for name, path in _keys().items()}
    said = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False
    )
    assert said.stdout.split() == ["__Host-session", "__Host-csrf", "__Host-device", "True", "True"], (
        said.stderr[-900:]
    )
    print("6 cookies checked")


def _keys() -> dict[str, Any]:
    from django.conf import settings

    return {"ARCADA_KEY_FILE": settings.ENV.key_file, "ARCADA_SECRET_KEY_FILE": settings.ENV.secret_key_file}


def test_activity_is_written_once_a_minute_at_most(ada: Person, clock: Clock) -> None:
    from arcada.apps.sign_in.models import Session

    page = signed_in(ada)
    began = Session.objects.get().last_active_at
    seen = set()
    for _ in range(12):
        clock.forward(seconds=10)
        page.get("/patients/new")
        seen.add(Session.objects.get().last_active_at)
    assert len(seen - {began}) <= 2 and max(seen) - began <= timedelta(minutes=2, seconds=30)
