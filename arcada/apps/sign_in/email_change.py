"""Another mail address: the new one confirms it, the old one may undo it for 72 hours."""

import secrets
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from arcada.apps.accounts.models import User
from arcada.apps.audit.actions import record
from arcada.apps.mail.actions import queue_mail
from arcada.apps.sign_in.models import EmailChange
from arcada.apps.sign_in.sessions import end_sessions_of
from arcada.core.access import Actor
from arcada.core.errors import Conflict, NotFound
from arcada.core.sealing import hash_token
from arcada.core.sign_in_rules import CONFIRM_LIVES, UNDO_LIVES, Ending


@transaction.atomic
def ask_for_email(actor: Actor, user: User, *, email: str, now: datetime) -> EmailChange:
    """A link goes to the new address. Whether it already has an account, the asking page does not tell."""
    secret = secrets.token_urlsafe(32)
    change = EmailChange.objects.create(
        user=user, old_email=user.email, new_email=email.strip().lower(), confirm_hash=hash_token(secret),
        created_at=now,
    )  # fmt: skip
    record(actor, "email.change_asked", now=now, about=change)
    if not User.objects.filter(email=change.new_email).exists():
        queue_mail(
            "email_confirm", to=change.new_email, language=user.language, now=now,
            facts={"url": f"{settings.ENV.public_url}/accounts/new-address/{secret}"},
        )  # fmt: skip
    return change


def change_to_confirm(secret: str, *, now: datetime) -> EmailChange:
    found = (
        EmailChange.objects.select_related("user")
        .filter(confirm_hash=hash_token(secret), confirmed_at=None, created_at__gt=now - CONFIRM_LIVES)
        .first()
    )
    if found is None or found.user.email != found.old_email:
        raise NotFound
    return found


def change_to_undo(secret: str, *, now: datetime) -> EmailChange:
    found = (
        EmailChange.objects.select_related("user")
        .filter(undo_hash=hash_token(secret), undone_at=None, confirmed_at__gt=now - UNDO_LIVES)
        .first()
    )
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def confirm_email(actor: Actor, change: EmailChange, *, now: datetime) -> EmailChange:
    """The account goes by the new address; the old one is told, with the way back."""
    if User.objects.filter(email=change.new_email).exists():
        raise Conflict("This address belongs to an account.", code="address_taken")
    secret = secrets.token_urlsafe(32)
    won = EmailChange.objects.filter(pk=change.pk, confirmed_at=None).update(
        confirmed_at=now, undo_hash=hash_token(secret)
    )
    if not won:
        raise NotFound
    _move(change.user, change.new_email)
    record(actor, "email.changed", now=now, about=change, ids={"user": change.user_id})
    queue_mail(
        "email_changed", to=change.old_email, language=change.user.language, now=now,
        facts={"url": f"{settings.ENV.public_url}/accounts/old-address/{secret}", "at": now},
    )  # fmt: skip
    return change


@transaction.atomic
def undo_email(actor: Actor, change: EmailChange, *, now: datetime) -> EmailChange:
    """Back to the old address: all sessions end, and the password, which somebody else may know, is no more."""
    if not EmailChange.objects.filter(pk=change.pk, undone_at=None).update(undone_at=now):
        raise NotFound
    # What was changed after it goes back too.
    EmailChange.objects.filter(user=change.user, created_at__gt=change.created_at).update(undone_at=now)
    user = change.user
    _move(user, change.old_email)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    record(actor, "email.change_undone", now=now, about=change, ids={"user": user.pk})
    end_sessions_of(actor, user.pk, reason=Ending.EMAIL, now=now)
    return change


def _move(user: User, email: str) -> None:
    user.email = email
    user.save(update_fields=["email"])
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
