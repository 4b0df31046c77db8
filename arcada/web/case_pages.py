"""Cases: the list, opening one, its review, participants, designs, files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from arcada.api.pages import page_of
from arcada.api.record_files import answer_case_zip
from arcada.api.v1.capsule import answer_capsule
from arcada.apps.accounts.access import workspace_for
from arcada.apps.accounts.queries import workspace_by_id, workspaces_named
from arcada.apps.audit.queries import events_of_case
from arcada.apps.cases import actions
from arcada.apps.cases.access import case_for, participant_for, permissions_in
from arcada.apps.cases.queries import cases_of, current_records, participants_of
from arcada.apps.records.access import collection_for, records_for
from arcada.apps.records.exporting import can_be_exported
from arcada.apps.records.queries import records_of
from arcada.apps.reviews.queries import open_threads_in, standings_of
from arcada.apps.sharing.queries import shares_of_case
from arcada.core.access import GRANTABLE_TO_PARTICIPANT, Actor, Permission
from arcada.core.anatomy import RecordKind
from arcada.core.case_flow import CaseVerb, RecordState
from arcada.core.errors import NotFound
from arcada.web.here import signed_in
from arcada.web.review_scene import Addresses, Unsent, review_facts
from arcada.web.turn_words import say_turn

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case


class CaseForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("What it is about"), max_length=120, required=False)
    code = forms.CharField(
        label=gettext_lazy("Case code"), max_length=32, required=False,
        help_text=gettext_lazy("Left empty, the next free code is taken. Others see it: write no names."),
    )  # fmt: skip
    decide_by = forms.DateTimeField(
        label=gettext_lazy("Decide by"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )  # fmt: skip


class EditForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("What it is about"), max_length=120, required=False)
    decide_by = forms.DateTimeField(
        label=gettext_lazy("Decide by"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip


@require_safe
@signed_in
def cases(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Newest entry first, 50 a page."""
    workspace_for(actor, Permission.VIEW)
    found, following = page_of(
        cases_of(actor), field="touched_at", cursor=request.GET.get("cursor"), limit=None
    )
    standings, threads = standings_of(found), open_threads_in(case.pk for case in found)
    rows = [
        {
            "case": c,
            "state": standings[c.pk].state,
            "turn": say_turn(actor, standings[c.pk].turn),
            "open": threads.get(c.pk, 0),
        }
        for c in found
    ]
    return render(request, "cases/list.html", {"rows": rows, "following": following})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def case_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Open a case on a collection: which records, which code."""
    try:
        collection_id = UUID(request.GET.get("collection", ""))
    except ValueError:
        raise NotFound from None
    collection = collection_for(actor, collection_id, Permission.OPEN_CASE)
    offered = [
        record
        for record in records_of(collection)
        if record.is_current and record.state == RecordState.READY and not record.is_attachment
    ]
    form = CaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            chosen = [UUID(one) for one in request.POST.getlist("record")]
        except ValueError:
            raise NotFound from None
        named = records_for(actor, chosen, Permission.OPEN_CASE)
        if any(record.collection_id != collection.pk for record in named):
            raise NotFound
        known = {record.pk for record in offered}
        records = [record for record in named if record.pk in known]
        case = actions.open_case(actor, collection, **form.cleaned_data, records=records, now=timezone.now())
        messages.success(request, _("Case %(code)s is open.") % {"code": case.code})
        return redirect("cases-show", case.pk)
    facts = {"form": form, "collection": collection, "records": offered}
    return render(request, "cases/new.html", facts, status=422 if form.errors else 200)


@require_safe
@signed_in
def case_show(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponse:
    return review_page(request, actor, case_for(actor, case_id))


def review_page(
    request: HttpRequest,
    actor: Actor,
    case: Case,
    *,
    status: int = 200,
    unsent: Unsent | None = None,
    **more: Any,
) -> HttpResponse:
    """The review; with what was typed and why it was not taken, when a comment or a decision was refused."""
    now = timezone.now()
    facts = review_facts(
        request, actor, case, base="/api/v1", addresses=_addresses(case), now=now, unsent=unsent
    )
    facts["participants"] = participants_of(case)
    facts["is_owner"] = case.workspace_id == actor.workspace_id
    facts["turn"] = say_turn(actor, standings_of([case])[case.pk].turn)
    # Support looks at what stands there; it is not told of news.
    facts["live"] = "" if actor.support else f"/api/v1/events?topic=case:{case.pk}"
    return render(request, "cases/show.html", facts | more, status=status)


def _addresses(case: Case) -> Addresses:
    return Addresses(
        threads=reverse("cases-threads", args=[case.pk]),
        decisions=reverse("cases-decisions", args=[case.pk]),
        paper=f"/cases/{case.pk}/decisions/{{id}}/paper",
        files=reverse("cases-files", args=[case.pk]),
        file="/records/{id}/cleaned",
        here=reverse("cases-show", args=[case.pk]),
        comment="/threads/{id}/comments",
        resolve="/threads/{id}/resolve",
        reopen="/threads/{id}/reopen",
    )


@require_safe
@signed_in
def case_files(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponse:
    """Records, designs, participants and shares of the case: what a desk needs beside the picture."""
    case = case_for(actor, case_id)
    is_owner = case.workspace_id == actor.workspace_id
    chains = {record.chain for record in current_records(case)}
    others = (
        [
            r
            for r in records_of(case.collection)
            if r.is_current and r.chain not in chains and r.state == RecordState.READY and not r.is_attachment
        ]
        if is_owner
        else []
    )
    query = request.GET.get("q", "").strip()
    may_invite = is_owner and Permission.INVITE_PARTICIPANT in actor.permissions
    records = current_records(case, actor=actor)
    standing = standings_of([case])[case.pk]
    facts = {
        "case": case,
        "state": standing.state,
        "turn": say_turn(actor, standing.turn),
        "records": records,
        "exportable": {r.pk for r in records if r.state == RecordState.READY and can_be_exported(r)},
        "others": others,
        "participants": participants_of(case),
        "shares": shares_of_case(case)[:50] if is_owner and Permission.SHARE in actor.permissions else [],
        "is_owner": is_owner,
        "may_invite": may_invite,
        "may_edit": is_owner and Permission.EDIT_CASE in actor.permissions,
        "may_share": is_owner and Permission.SHARE in actor.permissions,
        "query": query,
        "found": workspaces_named(query, besides=case.workspace_id) if query and may_invite else [],
        "grants": sorted(permission.value for permission in GRANTABLE_TO_PARTICIPANT - {Permission.VIEW}),
        "edit": EditForm(initial={"title": case.title, "decide_by": case.decide_by}),
        "designs": [record for record in current_records(case) if record.kind == RecordKind.DESIGN],
        "may": {permission.value for permission in permissions_in(actor, case)},
    }
    return render(request, "cases/files.html", facts)


@require_safe
@signed_in
def case_history(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponse:
    """Who did what in the case, for its own workspace."""
    case = case_for(actor, case_id)
    if case.workspace_id != actor.workspace_id:
        raise NotFound
    return render(request, "cases/history.html", {"case": case, "events": events_of_case(case.pk)[:200]})


@require_POST
@signed_in
def case_edit(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponse:
    case = case_for(actor, case_id, Permission.EDIT_CASE)
    form = EditForm(request.POST)
    if form.is_valid():
        actions.edit_case(actor, case, **form.cleaned_data, now=timezone.now())
        messages.success(request, _("The case is saved."))
    return redirect("cases-files-page", case.pk)


@require_POST
@signed_in
def case_add(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponse:
    case = case_for(actor, case_id, Permission.EDIT_CASE)
    try:
        chosen = [UUID(one) for one in request.POST.getlist("record")]
    except ValueError:
        raise NotFound from None
    actions.add_to_case(
        actor, case, records=records_for(actor, chosen, Permission.EDIT_CASE), now=timezone.now()
    )
    return redirect("cases-files-page", case.pk)


@require_POST
@signed_in
def case_take_out(request: HttpRequest, actor: Actor, case_id: UUID, record_id: UUID) -> HttpResponse:
    case = case_for(actor, case_id, Permission.EDIT_CASE)
    record = records_for(actor, [record_id], Permission.EDIT_CASE)[0]
    actions.remove_from_case(actor, case, record=record, now=timezone.now())
    messages.success(request, _("The record is out of the case. It stays in its collection."))
    return redirect("cases-files-page", case.pk)


@require_POST
@signed_in
def case_state(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponse:
    """Close or open again."""
    case = case_for(actor, case_id, Permission.EDIT_CASE)
    verb = CaseVerb.REOPEN if "reopen" in request.POST else CaseVerb.CLOSE
    actions.change_case_state(actor, case, verb, now=timezone.now())
    return redirect("cases-show", case.pk)


@require_POST
@signed_in
def participant_invite(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponse:
    case = case_for(actor, case_id, Permission.INVITE_PARTICIPANT)
    try:
        workspace = workspace_by_id(UUID(request.POST.get("workspace", "")))
    except ValueError:
        raise NotFound from None
    granted = frozenset(p for p in GRANTABLE_TO_PARTICIPANT if p.value in request.POST.getlist("grant"))
    actions.invite_participant(actor, case, workspace=workspace, permissions=granted, now=timezone.now())
    messages.success(request, _("%(name)s takes part now.") % {"name": workspace.shown_name})
    return redirect("cases-files-page", case.pk)


@require_POST
@signed_in
def participant_end(request: HttpRequest, actor: Actor, participant_id: UUID) -> HttpResponse:
    participant = participant_for(actor, participant_id)
    actions.end_participation(actor, participant, now=timezone.now())
    messages.success(
        request, _("%(name)s has no access any more.") % {"name": participant.workspace.shown_name}
    )
    return redirect("cases-files-page", participant.case_id)


@require_safe
@signed_in
async def case_zip(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponseBase:
    return await answer_case_zip(actor, case_id)


@require_safe
@signed_in
async def case_capsule(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponseBase:
    return await answer_capsule(actor, case_id)


urlpatterns: list[URLPattern | URLResolver] = [
    path("cases", cases, name="cases"),
    path("cases/new", case_new, name="cases-new"),
    path("cases/<uuid:case_id>", case_show, name="cases-show"),
    path("cases/<uuid:case_id>/files", case_files, name="cases-files-page"),
    path("cases/<uuid:case_id>/history", case_history, name="cases-history"),
    path("cases/<uuid:case_id>/edit", case_edit, name="cases-edit"),
    path("cases/<uuid:case_id>/records", case_add, name="cases-add"),
    path("cases/<uuid:case_id>/records/<uuid:record_id>/out", case_take_out, name="cases-take-out"),
    path("cases/<uuid:case_id>/state", case_state, name="cases-state"),
    path("cases/<uuid:case_id>/participants", participant_invite, name="cases-participants"),
    path("participants/<uuid:participant_id>/end", participant_end, name="cases-participant-end"),
    path("cases/<uuid:case_id>/files.zip", case_zip, name="cases-files"),
    path("cases/<uuid:case_id>/capsule", case_capsule, name="cases-capsule"),
]
