"""cases/{id}/threads, threads/{id}/comments, cases/{id}/decisions."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from arcada.api.v1.bodies import NewComment, NewDecision, NewThread
from arcada.api.v1.posting import posting
from arcada.api.v1.security import actor_in
from arcada.api.v1.shapes import comment_shape, decision_shape, thread_shape
from arcada.apps.cases.access import case_for, visible_record_for
from arcada.apps.reviews import actions
from arcada.apps.reviews.access import thread_for
from arcada.apps.reviews.deciding import decide_case as decide
from arcada.apps.reviews.queries import decisions_of, thread_view, threads_of
from arcada.core.access import Permission
from arcada.core.decisions import Verdict

router = Router(tags=["reviews"])


@router.get("/cases/{uuid:case_id}/threads")
def list_threads(request: HttpRequest, case_id: UUID) -> dict[str, Any]:
    actor = actor_in(request)
    case = case_for(actor, case_id)
    return {"items": [thread_shape(view) for view in threads_of(actor, case)], "next": None}


@router.post("/cases/{uuid:case_id}/threads", response={201: dict})
@posting()
def open_thread(request: HttpRequest, case_id: UUID, body: NewThread) -> Any:
    """On the case, on a record, or with a `pin` on a point of it; `view` is quoted, `ask` is the workspace asked."""
    actor = actor_in(request)
    case = case_for(actor, case_id, Permission.COMMENT)
    record = visible_record_for(actor, body.record) if body.record else None
    thread = actions.open_thread(
        actor, case, text=body.text, record=record, pin=body.pin, view=body.view, ask=body.ask,
        attached=body.attached, now=timezone.now()
    )  # fmt: skip
    return thread_shape(thread_view(thread))


@router.post("/threads/{uuid:thread_id}/comments", response={201: dict})
@posting()
def add_comment(request: HttpRequest, thread_id: UUID, body: NewComment) -> Any:
    actor = actor_in(request)
    thread = thread_for(actor, thread_id, Permission.COMMENT)
    comment = actions.add_comment(
        actor, thread, text=body.text, view=body.view, ask=body.ask, attached=body.attached, now=timezone.now()
    )  # fmt: skip
    return comment_shape(comment)


@router.post("/threads/{uuid:thread_id}/resolutions", response={201: dict})
@posting()
def resolve_thread(request: HttpRequest, thread_id: UUID) -> Any:
    actor = actor_in(request)
    thread = actions.resolve_thread(
        actor, thread_for(actor, thread_id, Permission.COMMENT), now=timezone.now()
    )
    return thread_shape(thread_view(thread))


@router.delete("/threads/{uuid:thread_id}/resolutions")
def reopen_thread(request: HttpRequest, thread_id: UUID) -> Any:
    actor = actor_in(request)
    thread = actions.reopen_thread(
        actor, thread_for(actor, thread_id, Permission.COMMENT), now=timezone.now()
    )
    return thread_shape(thread_view(thread))


@router.get("/cases/{uuid:case_id}/decisions")
def list_decisions(request: HttpRequest, case_id: UUID) -> dict[str, Any]:
    actor = actor_in(request)
    case = case_for(actor, case_id)
    return {"items": [decision_shape(view) for view in decisions_of(actor, case)], "next": None}


@router.post("/cases/{uuid:case_id}/decisions", response={201: dict})
@posting()
def decide_case(request: HttpRequest, case_id: UUID, body: NewDecision) -> Any:
    """Approve or request changes: of all aspects, or of those named. Bound to the exact hashes, and signed.

    409 when `seen` is no longer what is current, or when somebody decided on this version whose decision is not in
    `known`: the ids that you have looked at.
    """
    actor = actor_in(request)
    case = case_for(actor, case_id, Permission.DECIDE)
    decision = decide(
        actor, case, verdict=Verdict(body.verdict), note=body.note, aspects=body.aspects, seen=body.seen,
        known=body.known, now=timezone.now(),
    )  # fmt: skip
    return decision_shape(next(view for view in decisions_of(actor, case) if view.decision.pk == decision.pk))
