"""Writes: workspaces, members, invitations, tokens, contacts."""

import secrets
import zoneinfo
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from arcada.apps.accounts.models import ApiToken, Contact, Invitation, Membership, User, Workspace
from arcada.apps.accounts.plans import require_seat
from arcada.apps.accounts.queries import brand_values, decision_rules, profile_values
from arcada.apps.audit.actions import record
from arcada.apps.row_scope import system_scope
from arcada.core.access import Actor, ActorKind, Permission, Role, WorkspaceKind
from arcada.core.decisions import check_aspects, check_quorum
from arcada.core.errors import Conflict, Refused
from arcada.core.plans import Tier
from arcada.core.sealing import hash_token
from arcada.core.seen import still_as_seen
from arcada.core.standing import Level, Standing

TOKEN_PREFIX = "arc_"  # noqa: S105 - what every token begins with, so that leaked ones are found


@dataclass(frozen=True, slots=True)
class NewToken:
    token: ApiToken
    secret: str  # shown once, stored nowhere


@dataclass(frozen=True, slots=True)
class NewInvitation:
    invitation: Invitation
    secret: str


@system_scope()
@transaction.atomic
def create_workspace(
    actor: Actor,
    user: User,
    *,
    kind: WorkspaceKind,
    name: str,
    now: datetime,
    country: str = "",
    tier: Tier = Tier.SUBSCRIBER,
    tier_ends_at: datetime | None = None,
) -> Workspace:
    """A new workspace owned by `user`."""
    cleaned = " ".join(name.split())
    if not cleaned:
        raise Refused("Give the workspace a name.", code="name_missing")
    workspace = Workspace.objects.create(
        kind=kind.value,
        name=cleaned[:120],
        country=country.upper()[:2],
        created_at=now,
        default_standard="archive-3-2" if kind is WorkspaceKind.CLINIC else "crown-and-bridge",
        # The archive is for licensed dentists; a lab keeps what it works on as long as the rules demand.
        retention_policy="archive" if kind is WorkspaceKind.CLINIC else "governed",
        tier=tier.value,
        tier_ends_at=tier_ends_at,
    )
    Membership.objects.create(workspace=workspace, user=user, role=Role.OWNER.value, created_at=now)
    record(actor, "workspace.created", now=now, workspace_id=workspace.id, about=workspace)
    return workspace


@transaction.atomic
def add_member(actor: Actor, workspace: Workspace, *, user: User, role: Role, now: datetime) -> Membership:
    membership, is_new = Membership.objects.get_or_create(
        workspace=workspace, user=user, defaults={"role": role.value, "created_at": now}
    )
    if not is_new:
        membership.role = role.value
        membership.is_active = True
        membership.save(update_fields=["role", "is_active"])
    record(
        actor, "member.added", now=now, workspace_id=workspace.id, about=membership,
        ids={"user": user.id, "role": role.value},
    )  # fmt: skip
    return membership


@transaction.atomic
def change_member(
    actor: Actor,
    membership: Membership,
    *,
    now: datetime,
    role: Role | None = None,
    is_active: bool | None = None,
) -> Membership:
    """Another role, or out of the workspace; the last owner stays, and only an owner touches an owner."""
    if membership.role == Role.OWNER or role is Role.OWNER:
        _only_owners(actor)
    loses_owner = membership.role == Role.OWNER and (is_active is False or (role and role is not Role.OWNER))
    if loses_owner:
        owners = Membership.objects.select_for_update().filter(
            workspace=membership.workspace_id, role=Role.OWNER, is_active=True
        )
        if owners.count() <= 1:
            raise Refused(
                "A workspace keeps at least one owner. Name another owner first.", code="last_owner"
            )
    if role is not None:
        membership.role = role.value
    if is_active is not None:
        membership.is_active = is_active
    membership.save(update_fields=["role", "is_active"])
    record(
        actor, "member.changed", now=now, workspace_id=membership.workspace_id, about=membership,
        ids={"role": membership.role, "is_active": membership.is_active},
    )  # fmt: skip
    return membership


@transaction.atomic
def set_level(user: User, *, level: Level, until: datetime | None) -> User:
    """What the licences decided about a person; the audit line belongs to that decision."""
    user.level, user.level_until = level.value, until
    user.save(update_fields=["level", "level_until"])
    return user


@transaction.atomic
def set_standing(of: User | Workspace, standing: Standing) -> None:
    """What the moderation decided about a person or a workspace; the audit line belongs to that decision."""
    of.standing = standing.value
    of.save(update_fields=["standing"])


@transaction.atomic
def edit_brand(
    actor: Actor, workspace: Workspace, *, name: str, brand_name: str, now: datetime, seen: str | None = None
) -> Workspace:
    """Another name or brand; Conflict when `seen` is the mark of values that no longer stand."""
    still_as_seen(seen, brand_values(Workspace.objects.select_for_update().get(pk=workspace.pk)))
    cleaned = " ".join(name.split())
    if not cleaned:
        raise Refused("Give the workspace a name.", code="name_missing")
    workspace.name = cleaned[:120]
    workspace.brand_name = " ".join(brand_name.split())[:120]
    workspace.save(update_fields=["name", "brand_name"])
    record(actor, "workspace.edited", now=now, workspace_id=workspace.id, about=workspace)
    return workspace


@transaction.atomic
def set_time_zone(actor: Actor, workspace: Workspace, *, time_zone: str, now: datetime) -> Workspace:
    """The clock that the workspace's pages, mails and days go by."""
    if time_zone not in zoneinfo.available_timezones():
        raise Refused("This time zone is not known here.", code="unknown_time_zone")
    workspace.time_zone = time_zone
    workspace.save(update_fields=["time_zone"])
    record(
        actor, "workspace.edited", now=now, workspace_id=workspace.id, about=workspace,
        ids={"time_zone": time_zone},
    )  # fmt: skip
    return workspace


@transaction.atomic
def set_decision_rules(
    actor: Actor,
    workspace: Workspace,
    *,
    aspects: list[str],
    quorum: int,
    now: datetime,
    seen: str | None = None,
) -> Workspace:
    """What is decided apart in this workspace's cases, and by how many people; what was decided stays as it is.

    Conflict when `seen` is the mark of values that no longer stand.
    """
    standing = Workspace.objects.select_for_update(of=("self",)).get(pk=workspace.pk)
    still_as_seen(seen, decision_rules(standing))
    workspace.decision_aspects, workspace.decision_quorum = check_aspects(aspects), check_quorum(quorum)
    workspace.save(update_fields=["decision_aspects", "decision_quorum"])
    record(
        actor, "workspace.decision_rules_set", now=now, workspace_id=workspace.id, about=workspace,
        ids={"aspects": workspace.decision_aspects, "quorum": quorum},
    )  # fmt: skip
    return workspace


@transaction.atomic
def edit_profile(
    actor: Actor, user: User, *, name: str, language: str, notation: str = "", now: datetime,
    seen: str | None = None,
) -> User:  # fmt: skip
    """Another name, language or notation of teeth; Conflict when `seen` is the mark of values that no longer stand."""
    still_as_seen(seen, profile_values(User.objects.select_for_update().get(pk=user.pk)))
    user.name = " ".join(name.split())[:120]
    user.language = language
    user.notation = notation or user.notation
    user.save(update_fields=["name", "language", "notation"])
    record(actor, "profile.edited", now=now, about=user)
    return user


@transaction.atomic
def invite_member(
    actor: Actor, workspace: Workspace, *, email: str, role: Role, invited_by: User, now: datetime
) -> NewInvitation:
    if role is Role.OWNER:
        _only_owners(actor)
    require_seat(workspace)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        workspace=workspace,
        email=email.strip().lower(),
        role=role.value,
        token_hash=hash_token(secret),
        invited_by=invited_by,
        created_at=now,
        expires_at=now + timedelta(days=7),
    )
    record(
        actor,
        "member.invited",
        now=now,
        workspace_id=workspace.id,
        about=invitation,
        ids={"role": role.value},
    )
    return NewInvitation(invitation, secret)


@system_scope()
@transaction.atomic
def accept_invitation(actor: Actor, invitation: Invitation, *, user: User, now: datetime) -> Membership:
    """The invited person joins; the mail address must be the invited one."""
    if user.email.lower() != invitation.email.lower():
        raise Refused("This invitation was sent to another address.", code="other_address")
    if Membership.objects.filter(workspace=invitation.workspace_id, user=user, is_active=True).exists():
        # An invitation never lowers the role of somebody who is there already.
        raise Conflict("You already work in this workspace.", code="already_member")
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=now)
    if not taken:
        raise Conflict("This invitation was already used.", code="already_used")
    require_seat(invitation.workspace)
    return add_member(actor, invitation.workspace, user=user, role=Role(invitation.role), now=now)


@transaction.atomic
def create_token(
    actor: Actor,
    user: User,
    *,
    workspace_id: UUID,
    name: str,
    now: datetime,
    scopes: frozenset[Permission] | None = None,
    expires_at: datetime | None = None,
) -> NewToken:
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        workspace_id=workspace_id,
        user=user,
        name=" ".join(name.split())[:120] or "Token",
        prefix=secret[:12],
        token_hash=hash_token(secret),
        scopes=None if scopes is None else sorted(scope.value for scope in scopes),
        created_at=now,
        expires_at=expires_at,
    )
    record(actor, "token.created", now=now, workspace_id=workspace_id, about=token)
    return NewToken(token, secret)


@transaction.atomic
def revoke_token(actor: Actor, token: ApiToken, *, now: datetime) -> ApiToken:
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        record(actor, "token.revoked", now=now, workspace_id=token.workspace_id, about=token)
    return token


@transaction.atomic
def learn_contact(workspace_id: UUID, *, email: str, name: str, company: str, now: datetime) -> Contact:
    """The address book learns from a share: counts it, and fills in what it did not know."""
    contact, _ = Contact.objects.get_or_create(
        workspace_id=workspace_id,
        email=email.strip().lower(),
        defaults={"name": name[:120], "company": company[:120], "created_at": now},
    )
    Contact.objects.filter(pk=contact.pk).update(
        shares=F("shares") + 1,
        last_shared_at=now,
        name=name[:120] or contact.name,
        company=company[:120] or contact.company,
    )
    return contact


@transaction.atomic
def save_contact(
    actor: Actor, *, workspace_id: UUID, email: str, name: str, company: str, now: datetime
) -> Contact:
    contact, _ = Contact.objects.update_or_create(
        workspace_id=workspace_id,
        email=email.strip().lower(),
        defaults={"name": " ".join(name.split())[:120], "company": " ".join(company.split())[:120]},
        create_defaults={
            "name": " ".join(name.split())[:120],
            "company": " ".join(company.split())[:120],
            "created_at": now,
        },
    )
    record(actor, "contact.saved", now=now, workspace_id=workspace_id, about=contact)
    return contact


@transaction.atomic
def remove_contact(actor: Actor, contact: Contact, *, now: datetime) -> None:
    record(actor, "contact.removed", now=now, workspace_id=contact.workspace_id, about=contact)
    contact.delete()


def _only_owners(actor: Actor) -> None:
    """Who may manage members may not make themselves, or anybody, an owner."""
    if actor.kind is not ActorKind.SYSTEM and actor.role is not Role.OWNER:
        raise Refused("Only an owner names or removes an owner.", code="owners_only")


def next_number(workspace_id: UUID, counter: str) -> int:
    """Take the next number of a workspace's counter; the row lock makes each number unique."""
    workspace = Workspace.objects.select_for_update().only(counter).get(pk=workspace_id)
    number: int = getattr(workspace, counter)
    Workspace.objects.filter(pk=workspace_id).update(**{counter: F(counter) + 1})
    return number
