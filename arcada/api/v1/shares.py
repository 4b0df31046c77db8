"""cases/{id}/shares, shares/{id}: links for people without an account."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from arcada.api.pages import page_of
from arcada.api.v1.bodies import NewShare, ShareChange
from arcada.api.v1.posting import posting
from arcada.api.v1.security import actor_in
from arcada.api.v1.shapes import share_shape
from arcada.apps.accounts.access import workspace_for
from arcada.apps.cases.access import case_for
from arcada.apps.records.access import records_for
from arcada.apps.sharing import actions
from arcada.apps.sharing.access import share_for
from arcada.apps.sharing.queries import recipients_by_share, recipients_of, shares_of, shares_of_case
from arcada.core.access import Permission
from arcada.core.share_terms import DEFAULT_LIFE, AccessLevel, ShareTerms

router = Router(tags=["shares"])


@router.get("/shares")
def list_shares(request: HttpRequest, cursor: str | None = None, limit: int | None = None) -> dict[str, Any]:
    workspace = workspace_for(actor_in(request), Permission.SHARE)
    found, following = page_of(shares_of(workspace.pk), field="created_at", cursor=cursor, limit=limit)
    recipients = recipients_by_share(found)
    return {"items": [share_shape(share, recipients.get(share.pk, [])) for share in found], "next": following}


@router.get("/cases/{uuid:case_id}/shares")
def list_case_shares(request: HttpRequest, case_id: UUID) -> dict[str, Any]:
    case = case_for(actor_in(request), case_id, Permission.SHARE)
    found = list(shares_of_case(case)[:200])
    recipients = recipients_by_share(found)
    return {"items": [share_shape(share, recipients.get(share.pk, [])) for share in found], "next": None}


@router.post("/cases/{uuid:case_id}/shares", response={201: dict})
@posting()
def create_share(request: HttpRequest, case_id: UUID, body: NewShare) -> Any:
    """The answer holds the links, once; only their hashes are stored."""
    actor = actor_in(request)
    case = case_for(actor, case_id, Permission.SHARE)
    now = timezone.now()
    new = actions.create_share(
        actor,
        case,
        terms=ShareTerms(
            level=AccessLevel(body.level),
            permissions=frozenset(Permission(name) for name in body.permissions),
            expires_at=body.expires_at or now + DEFAULT_LIFE,
            passcode=body.passcode,
            note=body.note,
            max_downloads=body.max_downloads,
        ),
        recipients=[actions.NamedRecipient(r.email, r.name, r.company) for r in body.recipients],
        records=records_for(actor, body.records, Permission.SHARE) if body.records is not None else None,
        now=now,
    )
    shape = share_shape(new.share, list(recipients_of(new.share)))
    return {**shape, "url": new.url, "recipient_urls": new.recipient_urls}


@router.get("/shares/{uuid:share_id}")
def show_share(request: HttpRequest, share_id: UUID) -> dict[str, Any]:
    share = share_for(actor_in(request), share_id)
    return share_shape(share, list(recipients_of(share)))


@router.patch("/shares/{uuid:share_id}")
def change_share(request: HttpRequest, share_id: UUID, body: ShareChange) -> dict[str, Any]:
    """Extend it, open it again after wrong passcodes, or end it at once."""
    actor = actor_in(request)
    share = share_for(actor, share_id)
    if body.expires_at is not None:
        share = actions.extend_share(actor, share, expires_at=body.expires_at, now=timezone.now())
    if body.locked is False:
        share = actions.open_share_again(actor, share, now=timezone.now())
    if body.revoked:
        share = actions.revoke_share(actor, share, now=timezone.now())
    return share_shape(share, list(recipients_of(share)))
