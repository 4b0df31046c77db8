"""The first page: what waits for a person of the operator, what support may look at, and the lists."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_safe

from arcada.api.auth import looking_actor
from arcada.apps.accounts.models import User, Workspace
from arcada.apps.conduct.queries import open_appeals, open_reports
from arcada.apps.jobs.models import Job
from arcada.apps.licences.access import reviewer_for
from arcada.apps.licences.queries import queue_of
from arcada.apps.mail.models import OutgoingMail
from arcada.apps.support.queries import glasses_judged, glasses_waiting, open_grants
from arcada.console.who import staff_actor

MOST = 100
STUCK = timedelta(minutes=15)


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    actor, now = staff_actor(request), timezone.now()
    facts = {
        "licences": queue_of(reviewer_for(actor), now=now).count(),
        "reports": open_reports().count(),
        "appeals": open_appeals().count(),
        "dead_jobs": Job.objects.filter(state="dead").count(),
        "late_jobs": Job.objects.filter(state="waiting", run_after__lt=now - STUCK).count(),
        "failed_mails": OutgoingMail.objects.filter(state="failed").count(),
        "late_mails": OutgoingMail.objects.filter(state="queued", created_at__lt=now - STUCK).count(),
        "workspaces": Workspace.objects.count(),
        "people": User.objects.count(),
        "waiting": glasses_waiting()[:MOST],
        "judged": glasses_judged()[:10],
        "grants": open_grants(now=now)[:MOST],
        "looking": looking_actor(request),
    }
    return render(request, "console/front.html", facts)


urlpatterns: list[URLPattern] = [path("", front, name="index")]
