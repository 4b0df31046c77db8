"""Give and end a grant, break the glass and judge it, come in and leave; each line stands in the workspace’s chain."""

from datetime import datetime

from django.db import transaction

from arcada.apps.accounts.models import Membership, User, Workspace
from arcada.apps.audit.actions import record
from arcada.apps.cases.models import Case
from arcada.apps.mail.actions import queue_mail
from arcada.apps.patients.models import Patient
from arcada.apps.support.models import BreakGlass, Grant
from arcada.core.access import Actor, Role
from arcada.core.errors import Conflict, NotFound, Refused
from arcada.core.support import GLASS_LASTS, Scope, Verdict, check_reason, grant_ends, is_open


@transaction.atomic
def give_grant(
    actor: Actor,
    workspace: Workspace,
    *,
    by: User,
    target: Patient | Case | None,
    hours: int,
    reason: str,
    now: datetime,
) -> Grant:
    """Support may look at `target`, or at the whole workspace, for so many hours; never change or take along."""
    patient = target if isinstance(target, Patient) else None
    case = target if isinstance(target, Case) else None
    scope = Scope.CASE if case else Scope.PATIENT if patient else Scope.WORKSPACE
    made = Grant.objects.create(
        workspace=workspace, scope=scope.value, patient=patient, case=case, reason=check_reason(reason),
        given_by=by, created_at=now, until=grant_ends(hours, now=now),
    )  # fmt: skip
    record(
        actor, "support.granted", now=now, workspace_id=workspace.pk, about=made, patient_id=made.patient_id,
        ids={"scope": scope.value, "case": made.case_id, "hours": hours},
    )  # fmt: skip
    return made


@transaction.atomic
def end_grant(actor: Actor, grant: Grant, *, by: User, now: datetime) -> Grant:
    """Over at once: the next request of whoever looks by it finds nothing."""
    grant = Grant.objects.select_for_update().get(pk=grant.pk)
    if not is_open(until=grant.until, ended_at=grant.ended_at, now=now):
        raise Conflict("Support's access has ended already.", code="grant_ended")
    grant.ended_at, grant.ended_by = now, by
    grant.save(update_fields=["ended_at", "ended_by"])
    record(actor, "support.grant_ended", now=now, workspace_id=grant.workspace_id, about=grant)
    return grant


@transaction.atomic
def come_in(actor: Actor, access: Grant | BreakGlass, *, now: datetime) -> None:
    """Staff begin to look; what they see is recorded page by page after this line."""
    kind = "break_glass" if isinstance(access, BreakGlass) else "grant"
    record(actor, "support.entered", now=now, workspace_id=access.workspace_id, ids={kind: access.pk})


@transaction.atomic
def note_look(actor: Actor, *, page: str, case_id: str = "", now: datetime) -> None:
    """A page that tells the audit nothing of its own, such as a list of codes, does so when support looks at it."""
    record(
        actor, "support.looked", now=now, ids={"page": page, "case": case_id} if case_id else {"page": page}
    )


@transaction.atomic
def leave(actor: Actor, access: Grant | BreakGlass, *, now: datetime) -> None:
    """Staff stop looking. A glass that one broke is whole again; a grant stays the workspace's to end."""
    kind = "break_glass" if isinstance(access, BreakGlass) else "grant"
    if isinstance(access, BreakGlass):
        BreakGlass.objects.filter(pk=access.pk, ended_at=None).update(ended_at=now)
    record(actor, "support.left", now=now, workspace_id=access.workspace_id, ids={kind: access.pk})


@transaction.atomic
def break_glass(
    actor: Actor, workspace: Workspace, *, by: User, has_proven_again: bool, reason: str, now: datetime
) -> BreakGlass:
    """Staff open a workspace without its leave, for an hour at most; its owner and administrators hear at once.

    `has_proven_again` says that the person used the second factor once more just now.
    """
    if not by.is_staff or not by.is_active:
        raise NotFound
    if not has_proven_again:
        raise Refused("Use your second factor once more first.", code="proof_needed")
    made = BreakGlass.objects.create(
        workspace=workspace,
        reason=check_reason(reason),
        broken_by=by,
        created_at=now,
        until=now + GLASS_LASTS,
    )
    record(actor, "support.glass_broken", now=now, workspace_id=workspace.pk, about=made)
    facts = {
        "by": by.get_full_name(),
        "workspace": workspace.name,
        "reason": made.reason,
        "until": made.until,
    }
    managers = Membership.objects.filter(
        workspace=workspace, is_active=True, role__in=[Role.OWNER.value, Role.ADMINISTRATOR.value]
    ).values("user_id")
    for person in User.objects.filter(pk__in=managers, is_active=True):
        queue_mail("glass_broken", to=person.email, language=person.language, now=now, facts=facts)
    for person in User.objects.filter(is_staff=True, is_active=True):
        queue_mail("glass_to_review", to=person.email, language=person.language, now=now, facts=facts)
    return made


@transaction.atomic
def review_glass(
    actor: Actor, glass: BreakGlass, *, by: User, verdict: Verdict, words: str, now: datetime
) -> BreakGlass:
    """A second person of the operator says whether it was right; what was not fine is said in words."""
    glass = BreakGlass.objects.select_for_update().get(pk=glass.pk)
    if glass.broken_by_id == by.pk:
        raise Refused("A second person judges this: you broke the glass yourself.", code="own_glass")
    if glass.reviewed_at is not None:
        raise Conflict("Somebody judged this meanwhile.", code="already_reviewed")
    said = check_reason(words) if verdict is Verdict.NOT_FINE else " ".join(words.split())[:4000]
    glass.reviewed_by, glass.reviewed_at, glass.verdict, glass.words = by, now, verdict.value, said
    if glass.ended_at is None and verdict is Verdict.NOT_FINE:
        glass.ended_at = now
    glass.save(update_fields=["reviewed_by", "reviewed_at", "verdict", "words", "ended_at"])
    record(
        actor, "support.glass_reviewed", now=now, workspace_id=glass.workspace_id, about=glass,
        ids={"verdict": verdict.value},
    )  # fmt: skip
    return glass
