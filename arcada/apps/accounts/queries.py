"""Reads: who somebody is in a workspace, and who is in it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from arcada.apps.accounts.models import ApiToken, Contact, Membership, User, Workspace
from arcada.apps.row_scope import system_scope
from arcada.core.access import ROLE_PERMISSIONS, Actor, ActorKind, Origin, Permission, Role, WorkspaceKind
from arcada.core.errors import NotFound
from arcada.core.plans import Tier
from arcada.core.sealing import hash_token
from arcada.core.standing import Level, Situation, Standing, bars, is_verified
from arcada.core.tooth import Notation


@system_scope()
def memberships_of(user: User) -> list[Membership]:
    """The memberships one may work in now, oldest first, each with its workspace."""
    return list(
        Membership.objects.select_related("workspace")
        .filter(user=user, is_active=True, suspended_at=None)
        .order_by("created_at", "id")
    )


@system_scope()
def actor_for_user(
    user: User, *, workspace_id: UUID | None, origin: Origin, now: datetime
) -> tuple[Actor, Workspace | None]:
    """The person acting in the chosen workspace, or in the first one of theirs."""
    found = list(_working(user, now=now))
    chosen = next((m for m in found if m.workspace_id == workspace_id), found[0] if found else None)
    if chosen is None:
        actor = Actor(kind=ActorKind.PERSON, id=user.id, name=user.get_full_name(), origin=origin)
        return actor, None
    return _member_actor(ActorKind.PERSON, user, chosen, origin=origin, now=now), chosen.workspace


@system_scope()
def actor_for_token(secret: str, *, now: datetime, origin: Origin) -> Actor | None:
    """The actor behind an API token, or None when it is unknown, ended, revoked or its person left."""
    token = (
        ApiToken.objects.select_related("user").filter(token_hash=hash_token(secret), revoked_at=None).first()
    )
    if token is None or not token.user.is_active or (token.expires_at and token.expires_at <= now):
        return None
    membership = _working(token.user, now=now).filter(workspace_id=token.workspace_id).first()
    if membership is None:
        return None
    # A clock with hours is enough for "last used", and spares a write on every request.
    if token.last_used_at is None or (now - token.last_used_at).total_seconds() > 3600:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    actor = _member_actor(ActorKind.TOKEN, token.user, membership, origin=origin, now=now)
    scopes = None if token.scopes is None else frozenset(Permission(scope) for scope in token.scopes)
    return replace(actor, scopes=scopes)


def _working(user: User, *, now: datetime) -> QuerySet[Membership]:
    """The memberships with their workspaces, and whether a verified dentist works in each: one query."""
    dentists = _dentists(now).filter(workspace=OuterRef("workspace"))
    return (
        Membership.objects.select_related("workspace")
        .filter(user=user, is_active=True, suspended_at=None)
        .annotate(has_verified_dentist=Exists(dentists))
        .order_by("created_at", "id")
    )


def _dentists(now: datetime) -> QuerySet[Membership]:
    return Membership.objects.filter(
        Q(user__level_until=None) | Q(user__level_until__gt=now),
        is_active=True, suspended_at=None, user__level=Level.LICENCE_VERIFIED.value,
    )  # fmt: skip


@system_scope()
def has_verified_dentist(workspace_id: UUID, *, now: datetime) -> bool:
    """True while somebody who works there has a verified licence: storage is unmetered then (N3)."""
    return _dentists(now).filter(workspace_id=workspace_id).exists()


def _member_actor(
    kind: ActorKind, user: User, membership: Membership, *, origin: Origin, now: datetime
) -> Actor:
    workspace, role = membership.workspace, Role(membership.role)
    verified = is_verified(Level(user.level), user.level_until, now=now)
    situation = Situation(
        role=role,
        kind=WorkspaceKind(workspace.kind),
        is_archive=workspace.retention_policy == "archive",
        is_verified=verified,
        has_verified_dentist=membership.has_verified_dentist,  # type: ignore[attr-defined] # annotated
        standing=Standing(user.standing),
        workspace_standing=Standing(workspace.standing),
        tier=Tier(workspace.tier),
        tier_ends_at=workspace.tier_ends_at,
    )
    return Actor(
        kind=kind,
        id=user.id,
        name=user.get_full_name(),
        workspace_id=workspace.pk,
        role=role,
        origin=origin,
        bars=bars(situation, now=now),
        is_verified=verified,
    )


def workspace_of(actor: Actor) -> Workspace | None:
    return Workspace.objects.filter(pk=actor.workspace_id).first() if actor.workspace_id else None


def members_of(workspace_id: UUID) -> QuerySet[Membership]:
    return Membership.objects.select_related("user").filter(workspace_id=workspace_id).order_by("created_at")


def seats_taken(workspace_id: UUID) -> int:
    return Membership.objects.filter(workspace_id=workspace_id, is_active=True).count()


def tokens_of(actor: Actor) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(
        user_id=actor.id, workspace_id=actor.own_workspace_id, revoked_at=None
    ).order_by("-created_at")


def contacts_of(workspace_id: UUID) -> QuerySet[Contact]:
    return Contact.objects.filter(workspace_id=workspace_id).order_by("name", "email")


@system_scope()
def workspaces_named(text: str, *, besides: UUID) -> list[Workspace]:
    """Workspaces one may invite to a case, by the exact e-mail of a member or the beginning of their name."""
    by_member = Membership.objects.filter(user__email=text.strip().lower(), is_active=True).values(
        "workspace_id"
    )
    named = Workspace.objects.filter(name__istartswith=text.strip())
    return list(
        (named | Workspace.objects.filter(pk__in=by_member)).exclude(pk=besides).order_by("name")[:20]
    )


@system_scope()
def people_to_tell(workspace_id: UUID) -> list[User]:
    """Everybody of a workspace who reads clinical news."""
    roles = [Role.OWNER, Role.ADMINISTRATOR, Role.DENTIST, Role.ASSISTANT, Role.TECHNICIAN, Role.DESIGNER]
    members = Membership.objects.filter(workspace_id=workspace_id, is_active=True, role__in=roles)
    return list(User.objects.filter(pk__in=members.values("user_id"), is_active=True).order_by("created_at"))


@system_scope()
def members_who_see(workspace_ids: Iterable[UUID]) -> list[tuple[User, UUID]]:
    """Everybody whose role may look at these workspaces' cases, each with the workspace; one query."""
    roles = [role for role, given in ROLE_PERMISSIONS.items() if Permission.VIEW in given]
    found = Membership.objects.select_related("user").filter(
        workspace_id__in=list(workspace_ids), is_active=True, suspended_at=None, role__in=roles, user__is_active=True
    )  # fmt: skip
    return [(member.user, member.workspace_id) for member in found.order_by("user__name", "user_id")]


@system_scope()
def workspace_by_id(workspace_id: UUID) -> Workspace:
    """Any workspace, to be invited: that it exists and what it is called is no secret."""
    found = Workspace.objects.filter(pk=workspace_id).first()
    if found is None:
        raise NotFound
    return found


@system_scope()
def workspaces_of_people(user_ids: set[UUID]) -> dict[UUID, UUID]:
    """The workspace each person belongs to: their first one."""
    rows = Membership.objects.filter(user_id__in=user_ids, is_active=True).order_by("-created_at")
    return dict(rows.values_list("user_id", "workspace_id"))


def brand_values(workspace: Workspace) -> dict[str, object]:
    """What an edit of the brand changes, as it stands."""
    return {"name": workspace.name, "brand_name": workspace.brand_name}


def decision_rules(workspace: Workspace) -> dict[str, object]:
    """What the rules of decisions say, as they stand."""
    return {"aspects": "\n".join(workspace.aspects), "quorum": workspace.decision_quorum}


def profile_values(user: User) -> dict[str, object]:
    """What an edit of one's profile changes, as it stands."""
    return {"name": user.name, "language": user.language, "notation": user.notation}


def notation_of(actor: Actor) -> str:
    """How this reader writes tooth numbers; FDI for who has no account."""
    return User.objects.filter(pk=actor.id).values_list("notation", flat=True).first() or Notation.FDI


@system_scope()
def notations_in(workspace_ids: Iterable[UUID]) -> set[str]:
    """How the members of these workspaces write tooth numbers: whether a bare number may be read two ways."""
    members = Membership.objects.filter(workspace_id__in=list(workspace_ids), is_active=True)
    return set(User.objects.filter(pk__in=members.values("user_id")).values_list("notation", flat=True))
