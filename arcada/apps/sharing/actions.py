"""Writes of sharing: create, revoke, extend; and what a recipient does to come in."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F

from arcada.apps.accounts.actions import learn_contact, next_number
from arcada.apps.accounts.models import User
from arcada.apps.audit.actions import record as audit
from arcada.apps.cases.models import Case
from arcada.apps.cases.queries import current_records
from arcada.apps.mail.actions import queue_mail
from arcada.apps.notifications.actions import notify
from arcada.apps.records.models import Record
from arcada.apps.sharing.access import Invited, shown_name
from arcada.apps.sharing.models import Code, Pass, Recipient, Share, SharedRecord, Visit
from arcada.core.access import Actor
from arcada.core.case_flow import RecordState
from arcada.core.errors import Conflict, Refused
from arcada.core.sealing import hash_token, same
from arcada.core.share_terms import (
    CODE_ALPHABET,
    CODE_LENGTH,
    CODE_LIFE,
    CODE_TRIES,
    LONGEST_LIFE,
    AccessLevel,
    ShareTerms,
    check_terms,
)

PASSCODE_TRIES = 10
CODES_AN_HOUR = 5


@dataclass(frozen=True, slots=True)
class NamedRecipient:
    email: str
    name: str = ""
    company: str = ""


@dataclass(frozen=True, slots=True)
class NewShare:
    """The share, and its secrets for the one time they exist in clear."""

    share: Share
    url: str | None  # the link for anyone; None where only named recipients may come in
    recipient_urls: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def create_share(
    actor: Actor,
    case: Case,
    *,
    terms: ShareTerms,
    recipients: Sequence[NamedRecipient],
    now: datetime,
    records: Sequence[Record] | None = None,
    brand_name: str = "",
    language: str = "en",
) -> NewShare:
    """A share of the case (or of the records named) by link; mails go out after the commit, without patient data."""
    named = _checked(recipients)
    check_terms(terms, recipients=len(named), now=now)
    if records is None and not [r for r in current_records(case) if r.state == RecordState.READY]:
        raise Refused("There is nothing in this case that could be shared yet.", code="nothing_to_share")
    secret = None if terms.level is AccessLevel.EMAIL_VERIFIED else _secret()
    share = Share.objects.create(
        workspace_id=case.workspace_id,
        case=case,
        code=f"S-{next_number(case.workspace_id, 'next_share'):04d}",
        level=terms.level.value,
        token_hash=hash_token(secret) if secret else None,
        passcode_hash=make_password(terms.passcode) if terms.level is AccessLevel.PASSCODE else "",
        permissions=sorted(permission.value for permission in terms.permissions),
        whole_case=records is None,
        note=terms.note,
        brand_name=(brand_name.strip() or case.workspace.shown_name)[:120],
        shared_by=actor.id,
        shared_by_name=actor.name[:120],
        created_at=now,
        expires_at=terms.expires_at,
    )
    SharedRecord.objects.bulk_create(SharedRecord(share=share, record=record) for record in records or ())
    urls = {person.email: _add_recipient(share, person, language=language, now=now) for person in named}
    audit(
        actor, "share.created", now=now, workspace_id=share.workspace_id, patient_id=case.patient_id, about=share,
        ids={
            "case": case.pk, "level": share.level, "permissions": share.permissions, "recipients": len(named),
            "records": [record.pk for record in records or ()],
        },
    )  # fmt: skip
    return NewShare(share, _url(secret) if secret else None, urls)


@transaction.atomic
def revoke_share(actor: Actor, share: Share, *, now: datetime) -> Share:
    """The link ends at once, for everybody, also for downloads under way."""
    if share.revoked_at is None:
        share.revoked_at = now
        share.save(update_fields=["revoked_at"])
        _audit(actor, "share.revoked", share, now=now)
    return share


@transaction.atomic
def extend_share(actor: Actor, share: Share, *, expires_at: datetime, now: datetime) -> Share:
    if share.revoked_at is not None:
        raise Conflict("The share was ended. Make a new one.", code="revoked")
    if not now < expires_at <= now + LONGEST_LIFE:
        raise Refused(
            "A share ends between now and {days} days from now.", code="too_long", days=LONGEST_LIFE.days
        )
    share.expires_at = expires_at
    # Whoever gives a share more time also opens one again that was locked by wrong passcodes (SL-04).
    share.passcode_tries = 0
    share.save(update_fields=["expires_at", "passcode_tries"])
    _audit(actor, "share.extended", share, now=now)
    return share


@transaction.atomic
def remind_recipient(
    actor: Actor, share: Share, recipient: Recipient, *, language: str, now: datetime
) -> None:
    """A fresh link by mail; the old one of this recipient stops working."""
    secret = _secret()
    recipient.token_hash = hash_token(secret)
    recipient.save(update_fields=["token_hash"])
    _mail_link(share, recipient, secret, language=language, now=now)
    _audit(actor, "share.reminded", share, now=now, ids={"recipient": recipient.pk})


@transaction.atomic
def send_code(invited: Invited, *, language: str, now: datetime) -> Code:
    """A code by mail for this browser alone: 8 characters, 10 minutes, one use (SL-05)."""
    recipient = invited.recipient
    if recipient is None:
        raise Refused("This link has no mail address.", code="no_recipient")
    hour_ago = now - 6 * CODE_LIFE
    if Code.objects.filter(recipient=recipient, created_at__gt=hour_ago).count() >= CODES_AN_HOUR:
        raise Refused("Enough codes were sent for now. Try again in an hour.", code="too_many_codes")
    plain = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    Code.objects.filter(recipient=recipient, browser_hash=invited.browser_hash, used_at=None).update(
        used_at=now
    )
    code = Code.objects.create(
        recipient=recipient,
        browser_hash=invited.browser_hash,
        code_hash=_code_hash(plain, invited.browser_hash),
        created_at=now,
        expires_at=now + CODE_LIFE,
    )
    queue_mail(
        "share_code", to=recipient.email, language=language, now=now,
        facts={"code": plain, "brand": invited.share.brand_name, "share": invited.share.code},
    )  # fmt: skip
    _audit(Actor.system(), "share.code_sent", invited.share, now=now, ids={"recipient": recipient.pk})
    return code


def prove_by_code(invited: Invited, *, plain: str, now: datetime) -> Pass:
    """The code from the mail, in the browser that asked for it; raises Refused."""
    wrong = Refused("This code is not right, or it is too old. Ask for a new one.", code="wrong_code")
    with transaction.atomic():
        code = (
            Code.objects.select_for_update()
            .filter(recipient=invited.recipient, browser_hash=invited.browser_hash, used_at=None)
            .order_by("-created_at")
            .first()
        )
        if code is None or code.expires_at <= now or code.tries >= CODE_TRIES:
            raise wrong
        is_right = same(bytes(code.code_hash), _code_hash(plain, invited.browser_hash))
        if is_right:
            code.used_at = now
        # A wrong try is kept although the answer is a refusal, so the refusal comes after the commit.
        code.tries += 1
        code.save(update_fields=["tries", "used_at"])
        if is_right:
            return _prove(invited, name="", now=now)
    raise wrong


def prove_by_passcode(invited: Invited, *, passcode: str, name: str, now: datetime) -> Pass:
    """Ten tries a link, then only its owner can open it again (SL-04)."""
    _given_name(name, invited)
    with transaction.atomic():
        share = Share.objects.select_for_update().get(pk=invited.share.pk)
        if share.passcode_tries >= PASSCODE_TRIES:
            raise Refused("Too many wrong passcodes. Ask the sender to open the link again.", code="locked")
        if check_password(passcode, share.passcode_hash):
            return _prove(invited, name=name, now=now)
        share.passcode_tries += 1
        share.save(update_fields=["passcode_tries"])
        _audit(Actor.system(), "share.passcode_wrong", share, now=now, ids={"tries": share.passcode_tries})
        if share.passcode_tries == PASSCODE_TRIES:
            _tell_owner(share, "share.locked", name="", now=now)
    raise Refused("This passcode is not right.", code="wrong_passcode")


def prove_by_opening(invited: Invited, *, name: str, now: datetime) -> Pass:
    """An open link: pressing the button is all it takes, never a GET (SL-06)."""
    _given_name(name, invited)
    with transaction.atomic():
        return _prove(invited, name=name, now=now)


@transaction.atomic
def open_share(actor: Actor, invited: Invited, *, now: datetime) -> Visit:
    """One consented open: counted exactly once a pass, however many pages or ranges follow (SL-08)."""
    proof = invited.proof
    if proof is None or proof.proven_at is None:
        raise Refused("Open the share first.", code="not_proven")
    share = invited.share
    try:
        with transaction.atomic():
            visit = Visit.objects.create(
                share=share, pass_used=proof, recipient=proof.recipient, opened_at=now, last_seen_at=now
            )
    except IntegrityError:
        visit = Visit.objects.get(pass_used=proof)
        Visit.objects.filter(pk=visit.pk).update(last_seen_at=now)
        return visit
    is_first = not Visit.objects.filter(share=share).exclude(pk=visit.pk).exists()
    Share.objects.filter(pk=share.pk).update(view_count=F("view_count") + 1, last_viewed_at=now)
    if proof.recipient_id:
        viewed = Recipient.objects.filter(pk=proof.recipient_id)
        is_first = viewed.filter(first_viewed_at=None).update(first_viewed_at=now) == 1 or is_first
        viewed.update(view_count=F("view_count") + 1, last_viewed_at=now)
    _audit(actor, "share.opened", share, now=now, ids={"recipient": proof.recipient_id, "visit": visit.pk})
    if is_first:
        _tell_owner(share, "share.opened", name=shown_name(proof.recipient, proof), now=now)
    return visit


def _prove(invited: Invited, *, name: str, now: datetime) -> Pass:
    proof, _ = Pass.objects.update_or_create(
        secret_hash=invited.browser_hash,
        defaults={"proven_at": now, "name": " ".join(name.split())[:120], "recipient": invited.recipient},
        create_defaults={
            "share": invited.share,
            "recipient": invited.recipient,
            "proven_at": now,
            "name": " ".join(name.split())[:120],
            "created_at": now,
        },
    )
    _audit(
        Actor.system(),
        "share.proven",
        invited.share,
        now=now,
        ids={"pass": proof.pk, "level": invited.share.level},
    )
    return proof


def _given_name(name: str, invited: Invited) -> None:
    if invited.recipient is None and not name.strip():
        raise Refused("Give your name: it stands beside what you write.", code="name_missing")


def _checked(recipients: Sequence[NamedRecipient]) -> list[NamedRecipient]:
    named: dict[str, NamedRecipient] = {}
    for person in recipients:
        email = person.email.strip().lower()
        try:
            validate_email(email)
        except ValidationError:
            raise Refused(
                "“{typed}” is not an e-mail address.", code="bad_address", typed=email[:80]
            ) from None
        named[email] = NamedRecipient(
            email, " ".join(person.name.split())[:120], " ".join(person.company.split())[:120]
        )
    if len(named) > 50:
        raise Refused("A share has 50 recipients at most.", code="too_many_recipients")
    return list(named.values())


def _add_recipient(share: Share, person: NamedRecipient, *, language: str, now: datetime) -> str:
    secret = _secret()
    recipient = Recipient.objects.create(
        share=share,
        email=person.email,
        name=person.name,
        company=person.company,
        token_hash=hash_token(secret),
    )
    learn_contact(share.workspace_id, email=person.email, name=person.name, company=person.company, now=now)
    _mail_link(share, recipient, secret, language=language, now=now)
    return _url(secret)


def _mail_link(share: Share, recipient: Recipient, secret: str, *, language: str, now: datetime) -> None:
    queue_mail(
        "share_invitation", to=recipient.email, language=language, now=now,
        facts={
            "brand": share.brand_name, "by": share.shared_by_name, "case": share.case.code, "share": share.code,
            "note": share.note, "url": _url(secret), "name": recipient.name, "expires_at": share.expires_at,
            "may_decide": "decide" in share.permissions, "may_comment": "comment" in share.permissions,
        },
    )  # fmt: skip


def _tell_owner(share: Share, kind: str, *, name: str, now: datetime) -> None:
    owner = User.objects.filter(pk=share.shared_by, is_active=True).first()
    if owner is not None:
        notify(
            owner, workspace_id=share.workspace_id, kind=kind, case_id=share.case_id, object_id=share.pk,
            words={"code": share.code, "by": name}, now=now,
        )  # fmt: skip


def _secret() -> str:
    return secrets.token_urlsafe(32)  # 256 bits


def _url(secret: str) -> str:
    return f"{settings.ENV.public_url}/s/{secret}"


def _code_hash(plain: str, browser_hash: bytes) -> bytes:
    # Bound to the browser: a code read in another one is worth nothing there.
    return hash_token(plain.strip().upper().replace("-", "").replace(" ", "") + browser_hash.hex())


def _audit(
    actor: Actor,
    action: str,
    share: Share,
    *,
    now: datetime,
    ids: dict[str, UUID | str | int | None] | None = None,
) -> None:
    audit(
        actor,
        action,
        now=now,
        workspace_id=share.workspace_id,
        about=share,
        ids={"case": share.case_id, **(ids or {})},
    )
