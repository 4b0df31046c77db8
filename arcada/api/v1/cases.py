"""cases, their records, participants, manifest, files.zip and capsule."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from ninja import Router

from arcada.api.pages import page_of
from arcada.api.record_files import answer_case_zip
from arcada.api.v1.bodies import CaseRecords, NewAttachment, NewCase, NewDesign, NewParticipant
from arcada.api.v1.capsule import answer_capsule
from arcada.api.v1.manifest import viewer_manifest
from arcada.api.v1.posting import posting
from arcada.api.v1.security import actor_in
from arcada.api.v1.shapes import case_record_shape, case_shape, offer_shape, participant_shape
from arcada.apps.accounts.access import workspace_for
from arcada.apps.accounts.queries import workspace_by_id
from arcada.apps.cases import actions
from arcada.apps.cases.access import case_for, case_to_attach_to, participant_for, visible_record_for
from arcada.apps.cases.queries import cases_of, current_records, participants_of
from arcada.apps.records.access import collection_for, records_for
from arcada.apps.reviews.queries import states_of
from arcada.core.access import Actor, Permission

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case

router = Router(tags=["cases"])


@router.get("/cases")
def list_cases(request: HttpRequest, cursor: str | None = None, limit: int | None = None) -> dict[str, Any]:
    """Cases of the workspace and those it takes part in, newest entry first."""
    actor = actor_in(request)
    workspace_for(actor, Permission.VIEW)
    found, following = page_of(cases_of(actor), field="touched_at", cursor=cursor, limit=limit)
    states = states_of(found)
    return {
        "items": [case_shape(case, actor=actor, state=states[case.pk]) for case in found],
        "next": following,
    }


@router.post("/cases", response={201: dict})
@posting()
def create_case(request: HttpRequest, body: NewCase) -> Any:
    actor = actor_in(request)
    collection = collection_for(actor, body.collection, Permission.OPEN_CASE)
    case = actions.open_case(
        actor,
        collection,
        code=body.code,
        title=body.title,
        records=records_for(actor, body.records, Permission.OPEN_CASE) if body.records is not None else None,
        decide_by=body.decide_by,
        now=timezone.now(),
    )
    return _shape(actor, case_for(actor, case.pk))


@router.get("/cases/{uuid:case_id}")
def show_case(request: HttpRequest, case_id: UUID) -> dict[str, Any]:
    actor = actor_in(request)
    return _shape(actor, case_for(actor, case_id))


@router.get("/cases/{uuid:case_id}/records")
def list_case_records(request: HttpRequest, case_id: UUID) -> dict[str, Any]:
    actor = actor_in(request)
    case = case_for(actor, case_id)
    return {
        "items": [case_record_shape(record, actor=actor) for record in current_records(case, actor=actor)],
        "next": None,
    }


@router.post("/cases/{uuid:case_id}/records", response={201: dict})
@posting()
def add_case_records(request: HttpRequest, case_id: UUID, body: CaseRecords) -> Any:
    actor = actor_in(request)
    case = case_for(actor, case_id, Permission.EDIT_CASE)
    actions.add_to_case(
        actor, case, records=records_for(actor, body.records, Permission.EDIT_CASE), now=timezone.now()
    )
    return {
        "items": [case_record_shape(record, actor=actor) for record in current_records(case, actor=actor)],
        "next": None,
    }


@router.post("/cases/{uuid:case_id}/designs", response={201: dict})
@posting()
def create_design(request: HttpRequest, case_id: UUID, body: NewDesign) -> Any:
    """A design, also by a participant; a new version when `supersedes` names one."""
    actor = actor_in(request)
    case = case_for(actor, case_id, Permission.ADD_DESIGN)
    offer = actions.add_design(
        actor,
        case,
        name=body.name,
        size=body.size,
        sha256=body.sha256 or "",
        title=body.title,
        supersedes=visible_record_for(actor, body.supersedes) if body.supersedes else None,
        now=timezone.now(),
    )
    return offer_shape(offer, actor=actor)


@router.post("/cases/{uuid:case_id}/attachments", response={201: dict})
@posting()
def create_attachment(request: HttpRequest, case_id: UUID, body: NewAttachment) -> Any:
    """A picture or a document for a comment: name it in `attached` once its bytes were sent."""
    actor = actor_in(request)
    case = case_to_attach_to(actor, case_id)
    offer = actions.add_attachment(
        actor, case, name=body.name, size=body.size, sha256=body.sha256 or "", now=timezone.now()
    )
    return offer_shape(offer, actor=actor)


@router.get("/cases/{uuid:case_id}/participants")
def list_participants(request: HttpRequest, case_id: UUID) -> dict[str, Any]:
    case = case_for(actor_in(request), case_id)
    return {"items": [participant_shape(participant) for participant in participants_of(case)], "next": None}


@router.post("/cases/{uuid:case_id}/participants", response={201: dict})
@posting()
def create_participant(request: HttpRequest, case_id: UUID, body: NewParticipant) -> Any:
    actor = actor_in(request)
    case = case_for(actor, case_id, Permission.INVITE_PARTICIPANT)
    participant = actions.invite_participant(
        actor,
        case,
        workspace=workspace_by_id(body.workspace),
        permissions=frozenset(Permission(name) for name in body.permissions),
        now=timezone.now(),
    )
    return participant_shape(participant)


@router.delete("/participants/{uuid:participant_id}")
def end_participation(request: HttpRequest, participant_id: UUID) -> dict[str, Any]:
    actor = actor_in(request)
    participant = actions.end_participation(actor, participant_for(actor, participant_id), now=timezone.now())
    return {"id": str(participant.pk), "ended_at": participant.ended_at}


@router.get("/cases/{uuid:case_id}/manifest")
def show_manifest(request: HttpRequest, case_id: UUID) -> dict[str, Any]:
    """What the viewer shows; one audit event names every record in it."""
    actor = actor_in(request)
    return viewer_manifest(actor, case_for(actor, case_id), base="/api/v1", now=timezone.now())


@router.get("/cases/{uuid:case_id}/files.zip")
async def show_case_zip(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    return await answer_case_zip(actor_in(request), case_id)


@router.get("/cases/{uuid:case_id}/capsule")
async def export_capsule(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """The case as one HTML file that opens without a server: viewer, streams, comments, decisions, hashes."""
    return await answer_capsule(actor_in(request), case_id)


def _shape(actor: Actor, case: "Case") -> dict[str, Any]:
    return case_shape(case, actor=actor, state=states_of([case])[case.pk])
