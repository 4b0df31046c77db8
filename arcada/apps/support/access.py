"""Gates of support's access: the workspace's own grants for who manages it; live ones for staff."""

from datetime import datetime
from uuid import UUID

from arcada.apps.accounts.models import User, Workspace
from arcada.apps.cases.models import Case
from arcada.apps.patients.models import Patient
from arcada.apps.row_scope import system_scope
from arcada.apps.support.models import BreakGlass, Grant
from arcada.core.access import Actor, ActorKind, Origin, Permission, SupportAccess, allowed
from arcada.core.errors import NotFound
from arcada.core.support import Scope, is_open


def grant_for(actor: Actor, grant_id: UUID) -> Grant:
    """A grant of the actor's own workspace, for whoever manages it."""
    found = Grant.objects.filter(pk=grant_id).first()
    if found is None or not allowed(actor, Permission.MANAGE_WORKSPACE, workspace_id=found.workspace_id):
        raise NotFound
    return found


def target_for(actor: Actor, scope: Scope, code: str) -> Patient | Case | None:
    """The case or patient of one's own workspace with this code; None for the whole workspace."""
    if scope is Scope.WORKSPACE:
        return None
    model = Case if scope is Scope.CASE else Patient
    found: Patient | Case | None = model._default_manager.filter(
        workspace_id=actor.own_workspace_id, code__iexact=code.strip()
    ).first()
    if found is None:
        raise NotFound
    return found


def staff_for(actor: Actor) -> User:
    """The staff member behind the actor; for everybody else there is nothing here."""
    found = User.objects.filter(pk=actor.id, is_staff=True, is_active=True).first()
    if found is None:
        raise NotFound
    return found


def glass_for(actor: Actor, glass_id: UUID) -> BreakGlass:
    """A broken glass, for staff."""
    staff_for(actor)
    found = (
        BreakGlass.objects.select_related("workspace", "broken_by", "reviewed_by").filter(pk=glass_id).first()
    )
    if found is None:
        raise NotFound
    return found


def open_access(actor: Actor, access_id: UUID, *, now: datetime) -> Grant | BreakGlass:
    """What a staff member may come in by now: anybody's live grant, or the glass they broke themselves."""
    staff = staff_for(actor)
    found = _live(access_id, staff, now=now)
    if found is None:
        raise NotFound
    return found


@system_scope()
def support_actor(
    user: User, access_id: UUID, *, origin: Origin, now: datetime
) -> tuple[Actor, Workspace] | None:
    """Staff inside the workspace that let them in, who may look and nothing else; None from its end on."""
    found = _live(access_id, user, now=now) if user.is_staff and user.is_active else None
    if found is None:
        return None
    access = SupportAccess(
        id=found.pk,
        until=found.until,
        patient_id=getattr(found, "patient_id", None),
        case_id=getattr(found, "case_id", None),
        is_break_glass=isinstance(found, BreakGlass),
    )
    actor = Actor(
        kind=ActorKind.SUPPORT, id=user.pk, name=user.get_full_name(), workspace_id=found.workspace_id,
        support=access, origin=origin,
    )  # fmt: skip
    return actor, found.workspace


def goes_on(access: SupportAccess, *, now: datetime) -> bool:
    """True while nobody ended it and its time is not over: what streams asks again."""
    model = BreakGlass if access.is_break_glass else Grant
    return model.objects.filter(pk=access.id, ended_at=None, until__gt=now).exists()


def _live(access_id: UUID, staff: User, *, now: datetime) -> Grant | BreakGlass | None:
    grant = Grant.objects.select_related("workspace").filter(pk=access_id).first()
    found: Grant | BreakGlass | None = grant or (
        BreakGlass.objects.select_related("workspace").filter(pk=access_id, broken_by=staff).first()
    )
    if found is None or not is_open(until=found.until, ended_at=found.ended_at, now=now):
        return None
    return found
