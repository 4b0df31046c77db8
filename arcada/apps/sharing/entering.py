"""What a recipient does to come in: ask for a code, prove who they are, open."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from arcada.apps.mail.actions import queue_mail
from arcada.apps.sharing.access import Account, Invited, shown_name
from arcada.apps.sharing.models import Code, MailedProof, Pass, Recipient, Share, Visit
from arcada.apps.sharing.telling import audit_share, tell_owner
from arcada.core.access import Actor
from arcada.core.errors import Refused
from arcada.core.sealing import hash_token, same
from arcada.core.share_terms import (
    CODE_ALPHABET,
    CODE_LENGTH,
    CODE_LIFE,
    CODE_TRIES,
    PASSCODE_TRIES,
    AccessLevel,
)

CODES_AN_HOUR = 5
_WRONG = "This code is not right, or it is too old. Ask for a new one."


@dataclass(frozen=True, slots=True)
class Drawn:
    """A fresh code and link, in clear for the one mail that carries them."""

    code: str
    link: str
    browser_hash: bytes

    @property
    def columns(self) -> dict[str, bytes]:
        """What is kept of them."""
        return {
            "browser_hash": self.browser_hash,
            "code_hash": code_hash(self.code, self.browser_hash),
            "link_hash": hash_token(self.link),
        }


def draw(browser_hash: bytes) -> Drawn:
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    return Drawn(code, secrets.token_urlsafe(32), browser_hash)


@transaction.atomic
def send_code(invited: Invited, *, language: str, now: datetime) -> Code:
    """A code and a link by mail for this browser alone: 10 minutes, one use of either (SL-05)."""
    recipient = invited.recipient
    if recipient is None:
        raise Refused("This link has no mail address.", code="no_recipient")
    # The lock keeps "five an hour" when many ask at once.
    Recipient.objects.select_for_update().get(pk=recipient.pk)
    hour_ago = now - 6 * CODE_LIFE
    if Code.objects.filter(recipient=recipient, created_at__gt=hour_ago).count() >= CODES_AN_HOUR:
        raise Refused("Enough codes were sent for now. Try again in an hour.", code="too_many_codes")
    drawn = draw(invited.browser_hash)
    Code.objects.filter(recipient=recipient, browser_hash=invited.browser_hash, used_at=None).update(
        used_at=now
    )
    code = Code.objects.create(
        recipient=recipient, created_at=now, expires_at=now + CODE_LIFE, **drawn.columns
    )
    queue_mail(
        "share_code", to=recipient.email, language=language, now=now,
        facts={
            "code": drawn.code, "brand": invited.share.brand_name, "share": invited.share.code,
            "url": f"{settings.ENV.public_url}/r/{invited.share.pk}/in/{drawn.link}",
        },
    )  # fmt: skip
    audit_share(Actor.system(), "share.code_sent", invited.share, now=now, ids={"recipient": recipient.pk})
    return code


def prove_by_code(invited: Invited, *, plain: str, now: datetime) -> Pass:
    """The code from the mail, in the browser that asked for it; raises Refused."""
    with transaction.atomic():
        codes = Code.objects.filter(recipient=invited.recipient)
        # A wrong try is kept although the answer is a refusal, so the refusal comes after the commit.
        if is_right_code(codes, plain, invited.browser_hash, now=now):
            return _prove(invited, name="", now=now)
    raise Refused(_WRONG, code="wrong_code")


@transaction.atomic
def prove_by_link(invited: Invited, *, token: str, now: datetime) -> Pass:
    """The link from the mail, in the browser that asked for it; raises Refused."""
    # One statement uses it up: of two presses at once, one finds it unused.
    used = Code.objects.filter(
        recipient=invited.recipient, browser_hash=invited.browser_hash, link_hash=hash_token(token),
        used_at=None, expires_at__gt=now,
    ).update(used_at=now)  # fmt: skip
    if not used:
        raise Refused("This link was used, or it is too old. Ask for a new one.", code="wrong_link")
    return _prove(invited, name="", now=now)


@transaction.atomic
def prove_by_account(invited: Invited, *, now: datetime) -> Pass:
    """The person is signed in with the address that the share was sent to; raises Refused."""
    account = invited.account
    if account is None or not account.is_addressed(invited.recipient):
        raise Refused("Sign in with the address that this share was sent to.", code="other_account")
    if invited.lacks_second_factor:
        raise Refused(
            "The sender asks for a second factor. Set one up under Settings, then sign in again.",
            code="no_second_factor",
        )
    return _prove(invited, name="", now=now, account=account)


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
        audit_share(
            Actor.system(), "share.passcode_wrong", share, now=now, ids={"tries": share.passcode_tries}
        )
        if share.passcode_tries == PASSCODE_TRIES:
            tell_owner(share, "share.locked", name="", now=now)
    raise Refused("This passcode is not right.", code="wrong_passcode")


def prove_by_opening(invited: Invited, *, name: str, now: datetime) -> Pass:
    """An open link: pressing the button is all it takes, never a GET (SL-06)."""
    if invited.level is not AccessLevel.OPEN_LINK:
        raise Refused(_WRONG, code="wrong_code")
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
    audit_share(
        actor, "share.opened", share, now=now, ids={"recipient": proof.recipient_id, "visit": visit.pk}
    )
    if is_first:
        tell_owner(share, "share.opened", name=shown_name(proof.recipient, proof), now=now)
    return visit


def is_right_code(codes: QuerySet[Any], plain: str, browser_hash: bytes, *, now: datetime) -> bool:
    """Count one try of a browser's newest unused code; True, and used up, when it is right, young and tried little."""
    unused = codes.select_for_update().filter(browser_hash=browser_hash, used_at=None)
    code: MailedProof | None = unused.order_by("-created_at").first()
    if code is None or code.expires_at <= now or code.tries >= CODE_TRIES:
        return False
    is_right = same(bytes(code.code_hash), code_hash(plain, browser_hash))
    code.tries += 1
    code.used_at = now if is_right else None
    code.save(update_fields=["tries", "used_at"])
    return is_right


def code_hash(plain: str, browser_hash: bytes) -> bytes:
    """Bound to the browser: a code read in another one is worth nothing there."""
    return hash_token(plain.strip().upper().replace("-", "").replace(" ", "") + browser_hash.hex())


def _prove(invited: Invited, *, name: str, now: datetime, account: Account | None = None) -> Pass:
    known = {
        "recipient": invited.recipient,
        "proven_at": now,
        "name": " ".join(name.split())[:120],
        "account_id": account.user_id if account else None,
    }
    proof, _ = Pass.objects.update_or_create(
        secret_hash=invited.browser_hash,
        defaults=known,
        create_defaults={**known, "share": invited.share, "created_at": now},
    )
    audit_share(
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
