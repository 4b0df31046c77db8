"""Report misuse: of a record by a colleague, of a share by its recipient."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from arcada.apps.cases.access import visible_record_for
from arcada.apps.conduct.actions import report_misuse
from arcada.core.access import Actor
from arcada.core.conduct import Misuse
from arcada.core.errors import Refused
from arcada.web.here import signed_in
from arcada.web.refusal_words import say_refusal
from arcada.web.share_door import proven

MISUSES = [
    (Misuse.NO_CONSENT.value, gettext_lazy("The patient did not agree to this")),
    (Misuse.NOT_THEIR_PATIENT.value, gettext_lazy("Not a patient of whoever shows it")),
    (Misuse.NO_LICENCE.value, gettext_lazy("Dentistry without a licence")),
    (Misuse.NOT_CLINICAL.value, gettext_lazy("Not a dental file")),
    (Misuse.HARASSMENT.value, gettext_lazy("Insult or harassment")),
    (Misuse.FRAUD.value, gettext_lazy("Fraud")),
    (Misuse.OTHER.value, gettext_lazy("Something else")),
]


class MisuseForm(forms.Form):
    category = forms.ChoiceField(label=gettext_lazy("What is wrong"), choices=MISUSES)
    text = forms.CharField(
        label=gettext_lazy("In your words"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("A person reads it. Please name no patient."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def record(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponse:
    """Of a record one may see, one's own or through a case."""
    found = visible_record_for(actor, record_id)
    return _report(
        request, actor, workspace_id=found.workspace_id, about_kind="record", about_id=found.pk, back="/"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """Of a share, by the browser that has opened it."""
    found, actor = proven(request, share_id)
    return _report(
        request, actor, workspace_id=found.share.workspace_id, about_kind="share", about_id=found.share.pk,
        back=f"/r/{share_id}/",
    )  # fmt: skip


def _report(request: HttpRequest, actor: Actor, *, back: str, **about: Any) -> HttpResponse:
    form = MisuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            report_misuse(
                actor, **about, category=Misuse(form.cleaned_data["category"]), text=form.cleaned_data["text"],
                now=timezone.now(),
            )  # fmt: skip
        except Refused as refusal:
            form.add_error("text", say_refusal(refusal))
        else:
            messages.success(request, _("Thank you. A person will read it and decide."))
            return redirect(back)
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "conduct/report.html", {"form": form, "back": back}, status=status)


urlpatterns = [
    path("records/<uuid:record_id>/report", record, name="records-report"),
    path("r/<uuid:share_id>/report", share, name="share-report"),
]
