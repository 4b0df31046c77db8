"""Writes of a review: threads, comments, decisions. The same for people and for a share's recipients."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Max

from arcada.apps.accounts.models import Workspace
from arcada.apps.accounts.queries import people_to_tell
from arcada.apps.audit.actions import record as audit
from arcada.apps.cases.actions import change_case_state, workspaces_in
from arcada.apps.cases.models import Case
from arcada.apps.cases.queries import current_records, in_case
from arcada.apps.notifications.actions import notify
from arcada.apps.notifications.live import tell
from arcada.apps.records.models import Record
from arcada.apps.reviews.found_pins import ask_to_find
from arcada.apps.reviews.models import Comment, Decision, Thread
from arcada.core.access import Actor, ActorKind
from arcada.core.anatomy import RecordKind
from arcada.core.case_flow import CaseVerb, RecordState
from arcada.core.errors import Conflict, NotFound, Refused
from arcada.core.pins import check_pin

LONGEST_COMMENT = 10_000


class Verdict(StrEnum):
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"


_VERB = {Verdict.APPROVED: CaseVerb.APPROVE, Verdict.CHANGES_REQUESTED: CaseVerb.REQUEST_CHANGES}


@transaction.atomic
def open_thread(
    actor: Actor,
    case: Case,
    *,
    text: str,
    now: datetime,
    record: Record | None = None,
    pin: Mapping[str, Any] | None = None,
    author_verified: bool = True,
) -> Thread:
    """A conversation with its first comment; on the case, on a record, or on a point of it."""
    if record is not None and not in_case(case, record):
        raise NotFound
    if pin is not None and record is None:
        raise Refused("A pin needs the record it stands on.", code="bad_pin")
    is_image = record is not None and record.kind in (RecordKind.PHOTOGRAPH, RecordKind.RADIOGRAPH)
    checked = check_pin(pin, is_image=is_image) if pin is not None else None
    # The row lock gives every thread of a case a number of its own.
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    top = Thread.objects.filter(case=case).aggregate(top=Max("number"))["top"] or 0
    thread = Thread.objects.create(
        case=case,
        record=record,
        record_version=record.version if record else None,
        number=top + 1,
        pin=checked,
        created_at=now,
    )
    _audit(actor, "thread.opened", thread, now=now, ids={"record": record.pk if record else None})
    add_comment(actor, thread, text=text, now=now, author_verified=author_verified)
    ask_to_find(thread)
    return thread


@transaction.atomic
def add_comment(
    actor: Actor, thread: Thread, *, text: str, now: datetime, author_verified: bool = True
) -> Comment:
    """Say something in a thread, under the name the actor has; tells everybody else in the case."""
    said = text.strip()
    if not said:
        raise Refused("The comment is empty.", code="empty_comment")
    if len(said) > LONGEST_COMMENT:
        raise Refused(
            "The comment is longer than {limit} characters.", code="comment_too_long", limit=LONGEST_COMMENT
        )
    comment = Comment.objects.create(
        thread=thread,
        author_kind=actor.kind.value,
        author_id=actor.id,
        author_name=actor.name[:120],
        author_workspace=_workspace_name(actor),
        author_verified=author_verified,
        text=said,
        created_at=now,
    )
    _audit(actor, "comment.added", thread, now=now, ids={"comment": comment.pk})
    _tell_everybody_else(actor, thread.case, "case.commented", now=now)
    _live(thread.case, now=now)
    return comment


@transaction.atomic
def resolve_thread(actor: Actor, thread: Thread, *, now: datetime) -> Thread:
    """Settled; a reply or `reopen_thread` brings it back."""
    thread.state, thread.resolved_at, thread.resolved_by = "resolved", now, actor.name[:120]
    thread.save(update_fields=["state", "resolved_at", "resolved_by"])
    _audit(actor, "thread.resolved", thread, now=now)
    _live(thread.case, now=now)
    return thread


@transaction.atomic
def reopen_thread(actor: Actor, thread: Thread, *, now: datetime) -> Thread:
    thread.state, thread.resolved_at, thread.resolved_by = "open", None, ""
    thread.save(update_fields=["state", "resolved_at", "resolved_by"])
    _audit(actor, "thread.reopened", thread, now=now)
    _live(thread.case, now=now)
    return thread


@transaction.atomic
def decide_case(
    actor: Actor,
    case: Case,
    *,
    verdict: Verdict,
    now: datetime,
    note: str = "",
    seen: list[str] | None = None,
    author_verified: bool = True,
) -> Decision:
    """Approve or request changes, bound to the hashes of the versions that are current and seen.

    `seen` holds the SHA-256s the page showed; when a newer version came meanwhile the decision is a Conflict.
    """
    current = current_records(case, actor=actor)
    # A picture that only its own workspace sees so far is no part of what is decided.
    records = [r for r in current if r.state == RecordState.READY and not r.waits_for_a_look]
    if not records:
        raise Conflict("There is nothing to decide on yet.", code="nothing_to_decide")
    made_on = [
        {
            "record": str(record.pk),
            "chain": str(record.chain),
            "slot": record.slot,
            "version": record.version,
            "sha256": record.original.sha256 if record.original else "",
        }
        for record in records
    ]
    if seen is not None and set(seen) != {item["sha256"] for item in made_on}:
        raise Conflict("A newer version came in meanwhile. Look at it, then decide.", code="newer_version")
    if verdict is Verdict.CHANGES_REQUESTED and not note.strip() and not _has_open_thread(case):
        raise Refused("Say what should change: in a note or in a comment.", code="note_missing")
    change_case_state(actor, case, _VERB[verdict], now=now)
    decision = Decision.objects.create(
        case=case,
        verdict=verdict.value,
        note=note.strip()[:LONGEST_COMMENT],
        made_on=made_on,
        by_kind=actor.kind.value,
        by_id=actor.id,
        by_name=actor.name[:120],
        by_workspace=_workspace_name(actor),
        by_verified=author_verified,
        decided_at=now,
    )
    audit(
        actor, "case.decided", now=now, workspace_id=case.workspace_id, patient_id=case.patient_id, about=case,
        ids={"decision": decision.pk, "verdict": verdict.value, "sha256": [item["sha256"] for item in made_on]},
    )  # fmt: skip
    _tell_everybody_else(actor, case, "case.decided", now=now, verdict=verdict.value)
    return decision


def _has_open_thread(case: Case) -> bool:
    return Thread.objects.filter(case=case, state="open").exists()


def _workspace_name(actor: Actor) -> str:
    if actor.workspace_id is None:
        return ""
    workspace = Workspace.objects.filter(pk=actor.workspace_id).first()
    return workspace.shown_name if workspace else ""


def _tell_everybody_else(actor: Actor, case: Case, kind: str, *, now: datetime, verdict: str = "") -> None:
    words = {"code": case.code, "by": actor.name or "A visitor", "verdict": verdict}
    for workspace_id in workspaces_in(case):
        for person in people_to_tell(workspace_id):
            if person.pk == actor.id and actor.kind is not ActorKind.RECIPIENT:
                continue
            notify(
                person,
                workspace_id=workspace_id,
                kind=kind,
                case_id=case.pk,
                object_id=case.pk,
                words=words,
                now=now,
            )


def _live(case: Case, *, now: datetime) -> None:
    tell(case.workspace_id, f"case:{case.pk}", "thread", ids={"case": case.pk}, now=now)


def _audit(
    actor: Actor, action: str, thread: Thread, *, now: datetime, ids: Mapping[str, object] | None = None
) -> None:
    audit(
        actor, action, now=now, workspace_id=thread.case.workspace_id, patient_id=thread.case.patient_id,
        about=thread, ids={"case": thread.case_id, **(ids or {})},
    )  # fmt: skip
