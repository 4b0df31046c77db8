"""Writes: the authenticator app and the recovery codes. Each code counts once, however many arrive together."""

import base64
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction

from arcada.apps.accounts.models import User
from arcada.apps.audit.actions import record
from arcada.apps.mail.actions import queue_mail
from arcada.apps.sign_in.models import Passkey, RecoveryCode, Session, Totp
from arcada.apps.sign_in.queries import has_second_factor, needs_second_factor, passkeys_of, totp_of
from arcada.core.access import Actor
from arcada.core.errors import Refused
from arcada.core.sealing import derive_key, hash_code, one_time_code, same
from arcada.core.sign_in_rules import DIGITS, RECOVERY_CODES, steps_around

SECRET_BYTES = 20
# Without letters and digits that are read as one another.
_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_CODE_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a new second factor brings: recovery codes when there were none, shown once."""

    recovery_codes: tuple[str, ...]


def otpauth_url(user: User, secret: str) -> str:
    """What an authenticator app reads from the square."""
    label = quote(f"Arcada:{user.email}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': 'Arcada'})}"


def pending_secret(session: Session) -> str:
    """The secret that a session may set up: nothing is stored before it is confirmed, and a reload shows the same."""
    mark = f"{session.user_id} {session.pk} {session.proven_at.isoformat()}"
    made = hash_code(derive_key(settings.ENV.master_key(), "pending authenticator"), b"", mark)
    return base64.b32encode(made[:SECRET_BYTES]).decode()


@transaction.atomic
def confirm_totp(actor: Actor, user: User, session: Session, *, code: str, now: datetime) -> Enrolled | None:
    """The app counts when it shows the right code; None when it does not."""
    User.objects.select_for_update().get(pk=user.pk)
    if totp_of(user) is not None:
        raise Refused("An authenticator app is set up already. Remove it first.", code="factor_there")
    secret = pending_secret(session)
    step = _step_of(secret, code, now=now)
    if step is None:
        record(actor, "factor.failed", now=now, about=user, outcome="failed", reason="not_confirmed")
        return None
    totp = make_totp(user, secret, last_step=step, now=now)
    record(actor, "factor.added", now=now, about=totp, ids={"kind": "totp"})
    return after_adding(actor, user, "totp", now=now)


def make_totp(user: User, secret: str, *, last_step: int, now: datetime) -> Totp:
    return Totp.objects.create(
        user=user, secret=secret, last_step=last_step, created_at=now, confirmed_at=now
    )


def new_secret() -> str:
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def after_adding(actor: Actor, user: User, kind: str, *, now: datetime) -> Enrolled:
    """The notice, and recovery codes where there are none."""
    _tell(user, "added", kind, now=now)
    if RecoveryCode.objects.filter(user=user, used_at=None).exists():
        return Enrolled(())
    return Enrolled(new_recovery_codes(actor, user, now=now))


@transaction.atomic
def remove_totp(actor: Actor, user: User, *, now: datetime) -> None:
    totp = totp_of(user)
    if totp is None:
        raise Refused("There is no authenticator app.", code="no_factor")
    _demand_another(user, others=passkeys_of(user).exists(), now=now)
    record(actor, "factor.removed", now=now, about=totp, ids={"kind": "totp"})
    totp.delete()
    after_removing(user, "totp", now=now)


@transaction.atomic
def remove_passkey(actor: Actor, user: User, passkey: Passkey, *, now: datetime) -> None:
    others = totp_of(user) is not None or passkeys_of(user).exclude(pk=passkey.pk).exists()
    _demand_another(user, others=others, now=now)
    record(actor, "factor.removed", now=now, about=passkey, ids={"kind": "passkey"})
    passkey.delete()
    after_removing(user, "passkey", now=now)


def after_removing(user: User, kind: str, *, now: datetime) -> None:
    """Recovery codes stand for a factor; without one there is nothing to recover."""
    if not has_second_factor(user):
        RecoveryCode.objects.filter(user=user).delete()
    _tell(user, "removed", kind, now=now)


def _demand_another(user: User, *, others: bool, now: datetime) -> None:
    if not others and needs_second_factor(user, now=now):
        raise Refused("Your work here needs a second factor. Add another one first.", code="last_factor")


@transaction.atomic
def new_recovery_codes(actor: Actor, user: User, *, now: datetime) -> tuple[str, ...]:
    """Ten fresh codes; the old ones are dead."""
    User.objects.select_for_update().get(pk=user.pk)
    RecoveryCode.objects.filter(user=user).delete()
    codes = tuple(
        "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH)) for _ in range(RECOVERY_CODES)
    )
    rows = []
    for code in codes:
        salt = os.urandom(16)
        rows.append(
            RecoveryCode(user=user, salt=salt, code_hash=hash_code(_key(), salt, code), created_at=now)
        )
    RecoveryCode.objects.bulk_create(rows)
    record(actor, "factor.added", now=now, about=user, ids={"kind": "recovery_codes"})
    return tuple(f"{code[:5]}-{code[5:]}" for code in codes)


@transaction.atomic
def use_code(actor: Actor, user: User, *, code: str, now: datetime) -> str:
    """Says "totp" or "recovery_code" when the code counts, else an empty text; right or wrong, it is recorded."""
    typed = "".join(code.upper().split()).replace("-", "")
    used = ""
    if len(typed) == DIGITS and typed.isascii() and typed.isdigit():
        totp = totp_of(user)
        if totp is not None and _take_step(totp, typed, now=now):
            used = "totp"
    elif _take_recovery_code(user, typed, now=now):
        used = "recovery_code"
    if not used:
        record(actor, "factor.failed", now=now, about=user, outcome="failed", reason="wrong_code")
    elif used == "recovery_code":
        left = RecoveryCode.objects.filter(user=user, used_at=None).count()
        record(actor, "factor.used", now=now, about=user, ids={"kind": used, "left": left})
        queue_mail(
            "recovery_code_used",
            to=user.email,
            language=user.language,
            now=now,
            facts={"left": left, "at": now},
        )
    return used


def _step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """The latest step around now that the code belongs to."""
    raw = base64.b32decode(secret)
    right = [step for step in steps_around(now) if same(one_time_code(raw, step, DIGITS), code)]
    return right[-1] if right else None


def _take_step(totp: Totp, code: str, *, now: datetime) -> bool:
    """True when the code is of a step later than any used before; one statement decides."""
    step = _step_of(totp.secret, code, now=now)
    return step is not None and bool(
        Totp.objects.filter(pk=totp.pk, last_step__lt=step).update(last_step=step, last_used_at=now)
    )


def _take_recovery_code(user: User, typed: str, *, now: datetime) -> bool:
    found = None
    for row in RecoveryCode.objects.filter(user=user, used_at=None):
        if same(bytes(row.code_hash), hash_code(_key(), bytes(row.salt), typed)):
            found = row
    return found is not None and bool(
        RecoveryCode.objects.filter(pk=found.pk, used_at=None).update(used_at=now)
    )


def _tell(user: User, what: str, kind: str, *, now: datetime) -> None:
    queue_mail(
        "factor_changed", to=user.email, language=user.language, now=now,
        facts={"what": what, "kind": kind, "at": now},
    )  # fmt: skip


def _key() -> bytes:
    return derive_key(settings.ENV.master_key(), "recovery codes")
