"""Gates of upload requests: the asking side's, and the sender's, who reaches nothing but what they sent."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from arcada.apps.files.models import Upload
from arcada.apps.records.models import Record
from arcada.apps.row_scope import act_as, hold_link, system_scope
from arcada.apps.sharing.models import RequestCode, RequestPass, UploadRequest
from arcada.core.access import Actor, Grant, Origin, Permission, allowed
from arcada.core.errors import NotFound
from arcada.core.sealing import hash_token
from arcada.core.standing import Standing


@dataclass(frozen=True, slots=True)
class Asked:
    """A browser with a live request's link: sees who asks; once proven, what it sent itself."""

    request: UploadRequest
    browser_hash: bytes
    proof: RequestPass | None


def request_for(actor: Actor, request_id: UUID) -> UploadRequest:
    """The asking side's gate."""
    found = _requests().filter(pk=request_id).first()
    if found is None or not allowed(actor, Permission.SHARE, workspace_id=found.workspace_id):
        raise NotFound
    return found


@system_scope()
def request_of_link(token: str, *, now: datetime) -> UploadRequest:
    """The live request behind a link's secret; NotFound for everything else."""
    found = _requests().filter(token_hash=hash_token(token)).first()
    if found is None or not takes_files(found, now=now):
        raise NotFound
    return found


def asked_for(request_id: UUID, *, browser_secret: str, now: datetime) -> Asked:
    """What this browser may see; unknown, expired and revoked are one and the same."""
    with system_scope():
        found = _requests().filter(pk=request_id).first()
    if found is None or not takes_files(found, now=now):
        raise NotFound
    hold_link(found.pk, collection_id=found.collection_id)
    browser_hash = hash_token(browser_secret)
    proof = RequestPass.objects.filter(request=found, secret_hash=browser_hash).first()
    asked = Asked(found, browser_hash, proof)
    if proof is not None:
        act_as(sender_for(asked, origin=Origin()))
    return asked


def takes_files(request: UploadRequest, *, now: datetime) -> bool:
    """True while the request lives and its workspace may take files at all."""
    workspace = request.workspace
    return (
        request.revoked_at is None
        and request.expires_at > now
        and Standing(workspace.standing) in (Standing.GOOD, Standing.WARNED)
        and (workspace.tier_ends_at is None or workspace.tier_ends_at > now)
    )


def sender_for(asked: Asked, *, origin: Origin) -> Actor:
    """The actor of a proven browser: it may add files to one collection, and nothing else; NotFound otherwise."""
    if asked.proof is None:
        raise NotFound
    request = asked.request
    grant = Grant(
        share_id=request.pk,
        case_id=None,
        permissions=frozenset({Permission.ADD_RECORD}),
        record_ids=frozenset(),
        collection_id=request.collection_id,
    )
    return Actor.recipient(id=request.pk, name=request.name or request.email, grants=[grant], origin=origin)


@system_scope()
def request_code_of_link(request_id: UUID, token: str, *, now: datetime) -> RequestCode:
    """The unused code that a mailed link belongs to, in whatever browser it was opened; NotFound otherwise."""
    found = (
        RequestCode.objects.select_related("request__workspace")
        .filter(link_hash=hash_token(token), request_id=request_id, used_at=None, expires_at__gt=now)
        .first()
    )
    if found is None or not takes_files(found.request, now=now):
        raise NotFound
    return found


def waiting_request_code(asked: Asked, *, now: datetime) -> RequestCode | None:
    """The code that this browser asked for and has not used."""
    found = RequestCode.objects.filter(
        request=asked.request, browser_hash=asked.browser_hash, used_at=None, expires_at__gt=now
    )
    return found.order_by("-created_at").first()


def sent_records(request: UploadRequest) -> QuerySet[Record]:
    """What came by this request, oldest first."""
    return (
        Record.objects.select_related("original", "collection__patient")
        .filter(collection_id=request.collection_id, added_by=request.pk)
        .order_by("created_at", "id")
    )


@system_scope()
def actor_of_upload(upload_id: UUID) -> UUID | None:
    """Who opened an upload; for the gate in front of the bytes, which then asks for that one's cookie."""
    return Upload.objects.filter(pk=upload_id).values_list("actor_id", flat=True).first()


def requests_of(workspace_id: UUID) -> QuerySet[UploadRequest]:
    """Newest first; page through it by (created_at, id)."""
    return _requests().filter(workspace_id=workspace_id).order_by("-created_at", "-id")


def _requests() -> QuerySet[UploadRequest]:
    return UploadRequest.objects.select_related("workspace", "collection__patient")
