"""Writes: sessions begin, are proven anew, and end; devices become known."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from arcada.apps.accounts.models import User
from arcada.apps.accounts.queries import actor_for_user
from arcada.apps.audit.actions import record
from arcada.apps.mail.actions import queue_mail
from arcada.apps.sign_in.models import KeptForm, KnownDevice, Session
from arcada.core.access import Actor, Origin
from arcada.core.sealing import hash_token
from arcada.core.sign_in_rules import WRITTEN_EVERY, WRONG_REVALIDATIONS, Ending


@dataclass(frozen=True, slots=True)
class Browser:
    """What a session may remember of where it is."""

    session_key: str
    name: str  # Firefox, Windows
    ip_truncated: str
    device_token: str = ""  # of its signed cookie


@dataclass(frozen=True, slots=True)
class NewSession:
    session: Session
    device_token: str  # for the cookie


def person_of(user: User, origin: Origin, *, now: datetime) -> Actor:
    """The person, in the first of their workspaces: so that its audit knows of their sign-ins."""
    actor, _ = actor_for_user(user, workspace_id=None, origin=origin, now=now)
    return actor


@transaction.atomic
def start_session(
    user: User, browser: Browser, *, second_factor: str, origin: Origin, now: datetime
) -> NewSession:
    """A session after the whole sign-in; a mail goes out when the browser was never seen before."""
    device, token = _device(user, browser, now=now)
    session = Session.objects.create(
        user=user,
        device=device,
        key_hash=hash_token(browser.session_key),
        started_at=now,
        fully_authenticated_at=now,
        proven_at=now,
        second_factor_at=now if second_factor else None,
        last_active_at=now,
        device_name=browser.name[:80],
        ip_truncated=browser.ip_truncated,
        level=user.level,
        standing=user.standing,
    )
    record(
        person_of(user, origin, now=now), "session.started", now=now, about=session,
        ids={"device": device.pk, "factor": second_factor or "none"},
    )  # fmt: skip
    return NewSession(session, token)


def _device(user: User, browser: Browser, *, now: datetime) -> tuple[KnownDevice, str]:
    known = known_device(user, browser.device_token)
    if known is not None:
        known.last_seen_at = now
        known.save(update_fields=["last_seen_at"])
        return known, browser.device_token
    is_first = not KnownDevice.objects.filter(user=user).exists()
    token = secrets.token_urlsafe(32)
    device = KnownDevice.objects.create(
        user=user, token_hash=hash_token(token), name=browser.name[:80], created_at=now, last_seen_at=now
    )
    if not is_first:
        queue_mail(
            "new_device", to=user.email, language=user.language, now=now,
            facts={"device": browser.name, "at": now},
        )  # fmt: skip
    return device, token


def known_device(user: User, token: str) -> KnownDevice | None:
    if not token:
        return None
    return KnownDevice.objects.filter(user=user, token_hash=hash_token(token)).first()


@transaction.atomic
def forget_device(actor: Actor, device: KnownDevice, *, now: datetime) -> None:
    """From then on the browser is a stranger, and what is signed in there ends."""
    for session in Session.objects.filter(device=device, ended_at=None):
        end_session(actor, session, reason=Ending.BY_PERSON, now=now)
    Session.objects.filter(device=device).update(device=None)
    record(actor, "device.forgotten", now=now, about=device)
    device.delete()


def touch(session: Session, *, now: datetime) -> None:
    """The person did something; written at most once a minute."""
    if now - session.last_active_at >= WRITTEN_EVERY:
        Session.objects.filter(pk=session.pk, last_active_at__lt=now).update(last_active_at=now)
        session.last_active_at = now


def see_better_standing(session: Session, user: User) -> None:
    """What is worse than this ends the session."""
    if (session.level, session.standing) != (user.level, user.standing):
        session.level, session.standing = user.level, user.standing
        session.save(update_fields=["level", "standing"])


@transaction.atomic
def prove_session(
    actor: Actor, session: Session, *, session_key: str, by: str, is_second_factor: bool, now: datetime
) -> Session:
    """The person proved who they are: the idle clock starts anew, the overall one goes on (SE-02, SE-03)."""
    session.proven_at = session.last_active_at = now
    session.wrong_revalidations = 0
    session.key_hash = hash_token(session_key)
    if is_second_factor:
        session.second_factor_at = now
    session.save(
        update_fields=["proven_at", "last_active_at", "wrong_revalidations", "key_hash", "second_factor_at"]
    )
    record(actor, "session.proven", now=now, about=session, ids={"by": by})
    return session


@transaction.atomic
def proof_failed(actor: Actor, session: Session, *, now: datetime) -> bool:
    """One wrong proof more; True when it was the third, which ends the session."""
    Session.objects.filter(pk=session.pk).update(wrong_revalidations=F("wrong_revalidations") + 1)
    session.refresh_from_db(fields=["wrong_revalidations"])
    record(actor, "session.failed", now=now, about=session, outcome="failed", reason="wrong_proof")
    if session.wrong_revalidations < WRONG_REVALIDATIONS:
        return False
    end_session(actor, session, reason=Ending.GUESSES, now=now)
    return True


@transaction.atomic
def end_session(actor: Actor, session: Session, *, reason: Ending, now: datetime) -> bool:
    """False when it had ended already."""
    ended = Session.objects.filter(pk=session.pk, ended_at=None).update(
        ended_at=now, ended_reason=reason.value
    )
    if not ended:
        return False
    KeptForm.objects.filter(session=session).delete()
    record(
        actor, "session.ended", now=now, about=session, ids={"reason": reason.value, "user": session.user_id}
    )
    return True


@transaction.atomic
def end_sessions_of(
    actor: Actor, user_id: UUID, *, reason: Ending, now: datetime, besides: UUID | None = None
) -> int:
    """Every session of a person, or every other one; how many ended."""
    open_ = Session.objects.filter(user_id=user_id, ended_at=None)
    if besides is not None:
        open_ = open_.exclude(pk=besides)
    return sum(end_session(actor, session, reason=reason, now=now) for session in open_)
