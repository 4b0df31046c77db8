"""TA-11: the console exists for the operator at work and for nobody else. TA-10: break-glass alerts and is judged."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from tests.cast import Person, Visitor
from tests.web.browsing import signed_in
from tests.web.sign_in.conftest import Clock
from tests.web.support_cast import DESK, WHY, at_work, look_by, prove_again, sam, sue

if TYPE_CHECKING:
    from arcada.apps.accounts.models import User
    from arcada.apps.cases.models import Case
    from arcada.apps.support.models import BreakGlass

__all__ = ["sam", "sue"]
NOTHING = "/nothing-is-here/"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def addresses() -> Iterator[str]:
    """Every address of the console, with made-up ids."""
    from arcada.console.site import console

    def walk(entries: Any, before: str) -> Iterator[str]:
        for entry in entries:
            here = before + str(entry.pattern)
            if hasattr(entry, "url_patterns"):
                yield from walk(entry.url_patterns, here)
            else:
                yield re.sub(r"<[a-z]+:\w+>", "00000000-0000-4000-8000-000000000000", here)

    yield from walk(console.urls[0], DESK)


def bare(answer: Any) -> tuple[int, dict[str, str], str]:
    """What a stranger sees, without what is random in every answer and without the address that was asked."""
    kept = {k: v for k, v in answer.headers.items() if k not in ("X-Request-Id", "Content-Security-Policy")}
    body = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", answer.content.decode())
    return answer.status_code, kept, re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", body)


def without_second_factor(user: "User") -> Client:
    from arcada.api.auth import SESSION_KEY
    from arcada.apps.sign_in.models import Session

    browser = at_work(user)
    Session.objects.filter(pk=browser.session[SESSION_KEY]).update(second_factor_at=None)
    return browser


def test_TA_11_for_everybody_else_the_console_is_a_page_that_does_not_exist(
    dr_ada: Person, carl: Person, rosa: Visitor, sam: "User"
) -> None:
    strangers = {
        "nobody": Client(),
        "an owner": signed_in(dr_ada),
        "a lab": signed_in(carl),
        "a recipient": rosa.browser,
        "staff without a second factor": without_second_factor(sam),
        "staff from elsewhere": at_work(sam, REMOTE_ADDR="203.0.113.9"),
    }
    asked = [*addresses(), DESK.rstrip("/"), f"{DESK}login/", f"{DESK}nothing/", f"{DESK}static/x.css"]
    checked = 0
    for who, browser in strangers.items():
        for method in ("get", "post", "head", "options"):
            expected = bare(getattr(browser, method)(NOTHING))
            assert expected[0] == 404
            for address in asked:
                assert bare(getattr(browser, method)(address)) == expected, (who, method, address)
                checked += 1
    print(f"TA-11: {checked} requests of strangers, each answered like a page that does not exist")


def test_TA_11_the_operator_at_work_opens_every_list_and_it_is_written(sam: "User", dr_ada: Person) -> None:
    from arcada.apps.audit.models import AuditEvent

    browser = at_work(sam)
    pages = [address for address in addresses() if "00000000" not in address and "leave" not in address]
    for address in pages:
        expected = 403 if address.endswith("/add/") and "plan" not in address else 200
        assert browser.get(address).status_code == expected, address
    assert browser.get(f"{DESK}accounts/user/{dr_ada.user.pk}/change/").status_code == 200
    seen = AuditEvent.objects.filter(action="console.viewed", actor_id=sam.pk)
    assert str(dr_ada.user.pk) in {event.ids["of"] for event in seen}
    assert browser.get(f"{DESK}login/").status_code == 404
    assert browser.get(DESK.rstrip("/")).headers["Location"] == DESK
    print(f"TA-11: {len(pages)} pages opened, {seen.count()} lines in the audit")


def test_TA_11_the_address_counts_as_the_trusted_proxy_says_it(sam: "User", settings: Any) -> None:
    from dataclasses import replace

    settings.ENV = replace(settings.ENV, trusted_proxy="10.0.0.1", console_allow=("10.8.0.0/24", "fd00::/8"))

    def front(remote: str, forwarded: str) -> int:
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        return int(at_work(sam, REMOTE_ADDR=remote).get(DESK, headers=headers).status_code)

    told = [
        ("10.0.0.1", "10.8.0.7", 200), ("10.0.0.1", "fd00::7", 200), ("10.0.0.1", "203.0.113.9, 10.8.0.7", 200),
        ("10.0.0.1", "10.8.0.7, 203.0.113.9", 404), ("10.0.0.1", "", 404), ("10.0.0.1", "10.9.0.7", 404),
        ("203.0.113.9", "10.8.0.7", 404), ("127.0.0.1", "", 404), ("10.8.0.7", "", 200),
    ]  # fmt: skip
    for remote, forwarded, expected in told:
        assert front(remote, forwarded) == expected, (remote, forwarded)
    print(f"TA-11: {len(told)} ways of an address checked")


def test_TA_11_an_idle_operator_proves_it_first(sam: "User", clock: Clock) -> None:
    browser = at_work(sam)
    clock.forward(hours=9)
    answer = browser.get(DESK)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/still-you")


def test_TA_11_nothing_of_a_patient_can_be_put_on_the_desk() -> None:
    from django.apps import apps
    from django.contrib import admin
    from django.core.exceptions import ImproperlyConfigured

    from arcada.console.site import SHOWN, Console, console

    assert {model._meta.label_lower for model in console._registry} == SHOWN == {
        "accounts.workspace", "accounts.user", "accounts.plan", "jobs.job", "mail.outgoingmail",
    }  # fmt: skip
    refused = 0
    for model in apps.get_models():
        if model._meta.label_lower not in SHOWN:
            with pytest.raises(ImproperlyConfigured):
                Console(name="other").register(model)
            refused += 1
    assert admin.site._registry == {}, "Django's own site shows nothing"
    for desk in console._registry.values():
        assert not set(desk.columns) & {
            "password",
            "text",
            "html",
            "subject",
            "to",
            "args",
            "kwargs",
            "result",
        }
    print(f"TA-11: {refused} models refused")


def test_TA_11_the_console_can_not_hide_a_page_and_production_has_none_by_itself() -> None:
    from django.urls import get_resolver

    from arcada.config.env import TAKEN, UnsafeSettings, read_env
    from tests.architecture.test_matrix import patterns

    first = {route.partition("/")[0] for route, _entry in patterns(get_resolver())} - {""}
    assert first <= TAKEN, first - TAKEN
    for wrong in ("settings", "a b", "x", "../up", "a/b"):
        with pytest.raises(UnsafeSettings, match="ARCADA_CONSOLE_PATH"):
            read_env({"ARCADA_CONSOLE_PATH": wrong})
    for allow in ("everybody", "10.0.0.1/8"):
        with pytest.raises(UnsafeSettings, match="ARCADA_CONSOLE_ALLOW"):
            read_env({"ARCADA_CONSOLE_ALLOW": allow})
    with pytest.raises(UnsafeSettings) as refused:
        read_env({"ARCADA_MODE": "production", "ARCADA_CONSOLE_PATH": "desk-7f3a"})
    assert "ARCADA_CONSOLE_ALLOW is not set" in str(refused.value)
    with pytest.raises(UnsafeSettings) as refused:
        read_env({"ARCADA_MODE": "production"})
    assert "CONSOLE" not in str(refused.value), "production without a console is fine"


def test_the_lists_show_no_password_no_mail_and_no_patient(
    sam: "User", shared_case: "Case", rosa: Visitor
) -> None:
    from arcada.apps.jobs.models import Job
    from arcada.apps.mail.models import OutgoingMail
    from tests.cast import CANARIES

    browser = at_work(sam)
    mail, job = OutgoingMail.objects.latest("created_at"), Job.objects.latest("created_at")
    told = ""
    for address in (
        "", "accounts/user/", f"accounts/user/{sam.pk}/change/", "accounts/workspace/", "mail/outgoingmail/",
        f"accounts/workspace/{shared_case.workspace_id}/change/", f"mail/outgoingmail/{mail.pk}/change/", "jobs/job/",
        f"jobs/job/{job.pk}/change/",
    ):  # fmt: skip
        answer = browser.get(f"{DESK}{address}")
        assert answer.status_code == 200, address
        told += answer.content.decode()
    assert "Lima Dental" in told
    for secret in (*CANARIES, "argon2", "P-0218", "A-1042", rosa.email, "/s/"):
        assert secret not in told, secret


def test_a_plan_is_changed_by_its_action_with_a_line_in_the_audit(sam: "User") -> None:
    from arcada.apps.accounts.models import Plan
    from arcada.apps.audit.models import AuditEvent

    browser = at_work(sam)
    form = {
        "code": "lab-50", "name": "Lab, 50 people", "tier": "subscriber", "quota_bytes": "500000000000", "seats": "50",
        "days": "", "price_minor": "12000", "currency": "eur", "is_offered": "on",
    }  # fmt: skip
    assert browser.post(f"{DESK}accounts/plan/add/", form).status_code == 302
    plan = Plan.objects.get()
    assert (plan.price_minor, plan.currency, plan.is_offered) == (12000, "EUR", True)
    del form["is_offered"], form["code"]
    assert (
        browser.post(f"{DESK}accounts/plan/{plan.pk}/change/", form | {"price_minor": "9000"}).status_code
        == 302
    )
    plan = Plan.objects.get()
    assert (plan.code, plan.price_minor, plan.is_offered) == ("lab-50", 9000, False)
    told = AuditEvent.objects.filter(actor_id=sam.pk, object_id=plan.pk).order_by("seq")
    assert [event.action for event in told] == ["plan.offered", "plan.offered", "plan.withdrawn"]


def test_workspaces_and_people_are_only_looked_at(sam: "User", dr_ada: Person) -> None:
    browser = at_work(sam)
    for address in (
        f"accounts/user/{dr_ada.user.pk}", f"accounts/workspace/{dr_ada.workspace.pk}",
    ):  # fmt: skip
        for what in ("change", "delete"):
            answer = browser.post(
                f"{DESK}{address}/{what}/", {"name": "Else", "is_staff": "on", "post": "yes"}
            )
            assert answer.status_code == 403, (address, what)
    dr_ada.user.refresh_from_db()
    assert not dr_ada.user.is_staff


# ------------------------------------------------------------------------------------------ break-glass
def broken(browser: Client, who: Person) -> Any:
    """Send the form, prove it again, send it again."""
    assert asked_to_break(browser, who).headers["Location"].startswith("/accounts/still-you")
    prove_again(browser)
    return asked_to_break(browser, who)


def asked_to_break(browser: Client, who: Person) -> Any:
    return browser.post(f"{DESK}break-glass", {"workspace": str(who.workspace.pk), "reason": WHY})


@pytest.fixture
def glass(dr_ada: Person, sam: "User", shared_case: "Case") -> "BreakGlass":
    """Sam broke the glass of Lima Dental."""
    from arcada.apps.support.models import BreakGlass

    assert broken(at_work(sam), dr_ada).headers["Location"] == "/cases"
    return BreakGlass.objects.get()


def test_TA_10_break_glass_asks_for_the_second_factor_once_more(dr_ada: Person, sam: "User") -> None:
    """Having signed in a minute ago is not enough."""
    from arcada.apps.support.models import BreakGlass

    browser = at_work(sam)
    for _ in range(2):
        assert asked_to_break(browser, dr_ada).headers["Location"].startswith("/accounts/still-you")
        assert not BreakGlass.objects.exists()
    prove_again(browser)
    assert asked_to_break(browser, dr_ada).status_code == 302
    assert BreakGlass.objects.count() == 1
    assert asked_to_break(browser, dr_ada).headers["Location"].startswith("/accounts/still-you"), (
        "one proof, one glass"
    )


def test_TA_10_break_glass_needs_a_reason(dr_ada: Person, sam: "User") -> None:
    from arcada.apps.support.models import BreakGlass

    browser = at_work(sam)
    prove_again(browser)
    answer = browser.post(f"{DESK}break-glass", {"workspace": str(dr_ada.workspace.pk), "reason": "urgent"})
    assert answer.status_code == 422
    assert not BreakGlass.objects.exists()


def test_TA_10_break_glass_tells_the_workspace_and_all_staff_at_once(
    dr_ada: Person, ben: Person, carl: Person, sue: "User", glass: "BreakGlass"
) -> None:
    from arcada.apps.audit.models import AuditEvent
    from arcada.apps.mail.models import OutgoingMail

    told = {(mail.kind, mail.to) for mail in OutgoingMail.objects.filter(kind__startswith="glass")}
    assert told == {
        ("glass_broken", "ada@lima.example"),
        ("glass_to_review", "sam@operator.example"),
        ("glass_to_review", "sue@operator.example"),
    }  # fmt: skip
    mail = OutgoingMail.objects.get(kind="glass_broken")
    assert WHY in mail.text
    assert "Sam" in mail.text
    event = AuditEvent.objects.get(action="support.glass_broken")
    assert (event.chain, event.object_id) == (dr_ada.workspace.pk, glass.pk)
    page = signed_in(dr_ada).get("/settings/support").content.decode()
    assert WHY in page


def test_TA_10_broken_glass_opens_the_pages_for_sixty_minutes_to_who_broke_it(
    dr_ada: Person, sam: "User", sue: "User", glass: "BreakGlass", shared_case: "Case", clock: Clock
) -> None:
    other = at_work(sue)
    assert look_by(other, glass).status_code == 404, "each breaks their own"
    browser = at_work(sam)
    assert look_by(browser, glass).status_code == 302
    page = browser.get(f"/cases/{shared_case.pk}")
    assert "You broke the glass of Lima Dental" in page.content.decode()
    assert browser.get(f"/cases/{shared_case.pk}/files.zip").status_code in (302, 404)
    assert glass.until - glass.created_at == timedelta(minutes=60)
    clock.forward(minutes=61)
    assert browser.get(f"/cases/{shared_case.pk}").status_code == 404
    assert look_by(browser, glass).status_code == 404


def test_TA_10_broken_glass_is_judged_by_a_second_person(
    dr_ada: Person, sam: "User", sue: "User", glass: "BreakGlass"
) -> None:
    own, other = at_work(sam), at_work(sue)
    page = f"{DESK}break-glass/{glass.pk}"
    assert "A second person must say" in own.get(DESK).content.decode()
    assert own.post(page, {"verdict": "fine"}).status_code == 422
    assert other.post(page, {"verdict": "not_fine", "words": "no"}).status_code == 422
    assert "Support began to look" in other.get(page).content.decode()
    answer = other.post(page, {"verdict": "not_fine", "words": "A grant could have been asked for."})
    assert answer.status_code == 302
    glass.refresh_from_db()
    assert (glass.verdict, glass.reviewed_by_id) == ("not_fine", sue.pk)
    assert glass.ended_at is not None, "what was not right is over at once"
    assert "A second person must say" not in other.get(DESK).content.decode()
    assert other.post(page, {"verdict": "fine"}).status_code == 422
    assert "not fine" in signed_in(dr_ada).get("/settings/support").content.decode()


def test_who_stops_looking_finds_the_pages_closed(
    sam: "User", glass: "BreakGlass", shared_case: "Case"
) -> None:
    browser = at_work(sam)
    look_by(browser, glass)
    assert browser.post(f"{DESK}leave").headers["Location"] == DESK
    assert browser.get(f"/cases/{shared_case.pk}").status_code == 404
    assert look_by(browser, glass).status_code == 404, "a glass that one leaves is whole again"
