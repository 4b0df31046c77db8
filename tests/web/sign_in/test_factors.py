"""Second factors: forced, used once, recovered, and never gone around (ID-07, ID-08, ID-10, ID-11, EN-04)."""

import threading
import time
from typing import Any

import pytest
from django.test import Client

from tests.cast import PASSWORD, Person
from tests.database_dump import dump as dumped
from tests.web.sign_in.conftest import Clock, code_of, mails_to, password_step, whole_sign_in, with_app

PATIENTS = ("/", "/patients", "/cases", "/shares", "/network", "/search?q=P", "/settings", "/patients/new")


def test_id_11_without_a_factor_every_page_of_patients_leads_to_setting_one_up(
    dr_ada: Person, carl: Person
) -> None:
    """ID-11: a verified dentist and a laboratory; pages are sent on, the API refuses."""
    checked = 0
    for who in (dr_ada, carl):
        page = Client()
        password_step(page, who.user)
        for path in PATIENTS:
            answer = page.get(path)
            assert answer.status_code == 302 and answer["Location"].startswith(
                "/settings/sign-in/second-factor"
            ), path
            checked += 1
        for path in ("patients", "cases", "shares"):
            assert page.get(f"/api/v1/{path}").status_code == 403, path
            checked += 1
    print(f"{checked} addresses checked")


def test_id_11_an_assistant_of_an_unforced_workspace_may_go_without_until_it_says_everyone(
    ben: Person,
) -> None:
    page = Client()
    password_step(page, ben.user)
    assert page.get("/patients").status_code == 200
    ben.workspace.second_factor = "everyone"
    ben.workspace.save()
    assert page.get("/patients")["Location"].startswith("/settings/sign-in/second-factor")


def test_setting_up_an_app_opens_the_pages_and_shows_ten_codes_once(dr_ada: Person) -> None:
    """ID-08, ID-12: the way in for everybody new."""
    import base64

    from django.utils import timezone

    from arcada.core.sealing import one_time_code
    from arcada.core.sign_in_rules import steps_around

    page = Client()
    password_step(page, dr_ada.user)
    shown = page.get("/settings/sign-in/second-factor?next=/patients")
    secret = shown.context["secret"].replace(" ", "")
    assert page.get("/settings/sign-in/second-factor").context["secret"] == shown.context["secret"]
    wrong = page.post("/settings/sign-in/second-factor", {"code": "000000"})
    assert wrong.status_code == 422
    code = one_time_code(base64.b32decode(secret), steps_around(timezone.now())[1], 6)
    made = page.post("/settings/sign-in/second-factor", {"code": code, "next": "/patients"})
    assert (
        made.status_code == 200 and len(made.context["codes"]) == 10 and b'href="/patients"' in made.content
    )
    assert page.get("/patients").status_code == 200
    assert "authenticator app was added" in mails_to(dr_ada.user.email)[0].subject


def test_id_07_a_code_counts_once_within_one_step_of_now(ada: Person) -> None:
    """ID-07"""
    page = Client()
    password_step(page, ada.user)
    for later in (-2, 2):
        assert page.post("/accounts/second-step", {"code": code_of(ada.user, later=later)}).status_code == 422
    code = code_of(ada.user)
    assert page.post("/accounts/second-step", {"code": code}).status_code == 302
    again = Client()
    password_step(again, ada.user)
    assert again.post("/accounts/second-step", {"code": code}).status_code == 422, "a second time"
    assert again.post("/accounts/second-step", {"code": code_of(ada.user, later=-1)}).status_code == 422, (
        "an older one"
    )
    assert again.post("/accounts/second-step", {"code": code_of(ada.user, later=1)}).status_code == 302
    print("6 codes checked")


@pytest.mark.django_db(transaction=True)
def test_id_07_and_id_08_of_eight_at_once_one_gets_in(transactional_db: None, request: Any) -> None:
    """ID-07, ID-08: one statement decides, not a look beforehand."""
    from django.db import OperationalError, connections
    from django.utils import timezone

    from arcada.apps.accounts.models import User
    from arcada.apps.sign_in.factors import new_recovery_codes, use_code
    from arcada.core.access import Actor

    user = User.objects.create_user("race@x.example", PASSWORD, name="R")
    with_app(user)
    recovery = new_recovery_codes(Actor.system(), user, now=timezone.now())[0]
    for code in (code_of(user), recovery):
        came_in: list[str] = []
        start = threading.Barrier(8)

        def try_it(code: str = code, came_in: list[str] = came_in, start: threading.Barrier = start) -> None:
            start.wait()
            while True:
                try:
                    came_in.append(use_code(Actor.system(), user, code=code, now=timezone.now()))
                    break
                except OperationalError:  # SQLite in memory refuses at once where a file would wait
                    time.sleep(0.01)
            connections.close_all()

        threads = [threading.Thread(target=try_it) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(came_in) == 8 and len([used for used in came_in if used]) == 1, came_in
    print("2 codes in 8 hands checked")


def test_id_07_guesses_at_the_code_have_their_own_limit(ada: Person, clock: Clock) -> None:
    """ID-07: five are free, then each waits longer."""
    page = Client()
    password_step(page, ada.user)
    clock.stop()
    said = [page.post("/accounts/second-step", {"code": f"{n:06}"}) for n in range(8)]
    assert [answer.status_code for answer in said] == [422] * 5 + [429] * 3
    assert int(said[-1]["Retry-After"]) >= 1
    print("8 guesses checked")


def test_id_08_recovery_codes_open_once_and_new_ones_kill_the_old(ada: Person) -> None:
    """ID-08: the person is told how many are left."""
    page = whole_sign_in(ada)
    old = page.post("/settings/sign-in/codes").context["codes"]
    lost = Client()
    password_step(lost, ada.user)
    inside = lost.post("/accounts/second-step", {"code": old[0].lower()}, follow=True)
    assert "9 are left" in inside.content.decode()
    assert "Codes that are left: 9" in mails_to(ada.user.email)[0].text or any(
        "Codes that are left: 9" in mail.text for mail in mails_to(ada.user.email)
    )
    again = Client()
    password_step(again, ada.user)
    assert again.post("/accounts/second-step", {"code": old[0]}).status_code == 422, "used"
    new = page.post("/settings/sign-in/codes").context["codes"]
    assert again.post("/accounts/second-step", {"code": old[1]}).status_code == 422, "killed"
    assert again.post("/accounts/second-step", {"code": new[0]}).status_code == 302
    print("4 codes checked")


def test_en_04_no_secret_of_a_factor_stands_in_the_database(ada: Person) -> None:
    """ID-08, EN-04: raw, hexadecimal or base64."""
    import base64

    from arcada.apps.sign_in.models import Totp

    codes = whole_sign_in(ada).post("/settings/sign-in/codes").context["codes"]
    secret = Totp.objects.get(user=ada.user).secret
    dump = dumped()
    needles = [secret.encode(), base64.b32decode(secret), *(code.replace("-", "").encode() for code in codes)]
    for needle in needles:
        for form in (needle, needle.hex().encode(), base64.b64encode(needle).rstrip(b"=")):
            assert form not in dump
    print(f"{3 * len(needles)} needles looked for in {len(dump)} bytes")


def test_id_10_a_reset_password_still_meets_the_second_step_and_its_link_works_once(ada: Person) -> None:
    """ID-10, SE-06: and every session ends."""
    import re

    inside = whole_sign_in(ada)
    page = Client()
    page.post("/accounts/password/reset/", {"email": ada.user.email})
    found = re.search(r"https?://[^/]+(/\S+)", mails_to(ada.user.email)[0].text)
    assert found
    link = found[1]
    action = page.get(link, follow=True).redirect_chain[-1][0]
    new = "another horse battery"
    page.post(action, {"password1": new, "password2": new})
    assert inside.get("/patients").status_code == 302, "the session that was open"
    answer = password_step(Client(), ada.user, new)
    assert answer["Location"] == "/accounts/second-step"
    assert b'name="password1"' not in Client().get(link, follow=True).content, "a second time"
    print("3 ways checked")


def test_at_the_second_step_one_can_still_be_somebody_else(ada: Person) -> None:
    page = Client()
    password_step(page, ada.user)
    assert page.post("/accounts/second-step", {"leave": "1"})["Location"] == "/accounts/login/"
    assert page.get("/accounts/login/").status_code == 200
    assert page.get("/accounts/second-step")["Location"] == "/accounts/login/"
