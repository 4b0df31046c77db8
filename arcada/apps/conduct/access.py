"""Gates of moderation: the queue is the operator's; a sanction is seen by whom it concerns."""

from uuid import UUID

from django.db.models import Q, QuerySet

from arcada.apps.accounts.models import User
from arcada.apps.conduct.models import Appeal, MisuseReport, Sanction
from arcada.core.access import Actor, Permission
from arcada.core.errors import NotFound


def moderator_for(actor: Actor) -> User:
    """The staff member behind the actor; for everybody else there is nothing here."""
    found = User.objects.filter(pk=actor.id, is_staff=True, is_active=True).first()
    if found is None:
        raise NotFound
    return found


def report_for(actor: Actor, report_id: UUID) -> MisuseReport:
    moderator_for(actor)
    found = MisuseReport.objects.select_related("workspace").filter(pk=report_id).first()
    if found is None:
        raise NotFound
    return found


def appeal_for(actor: Actor, appeal_id: UUID) -> Appeal:
    moderator_for(actor)
    found = Appeal.objects.select_related("sanction").filter(pk=appeal_id).first()
    if found is None:
        raise NotFound
    return found


def sanctions_of(actor: Actor) -> QuerySet[Sanction]:
    """What was decided against the person; against the workspace too, for whoever manages it."""
    concerns = Q(user_id=actor.id)
    if Permission.MANAGE_WORKSPACE in actor.permissions_of_role:
        concerns |= Q(workspace_id=actor.own_workspace_id)
    return Sanction.objects.filter(concerns).order_by("-created_at", "-id")


def sanction_for(actor: Actor, sanction_id: UUID) -> Sanction:
    found = sanctions_of(actor).filter(pk=sanction_id).first()
    if found is None:
        raise NotFound
    return found
