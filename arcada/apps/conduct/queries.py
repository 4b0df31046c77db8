"""Reads for moderators and for whom it concerns."""

from django.db.models import QuerySet

from arcada.apps.accounts.models import Membership, User
from arcada.apps.conduct.models import Appeal, MisuseReport, Sanction
from arcada.core.conduct import ReportState


def open_reports() -> QuerySet[MisuseReport]:
    """The queue, oldest first."""
    rows = MisuseReport.objects.select_related("workspace").filter(state=ReportState.OPEN.value)
    return rows.order_by("created_at")


def open_appeals() -> QuerySet[Appeal]:
    rows = Appeal.objects.select_related("sanction", "by").filter(is_granted=None)
    return rows.order_by("created_at")


def decided_reports() -> QuerySet[MisuseReport]:
    rows = MisuseReport.objects.select_related("workspace").exclude(state=ReportState.OPEN.value)
    return rows.order_by("-decided_at")[:100]


def sanctions_against(report: MisuseReport) -> QuerySet[Sanction]:
    """Everything that was ever decided against the reported workspace and its people, newest first."""
    people = Membership.objects.filter(workspace=report.workspace_id).values("user_id")
    rows = Sanction.objects.filter(workspace=report.workspace_id) | Sanction.objects.filter(user__in=people)
    return rows.select_related("user", "workspace").order_by("-created_at")


def people_of(report: MisuseReport) -> list[User]:
    rows = Membership.objects.select_related("user").filter(workspace=report.workspace_id, is_active=True)
    return [membership.user for membership in rows.order_by("created_at")]


def appeals_of(sanctions: QuerySet[Sanction]) -> dict[object, Appeal]:
    return {appeal.sanction_id: appeal for appeal in Appeal.objects.filter(sanction__in=sanctions)}
