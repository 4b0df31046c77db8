"""People at the door: with a password, an authenticator app, a clock that can be moved."""

import base64
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.cast import PASSWORD, Person


def code_of(user: Any, *, later: int = 0) -> str:
    """What the person's app shows, `later` steps from now."""
    from django.utils import timezone

    from arcada.apps.sign_in.models import Totp
    from arcada.core.sealing import one_time_code
    from arcada.core.sign_in_rules import steps_around

    secret = base64.b32decode(Totp.objects.get(user=user).secret)
    return one_time_code(secret, steps_around(timezone.now())[1] + later, 6)


def with_app(user: Any) -> Any:
    from django.utils import timezone

    from arcada.apps.sign_in.factors import make_totp, new_secret

    return make_totp(user, new_secret(), last_step=0, now=timezone.now())


def password_step(page: Client, user: Any, password: str = PASSWORD, **more: Any) -> Any:
    return page.post("/accounts/login/", {"login": user.email, "password": password}, **more)


def whole_sign_in(who: Person, *, agent: str = "Mozilla Firefox Linux", later: int = 0) -> Client:
    """By the forms: password, then the app's code."""
    page = Client(headers={"User-Agent": agent})
    answer = password_step(page, who.user)
    if answer["Location"] == "/accounts/second-step":
        answer = page.post("/accounts/second-step", {"code": code_of(who.user, later=later)})
    assert answer.status_code == 302, answer.status_code
    return page


def mails_to(email: str) -> list[Any]:
    from arcada.apps.mail.models import OutgoingMail

    return list(OutgoingMail.objects.filter(to=email).order_by("-created_at"))


def link_in(mail: Any) -> str:
    found = re.search(r"https?://[^/]+(/accounts/(?:new|old)-address/\S+)", mail.text)
    assert found, mail.text
    return found[1]


class Clock:
    """Moves what `timezone.now()` says; cookies and Django's sessions go by the real one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from django.utils import timezone

        self.ahead = timedelta(0)
        self.stopped_at: datetime | None = None
        self.real = timezone.now
        monkeypatch.setattr(timezone, "now", lambda: (self.stopped_at or self.real()) + self.ahead)

    def forward(self, **by: float) -> None:
        self.ahead += timedelta(**by)

    def stop(self) -> None:
        """Waits of seconds don't run out while a slow machine is at work."""
        self.stopped_at = self.real()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def ada(dr_ada: Person) -> Person:
    """dr_ada with an authenticator app."""
    with_app(dr_ada.user)
    return dr_ada


@pytest.fixture(autouse=True)
def outbox(settings: Any) -> None:
    """Mails of allauth go where all others do, also in tests."""
    settings.EMAIL_BACKEND = "arcada.apps.mail.backend.OutboxBackend"
