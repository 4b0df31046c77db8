"""Reads: in which state a session is, what factors a person has, who needs one."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from arcada.apps.accounts.models import Membership, User
from arcada.apps.row_scope import system_scope
from arcada.apps.sign_in.models import KnownDevice, Passkey, RecoveryCode, Session, Totp
from arcada.core.access import WorkspaceKind
from arcada.core.errors import NotFound
from arcada.core.sealing import one_time_code
from arcada.core.sign_in_rules import (
    CLINICAL,
    DIGITS,
    STANDARD,
    Ending,
    SessionFacts,
    SessionState,
    second_factor_required,
    session_state,
    steps_around,
)
from arcada.core.standing import Level, Standing, is_verified

_GRAVITY = list(Standing)
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Look:
    """A session as it is now."""

    session: Session
    state: SessionState
    ending: Ending | None = None


@system_scope()
def look_at(session_id: UUID, user: User, *, now: datetime) -> Look | None:
    """The session of `user`; None when there is none, or it ended already."""
    clinical = Membership.objects.filter(
        user=OuterRef("user"), is_active=True, suspended_at=None, workspace__session_policy="clinical"
    )
    session = (
        Session.objects.filter(pk=session_id, user=user, ended_at=None)
        .annotate(is_clinical=Exists(clinical), has_factor=_has_factor())
        .first()
    )
    if session is None:
        return None
    if not user.is_active:
        return Look(session, SessionState.ENDED, Ending.INACTIVE)
    if _sank(session, user, now=now):
        return Look(session, SessionState.ENDED, Ending.STANDING)
    did = session.second_factor_at is not None
    facts = SessionFacts(
        fully_authenticated_at=session.fully_authenticated_at,
        last_active_at=session.last_active_at,
        limits=CLINICAL if session.is_clinical else STANDARD,
        did_second_factor=did,
        has_second_factor=session.has_factor,
        needs_second_factor=not did and needs_second_factor(user, now=now),
    )
    return Look(session, *session_state(facts, now=now))


@system_scope()
def is_live(session_id: UUID, *, now: datetime) -> bool:
    """True while what the session began may go on: a running download asks."""
    session = Session.objects.select_related("user").filter(pk=session_id, ended_at=None).first()
    if session is None:
        return False
    found = look_at(session_id, session.user, now=now)
    return found is not None and found.state in (SessionState.OPEN, SessionState.IDLE)


def _sank(session: Session, user: User, *, now: datetime) -> bool:
    """The licence was taken or the standing is worse than this session knew it (SE-06).

    A licence that ran out ends no session: nobody is locked out from what is their own (LV-06).
    """
    was_verified = session.level == Level.LICENCE_VERIFIED
    ran_out = user.level_until is not None and user.level_until <= now
    return (was_verified and user.level != Level.LICENCE_VERIFIED and not ran_out) or (
        _GRAVITY.index(Standing(user.standing)) > _GRAVITY.index(Standing(session.standing))
    )


def _has_factor() -> Exists:
    apps = Totp.objects.filter(user=OuterRef("user")).exclude(confirmed_at=None)
    return Exists(apps) | Exists(Passkey.objects.filter(user=OuterRef("user")))  # type: ignore[return-value]


@system_scope()
def needs_second_factor(user: User, *, now: datetime) -> bool:
    """By any of the person's workspaces, their licence or their office (ID-11)."""
    places = Membership.objects.filter(user=user, is_active=True, suspended_at=None).values_list(
        "workspace__kind", "workspace__second_factor"
    )
    verified = is_verified(Level(user.level), user.level_until, now=now)
    return any(
        second_factor_required(
            is_verified=verified,
            kind=WorkspaceKind(kind) if kind else None,
            is_staff=user.is_staff,
            policy=policy,
        )
        for kind, policy in [*places, ("", "by_rule")]
    )


def totp_of(user: User) -> Totp | None:
    """The authenticator app that counts."""
    return Totp.objects.filter(user=user).exclude(confirmed_at=None).first()


def passkeys_of(user: User) -> QuerySet[Passkey]:
    return Passkey.objects.filter(user=user).order_by("created_at")


def has_second_factor(user: User) -> bool:
    return totp_of(user) is not None or passkeys_of(user).exists()


def recovery_codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def sessions_of(user: User) -> QuerySet[Session]:
    """Those that have not ended, newest first."""
    return Session.objects.filter(user=user, ended_at=None).order_by("-last_active_at")


def devices_of(user: User) -> QuerySet[KnownDevice]:
    return KnownDevice.objects.filter(user=user).order_by("-last_seen_at")


def user_by_email(email: str) -> User | None:
    return User.objects.filter(email=email.strip().lower()).first()


def session_for(user: User, session_id: UUID) -> Session:
    """One's own session that goes on."""
    return _or_not_found(sessions_of(user).filter(pk=session_id).first())


def passkey_for(user: User, passkey_id: UUID) -> Passkey:
    return _or_not_found(passkeys_of(user).filter(pk=passkey_id).first())


def device_for(user: User, device_id: UUID) -> KnownDevice:
    return _or_not_found(devices_of(user).filter(pk=device_id).first())


def _or_not_found(found: _Row | None) -> _Row:
    if found is None:
        raise NotFound
    return found


def codes_of_demo(*, now: datetime) -> list[tuple[str, str]]:
    """The codes of now of the made-up people; their addresses exist nowhere (RFC 2606). For development only."""
    apps = Totp.objects.select_related("user").filter(user__email__endswith="-dental.example")
    labs = Totp.objects.select_related("user").filter(user__email__endswith="-lab.example")
    step = steps_around(now)[1]
    return [
        (app.user.email, one_time_code(base64.b32decode(app.secret), step, DIGITS)) for app in [*apps, *labs]
    ]
