"""Plain forms of a review by members: open a thread, comment, settle, decide."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from arcada.apps.cases.access import case_for, has_been_shown, visible_record_for
from arcada.apps.cases.queries import waiting_attachments
from arcada.apps.files.sealed import original_name
from arcada.apps.reviews import actions
from arcada.apps.reviews.access import thread_for
from arcada.apps.reviews.deciding import decide_case
from arcada.core.access import Actor, Permission
from arcada.core.decisions import Verdict
from arcada.core.errors import ArcadaError, Conflict, NotFound, Refused
from arcada.web.case_pages import review_page
from arcada.web.decision_papers import answer_paper
from arcada.web.here import signed_in
from arcada.web.refusal_words import say_refusal
from arcada.web.review_scene import Unsent

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record
    from arcada.apps.reviews.models import Thread


@require_POST
@signed_in
def thread_new(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponse:
    case = case_for(actor, case_id, Permission.COMMENT)
    try:
        open_thread_from(request, actor, case)
    except (Refused, Conflict) as refusal:
        return review_page(request, actor, case, **kept_comment(request, actor, case, refusal))
    return redirect("cases-show", case.pk)


@require_POST
@signed_in
def comment_new(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    thread = thread_for(actor, thread_id, Permission.COMMENT)
    try:
        comment_from(request, actor, thread)
    except Refused as refusal:
        case = thread.case
        return review_page(request, actor, case, **kept_comment(request, actor, case, refusal))
    return redirect(f"/cases/{thread.case_id}#thread-{thread.number}")


@require_POST
@signed_in
def thread_resolve(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    thread = actions.resolve_thread(
        actor, thread_for(actor, thread_id, Permission.COMMENT), now=timezone.now()
    )
    return redirect(f"/cases/{thread.case_id}#thread-{thread.number}")


@require_POST
@signed_in
def thread_reopen(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    thread = actions.reopen_thread(
        actor, thread_for(actor, thread_id, Permission.COMMENT), now=timezone.now()
    )
    return redirect(f"/cases/{thread.case_id}#thread-{thread.number}")


@require_POST
@signed_in
def decision_new(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponse:
    case = case_for(actor, case_id, Permission.DECIDE)
    try:
        decide_from(request, actor, case)
    except (Refused, Conflict) as refusal:
        return review_page(request, actor, case, **kept_decision(request, refusal))
    return redirect("cases-show", case.pk)


@require_safe
@signed_in
def decision_paper(
    request: HttpRequest, actor: Actor, case_id: UUID, decision_id: UUID, form: str
) -> HttpResponse:
    """A decision to keep: signed JSON, or the same to read as PDF."""
    return answer_paper(actor, case_for(actor, case_id), decision_id, form=form, now=timezone.now())


def open_thread_from(request: HttpRequest, actor: Actor, case: Case, *, author_verified: bool = True) -> None:
    """A thread from a form's fields: text, record, pin and view (JSON as the viewer gave them), whom it asks."""
    actions.open_thread(
        actor, case, text=request.POST.get("text", ""), record=_pinned(request, actor, case),
        pin=_given(request, "pin"), view=_given(request, "view"), ask=_id_in(request, "ask"),
        attached=_attached(request), now=timezone.now(), author_verified=author_verified,
    )  # fmt: skip


def comment_from(request: HttpRequest, actor: Actor, thread: Thread, *, author_verified: bool = True) -> None:
    """A reply from a form's fields, likewise."""
    actions.add_comment(
        actor, thread, text=request.POST.get("text", ""), view=_given(request, "view"),
        ask=_id_in(request, "ask"), attached=_attached(request), now=timezone.now(),
        author_verified=author_verified,
    )  # fmt: skip


def _pinned(request: HttpRequest, actor: Actor, case: Case) -> Record | None:
    """The record that the point stands on; a page may name one that is no longer shown."""
    record_id = _id_in(request, "record")
    if record_id is None:
        return None
    try:
        return visible_record_for(actor, record_id)
    except NotFound:
        if not has_been_shown(actor, case, record_id):
            raise
        raise Conflict(
            "What the point stands on is no longer shown: a newer version came, or it was taken out. Place it again.",
            code="newer_version",
        ) from None


def _given(request: HttpRequest, name: str) -> dict[str, Any] | None:
    said = request.POST.get(name, "")
    try:
        given = json.loads(said) if said else None
    except (ValueError, RecursionError):
        raise NotFound from None
    if given is not None and not isinstance(given, dict):
        raise Refused(_("The point can't be read. Place it again."), code="bad_pin")
    return given


def _id_in(request: HttpRequest, name: str) -> UUID | None:
    said = request.POST.get(name, "")
    try:
        return UUID(said) if said else None
    except ValueError:
        raise NotFound from None


def _attached(request: HttpRequest) -> list[UUID]:
    try:
        return [UUID(one) for one in request.POST.getlist("attached")]
    except ValueError:
        raise NotFound from None


def decide_from(request: HttpRequest, actor: Actor, case: Case, *, author_verified: bool = True) -> None:
    """A decision from a form's fields: verdict, aspects, note, and the hashes and decisions the page showed."""
    verdict = request.POST.get("verdict", "")
    if verdict not in set(Verdict):
        raise NotFound
    try:
        known = [UUID(one) for one in request.POST.get("known", "").split(",") if one]
    except ValueError:
        raise NotFound from None
    seen = [one for one in request.POST.get("seen", "").split(",") if one]
    decide_case(
        actor, case, verdict=Verdict(verdict), note=request.POST.get("note", ""), seen=seen, known=known,
        aspects=request.POST.getlist("aspect"), now=timezone.now(), author_verified=author_verified,
    )  # fmt: skip
    messages.success(
        request,
        _("You approved it. Everybody in the case is told.")
        if verdict == Verdict.APPROVED
        else _("You asked for changes. Everybody in the case is told."),
    )


def kept_comment(request: HttpRequest, actor: Actor, case: Case, refusal: ArcadaError) -> dict[str, Any]:
    """What a page needs to say why a comment was not taken, with all that was typed and sent still in its form."""
    unsent = Unsent(
        to=request.path,
        why=say_refusal(refusal),
        fields={name: request.POST.get(name, "") for name in ("text", "record", "pin", "view", "ask")},
        # By the names they were sent with: nobody but their sender sees this answer.
        files=[
            (str(file.pk), original_name(file.original))
            for file in waiting_attachments(actor, case, record_ids=_attached(request))
            if file.original
        ],
    )
    return {"status": _status_of(refusal), "unsent": unsent}


def kept_decision(request: HttpRequest, refusal: ArcadaError) -> dict[str, Any]:
    """What a page needs to say why a decision was not taken, with all that was typed still in the form."""
    return {
        "status": _status_of(refusal),
        "why_not_decided": say_refusal(refusal),
        "typed_note": request.POST.get("note", ""),
        "ticked": request.POST.getlist("aspect"),
    }


def _status_of(refusal: ArcadaError) -> int:
    return 409 if isinstance(refusal, Conflict) else 422


urlpatterns: list[URLPattern | URLResolver] = [
    path("cases/<uuid:case_id>/threads", thread_new, name="cases-threads"),
    path("threads/<uuid:thread_id>/comments", comment_new, name="cases-comment"),
    path("threads/<uuid:thread_id>/resolve", thread_resolve, name="cases-resolve"),
    path("threads/<uuid:thread_id>/reopen", thread_reopen, name="cases-reopen"),
    path("cases/<uuid:case_id>/decisions", decision_new, name="cases-decisions"),
    path(
        "cases/<uuid:case_id>/decisions/<uuid:decision_id>/paper.json",
        decision_paper,
        {"form": "json"},
        name="cases-decision-json",
    ),
    path(
        "cases/<uuid:case_id>/decisions/<uuid:decision_id>/paper.pdf",
        decision_paper,
        {"form": "pdf"},
        name="cases-decision-pdf",
    ),
]
