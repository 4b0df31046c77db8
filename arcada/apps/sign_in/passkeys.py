"""Passkeys (WebAuthn): made, used, named, taken away. The device always verifies the person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from arcada.apps.accounts.models import User
from arcada.apps.audit.actions import record
from arcada.apps.sign_in.factors import Enrolled, after_adding
from arcada.apps.sign_in.models import Challenge, Passkey
from arcada.core.access import Actor
from arcada.core.errors import Refused
from arcada.core.sign_in_rules import CHALLENGE_LIVES

VERIFIED = UserVerificationRequirement.REQUIRED
MOST = 20  # passkeys of one person


@dataclass(frozen=True, slots=True)
class Place:
    """Where the ceremony happens: both are checked against what the browser signed."""

    host: str  # the relying party's id
    origin: str

    def server(self) -> Fido2Server:
        party = PublicKeyCredentialRpEntity(id=self.host, name="Arcada")
        return Fido2Server(party, verify_origin=lambda origin: origin == self.origin)


@dataclass(frozen=True, slots=True)
class Asked:
    """The options for the browser, and the challenge's id for its session."""

    challenge_id: UUID
    options: Mapping[str, Any]


class WrongPasskey(Refused):
    """The answer of the browser does not fit; what exactly, nobody is told."""

    code = "wrong_passkey"

    def __init__(self) -> None:
        super().__init__("This passkey was not accepted. Try again, or use another way.")


@transaction.atomic
def ask_to_enrol(user: User, place: Place, *, now: datetime) -> Asked:
    known = [_credential(row) for row in Passkey.objects.filter(user=user)]
    if len(known) >= MOST:
        raise Refused(
            "There are {count} passkeys already. Remove one first.", code="too_many_passkeys", count=MOST
        )
    options, state = place.server().register_begin(
        PublicKeyCredentialUserEntity(id=user.pk.bytes, name=user.email, display_name=user.get_full_name()),
        known,
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=VERIFIED,
    )
    return Asked(_keep(user, "enrol", state, now=now), dict(options))


@transaction.atomic
def ask_to_sign(user: User | None, place: Place, *, now: datetime) -> Asked:
    """For sign-in by passkey alone nobody is named: the browser offers what it has."""
    known = [_credential(row) for row in Passkey.objects.filter(user=user)] if user else []
    options, state = place.server().authenticate_begin(known or None, user_verification=VERIFIED)
    return Asked(_keep(user, "prove" if user else "sign_in", state, now=now), dict(options))


@transaction.atomic
def add_passkey(
    actor: Actor, user: User, place: Place, *, challenge_id: UUID, response: Mapping[str, Any], name: str,
    now: datetime,
) -> tuple[Passkey, Enrolled]:  # fmt: skip
    """The new passkey, and recovery codes where there are none; raises WrongPasskey."""
    state = _take(challenge_id, user, "enrol", now=now)
    try:
        made = place.server().register_complete(state, response)
    except (ValueError, TypeError, KeyError, AssertionError):
        raise WrongPasskey from None
    credential = made.credential_data
    if credential is None:
        raise WrongPasskey
    try:
        with transaction.atomic():
            passkey = Passkey.objects.create(
                user=user,
                name=" ".join(name.split())[:80] or "Passkey",
                credential_id=credential.credential_id,
                credential=bytes(credential),
                sign_count=made.counter,
                created_at=now,
            )
    except IntegrityError:
        raise WrongPasskey from None
    record(actor, "factor.added", now=now, about=passkey, ids={"kind": "passkey"})
    return passkey, after_adding(actor, user, "passkey", now=now)


def use_passkey(
    user: User | None, place: Place, *, challenge_id: UUID, response: Mapping[str, Any], now: datetime
) -> Passkey:
    """The passkey that signed the challenge; its challenge is used up whatever comes out. Raises WrongPasskey."""
    state = _take(challenge_id, user, "prove" if user else "sign_in", now=now)
    passkey, counter = _signed(user, place, state, response)
    with transaction.atomic():
        row = Passkey.objects.select_for_update().get(pk=passkey.pk)
        # A device that counts must count up; a count that fell back means a copy (ID-09).
        is_copy = (counter or row.sign_count) and counter <= row.sign_count
        if is_copy:
            record(
                Actor.system(), "factor.failed", now=now, about=passkey, outcome="denied", reason="sign_count",
                ids={"user": passkey.user_id, "said": counter, "known": row.sign_count},
            )  # fmt: skip
        else:
            row.sign_count, row.last_used_at = counter, now
            row.save(update_fields=["sign_count", "last_used_at"])
    if is_copy:
        raise WrongPasskey
    return row


def _signed(
    user: User | None, place: Place, state: Mapping[str, Any], response: Mapping[str, Any]
) -> tuple[Passkey, int]:
    try:
        said = AuthenticationResponse.from_dict(response)
        rows = Passkey.objects.select_related("user").filter(credential_id=said.raw_id)
        found = (rows.filter(user=user) if user else rows.filter(user__is_active=True)).first()
        if found is None:
            raise WrongPasskey
        place.server().authenticate_complete(state, [_credential(found)], said)
        handle = said.response.user_handle
        if handle is not None and handle != found.user_id.bytes:
            raise WrongPasskey
        return found, said.response.authenticator_data.counter
    except (ValueError, TypeError, KeyError, AssertionError, AttributeError):
        raise WrongPasskey from None


@transaction.atomic
def rename_passkey(actor: Actor, passkey: Passkey, *, name: str, now: datetime) -> Passkey:
    passkey.name = " ".join(name.split())[:80] or passkey.name
    passkey.save(update_fields=["name"])
    record(actor, "factor.renamed", now=now, about=passkey)
    return passkey


def _keep(user: User | None, purpose: str, state: Mapping[str, Any], *, now: datetime) -> UUID:
    row = Challenge.objects.create(user=user, purpose=purpose, challenge=state["challenge"], created_at=now)
    return row.pk


def _take(challenge_id: UUID, user: User | None, purpose: str, *, now: datetime) -> dict[str, Any]:
    """The state of a challenge that nobody used yet; two that come together get one."""
    open_ = Challenge.objects.filter(
        pk=challenge_id, user=user, purpose=purpose, used_at=None, created_at__gt=now - CHALLENGE_LIVES
    )
    if not open_.update(used_at=now):
        raise WrongPasskey
    return {"challenge": Challenge.objects.get(pk=challenge_id).challenge, "user_verification": VERIFIED}


def _credential(row: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(row.credential))
