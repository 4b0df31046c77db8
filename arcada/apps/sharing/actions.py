"""Writes of sharing by the sender: create, revoke, extend, remind, open again; and the count of downloads."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q

from arcada.apps.accounts.actions import learn_contact, next_number
from arcada.apps.accounts.models import Workspace
from arcada.apps.audit.actions import record as audit
from arcada.apps.cases.models import Case
from arcada.apps.cases.queries import current_records, in_case
from arcada.apps.mail.actions import queue_mail
from arcada.apps.records.models import Record
from arcada.apps.sharing.access import Invited
from arcada.apps.sharing.mail_limits import count_mails
from arcada.apps.sharing.models import Download, Recipient, Share, SharedRecord
from arcada.apps.sharing.telling import audit_share
from arcada.core.access import Actor, Permission
from arcada.core.case_flow import RecordState
from arcada.core.errors import Conflict, NotFound, Refused
from arcada.core.sealing import hash_token
from arcada.core.share_terms import (
    LONGEST_LIFE,
    NAMED_LEVELS,
    AccessLevel,
    ShareTerms,
    check_terms,
    needed_level,
)

# Ranges of one download come within a day, and a line that broke may be fetched once more in them.
DOWNLOAD_GOES_ON: Final = timedelta(days=1)
RANGES_MAY_ASK: Final = 2


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
    workspace = case.workspace
    level = needed_level(terms.level, needs_account=workspace.recipients_need_account)
    terms = replace(terms, level=level)
    check_terms(terms, recipients=len(named), now=now, is_clinical=workspace.privacy_mode == "clinical")
    _gives_no_more_than_held(actor, case, terms, records)
    shown = current_records(case) if records is None else records
    if records is None and not [r for r in shown if r.state == RecordState.READY]:
        raise Refused("There is nothing in this case that could be shared yet.", code="nothing_to_share")
    if waiting := sum(record.waits_for_a_look for record in shown):
        raise Refused(
            "A name may be written in a picture ({count} here). Look at it, and confirm on its page that there is "
            "none; or leave it out of the share.",
            code="picture_not_checked", count=waiting,
        )  # fmt: skip
    secret = None if level in NAMED_LEVELS else _secret()
    share = Share.objects.create(
        workspace_id=case.workspace_id,
        case=case,
        code=f"S-{next_number(case.workspace_id, 'next_share'):04d}",
        level=level.value,
        token_hash=hash_token(secret) if secret else None,
        passcode_hash=make_password(terms.passcode) if level is AccessLevel.PASSCODE else "",
        permissions=sorted(permission.value for permission in terms.permissions),
        whole_case=records is None,
        note=terms.note,
        brand_name=(brand_name.strip() or case.workspace.shown_name)[:120],
        shared_by=actor.id,
        shared_by_name=actor.name[:120],
        max_downloads=terms.max_downloads,
        created_at=now,
        expires_at=terms.expires_at,
    )
    count_mails(actor, workspace_id=workspace.pk, targets=[person.email for person in named], now=now)
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


def _gives_no_more_than_held(
    actor: Actor, case: Case, terms: ShareTerms, records: Sequence[Record] | None
) -> None:
    """A share widens nothing: only what lies in the case, and no download by whom may not download (TA-13).

    To decide may be given by whom may not decide: a recipient is asked because of their own judgement.
    """
    if case.workspace_id != actor.workspace_id or not actor.has(Permission.SHARE):
        raise NotFound
    for permission in terms.permissions & {Permission.DOWNLOAD, Permission.COMMENT}:
        if not actor.has(permission):
            raise Refused("You can't give what you may not do yourself.", code="wider_than_own")
    if any(record.is_removed or not in_case(case, record) for record in records or ()):
        raise NotFound


@transaction.atomic
def revoke_share(actor: Actor, share: Share, *, now: datetime) -> Share:
    """The link ends at once, for everybody, also for downloads under way."""
    if share.revoked_at is None:
        share.revoked_at = now
        share.save(update_fields=["revoked_at"])
        audit_share(actor, "share.revoked", share, now=now)
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
    share.save(update_fields=["expires_at"])
    audit_share(actor, "share.extended", share, now=now)
    return share


@transaction.atomic
def open_share_again(actor: Actor, share: Share, *, now: datetime) -> Share:
    """Ten more tries for a share that wrong passcodes had locked (SL-04)."""
    if share.revoked_at is not None:
        raise Conflict("The share was ended. Make a new one.", code="revoked")
    share.passcode_tries = 0
    share.save(update_fields=["passcode_tries"])
    audit_share(actor, "share.opened_again", share, now=now)
    return share


@transaction.atomic
def set_link_policy(
    actor: Actor, workspace: Workspace, *, needs_account: bool, is_clinical: bool, now: datetime
) -> Workspace:
    """What every link of the workspace asks for: an account with a second factor (SL-07), or at least a name."""
    workspace.recipients_need_account = needs_account
    workspace.privacy_mode = "clinical" if is_clinical else "deidentified"
    workspace.save(update_fields=["recipients_need_account", "privacy_mode"])
    audit(
        actor, "workspace.link_policy_set", now=now, workspace_id=workspace.pk, about=workspace,
        ids={"recipients_need_account": needs_account, "privacy_mode": workspace.privacy_mode},
    )  # fmt: skip
    return workspace


@transaction.atomic
def count_download(
    actor: Actor,
    invited: Invited,
    *,
    now: datetime,
    record_id: UUID | None = None,
    size: int = 0,
    first_byte: int = 0,
    asked: int = 0,
) -> None:
    """Before bytes leave: one download of a record (None: all as ZIP), or a further range of one; Refused at the limit.

    `size` is the file's, `asked` what this request wants of it from `first_byte`. What begins at the first byte
    is a new download; a later range goes on with one of the same browser, as long as that one has bytes left.
    """
    share, proof = invited.share, invited.proof
    if proof is None:
        raise NotFound
    if first_byte > 0:
        running = Download.objects.filter(
            pass_used=proof, record_id=record_id, started_at__gt=now - DOWNLOAD_GOES_ON, bytes_left__gte=asked
        ).order_by("-started_at")
        known = running.values_list("pk", flat=True).first()
        # The condition stands in the update too, so that ranges that come at once take no more than is left.
        if known is not None and Download.objects.filter(pk=known, bytes_left__gte=asked).update(
            bytes_left=F("bytes_left") - asked
        ):
            return
    room = Q(max_downloads=None) | Q(downloads__lt=F("max_downloads"))
    # One statement, so that of thirty at once exactly as many get through as the limit says (SL-09).
    if not Share.objects.filter(room, pk=share.pk).update(downloads=F("downloads") + 1):
        raise Refused(
            "The {limit} downloads that the sender allowed are used. Ask the sender for more.",
            code="download_limit", limit=share.max_downloads or 0,
        )  # fmt: skip
    Download.objects.create(
        share=share, pass_used=proof, record_id=record_id, started_at=now,
        bytes_left=max(0, RANGES_MAY_ASK * size - asked),
    )  # fmt: skip
    audit_share(
        actor, "share.downloaded", share, now=now,
        ids={"record": record_id, "pass": proof.pk, "recipient": proof.recipient_id},
    )  # fmt: skip


@transaction.atomic
def remind_recipient(
    actor: Actor, share: Share, recipient: Recipient, *, language: str, now: datetime
) -> None:
    """A fresh link by mail; the old one of this recipient stops working."""
    count_mails(actor, workspace_id=share.workspace_id, targets=[recipient.email], now=now)
    secret = _secret()
    recipient.token_hash = hash_token(secret)
    recipient.save(update_fields=["token_hash"])
    _mail_link(share, recipient, secret, language=language, now=now)
    audit_share(actor, "share.reminded", share, now=now, ids={"recipient": recipient.pk})


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


def _secret() -> str:
    return secrets.token_urlsafe(32)  # 256 bits


def _url(secret: str) -> str:
    return f"{settings.ENV.public_url}/s/{secret}"
