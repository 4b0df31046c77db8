"""Gates of workspaces, tokens and invitations: missing and forbidden get the same answer."""

from datetime import datetime
from uuid import UUID

from arcada.apps.accounts.models import ApiToken, Contact, Invitation, Membership, Plan, Workspace
from arcada.apps.row_scope import system_scope
from arcada.core.access import Actor, Permission, allowed
from arcada.core.errors import NotFound
from arcada.core.sealing import hash_token


def workspace_for(actor: Actor, permission: Permission) -> Workspace:
    """The actor's own workspace, when it may do `permission` there."""
    workspace = Workspace.objects.filter(pk=actor.own_workspace_id).first()
    if workspace is None or not allowed(actor, permission, workspace_id=workspace.pk):
        raise NotFound
    return workspace


def membership_for(actor: Actor, membership_id: UUID) -> Membership:
    found = Membership.objects.select_related("user", "workspace").filter(pk=membership_id).first()
    if found is None or not allowed(actor, Permission.MANAGE_WORKSPACE, workspace_id=found.workspace_id):
        raise NotFound
    return found


def token_for(actor: Actor, token_id: UUID) -> ApiToken:
    found = ApiToken.objects.filter(
        pk=token_id, user_id=actor.id, workspace_id=actor.own_workspace_id
    ).first()
    if found is None:
        raise NotFound
    return found


def plan_for(actor: Actor, plan_id: UUID) -> Plan:
    """A plan that is offered; what is on offer is no secret to whoever manages a plan."""
    found = Plan.objects.filter(pk=plan_id, is_offered=True).first()
    if found is None or Permission.MANAGE_PLAN not in actor.permissions:
        raise NotFound
    return found


def contact_for(actor: Actor, contact_id: UUID) -> Contact:
    found = Contact.objects.filter(pk=contact_id).first()
    if found is None or not allowed(actor, Permission.SHARE, workspace_id=found.workspace_id):
        raise NotFound
    return found


@system_scope()
def invitation_by_token(token: str, *, now: datetime) -> Invitation:
    found = (
        Invitation.objects.select_related("workspace", "invited_by")
        .filter(token_hash=hash_token(token), accepted_at=None, revoked_at=None, expires_at__gt=now)
        .first()
    )
    if found is None:
        raise NotFound
    return found
