"""Reads: what a workspace granted, what staff may look by now, which broken glasses wait for a second person."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from arcada.apps.row_scope import system_scope
from arcada.apps.support.models import BreakGlass, Grant


def grants_of(workspace_id: UUID) -> QuerySet[Grant]:
    """All of a workspace, newest first."""
    return (
        Grant.objects.select_related("patient", "case", "given_by")
        .filter(workspace_id=workspace_id)
        .order_by("-created_at")
    )


def glasses_of(workspace_id: UUID) -> QuerySet[BreakGlass]:
    """Every time the operator opened a workspace without being let in, newest first."""
    return (
        BreakGlass.objects.select_related("broken_by")
        .filter(workspace_id=workspace_id)
        .order_by("-created_at")
    )


@system_scope()
def open_grants(*, now: datetime) -> list[Grant]:
    """What support may look by now, the one that ends first on top; with codes that staff's scope would not show."""
    found = Grant.objects.select_related("workspace", "patient", "case", "given_by")
    return list(found.filter(ended_at=None, until__gt=now).order_by("until"))


def glasses_waiting() -> QuerySet[BreakGlass]:
    """Broken and not yet judged, oldest first."""
    return (
        BreakGlass.objects.select_related("workspace", "broken_by")
        .filter(reviewed_at=None)
        .order_by("created_at")
    )


def glasses_judged() -> QuerySet[BreakGlass]:
    return (
        BreakGlass.objects.select_related("workspace", "broken_by", "reviewed_by")
        .exclude(reviewed_at=None)
        .order_by("-reviewed_at")
    )


def access_named(access_id: UUID) -> Grant | BreakGlass | None:
    """What a session looks by, also when it is over meanwhile."""
    return Grant.objects.filter(pk=access_id).first() or BreakGlass.objects.filter(pk=access_id).first()
