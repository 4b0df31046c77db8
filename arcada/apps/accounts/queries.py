"""Reads: who somebody is in a workspace, and who is in it."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from arcada.apps.accounts.models import ApiToken, Contact, Membership, User, Workspace
from arcada.core.access import Actor, ActorKind, Origin, Permission, Role
from arcada.core.errors import NotFound
from arcada.core.sealing import hash_token


def memberships_of(user: User) -> list[Membership]:
    """The active memberships, oldest first, each with its workspace."""
    return list(
        Membership.objects.select_related("workspace")
        .filter(user=user, is_active=True)
        .order_by("created_at", "id")
    )


def actor_for_user(
    user: User, *, workspace_id: UUID | None, origin: Origin
) -> tuple[Actor, Workspace | None]:
    """The person acting in the chosen workspace, or in the first one of theirs."""
    found = memberships_of(user)
    chosen = next((m for m in found if m.workspace_id == workspace_id), found[0] if found else None)
    actor = Actor(
        kind=ActorKind.PERSON,
        id=user.id,
        name=user.get_full_name(),
        workspace_id=chosen.workspace_id if chosen else None,
        role=Role(chosen.role) if chosen else None,
        origin=origin,
    )
    return actor, chosen.workspace if chosen else None


def actor_for_token(secret: str, *, now: datetime, origin: Origin) -> Actor | None:
    """The actor behind an API token, or None when it is unknown, ended, revoked or its person left."""
    token = (
        ApiToken.objects.select_related("user").filter(token_hash=hash_token(secret), revoked_at=None).first()
    )
    if token is None or not token.user.is_active or (token.expires_at and token.expires_at <= now):
        return None
    membership = Membership.objects.filter(
        user=token.user, workspace_id=token.workspace_id, is_active=True
    ).first()
    if membership is None:
        return None
    # A clock with hours is enough for "last used", and spares a write on every request.
    if token.last_used_at is None or (now - token.last_used_at).total_seconds() > 3600:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return Actor(
        kind=ActorKind.TOKEN,
        id=token.user_id,
        name=token.user.get_full_name(),
        workspace_id=token.workspace_id,
        role=Role(membership.role),
        scopes=None if token.scopes is None else frozenset(Permission(scope) for scope in token.scopes),
        origin=origin,
    )


def workspace_of(actor: Actor) -> Workspace | None:
    return Workspace.objects.filter(pk=actor.workspace_id).first() if actor.workspace_id else None


def members_of(workspace_id: UUID) -> QuerySet[Membership]:
    return Membership.objects.select_related("user").filter(workspace_id=workspace_id).order_by("created_at")


def tokens_of(actor: Actor) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(
        user_id=actor.id, workspace_id=actor.own_workspace_id, revoked_at=None
    ).order_by("-created_at")


def contacts_of(workspace_id: UUID) -> QuerySet[Contact]:
    return Contact.objects.filter(workspace_id=workspace_id).order_by("name", "email")


def workspaces_named(text: str, *, besides: UUID) -> QuerySet[Workspace]:
    """Workspaces one may invite to a case, by the exact e-mail of a member or the beginning of their name."""
    by_member = Membership.objects.filter(user__email=text.strip().lower(), is_active=True).values(
        "workspace_id"
    )
    named = Workspace.objects.filter(name__istartswith=text.strip())
    return (named | Workspace.objects.filter(pk__in=by_member)).exclude(pk=besides).order_by("name")[:20]


def people_to_tell(workspace_id: UUID) -> QuerySet[User]:
    """Everybody of a workspace who reads clinical news."""
    roles = [Role.OWNER, Role.ADMINISTRATOR, Role.DENTIST, Role.ASSISTANT, Role.TECHNICIAN, Role.DESIGNER]
    members = Membership.objects.filter(workspace_id=workspace_id, is_active=True, role__in=roles)
    return User.objects.filter(pk__in=members.values("user_id"), is_active=True).order_by("created_at")


def workspace_by_id(workspace_id: UUID) -> Workspace:
    """Any workspace, to be invited: that it exists and what it is called is no secret."""
    found = Workspace.objects.filter(pk=workspace_id).first()
    if found is None:
        raise NotFound
    return found


def workspaces_of_people(user_ids: set[UUID]) -> dict[UUID, UUID]:
    """The workspace each person belongs to: their first one."""
    rows = Membership.objects.filter(user_id__in=user_ids, is_active=True).order_by("-created_at")
    return dict(rows.values_list("user_id", "workspace_id"))
