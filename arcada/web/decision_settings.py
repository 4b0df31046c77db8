"""Settings, Decisions: what is decided apart, and how many people have to approve."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from arcada.apps.accounts.access import Workspace, workspace_for
from arcada.apps.accounts.actions import set_decision_rules
from arcada.apps.accounts.queries import decision_rules
from arcada.core.access import Actor, Permission
from arcada.core.decisions import LARGEST_QUORUM, LONGEST_ASPECT, MOST_ASPECTS
from arcada.core.errors import Conflict, Refused
from arcada.core.seen import mark_of
from arcada.web.aspect_words import read_aspects, say_aspect
from arcada.web.here import signed_in
from arcada.web.refusal_words import say_refusal
from arcada.web.seen import SeenForm, show_both


class RulesForm(SeenForm):
    aspects = forms.CharField(
        label=gettext_lazy("Aspects, one a line"), max_length=(LONGEST_ASPECT + 2) * MOST_ASPECTS,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=gettext_lazy("One press approves all of them; who asks for changes may say of which."),
    )  # fmt: skip
    quorum = forms.IntegerField(
        label=gettext_lazy("How many people have to approve"), min_value=1, max_value=LARGEST_QUORUM,
        help_text=gettext_lazy(
            "With two or more, a request for changes stands until whoever made it approves or a newer version comes."
        ),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def decision_settings(request: HttpRequest, actor: Actor) -> HttpResponse:
    workspace = workspace_for(actor, Permission.MANAGE_WORKSPACE)
    if request.method != "POST":
        initial = {**_shown(workspace), "seen": mark_of(decision_rules(workspace))}
        return _page(request, RulesForm(initial=initial))
    form = RulesForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    try:
        set_decision_rules(
            actor, workspace, aspects=read_aspects(form.cleaned_data["aspects"]), quorum=form.cleaned_data["quorum"],
            seen=form.mark, now=timezone.now(),
        )  # fmt: skip
    except Conflict as conflict:
        workspace.refresh_from_db()
        show_both(form, conflict, _shown(workspace), decision_rules(workspace))
        return _page(request, form, 409)
    except Refused as refusal:
        form.add_error(None, say_refusal(refusal))
        return _page(request, form, 422)
    messages.success(request, _("The rules are saved. They hold for decisions from now on."))
    return redirect("settings-decisions")


def _shown(workspace: Workspace) -> dict[str, object]:
    return {"aspects": "\n".join(map(say_aspect, workspace.aspects)), "quorum": workspace.decision_quorum}


def _page(request: HttpRequest, form: RulesForm, status: int = 200) -> HttpResponse:
    return render(request, "settings/decisions.html", {"form": form}, status=status)


urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/decisions", decision_settings, name="settings-decisions")
]
