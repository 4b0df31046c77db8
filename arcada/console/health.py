"""What the doctor says of this installation, on one page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from arcada.apps.row_scope import system_scope
from arcada.console.who import staff_actor
from arcada.doctor.finding import Level
from arcada.doctor.look import diagnoses

GRADES = {Level.OK: "ok", Level.WARNING: "warning", Level.PROBLEM: "blocker"}
WORST_FIRST = (Level.PROBLEM, Level.WARNING, Level.OK)


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    staff_actor(request)
    with system_scope():  # counts of jobs and records, of the whole installation
        found = sorted(diagnoses(), key=lambda one: WORST_FIRST.index(one.level))
    return render(request, "console/health.html", {"found": [(one, GRADES[one.level]) for one in found]})


urlpatterns: list[URLPattern] = [path("health", health, name="health")]
