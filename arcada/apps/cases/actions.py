"""Writes to cases: open, edit, close, participants, designs, attachments."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from arcada.apps.accounts.actions import next_number
from arcada.apps.accounts.models import Workspace
from arcada.apps.accounts.queries import people_to_tell
from arcada.apps.audit.actions import record as audit
from arcada.apps.cases.models import Case, CaseRecord, Participant
from arcada.apps.cases.queries import sent_attachments
from arcada.apps.notifications.actions import notify
from arcada.apps.notifications.live import tell
from arcada.apps.patients.actions import touch
from arcada.apps.records.actions import Offer, add_record
from arcada.apps.records.models import Collection, Record
from arcada.core.access import GRANTABLE_TO_PARTICIPANT, Actor, Permission
from arcada.core.anatomy import RecordKind
from arcada.core.case_flow import CASE_FLOW, CaseState, CaseVerb, next_state
from arcada.core.errors import Conflict, NotFound, Refused
from arcada.core.slots import ATTACHMENT
from arcada.core.standard import ATTACHMENTS

MOST_ATTACHMENTS = 10


@transaction.atomic
def open_case(
    actor: Actor, collection: Collection, *, now: datetime, code: str = "", title: str = "",
    records: Sequence[Record] | None = None, decide_by: datetime | None = None,
) -> Case:  # fmt: skip
    """A case on a collection: all of its current records, or only those named."""
    if records is None:
        records = list(
            Record.objects.filter(collection=collection, is_removed=False, is_current=True)
            .exclude(slot=ATTACHMENT)
            .order_by("position")
        )
    _check_records(collection.pk, records)
    cleaned = " ".join(code.split())[:32] or f"A-{next_number(collection.workspace_id, 'next_case'):04d}"
    try:
        with transaction.atomic():
            case = Case.objects.create(
                workspace_id=collection.workspace_id,
                patient_id=collection.patient_id,
                collection=collection,
                code=cleaned,
                title=" ".join(title.split())[:120],
                decide_by=decide_by,
                opened_by=actor.id,
                created_at=now,
                touched_at=now,
            )
    except IntegrityError:
        raise Conflict(
            "The code {taken} is taken. Choose another.", code="code_taken", taken=cleaned
        ) from None
    CaseRecord.objects.bulk_create(
        CaseRecord(case=case, record=record, position=place, added_at=now)
        for place, record in enumerate(records)
    )
    touch(case.patient_id, now=now)
    _audit(actor, "case.opened", case, now=now, ids={"records": [record.pk for record in records]})
    return case


@transaction.atomic
def edit_case(actor: Actor, case: Case, *, title: str, decide_by: datetime | None, now: datetime) -> Case:
    case.title = " ".join(title.split())[:120]
    case.decide_by = decide_by
    case.touched_at = now
    case.save(update_fields=["title", "decide_by", "touched_at"])
    _audit(actor, "case.edited", case, now=now)
    return case


@transaction.atomic
def add_to_case(actor: Actor, case: Case, *, records: Sequence[Record], now: datetime) -> None:
    """Take further records of the case's collection into it."""
    _check_records(case.collection_id, records)
    known = set(CaseRecord.objects.filter(case=case).values_list("record__chain", flat=True))
    fresh = [record for record in records if record.chain not in known]
    _append(case, fresh, now=now)
    _touch(case, now)
    _audit(actor, "case.records_added", case, now=now, ids={"records": [record.pk for record in fresh]})


@transaction.atomic
def remove_from_case(actor: Actor, case: Case, *, record: Record, now: datetime) -> None:
    gone, _ = CaseRecord.objects.filter(case=case, record__chain=record.chain).delete()
    if not gone:
        raise NotFound  # another case's
    _touch(case, now)
    _audit(actor, "case.record_removed", case, now=now, ids={"record": record.pk})


@transaction.atomic
def add_design(
    actor: Actor, case: Case, *, name: str, size: int, now: datetime, title: str = "", sha256: str = "",
    supersedes: Record | None = None,
) -> Offer:  # fmt: skip
    """A design for the case, by its workspace or a participant; a newer version when it supersedes one."""
    if (
        supersedes is not None
        and not CaseRecord.objects.filter(case=case, record__chain=supersedes.chain).exists()
    ):
        raise Conflict("The design to replace is not in this case.", code="other_case")
    offer = add_record(
        actor, case.collection, slot="design", name=name, size=size, now=now, sha256=sha256,
        # A newer version without a title keeps the one it has.
        kind=RecordKind.DESIGN, title=title or ("" if supersedes else "Design"), supersedes=supersedes,
    )  # fmt: skip
    if supersedes is None:
        _append(case, [offer.record], now=now)
    _touch(case, now)
    _audit(
        actor,
        "case.design_added",
        case,
        now=now,
        ids={"record": offer.record.pk, "version": offer.record.version},
    )
    _tell_others(actor, case, "case.design_added", now=now)
    return offer


@transaction.atomic
def add_attachment(
    actor: Actor, case: Case, *, name: str, size: int, now: datetime, sha256: str = ""
) -> Offer:
    """A file for a comment. It comes into the case with the comment that holds it (`take_attachments`)."""
    offer = add_record(
        actor, case.collection, slot=ATTACHMENT, name=name, size=size, now=now, sha256=sha256,
        standard=ATTACHMENTS,
    )  # fmt: skip
    _audit(actor, "case.attachment_added", case, now=now, ids={"record": offer.record.pk})
    return offer


@transaction.atomic
def take_attachments(actor: Actor, case: Case, *, record_ids: Sequence[UUID], now: datetime) -> list[Record]:
    """The files that the actor sent for a comment, in this order, now part of the case.

    Refused when one is not there (any more, or not yet) or is attached to a comment already.
    """
    wanted = list(dict.fromkeys(record_ids))
    if len(wanted) > MOST_ATTACHMENTS:
        raise Refused("A comment takes {limit} files at most.", code="too_many_files", limit=MOST_ATTACHMENTS)
    # The lock lets a file go with one comment, also when two are sent at once.
    sent = sent_attachments(actor, case, record_ids=wanted).select_for_update(of=("self",))
    found = {record.pk: record for record in sent.order_by("pk")}
    if len(found) != len(wanted):
        raise Refused("A file for this comment is no longer there. Send it again.", code="file_gone")
    records = [found[record_id] for record_id in wanted]
    if any(record.original_id is None for record in records):
        raise Refused("A file is not here yet. Wait until it was sent.", code="no_file")
    if CaseRecord.objects.filter(record__in=records).exists():
        raise Refused("This file is attached to a comment already.", code="attached_already")
    _append(case, records, now=now)
    return records


@transaction.atomic
def invite_participant(
    actor: Actor, case: Case, *, workspace: Workspace, permissions: frozenset[Permission], now: datetime
) -> Participant:
    """Another workspace works in the case, as far as it is granted."""
    if workspace.pk == case.workspace_id:
        raise Refused("The case already belongs to this workspace.", code="own_workspace")
    granted = permissions & GRANTABLE_TO_PARTICIPANT | {Permission.VIEW}
    participant, _ = Participant.objects.update_or_create(
        case=case,
        workspace=workspace,
        defaults={
            "permissions": sorted(permission.value for permission in granted),
            "invited_by": actor.id,
            "ended_at": None,
        },
        create_defaults={
            "permissions": sorted(permission.value for permission in granted),
            "invited_by": actor.id,
            "created_at": now,
        },
    )
    _touch(case, now)
    _audit(
        actor, "case.participant_invited", case, now=now,
        ids={"participant": workspace.pk, "permissions": participant.permissions},
    )  # fmt: skip
    for person in people_to_tell(workspace.pk):
        notify(
            person, workspace_id=workspace.pk, kind="case.participant_invited", case_id=case.pk,
            object_id=case.pk, words={"code": case.code, "by": case.workspace.shown_name}, now=now,
        )  # fmt: skip
    return participant


@transaction.atomic
def end_participation(actor: Actor, participant: Participant, *, now: datetime) -> Participant:
    if participant.ended_at is None:
        participant.ended_at = now
        participant.save(update_fields=["ended_at"])
        _audit(
            actor,
            "case.participant_ended",
            participant.case,
            now=now,
            ids={"participant": participant.workspace_id},
        )
    return participant


@transaction.atomic
def change_case_state(actor: Actor, case: Case, verb: CaseVerb, *, now: datetime) -> Case:
    """Close or reopen (decisions go through reviews); the table says what is possible."""
    locked = Case.objects.select_for_update(of=("self",)).select_related("workspace").get(pk=case.pk)
    locked.state = next_state(CASE_FLOW, CaseState(locked.state), verb)
    locked.touched_at = now
    locked.save(update_fields=["state", "touched_at"])
    events = {CaseVerb.CLOSE: "case.closed", CaseVerb.REOPEN: "case.reopened"}
    if verb in events:
        _audit(actor, events[verb], locked, now=now)
    tell(locked.workspace_id, f"case:{locked.pk}", "case", ids={"case": locked.pk}, now=now)
    return locked


def _check_records(collection_id: UUID, records: Sequence[Record]) -> None:
    if any(record.collection_id != collection_id for record in records):
        raise Refused("A case takes records of one collection.", code="other_collection")
    # What was sent for a comment of one case is nobody else's: it comes in with that comment alone.
    if any(record.is_attachment for record in records):
        raise Refused("A file that was sent with a comment stays with it.", code="is_attachment")


def _append(case: Case, records: Sequence[Record], *, now: datetime) -> None:
    top = CaseRecord.objects.filter(case=case).aggregate(top=Max("position"))["top"] or 0
    CaseRecord.objects.bulk_create(
        CaseRecord(case=case, record=record, position=top + place, added_at=now)
        for place, record in enumerate(records, start=1)
    )


def _touch(case: Case, now: datetime) -> None:
    case.touched_at = now
    Case.objects.filter(pk=case.pk).update(touched_at=now)
    tell(case.workspace_id, f"case:{case.pk}", "case", ids={"case": case.pk}, now=now)


def _tell_others(actor: Actor, case: Case, kind: str, *, now: datetime) -> None:
    """Everybody in the case but the workspace that did it."""
    for workspace_id in workspaces_in(case):
        if workspace_id == actor.workspace_id:
            continue
        for person in people_to_tell(workspace_id):
            notify(
                person, workspace_id=workspace_id, kind=kind, case_id=case.pk, object_id=case.pk,
                words={"code": case.code, "by": actor.name}, now=now,
            )  # fmt: skip


def workspaces_in(case: Case) -> list[UUID]:
    """The owner first, then the participants."""
    others = Participant.objects.filter(case=case, ended_at=None).values_list("workspace_id", flat=True)
    return [case.workspace_id, *others]


def _audit(
    actor: Actor, action: str, case: Case, *, now: datetime, ids: dict[str, object] | None = None
) -> None:
    audit(
        actor,
        action,
        now=now,
        workspace_id=case.workspace_id,
        patient_id=case.patient_id,
        about=case,
        ids=ids or {},
    )
