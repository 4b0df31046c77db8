"""Loads the demo into an empty installation, and wipes it again."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command

from arcada.apps.accounts.models import User, Workspace
from arcada.apps.files.storage import StoreUnavailable, the_store
from arcada.apps.sign_in.factors import otpauth_url
from arcada.apps.sign_in.queries import totp_of
from arcada.demo.calendar import Calendar
from arcada.demo.people import CLINIC, LAB, PASSWORD, SIGN_INS, make_people


def is_empty() -> bool:
    return not Workspace.objects.exists() and not User.objects.exists()


def has_demo() -> bool:
    return User.objects.filter(email=SIGN_INS[0][0]).exists()


def others_here() -> list[str]:
    """Workspaces that are not the demo's: what a reset would take away beside it."""
    return list(
        Workspace.objects.exclude(name__in=[CLINIC, LAB]).order_by("name").values_list("name", flat=True)
    )


def load(say: Callable[[str], None], *, now: datetime) -> None:
    """People, patients, files, cases, comments and shares; the workers judge the files meanwhile."""
    from arcada.demo.story import tell_story  # loads the kernels, which a look at the help needs not

    calendar = Calendar(now)
    cast = make_people(calendar)
    tell_story(cast, calendar, say)


def sign_ins() -> str:
    """The lines that tell a person how to sign in."""
    width = max(len(email) for email, _, _ in SIGN_INS)
    lines = [f"  {email:<{width}}  {name}, {role}" for email, name, role in SIGN_INS]
    return "\n".join([f"Sign in with the password {PASSWORD} as", *lines, *_second_factors()])


def _second_factors() -> list[str]:
    """What an authenticator app needs; the codes of this minute are on the page /dev/mail."""
    found = [
        (user, totp_of(user)) for user in User.objects.filter(email__in=[email for email, _, _ in SIGN_INS])
    ]
    lines = [
        f"  {user.email}: {totp.secret}\n    {otpauth_url(user, totp.secret)}" for user, totp in found if totp
    ]
    codes = f"Second step: the codes of now are on {settings.ENV.public_url}/dev/mail"
    # Beside a server that just began, nobody is there yet.
    return [f"{codes}, or in an app with", *lines] if lines else [codes]


def wipe() -> None:
    """Every row and every stored byte; the keys stay."""
    call_command("flush", interactive=False, verbosity=0)
    cache.clear()
    store = the_store()
    with suppress(StoreUnavailable):
        for found in list(store.objects()):
            store.delete(found.key)
        for left in list(store.unfinished()):
            store.drop(left)
    mails = urlsplit(settings.ENV.mail_url)
    if mails.scheme == "file":
        for mail in Path(unquote(mails.path)).glob("*.eml"):
            mail.unlink(missing_ok=True)
