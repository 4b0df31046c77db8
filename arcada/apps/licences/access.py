"""Gates of licences: one's own, and those that a reviewer of the operator may look at (LV-03, LV-07)."""

from uuid import UUID

from arcada.apps.accounts.models import Membership, User
from arcada.apps.licences.models import Evidence, Licence
from arcada.core.access import Actor, ActorKind
from arcada.core.errors import Barred, NotFound


def own_licence_for(actor: Actor, licence_id: UUID) -> Licence:
    found = Licence.objects.select_related("user", "workspace").filter(pk=licence_id, user=actor.id).first()
    if found is None or actor.kind is not ActorKind.PERSON:
        raise NotFound
    return found


def reviewer_for(actor: Actor) -> User:
    """The person behind the actor, when the operator made them a reviewer; a token never is one."""
    found = User.objects.filter(pk=actor.id, is_staff=True, is_active=True).first()
    if found is None or actor.kind is not ActorKind.PERSON:
        raise NotFound
    return found


def licence_for_review(actor: Actor, licence_id: UUID) -> Licence:
    """Missing and forbidden alike for whoever is no reviewer; Barred for one's own and one's colleagues'."""
    reviewer = reviewer_for(actor)
    found = Licence.objects.select_related("user", "workspace").filter(pk=licence_id).first()
    if found is None:
        raise NotFound
    demand_stranger(reviewer, found)
    return found


def demand_stranger(reviewer: User, licence: Licence) -> None:
    """Barred when the reviewer would judge themselves or somebody they work with."""
    if licence.user_id == reviewer.pk:
        raise Barred("Nobody reviews their own licence.", code="own_licence")
    if licence.workspace_id in workspaces_of(reviewer) or workspaces_of(reviewer) & workspaces_of(
        licence.user
    ):
        raise Barred("Somebody outside your workspace reviews this licence.", code="own_workspace")


def workspaces_of(user: User) -> set[UUID]:
    return set(Membership.objects.filter(user=user, is_active=True).values_list("workspace_id", flat=True))


def evidence_for_review(actor: Actor, licence_id: UUID, evidence_id: UUID) -> Evidence:
    licence = licence_for_review(actor, licence_id)
    found = Evidence.objects.select_related("file").filter(pk=evidence_id, licence=licence).first()
    if found is None or found.file is None:
        raise NotFound
    return found
