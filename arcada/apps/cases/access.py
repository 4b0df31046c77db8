"""Gates of cases, and of records seen through a case: own workspace, participant, or a share's grant."""

from uuid import UUID

from django.db.models import Q

from arcada.apps.cases.models import Case, CaseRecord, Participant
from arcada.apps.cases.queries import in_case
from arcada.apps.records.access import find_record
from arcada.apps.records.comparisons import find_comparison
from arcada.apps.records.models import Comparison, Record
from arcada.core.access import (
    GRANTABLE_TO_PARTICIPANT,
    Actor,
    ActorKind,
    Permission,
    allowed,
    allowed_as_participant,
)
from arcada.core.errors import NotFound


def case_for(actor: Actor, case_id: UUID, permission: Permission = Permission.VIEW) -> Case:
    """The case, when the actor may do `permission` in it; NotFound either way."""
    found = Case.objects.select_related("workspace", "patient", "collection").filter(pk=case_id).first()
    if found is None or not may(actor, found, permission):
        raise NotFound
    return found


def may(actor: Actor, case: Case, permission: Permission) -> bool:
    """True when `permission` in this case comes from membership, participation or a grant."""
    if actor.kind is ActorKind.RECIPIENT:
        grant = actor.grant_for(case.pk)
        return grant is not None and permission in grant.permissions
    if allowed(
        actor, permission, workspace_id=case.workspace_id, patient_id=case.patient_id, case_id=case.pk
    ):
        if permission is Permission.ADD_DESIGN:
            # In one's own case a design is stored like any record of the patient (LV-02).
            actor.has(Permission.ADD_RECORD)
        return True
    return allowed_as_participant(actor, permission, granted=_granted(actor, Q(case=case)))


def case_to_attach_to(actor: Actor, case_id: UUID) -> Case:
    """The case, when the actor may attach a file to a comment in it; NotFound or Barred otherwise."""
    case = case_for(actor, case_id, Permission.COMMENT)
    if actor.kind is ActorKind.RECIPIENT:
        raise NotFound
    if not actor.has(_sends_by(actor, case)):
        raise NotFound
    return case


def may_attach(actor: Actor, case: Case) -> bool:
    """True when a page may offer to attach files to a comment."""
    if actor.kind is ActorKind.RECIPIENT or Permission.COMMENT not in permissions_in(actor, case):
        return False
    return _sends_by(actor, case) in actor.permissions


def _sends_by(actor: Actor, case: Case) -> Permission:
    """What may be barred to who sends files: in one's own case it is stored like any record of the patient (LV-02)."""
    return Permission.ADD_RECORD if actor.workspace_id == case.workspace_id else Permission.ADD_DESIGN


def permissions_in(actor: Actor, case: Case) -> frozenset[Permission]:
    """Everything the actor may do in this case: what a page shows as buttons."""
    if actor.kind is ActorKind.RECIPIENT:
        grant = actor.grant_for(case.pk)
        return grant.permissions if grant else frozenset()
    if actor.kind is ActorKind.SYSTEM:
        return actor.permissions
    if actor.workspace_id == case.workspace_id:
        barred = {Permission.ADD_DESIGN} if Permission.ADD_RECORD in actor.bars else frozenset()
        return actor.permissions - barred
    granted = set(_granted(actor, Q(case=case)))
    return frozenset(p for p in GRANTABLE_TO_PARTICIPANT & actor.permissions if p.value in granted)


def visible_record_for(actor: Actor, record_id: UUID, permission: Permission = Permission.VIEW) -> Record:
    """A record by membership, or through a case the actor takes part in or holds a share of."""
    record = find_record(record_id)
    if record is None:
        raise NotFound
    patient_id = record.collection.patient_id
    if allowed(actor, permission, workspace_id=record.workspace_id, patient_id=patient_id):
        return record
    through = CaseRecord.objects.filter(record__chain=record.chain)
    if actor.support is not None and actor.support.case_id is not None:
        # Let in to one case: its records as they stand, and nothing that was taken out.
        one = through.filter(case_id=actor.support.case_id, case__workspace_id=record.workspace_id)
        is_here = record.workspace_id == actor.workspace_id and not record.is_removed
        if permission not in actor.permissions or not is_here or not one.exists():
            raise NotFound
        return record
    if record.waits_for_a_look:
        raise NotFound
    if actor.kind is ActorKind.RECIPIENT:
        if record.is_removed:
            raise NotFound
        for case_id in through.values_list("case_id", flat=True):
            grant = actor.grant_for(case_id)
            if grant and permission in grant.permissions and _granted_record(grant.record_ids, record):
                return record
        raise NotFound
    if record.is_removed or actor.workspace_id is None:
        raise NotFound
    granted = _granted(actor, Q(case__in=through.values("case_id")))
    if not allowed_as_participant(actor, permission, granted=granted):
        raise NotFound
    return record


def has_been_shown(actor: Actor, case: Case, record_id: UUID) -> bool:
    """True for a version of the case that this actor could see before a newer one came, or it was taken out.

    Only for who is shown the whole case: of a link to some files nothing else exists (SL-13).
    """
    grant = actor.grant_for(case.pk) if actor.kind is ActorKind.RECIPIENT else None
    if grant is not None and grant.record_ids is not None:
        return False
    record = find_record(record_id)
    return record is not None and not record.waits_for_a_look and in_case(case, record)


def comparison_for(
    actor: Actor, comparison_id: UUID, permission: Permission = Permission.VIEW
) -> tuple[Comparison, Record, Record]:
    """A comparison and both of its records: it shows something of each, so both must be there for the actor."""
    found = find_comparison(comparison_id)
    record = visible_record_for(actor, found.record_id, permission)
    return found, record, visible_record_for(actor, found.against_id, permission)


def shown_code(actor: Actor, record: Record) -> str:
    """The code a file goes out under: the patient's for its own workspace, the case's for everybody else."""
    if actor.workspace_id == record.workspace_id:
        return record.collection.patient.code
    cases = Case.objects.filter(
        pk__in=CaseRecord.objects.filter(record__chain=record.chain).values("case_id")
    )
    if actor.workspace_id is None:
        cases = cases.filter(pk__in=[grant.case_id for grant in actor.grants])
    else:
        taking_part = Participant.objects.filter(workspace_id=actor.workspace_id, ended_at=None)
        cases = cases.filter(pk__in=taking_part.values("case_id"))
    found = cases.order_by("created_at").values_list("code", flat=True).first()
    if found is None:
        raise NotFound
    return found


def participant_for(actor: Actor, participant_id: UUID) -> Participant:
    found = Participant.objects.select_related("case", "workspace").filter(pk=participant_id).first()
    if found is None or not allowed(
        actor, Permission.INVITE_PARTICIPANT, workspace_id=found.case.workspace_id
    ):
        raise NotFound
    return found


def _granted(actor: Actor, cases: Q) -> set[str]:
    if actor.workspace_id is None:
        return set()
    rows = Participant.objects.filter(cases, workspace_id=actor.workspace_id, ended_at=None)
    return {permission for row in rows.values_list("permissions", flat=True) for permission in row}


def _granted_record(record_ids: frozenset[UUID] | None, record: Record) -> bool:
    # A whole case is shared as it now is: its current, ready versions. Named records are exactly those.
    if record_ids is None:
        return record.is_current
    return record.pk in record_ids
