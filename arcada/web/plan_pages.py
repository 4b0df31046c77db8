"""The plan of a workspace: what it allows, how much is used, what was billed; subscribing and ending it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from arcada.apps.accounts import plans
from arcada.apps.accounts.access import plan_for, workspace_for
from arcada.apps.accounts.queries import has_verified_dentist, seats_taken
from arcada.apps.files.queries import bytes_kept
from arcada.core.access import Actor, Permission
from arcada.core.plans import quota_left
from arcada.web.here import signed_in


@require_safe
@signed_in
def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    workspace = workspace_for(actor, Permission.MANAGE_PLAN)
    now = timezone.now()
    limits, used = plans.limits_of(workspace), bytes_kept(workspace.pk)
    is_unmetered = has_verified_dentist(workspace.pk, now=now)
    facts: dict[str, Any] = {
        "workspace": workspace,
        "plan": plans.plan_of(workspace),
        "limits": limits,
        "used_bytes": used,
        "left_bytes": quota_left(limits, used_bytes=used, has_verified_dentist=is_unmetered),
        "is_unmetered_by_licence": is_unmetered,
        "has_ended": workspace.tier_ends_at is not None and workspace.tier_ends_at <= now,
        "seats_taken": seats_taken(workspace.pk),
        "offered": plans.offered_plans(),
        "bills": plans.bills_of(workspace),
    }
    return render(request, "settings/plan.html", facts)


@require_POST
@signed_in
def subscribe(request: HttpRequest, actor: Actor, plan_id: UUID) -> HttpResponse:
    workspace = workspace_for(actor, Permission.MANAGE_PLAN)
    plans.subscribe(actor, workspace, plan_for(actor, plan_id), now=timezone.now())
    messages.success(request, _("The plan is yours from now on."))
    return redirect("settings-plan")


@require_POST
@signed_in
def end(request: HttpRequest, actor: Actor) -> HttpResponse:
    workspace = workspace_for(actor, Permission.MANAGE_PLAN)
    plans.end_subscription(actor, workspace, now=timezone.now())
    messages.success(request, _("The subscription is ended. Everything stays readable and can be exported."))
    return redirect("settings-plan")


urlpatterns = [
    path("settings/plan", show, name="settings-plan"),
    path("settings/plan/<uuid:plan_id>/subscribe", subscribe, name="settings-plan-subscribe"),
    path("settings/plan/end", end, name="settings-plan-end"),
]
