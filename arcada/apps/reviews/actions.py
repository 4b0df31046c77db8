"""Writes of a review: threads and comments. The same for people and for a share's recipients."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from arcada.apps.accounts.models import User
from arcada.apps.audit.actions import record as audit
from arcada.apps.cases.actions import take_attachments
from arcada.apps.cases.found_labels import labels_beside
from arcada.apps.cases.models import Case
from arcada.apps.cases.queries import current_records, in_case
from arcada.apps.notifications.live import tell
from arcada.apps.records.models import Record
from arcada.apps.records.queries import shown_ids
from arcada.apps.records.seats import jaw_slots
from arcada.apps.reviews.access import readable_threads
from arcada.apps.reviews.found_pins import ask_to_find
from arcada.apps.reviews.models import Comment, Thread
from arcada.apps.reviews.people import Party, may_be_asked, mentionable, parties_in
from arcada.apps.reviews.queries import decisions_of
from arcada.apps.reviews.telling import tell_asked, tell_everybody_else, tell_mentioned, workspace_name
from arcada.core.access import Actor, ActorKind
from arcada.core.anatomy import RecordKind
from arcada.core.errors import NotFound, Refused
from arcada.core.mentions import mentioned_names
from arcada.core.pins import check_pin
from arcada.core.quoted_view import check_view
from arcada.core.tooth_near import tooth_near

LONGEST_COMMENT = 10_000


@transaction.atomic
def open_thread(
    actor: Actor,
    case: Case,
    *,
    text: str,
    now: datetime,
    record: Record | None = None,
    pin: Mapping[str, Any] | None = None,
    view: Mapping[str, Any] | None = None,
    ask: UUID | None = None,
    attached: Sequence[UUID] = (),
    author_verified: bool = True,
) -> Thread:
    """A conversation with its first comment; on the case, on a record, or on a point of it."""
    if record is not None and not in_case(case, record):
        raise NotFound
    if pin is not None and record is None:
        raise Refused("A pin needs the record it stands on.", code="bad_pin")
    is_image = record is not None and record.kind in (RecordKind.PHOTOGRAPH, RecordKind.RADIOGRAPH)
    checked = check_pin(pin, is_image=is_image) if pin is not None else None
    if checked is not None and record is not None and "point" in checked:
        slot = jaw_slots([record])[record.pk]
        checked["tooth_fdi"] = tooth_near(checked["point"], labels_beside(actor, case, record), slot=slot)
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
    add_comment(actor, thread, text=text, view=view, ask=ask, attached=attached, now=now,
                author_verified=author_verified)  # fmt: skip
    ask_to_find(thread)
    return thread


@transaction.atomic
def add_comment(
    actor: Actor,
    thread: Thread,
    *,
    text: str,
    now: datetime,
    view: Mapping[str, Any] | None = None,
    ask: UUID | None = None,
    attached: Sequence[UUID] = (),
    author_verified: bool = True,
) -> Comment:
    """Say something in a thread, under the name the actor has; tells everybody else in the case.

    `view` is a quoted view, `ask` the workspace whose turn it becomes, `attached` what `add_attachment` gave this
    author. Whoever is mentioned is told so.
    """
    said = text.strip()
    if not said:
        raise Refused("The comment is empty.", code="empty_comment")
    if len(said) > LONGEST_COMMENT:
        raise Refused(
            "The comment is longer than {limit} characters.", code="comment_too_long", limit=LONGEST_COMMENT
        )
    case = thread.case
    parties = parties_in(case) if ask is not None or "@" in said else []
    party = next((one for one in may_be_asked(actor, parties) if one.id == ask), None)
    if ask is not None and party is None:
        raise Refused("This workspace is not in the case, or it is your own.", code="bad_party")
    people = _mentioned(actor, case, parties, said)
    files = take_attachments(actor, case, record_ids=attached, now=now) if attached else []
    comment = Comment.objects.create(
        thread=thread,
        author_kind=actor.kind.value,
        author_id=actor.id,
        author_name=actor.name[:120],
        author_workspace=workspace_name(actor),
        author_verified=author_verified,
        text=said,
        mentions=sorted({person.name for person, _ in people}),
        view=check_view(view, records=_seen(actor, case)) if view is not None else None,
        asks=party.name if party else "",
        attached=[str(record.pk) for record in files],
        created_at=now,
    )
    if party is not None:
        _set_question(thread, party, by=actor.name[:120], at=now)
    elif thread.asked_id is not None and thread.asked_id == actor.workspace_id:
        _set_question(thread, None)
    ids = {
        "comment": comment.pk,
        "asked": party.id if party else None,
        "mentioned": [one.pk for one, _ in people],
        "attached": [record.pk for record in files],
    }
    _audit(actor, "comment.added", thread, now=now, ids=ids)
    told = tell_mentioned(actor, case, people, now=now)
    if party is not None:
        told |= tell_asked(actor, case, party.id, now=now, besides=told)
    tell_everybody_else(actor, case, "case.commented", now=now, besides=told)
    _live(thread, now=now)
    return comment


def _mentioned(actor: Actor, case: Case, parties: list[Party], text: str) -> list[tuple[User, UUID]]:
    if "@" not in text:
        return []
    threads = readable_threads(actor, case, Thread.objects.select_related("record").filter(case=case))
    decisions = [view.decision for view in decisions_of(actor, case)]
    people = mentionable(actor, parties, spoken=threads, decisions=decisions)
    named = set(mentioned_names(text, [person.name for person, _ in people]))
    return [(person, place) for person, place in people if person.name in named]


def _seen(actor: Actor, case: Case) -> set[str]:
    """What may stand in a quoted view: of a member also older versions, of a link what it gives."""
    records = current_records(case, actor=actor)
    is_visitor = actor.kind is ActorKind.RECIPIENT
    return {str(record.pk) for record in records} if is_visitor else set(shown_ids(records))


def _set_question(thread: Thread, party: Party | None, *, by: str = "", at: datetime | None = None) -> None:
    thread.asked_id = party.id if party else None
    thread.asked_name, thread.asked_by, thread.asked_at = party.name if party else "", by, at
    thread.save(update_fields=["asked", "asked_name", "asked_by", "asked_at"])


@transaction.atomic
def resolve_thread(actor: Actor, thread: Thread, *, now: datetime) -> Thread:
    """Settled; a reply or `reopen_thread` brings it back."""
    thread.state, thread.resolved_at, thread.resolved_by = "resolved", now, actor.name[:120]
    thread.save(update_fields=["state", "resolved_at", "resolved_by"])
    _set_question(thread, None)
    _audit(actor, "thread.resolved", thread, now=now)
    _live(thread, now=now)
    return thread


@transaction.atomic
def reopen_thread(actor: Actor, thread: Thread, *, now: datetime) -> Thread:
    thread.state, thread.resolved_at, thread.resolved_by = "open", None, ""
    thread.save(update_fields=["state", "resolved_at", "resolved_by"])
    _audit(actor, "thread.reopened", thread, now=now)
    _live(thread, now=now)
    return thread


def _live(thread: Thread, *, now: datetime) -> None:
    ids = {"case": thread.case_id, "thread": thread.pk}
    tell(thread.case.workspace_id, f"case:{thread.case_id}", "thread", ids=ids, now=now)


def _audit(
    actor: Actor, action: str, thread: Thread, *, now: datetime, ids: Mapping[str, object] | None = None
) -> None:
    audit(
        actor, action, now=now, workspace_id=thread.case.workspace_id, patient_id=thread.case.patient_id,
        about=thread, ids={"case": thread.case_id, **(ids or {})},
    )  # fmt: skip
