"""What was decided about one's own account: the reason, what it means, and the appeal."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from arcada.apps.conduct.access import sanction_for, sanctions_of
from arcada.apps.conduct.actions import appeal
from arcada.apps.conduct.queries import appeals_of
from arcada.core.access import Actor
from arcada.web.here import signed_in
from arcada.web.moderation_words import STANDINGS, VERBS


@require_safe
@signed_in
def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    sanctions = sanctions_of(actor)
    appeals = appeals_of(sanctions)
    rows = [
        {
            "sanction": one,
            "verb": VERBS[one.verb],
            "after": STANDINGS[one.after],
            "appeal": appeals.get(one.pk),
        }
        for one in sanctions
    ]
    return render(request, "conduct/standing.html", {"rows": rows})


@require_POST
@signed_in
def send_appeal(request: HttpRequest, actor: Actor, sanction_id: UUID) -> HttpResponse:
    found = sanction_for(actor, sanction_id)
    appeal(actor, found, by=request.user, text=request.POST.get("text", ""), now=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("Your appeal is sent. Another person decides it."))
    return redirect("settings-standing")


urlpatterns = [
    path("settings/standing", show, name="settings-standing"),
    path("settings/standing/<uuid:sanction_id>/appeal", send_appeal, name="settings-standing-appeal"),
]
