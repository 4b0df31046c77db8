"""What things look like as JSON: one function a noun, used by every answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext

from arcada.apps.records.queries import RecordView, views_of
from arcada.apps.reviews.queries import DecisionView, ThreadView
from arcada.core.access import Actor
from arcada.core.anatomy import RecordKind
from arcada.core.case_flow import CaseState, RecordState
from arcada.core.inspect_report import finding_dict
from arcada.core.slots import title_of

if TYPE_CHECKING:
    from arcada.apps.accounts.models import Workspace
    from arcada.apps.cases.models import Case, Participant
    from arcada.apps.files.models import Upload
    from arcada.apps.patients.models import Patient
    from arcada.apps.records.actions import Offer
    from arcada.apps.records.models import Collection, Record
    from arcada.apps.reviews.models import Comment
    from arcada.apps.sharing.models import Recipient, Share


def patient_shape(patient: Patient) -> dict[str, Any]:
    return {
        "id": str(patient.pk),
        "code": patient.code,
        "created_at": patient.created_at,
        "touched_at": patient.touched_at,
    }


def collection_shape(collection: Collection) -> dict[str, Any]:
    return {
        "id": str(collection.pk),
        "patient": str(collection.patient_id),
        "taken_on": collection.taken_on,
        "title": collection.title,
        "description": collection.description,
        "standard": {"name": collection.standard_name, "version": collection.standard_version},
        "set_state": collection.set_state,
        "created_at": collection.created_at,
    }


def record_shape(
    view: RecordView, *, actor: Actor, translate: Callable[[str], str] = gettext
) -> dict[str, Any]:
    """The shape of `arcada inspect --json` plus what storing adds; to others without what its owner wrote (R30)."""
    record = view.record
    is_own = actor.workspace_id == record.workspace_id
    return {
        "id": str(record.pk),
        "collection": str(record.collection_id) if is_own else None,
        "state": record.state,
        "slot": record.slot,
        "slot_title": translate(title_of(record.slot)),
        "kind": record.kind,
        "title": title_for(actor, record),
        "description": record.description if is_own else "",
        "version": record.version,
        "is_current": record.is_current,
        "supersedes": str(record.supersedes_id) if record.supersedes_id else None,
        "accepted": record.state == RecordState.READY,
        "reason": record.reason,
        "facts": record.facts,
        "findings": [finding_dict(finding, translate) for finding in view.findings],
        "receipt": record.receipt,
        "picture_check": record.picture_check or None,
        "renditions": {
            name: f"/api/v1/records/{record.pk}/renditions/{name}" for name in sorted(view.renditions)
        },
        "tags": list(view.tags) if is_own else [],
        "created_at": record.created_at,
        "ready_at": record.ready_at,
    }


def upload_shape(upload: Upload) -> dict[str, Any]:
    return {
        "id": str(upload.pk),
        "url": f"{settings.ENV.public_url}/api/v1/uploads/{upload.pk}",
        "size": upload.size,
        "offset": upload.offset,
        "state": upload.state,
        "expires_at": upload.expires_at,
    }


def offer_shape(offer: Offer, *, actor: Actor) -> dict[str, Any]:
    """The record that waits for its file, where the bytes go, and what its name and size already say."""
    return {
        "record": record_shape(views_of([offer.record])[0], actor=actor),
        "upload": upload_shape(offer.upload),
        "findings": [finding_dict(finding) for finding in offer.findings],
    }


def title_for(actor: Actor, record: Record) -> str:
    """What a person called it: to its own workspace; to others only of a design, which is made for them to see."""
    is_told = actor.workspace_id == record.workspace_id or record.kind == RecordKind.DESIGN
    return record.title if is_told else ""


def case_shape(case: Case, *, actor: Actor, state: CaseState) -> dict[str, Any]:
    """Whoever takes part knows the case by its own code: the patient's is the clinic's (R30)."""
    is_own = actor.workspace_id == case.workspace_id
    return {
        "id": str(case.pk),
        "code": case.code,
        "title": case.title,
        "state": state.value,
        "patient": str(case.patient_id) if is_own else None,
        "patient_code": case.patient.code if is_own else None,
        "collection": str(case.collection_id) if is_own else None,
        "workspace": workspace_shape(case.workspace),
        "decide_by": case.decide_by,
        "created_at": case.created_at,
        "touched_at": case.touched_at,
    }


def case_record_shape(record: Record, *, actor: Actor) -> dict[str, Any]:
    return {
        "id": str(record.pk), "slot": record.slot, "kind": record.kind, "state": record.state,
        "title": title_for(actor, record), "version": record.version,
        "sha256": record.original.sha256 if record.original else None,
    }  # fmt: skip


def workspace_shape(workspace: Workspace) -> dict[str, Any]:
    return {"id": str(workspace.pk), "name": workspace.shown_name, "kind": workspace.kind}


def participant_shape(participant: Participant) -> dict[str, Any]:
    return {
        "id": str(participant.pk),
        "workspace": workspace_shape(participant.workspace),
        "permissions": participant.permissions,
        "created_at": participant.created_at,
    }


def thread_shape(view: ThreadView) -> dict[str, Any]:
    thread = view.thread
    return {
        "id": str(thread.pk),
        "number": thread.number,
        "state": thread.state,
        "record": str(thread.record_id) if thread.record_id else None,
        "record_version": thread.record_version,
        "pin": thread.pin,
        "resolved_by": thread.resolved_by,
        "resolved_at": thread.resolved_at,
        "asked": {"workspace": str(thread.asked_id), "name": thread.asked_name, "at": thread.asked_at}
        if thread.asked_id
        else None,
        "comments": [comment_shape(comment) for comment in view.comments],
        "created_at": thread.created_at,
    }


def comment_shape(comment: Comment) -> dict[str, Any]:
    return {
        "id": str(comment.pk),
        "author": comment.author_name,
        "author_workspace": comment.author_workspace,
        "author_verified": comment.author_verified,
        "text": comment.text,
        "mentions": comment.mentions,
        "view": comment.view,
        "asks": comment.asks or None,
        "attached": comment.attached,
        "created_at": comment.created_at,
    }


def decision_shape(view: DecisionView) -> dict[str, Any]:
    decision = view.decision
    return {
        "id": str(decision.pk),
        "verdict": decision.verdict,
        "aspects": decision.aspects,
        "quorum": decision.quorum,
        "note": decision.note,
        "made_on": [
            {k: item[k] for k in ("record", "slot", "version", "sha256")} for item in decision.made_on
        ],
        "by": decision.by_name,
        "by_workspace": decision.by_workspace,
        "by_verified": decision.by_verified,
        "decided_at": decision.decided_at,
        "holds": view.holds,
        "signed": decision.paper or None,
    }


def share_shape(share: Share, recipients: list[Recipient]) -> dict[str, Any]:
    return {
        "id": str(share.pk),
        "code": share.code,
        "case": str(share.case_id),
        "level": share.level,
        "permissions": share.permissions,
        "whole_case": share.whole_case,
        "brand": share.brand_name,
        "note": share.note,
        "views": share.view_count,
        "downloads": share.downloads,
        "max_downloads": share.max_downloads,
        "last_viewed_at": share.last_viewed_at,
        "created_at": share.created_at,
        "expires_at": share.expires_at,
        "revoked_at": share.revoked_at,
        "recipients": [
            {
                "id": str(recipient.pk), "email": recipient.email, "name": recipient.name,
                "views": recipient.view_count, "last_viewed_at": recipient.last_viewed_at,
            }
            for recipient in recipients
        ],
    }  # fmt: skip
