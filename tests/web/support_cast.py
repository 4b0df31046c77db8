"""Sam and Sue work for the operator: staff, in no workspace, each with a second factor used in their session."""

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from tests.cast import NOW, PASSWORD, Person

if TYPE_CHECKING:
    from arcada.apps.accounts.models import User
    from arcada.apps.support.models import Grant

WHY = "The upper jaw stands on its head in the viewer."
DESK = "/console/"


def staff(email: str, name: str) -> "User":
    from allauth.account.models import EmailAddress

    from arcada.apps.accounts.models import User
    from tests.cast import accept_everything

    user = User.objects.create_user(email, PASSWORD, name=name, is_staff=True)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    accept_everything(user, now=NOW)
    return user


def at_work(user: "User", **more: Any) -> Client:
    browser = Client(**more)
    browser.force_login(user)
    return browser


@pytest.fixture
def sam(db: None) -> "User":
    return staff("sam@operator.example", "Sam")


@pytest.fixture
def sue(db: None) -> "User":
    return staff("sue@operator.example", "Sue")


def given(who: Person, target: Any = None, *, hours: int = 4) -> "Grant":
    from django.utils import timezone

    from arcada.apps.support.actions import give_grant

    return give_grant(
        who.actor, who.workspace, by=who.user, target=target, hours=hours, reason=WHY, now=timezone.now()
    )


def look_by(browser: Client, access: Any) -> Any:
    """Press Look in the console."""
    return browser.post(f"{DESK}look/{access.pk}")


def prove_again(browser: Client) -> None:
    """The second factor once more, as its page keeps it."""
    from django.utils import timezone

    from arcada.api.auth import SESSION_KEY
    from arcada.apps.sign_in.models import Session

    now = timezone.now()
    Session.objects.filter(pk=browser.session[SESSION_KEY]).update(second_factor_at=now, proven_at=now)
