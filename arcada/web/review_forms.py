"""Plain forms of a review by members: open a thread, comment, settle, decide."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arcada.apps.cases.access import case_for, visible_record_for
from arcada.apps.reviews import actions
from arcada.apps.reviews.access import thread_for
from arcada.core.access import Actor, Permission
from arcada.core.errors import ArcadaError, Conflict, NotFound, Refused
from arcada.web.here import signed_in
from arcada.web.refusal_words import say_refusal

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case


@require_POST
@signed_in
def thread_new(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponse:
    case = case_for(actor, case_id, Permission.COMMENT)
    try:
        open_thread_from(request, actor, case)
    except Refused as refusal:
        keep_text(request, refusal)
    return redirect("cases-show", case.pk)


@require_POST
@signed_in
def comment_new(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    thread = thread_for(actor, thread_id, Permission.COMMENT)
    try:
        actions.add_comment(actor, thread, text=request.POST.get("text", ""), now=timezone.now())
    except Refused as refusal:
        keep_text(request, refusal)
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
        keep_text(request, refusal)
    return redirect("cases-show", case.pk)


def open_thread_from(request: HttpRequest, actor: Actor, case: Case, *, author_verified: bool = True) -> None:
    """A thread from a form's fields: text, record, pin (JSON as the viewer gave it)."""
    record_id, said = request.POST.get("record", ""), request.POST.get("pin", "")
    try:
        pin = json.loads(said) if said else None
        record = visible_record_for(actor, UUID(record_id)) if record_id else None
    except (ValueError, RecursionError):
        raise NotFound from None
    if pin is not None and not isinstance(pin, dict):
        raise Refused(_("The point can't be read. Place it again."), code="bad_pin")
    actions.open_thread(
        actor, case, text=request.POST.get("text", ""), record=record, pin=pin, now=timezone.now(),
        author_verified=author_verified,
    )  # fmt: skip


def decide_from(request: HttpRequest, actor: Actor, case: Case, *, author_verified: bool = True) -> None:
    """A decision from a form's fields: verdict, note, and the hashes the page showed."""
    verdict = request.POST.get("verdict", "")
    if verdict not in set(actions.Verdict):
        raise NotFound
    seen = [one for one in request.POST.get("seen", "").split(",") if one]
    actions.decide_case(
        actor, case, verdict=actions.Verdict(verdict), note=request.POST.get("note", ""), seen=seen,
        now=timezone.now(), author_verified=author_verified,
    )  # fmt: skip
    messages.success(
        request,
        _("You approved it. Everybody in the case is told.")
        if verdict == actions.Verdict.APPROVED
        else _("You asked for changes. Everybody in the case is told."),
    )


def keep_text(request: HttpRequest, refusal: ArcadaError) -> None:
    """Say why not; what was typed stands in the message, so that it is not lost."""
    typed = request.POST.get("text") or request.POST.get("note") or ""
    messages.error(request, f"{say_refusal(refusal)} {typed[:2000]}".strip())


urlpatterns: list[URLPattern | URLResolver] = [
    path("cases/<uuid:case_id>/threads", thread_new, name="cases-threads"),
    path("threads/<uuid:thread_id>/comments", comment_new, name="cases-comment"),
    path("threads/<uuid:thread_id>/resolve", thread_resolve, name="cases-resolve"),
    path("threads/<uuid:thread_id>/reopen", thread_reopen, name="cases-reopen"),
    path("cases/<uuid:case_id>/decisions", decision_new, name="cases-decisions"),
]
