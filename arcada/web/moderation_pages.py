"""The moderators' queue: reports and appeals, by ids and words, never with a patient's content."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from arcada.apps.conduct import actions, queries
from arcada.apps.conduct.access import appeal_for, moderator_for, report_for
from arcada.core.access import Actor
from arcada.core.conduct import SanctionVerb, possible_verbs
from arcada.core.errors import Refused
from arcada.core.standing import Standing
from arcada.web.moderation_words import STANDINGS, VERBS
from arcada.web.report_pages import MISUSES
from arcada.web.staff import staff_member


@require_safe
@staff_member
def reports(request: HttpRequest, actor: Actor) -> HttpResponse:
    facts = {
        "reports": queries.open_reports(),
        "decided": queries.decided_reports(),
        "appeals": [(one, VERBS[one.sanction.verb]) for one in queries.open_appeals()],
        "misuses": {value: str(label) for value, label in MISUSES},
    }
    return render(request, "conduct/reports.html", facts)


@require_safe
@staff_member
def report(request: HttpRequest, actor: Actor, report_id: UUID) -> HttpResponse:
    found = report_for(actor, report_id)
    targets = [(f"workspace:{found.workspace_id}", found.workspace.name, found.workspace.standing)]
    targets += [(f"user:{one.pk}", one.get_full_name(), one.standing) for one in queries.people_of(found)]
    steps = {
        standing: [(verb.value, VERBS[verb.value]) for verb in possible_verbs(standing)]
        for standing in Standing
    }
    facts = {
        "report": found,
        "category": dict(MISUSES)[found.category],
        "targets": [
            (value, name, STANDINGS[standing], steps[Standing(standing)])
            for value, name, standing in targets
        ],
        "history": [(one, VERBS[one.verb]) for one in queries.sanctions_against(found)],
    }  # fmt: skip
    return render(request, "conduct/decide.html", facts)


@require_POST
@staff_member
def decide(request: HttpRequest, actor: Actor, report_id: UUID) -> HttpResponse:
    found = report_for(actor, report_id)
    actions.decide_report(
        actor, found, moderator=moderator_for(actor), is_upheld=request.POST.get("verdict") == "uphold",
        reason=request.POST.get("reason", ""), now=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("Decided."))
    return redirect("review-report", report_id)


@require_POST
@staff_member
def sanction(request: HttpRequest, actor: Actor, report_id: UUID) -> HttpResponse:
    found = report_for(actor, report_id)
    kind, _colon, target = request.POST.get("against", "").partition(":")
    people = {str(one.pk): one for one in queries.people_of(found)}
    against = found.workspace if kind == "workspace" else people.get(target)
    verb = request.POST.get("verb", "")
    if against is None or verb not in set(SanctionVerb):
        raise Refused("Choose against whom, and which step.", code="choice_missing")
    actions.sanction(
        actor, moderator=moderator_for(actor), against=against, verb=SanctionVerb(verb), report=found,
        reason=request.POST.get("reason", ""), authority=request.POST.get("authority", ""), now=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("Decided, and told to whom it concerns."))
    return redirect("review-report", report_id)


@require_POST
@staff_member
def decide_appeal(request: HttpRequest, actor: Actor, appeal_id: UUID) -> HttpResponse:
    found = appeal_for(actor, appeal_id)
    actions.decide_appeal(
        actor, found, moderator=moderator_for(actor), is_granted=request.POST.get("verdict") == "grant",
        reason=request.POST.get("reason", ""), now=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("Decided."))
    return redirect("review-reports")


urlpatterns = [
    path("review/reports", reports, name="review-reports"),
    path("review/reports/<uuid:report_id>", report, name="review-report"),
    path("review/reports/<uuid:report_id>/decide", decide, name="review-report-decide"),
    path("review/reports/<uuid:report_id>/sanction", sanction, name="review-report-sanction"),
    path("review/appeals/<uuid:appeal_id>", decide_appeal, name="review-appeal"),
]
