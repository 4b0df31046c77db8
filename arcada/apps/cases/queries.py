"""Reads: lists of cases, what is in one, and who takes part."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from arcada.apps.accounts.models import Workspace
from arcada.apps.cases.models import Case, CaseRecord, Participant
from arcada.apps.records.models import Record
from arcada.core.access import Actor, ActorKind
from arcada.core.case_flow import CaseState, RecordState
from arcada.core.slots import ATTACHMENT


def cases_of(actor: Actor) -> QuerySet[Case]:
    """Cases of the actor's workspace and those it takes part in, newest entry first."""
    seen = Q(workspace_id=actor.own_workspace_id)
    taking_part = Participant.objects.filter(workspace_id=actor.own_workspace_id, ended_at=None)
    # Asked for first: without an OR the list comes out of the index as it stands, with one everything is sorted.
    # Support that was let in sees nothing of the others' cases.
    if actor.support is None and (others := list(taking_part.values_list("case_id", flat=True))):
        seen |= Q(pk__in=others)
    return Case.objects.select_related("workspace", "patient").filter(seen).order_by("-touched_at", "-id")


def open_cases_of(actor: Actor) -> QuerySet[Case]:
    return cases_of(actor).exclude(state=CaseState.CLOSED)


def cases_of_patient(patient_id: UUID) -> QuerySet[Case]:
    return Case.objects.filter(patient_id=patient_id).order_by("-created_at")


def participants_of(case: Case) -> QuerySet[Participant]:
    return (
        Participant.objects.select_related("workspace")
        .filter(case=case, ended_at=None)
        .order_by("created_at")
    )


def parties_in_cases(cases: Iterable[Case]) -> dict[UUID, list[UUID]]:
    """The workspaces in each case, its owner first; one query."""
    found = {case.pk: [case.workspace_id] for case in cases}
    rows = Participant.objects.filter(case_id__in=list(found), ended_at=None).order_by("created_at")
    for case_id, workspace_id in rows.values_list("case_id", "workspace_id"):
        found[case_id].append(workspace_id)
    return found


def current_records(case: Case, *, actor: Actor | None = None) -> list[Record]:
    """The newest accepted version of every record in the case, in its order.

    A recipient sees what the grant covers; a member also sees what still waits, is judged or was refused.
    Nobody outside the workspace sees a picture that a person still has to look at for names (DE-07).
    """
    if actor is not None and actor.kind is ActorKind.RECIPIENT:
        grant = actor.grant_for(case.pk)
        if grant is None:
            return []
        ready = _in_case(case).filter(state=RecordState.READY).exclude(picture_check="needed")
        if grant.record_ids is None:
            return _ordered(case, ready.filter(is_current=True))
        return _ordered(case, ready.filter(pk__in=grant.record_ids))
    current = _in_case(case).filter(is_current=True)
    if actor is not None and actor.workspace_id != case.workspace_id and actor.kind is not ActorKind.SYSTEM:
        current = current.exclude(picture_check="needed")
    return _ordered(case, current)


def waiting_attachments(actor: Actor, case: Case, *, record_ids: Sequence[UUID]) -> list[Record]:
    """Those of the named files that the actor sent for a comment here and that no comment holds yet, in this order."""
    sent = sent_attachments(actor, case, record_ids=record_ids).select_related("original")
    taken = CaseRecord.objects.filter(record__in=record_ids).values("record")
    by_id = {record.pk: record for record in sent.exclude(pk__in=taken)}
    return [by_id[one] for one in dict.fromkeys(record_ids) if one in by_id]


def sent_attachments(actor: Actor, case: Case, *, record_ids: Sequence[UUID]) -> QuerySet[Record]:
    """Those of the named files that the actor sent for a comment here, whether a comment holds them or not."""
    return Record.objects.filter(
        pk__in=record_ids, collection=case.collection_id, slot=ATTACHMENT, added_by=actor.id, is_removed=False
    )


def in_case(case: Case, record: Record) -> bool:
    """True when any version of the record is in the case."""
    return CaseRecord.objects.filter(case=case, record__chain=record.chain).exists()


def decided_records(records: Iterable[Record]) -> list[Record]:
    """The ready newest versions that the others see too: what a decision is made on.

    What was attached to a comment is part of the talk, not of what is decided.
    """
    newest: dict[UUID, Record] = {}
    for record in records:
        is_there = record.state == RecordState.READY and record.original is not None
        if not is_there or record.waits_for_a_look or record.is_attachment:
            continue
        known = newest.get(record.chain)
        if known is None or record.version > known.version:
            newest[record.chain] = record
    return list(newest.values())


def decided_pairs(records: Iterable[Record]) -> list[tuple[str, str]]:
    """(chain, sha256) of what a decision is made on and compared with."""
    return [
        (str(record.chain), record.original.sha256)
        for record in decided_records(records)
        if record.original is not None
    ]


def records_in_cases(case_ids: Iterable[UUID]) -> dict[UUID, list[Record]]:
    """The current records of many cases in two queries, for lists."""
    pairs = list(
        CaseRecord.objects.filter(case_id__in=list(case_ids)).values_list("case_id", "record__chain")
    )
    chains: dict[UUID, list[Record]] = {}
    current = Record.objects.filter(
        chain__in={chain for _, chain in pairs}, is_current=True, is_removed=False
    )
    for record in current.select_related("original"):
        chains.setdefault(record.chain, []).append(record)
    grouped: dict[UUID, list[Record]] = {}
    for case_id, chain in pairs:
        grouped.setdefault(case_id, []).extend(chains.get(chain, []))
    return grouped


def _in_case(case: Case) -> QuerySet[Record]:
    chains = CaseRecord.objects.filter(case=case).values("record__chain")
    return Record.objects.select_related("original", "cleaned", "collection").filter(
        chain__in=chains, is_removed=False
    )


def _ordered(case: Case, records: QuerySet[Record]) -> list[Record]:
    place = dict(CaseRecord.objects.filter(case=case).values_list("record__chain", "position"))
    return sorted(records, key=lambda record: (place[record.chain], -record.version))


def partners_of(actor: Actor) -> QuerySet[Workspace]:
    """Workspaces one works with in cases, in either direction."""
    invited = Participant.objects.filter(case__workspace_id=actor.own_workspace_id).values("workspace_id")
    inviting = Participant.objects.filter(workspace_id=actor.own_workspace_id).values("case__workspace_id")
    return Workspace.objects.filter(Q(pk__in=invited) | Q(pk__in=inviting)).order_by("name")


def slots_in_case(case_id: UUID) -> dict[str, str]:
    """The place of every record in the case, all versions, by the record's id as text."""
    chains = CaseRecord.objects.filter(case_id=case_id).values("record__chain")
    rows = Record.objects.filter(chain__in=chains).values_list("pk", "slot")
    return {str(record_id): slot for record_id, slot in rows}
