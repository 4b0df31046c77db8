"""Let the operator's support look: what was granted, a new grant, its end; and what the operator opened by itself."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from arcada.apps.accounts.access import workspace_for
from arcada.apps.support.access import grant_for, target_for
from arcada.apps.support.actions import end_grant, give_grant
from arcada.apps.support.queries import glasses_of, grants_of
from arcada.core.access import Actor, Permission
from arcada.core.errors import NotFound, Refused
from arcada.core.support import REASON_LEAST, REASON_MOST, Scope, Verdict, is_open
from arcada.web.here import signed_in
from arcada.web.refusal_words import say_refusal
from arcada.web.session_gate import freshly_proven

SCOPES = [
    (Scope.CASE.value, gettext_lazy("One case")),
    (Scope.PATIENT.value, gettext_lazy("One patient with all cases")),
    (Scope.WORKSPACE.value, gettext_lazy("The whole workspace")),
]
LENGTHS = [
    ("1", gettext_lazy("1 hour")),
    ("4", gettext_lazy("4 hours")),
    ("24", gettext_lazy("1 day")),
    ("72", gettext_lazy("3 days")),
    ("168", gettext_lazy("7 days")),
]
VERDICTS = {
    "": gettext_lazy("waits for a second person of the operator"),
    Verdict.FINE.value: gettext_lazy("fine, says a second person of the operator"),
    Verdict.NOT_FINE.value: gettext_lazy("not fine, says a second person of the operator"),
}
MOST = 100


class GrantForm(forms.Form):
    scope = forms.ChoiceField(label=gettext_lazy("What support may see"), choices=SCOPES)
    code = forms.CharField(
        label=gettext_lazy("Code of the case or the patient"), max_length=32, required=False,
        help_text=gettext_lazy("Left empty for the whole workspace."),
    )  # fmt: skip
    hours = forms.ChoiceField(label=gettext_lazy("For how long"), choices=LENGTHS)
    reason = forms.CharField(
        label=gettext_lazy("Why"), min_length=REASON_LEAST, max_length=REASON_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What support is to look at. Write no patient’s name."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def support(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What was granted, and the form of a new grant."""
    workspace_for(actor, Permission.MANAGE_WORKSPACE)
    if request.method == "POST":
        answer: HttpResponse = _give(request, actor)
        return answer
    case = request.GET.get("case", "")[:32]
    return _page(request, actor, GrantForm(initial={"scope": Scope.CASE.value, "code": case, "hours": "4"}))


@freshly_proven
def _give(request: HttpRequest, actor: Actor) -> HttpResponse:
    workspace = workspace_for(actor, Permission.MANAGE_WORKSPACE)
    form = GrantForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, form, status=422)
    said = form.cleaned_data
    try:
        target = target_for(actor, Scope(said["scope"]), said["code"])
    except NotFound:
        form.add_error("code", _("No case or patient of this workspace has this code."))
        return _page(request, actor, form, status=422)
    try:
        made = give_grant(
            actor, workspace, by=request.user, target=target, hours=int(said["hours"]), reason=said["reason"],  # type: ignore[arg-type]
            now=timezone.now(),
        )  # fmt: skip
    except Refused as refusal:
        form.add_error(None, say_refusal(refusal))
        return _page(request, actor, form, status=422)
    until = timezone.localtime(made.until).strftime("%H:%M")
    messages.success(request, _("Support may look until %(until)s. You can end it here.") % {"until": until})
    return redirect("settings-support")


@require_POST
@signed_in
def end(request: HttpRequest, actor: Actor, grant_id: UUID) -> HttpResponse:
    end_grant(actor, grant_for(actor, grant_id), by=request.user, now=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("Support can't look any more."))
    return redirect("settings-support")


def _page(request: HttpRequest, actor: Actor, form: GrantForm, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    scopes = dict(SCOPES)
    rows: list[dict[str, Any]] = [
        {
            "grant": one,
            "is_open": is_open(until=one.until, ended_at=one.ended_at, now=now),
            "what": scopes[one.scope],
            "code": one.case.code if one.case else one.patient.code if one.patient else "",
        }
        for one in grants_of(actor.own_workspace_id)[:MOST]
    ]
    facts = {
        "form": form,
        "open": [row for row in rows if row["is_open"]],
        "over": [row for row in rows if not row["is_open"]],
        "glasses": [(one, VERDICTS[one.verdict]) for one in glasses_of(actor.own_workspace_id)[:MOST]],
    }
    return render(request, "settings/support.html", facts, status=status)


urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/support", support, name="settings-support"),
    path("settings/support/<uuid:grant_id>/end", end, name="settings-support-end"),
]
