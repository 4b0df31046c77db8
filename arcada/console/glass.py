"""Break-glass: open a workspace without its leave, for an hour; and what a second person says of it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from arcada.api.auth import SUPPORT_KEY, look_at_session
from arcada.apps.accounts.models import Workspace
from arcada.apps.audit.queries import events_by_access
from arcada.apps.support.access import glass_for, staff_for
from arcada.apps.support.actions import break_glass, come_in, review_glass
from arcada.apps.support.models import BreakGlass
from arcada.console.who import has_proven_again, staff_actor
from arcada.core.errors import ArcadaError
from arcada.core.support import REASON_LEAST, REASON_MOST, Verdict
from arcada.web.audit_words import say_audit
from arcada.web.refusal_words import say_refusal
from arcada.web.session_gate import ask_again

ASKED_KEY = "glass_asked_at"  # in Django's session: when the second factor was asked for, for one glass
VERDICTS = [
    (Verdict.FINE.value, gettext_lazy("Fine: it had to be, and no more was seen than needed")),
    (Verdict.NOT_FINE.value, gettext_lazy("Not fine")),
]


class GlassForm(forms.Form):
    workspace = forms.ModelChoiceField(
        label=gettext_lazy("Workspace"), queryset=Workspace.objects.order_by("name"), empty_label=None
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it can’t wait for a grant"), min_length=REASON_LEAST, max_length=REASON_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The workspace reads this. Write no patient’s name."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workspace"].label_from_instance = lambda one: one.name  # type: ignore[attr-defined]


class ReviewForm(forms.Form):
    verdict = forms.ChoiceField(
        label=gettext_lazy("Was it right?"), choices=VERDICTS, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("In words"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Needed when it was not fine."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def open_glass(request: HttpRequest) -> HttpResponse:
    """The form; sending it asks for the second factor once more, then opens the workspace's pages."""
    actor, now = staff_actor(request), timezone.now()
    form = GlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = request.session.get(ASKED_KEY)
        proven = asked is not None and has_proven_again(request, since=asked, now=now)
        look = look_at_session(request)
        if not proven and look is not None:
            request.session[ASKED_KEY] = now.timestamp()
            return ask_again(request, look.session)
        try:
            made = break_glass(
                actor, form.cleaned_data["workspace"], by=staff_for(actor), has_proven_again=proven,
                reason=form.cleaned_data["reason"], now=now,
            )  # fmt: skip
        except ArcadaError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            del request.session[ASKED_KEY]
            come_in(actor, made, now=now)
            request.session[SUPPORT_KEY] = str(made.pk)
            return redirect("cases")
    return render(request, "console/break.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, glass_id: UUID) -> HttpResponse:
    """What was opened, why and what was seen; a second person's word."""
    actor, now = staff_actor(request), timezone.now()
    glass = glass_for(actor, glass_id)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            review_glass(
                actor, glass, by=staff_for(actor), verdict=Verdict(form.cleaned_data["verdict"]),
                words=form.cleaned_data["words"], now=now,
            )  # fmt: skip
        except ArcadaError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            messages.success(request, _("Your word is kept."))
            return redirect("console:index")
    facts = {
        "glass": glass, "form": form, "is_own": glass.broken_by_id == actor.id, "seen": _seen(glass),
        "is_open": glass.ended_at is None and now < glass.until, "verdict": dict(VERDICTS).get(glass.verdict, ""),
    }  # fmt: skip
    return render(request, "console/glass.html", facts, status=422 if form.errors else 200)


def _seen(glass: BreakGlass) -> Any:
    """What was looked at while it was open: events without names."""
    return [
        (event.at, say_audit(event.action)) for event in events_by_access(glass.workspace_id, glass.pk)[:200]
    ]


urlpatterns: list[URLPattern] = [
    path("break-glass", open_glass, name="break-glass"),
    path("break-glass/<uuid:glass_id>", review, name="glass"),
]
