"""“Send me your scan”: ask somebody without an account for files; what they do to send them."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from arcada.apps.accounts.actions import learn_contact
from arcada.apps.accounts.models import User, Workspace
from arcada.apps.audit.actions import record as audit
from arcada.apps.mail.actions import queue_mail
from arcada.apps.notifications.actions import notify
from arcada.apps.records.actions import Offer, add_record
from arcada.apps.records.models import Collection
from arcada.apps.sharing.entering import CODES_AN_HOUR, draw, is_right_code
from arcada.apps.sharing.mail_limits import count_mails
from arcada.apps.sharing.models import RequestCode, RequestPass, UploadRequest
from arcada.apps.sharing.request_access import Asked, takes_files
from arcada.core.access import Actor
from arcada.core.errors import NotFound, Refused
from arcada.core.sealing import hash_token
from arcada.core.share_terms import CODE_LIFE, LONGEST_LIFE, MOST_REQUESTED_FILES

TOLD_AGAIN_AFTER: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class NewRequest:
    """The request, and its link for the one time it exists in clear."""

    request: UploadRequest
    url: str


@transaction.atomic
def ask_for_files(
    actor: Actor,
    collection: Collection,
    *,
    email: str,
    expires_at: datetime,
    now: datetime,
    name: str = "",
    note: str = "",
    max_files: int = 20,
    language: str = "en",
) -> NewRequest:
    """Mail a link by which this person adds files to the collection, by its standard, and sees nothing of it."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Refused("“{typed}” is not an e-mail address.", code="bad_address", typed=address[:80]) from None
    if not now < expires_at <= now + LONGEST_LIFE + timedelta(minutes=5):
        raise Refused("A request lives {days} days at most.", code="too_long", days=LONGEST_LIFE.days)
    if not 1 <= max_files <= MOST_REQUESTED_FILES:
        raise Refused(
            "A request takes from 1 to {limit} files.", code="too_many_files", limit=MOST_REQUESTED_FILES
        )
    if len(note) > 2000:
        raise Refused("The note is longer than 2,000 characters.", code="note_too_long")
    count_mails(actor, workspace_id=collection.workspace_id, targets=[address], now=now)
    workspace = Workspace.objects.select_for_update().get(pk=collection.workspace_id)
    number = UploadRequest.objects.filter(workspace=workspace).count() + 1
    secret = secrets.token_urlsafe(32)
    request = UploadRequest.objects.create(
        workspace=workspace,
        collection=collection,
        code=f"U-{number:04d}",
        email=address,
        name=" ".join(name.split())[:120],
        note=note,
        brand_name=workspace.shown_name[:120],
        asked_by=actor.id,
        asked_by_name=actor.name[:120],
        token_hash=hash_token(secret),
        max_files=max_files,
        created_at=now,
        expires_at=expires_at,
    )
    learn_contact(workspace.pk, email=address, name=request.name, company="", now=now)
    url = f"{settings.ENV.public_url}/u/{secret}"
    queue_mail(
        "request_invitation", to=address, language=language, now=now,
        facts={
            "brand": request.brand_name, "by": request.asked_by_name, "name": request.name, "note": note,
            "url": url, "expires_at": expires_at,
        },
    )  # fmt: skip
    _audit(actor, "request.created", request, now=now, ids={"collection": collection.pk, "files": max_files})
    return NewRequest(request, url)


@transaction.atomic
def revoke_request(actor: Actor, request: UploadRequest, *, now: datetime) -> UploadRequest:
    """The link ends at once, also for uploads under way; what arrived stays."""
    if request.revoked_at is None:
        request.revoked_at = now
        request.save(update_fields=["revoked_at"])
        _audit(actor, "request.revoked", request, now=now)
    return request


# ------------------------------------------------------------------------------------- the sender's side


@transaction.atomic
def send_request_code(asked: Asked, *, language: str, now: datetime) -> RequestCode:
    """A code and a link to the person's own address, for this browser alone (SL-05)."""
    request = UploadRequest.objects.select_for_update().get(pk=asked.request.pk)
    recent = RequestCode.objects.filter(request=request, created_at__gt=now - 6 * CODE_LIFE)
    if recent.count() >= CODES_AN_HOUR:
        raise Refused("Enough codes were sent for now. Try again in an hour.", code="too_many_codes")
    drawn = draw(asked.browser_hash)
    RequestCode.objects.filter(request=request, browser_hash=asked.browser_hash, used_at=None).update(
        used_at=now
    )
    code = RequestCode.objects.create(
        request=request, created_at=now, expires_at=now + CODE_LIFE, **drawn.columns
    )
    queue_mail(
        "share_code", to=request.email, language=language, now=now,
        facts={
            "code": drawn.code, "brand": request.brand_name, "share": request.code,
            "url": f"{settings.ENV.public_url}/u/{request.pk}/in/{drawn.link}",
        },
    )  # fmt: skip
    _audit(Actor.system(), "request.code_sent", request, now=now)
    return code


def open_by_code(asked: Asked, *, plain: str, now: datetime) -> RequestPass:
    """The code from the mail, in the browser that asked for it; raises Refused."""
    with transaction.atomic():
        codes = RequestCode.objects.filter(request=asked.request)
        if is_right_code(codes, plain, asked.browser_hash, now=now):
            return _open(asked, now=now)
    raise Refused("This code is not right, or it is too old. Ask for a new one.", code="wrong_code")


@transaction.atomic
def open_by_link(asked: Asked, *, token: str, now: datetime) -> RequestPass:
    """The link from the mail, in the browser that asked for it; raises Refused."""
    used = RequestCode.objects.filter(
        request=asked.request, browser_hash=asked.browser_hash, link_hash=hash_token(token),
        used_at=None, expires_at__gt=now,
    ).update(used_at=now)  # fmt: skip
    if not used:
        raise Refused("This link was used, or it is too old. Ask for a new one.", code="wrong_link")
    return _open(asked, now=now)


@transaction.atomic
def attest_consent(actor: Actor, request: UploadRequest, *, now: datetime) -> None:
    """The sender says that they may send these files; without it nothing is taken."""
    if UploadRequest.objects.filter(pk=request.pk, consented_at=None).update(consented_at=now):
        _audit(actor, "request.consent_attested", request, now=now)


@transaction.atomic
def send_file(
    actor: Actor, request: UploadRequest, *, slot: str, name: str, size: int, now: datetime, sha256: str = ""
) -> Offer:
    """A place for one file of the sender in the collection, by its standard; raises OfferRefused."""
    held = (
        UploadRequest.objects.select_for_update(of=("self",))
        .select_related("workspace", "collection__patient")
        .get(pk=request.pk)
    )
    if not actor.may_send_into(held.collection_id) or not takes_files(held, now=now):
        raise NotFound
    if held.consented_at is None:
        raise Refused("First confirm that you may send these files.", code="no_consent")
    if held.files >= held.max_files:
        raise Refused(
            "This request takes {limit} files at most.", code="too_many_files", limit=held.max_files
        )
    offer = add_record(
        actor, held.collection, slot=slot, name=name, size=size, sha256=sha256, now=now
    )  # fmt: skip
    held.files += 1
    held.save(update_fields=["files"])
    _audit(actor, "request.file_promised", held, now=now, ids={"record": offer.record.pk, "bytes": size})
    return offer


@transaction.atomic
def tell_received(request_id: UUID, *, now: datetime) -> None:
    """A file of the sender is here: the asking side is told, at most once an hour for each request."""
    request = UploadRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None:
        return
    request.last_file_at = now
    person = User.objects.filter(pk=request.asked_by, is_active=True).first()
    if person is not None and (request.told_at is None or now - request.told_at > TOLD_AGAIN_AFTER):
        request.told_at = now
        notify(
            person, workspace_id=request.workspace_id, kind="request.received", object_id=request.pk, now=now,
            words={"code": request.code, "by": request.name or request.email, "path": f"/requests/{request.pk}"},
        )  # fmt: skip
    request.save(update_fields=["last_file_at", "told_at"])


def _open(asked: Asked, *, now: datetime) -> RequestPass:
    proof, _ = RequestPass.objects.update_or_create(
        secret_hash=asked.browser_hash, defaults={"request": asked.request, "proven_at": now}
    )
    UploadRequest.objects.filter(pk=asked.request.pk, first_opened_at=None).update(first_opened_at=now)
    _audit(Actor.system(), "request.opened", asked.request, now=now, ids={"pass": proof.pk})
    return proof


def _audit(
    actor: Actor, action: str, request: UploadRequest, *, now: datetime, ids: dict[str, object] | None = None
) -> None:
    audit(
        actor, action, now=now, workspace_id=request.workspace_id, about=request,
        patient_id=request.collection.patient_id, ids=ids or {},
    )  # fmt: skip
