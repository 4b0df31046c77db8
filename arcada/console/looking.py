"""Support comes in by a grant or a broken glass, and leaves."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arcada.api.auth import SUPPORT_KEY
from arcada.apps.support.access import open_access
from arcada.apps.support.actions import come_in, leave
from arcada.apps.support.models import BreakGlass, Grant
from arcada.apps.support.queries import access_named
from arcada.console.who import staff_actor


@require_POST
def look(request: HttpRequest, access_id: UUID) -> HttpResponse:
    """From here on the workspace's own pages open, until the access ends or one leaves."""
    actor, now = staff_actor(request), timezone.now()
    access = open_access(actor, access_id, now=now)
    come_in(actor, access, now=now)
    request.session[SUPPORT_KEY] = str(access.pk)
    return _first_page(access)


def _first_page(access: Grant | BreakGlass) -> HttpResponse:
    if isinstance(access, Grant) and access.case_id is not None:
        return redirect("cases-show", access.case_id)
    if isinstance(access, Grant) and access.patient_id is not None:
        return redirect("patients-show", access.patient_id)
    return redirect("cases")


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    actor = staff_actor(request)
    chosen = request.session.pop(SUPPORT_KEY, "")
    access = access_named(UUID(chosen)) if chosen else None
    if access is not None:
        leave(actor, access, now=timezone.now())
        messages.success(request, _("You look no more."))
    return redirect("console:index")


urlpatterns: list[URLPattern] = [
    path("look/<uuid:access_id>", look, name="look"),
    path("leave", stop, name="leave"),
]
