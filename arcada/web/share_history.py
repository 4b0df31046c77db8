"""Who did what by a share, and when: visits, what was looked at and downloaded, words, decisions (SL-14, S15)."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from arcada.apps.audit.queries import events_about, events_by
from arcada.apps.cases.queries import slots_in_case
from arcada.apps.reviews.queries import said_by
from arcada.apps.sharing.queries import people_of

if TYPE_CHECKING:
    from arcada.apps.sharing.access import Share

MOST = 300
# What a recipient does, by the audit's own names; the owner's acts come from the share itself.
SEEN = frozenset(
    {
        "case.viewed", "record.rendition_viewed", "record.downloaded", "record.exported", "case.exported",
        "case.capsule_exported", "share.opened",
    }
)  # fmt: skip
OWNERS = frozenset(
    {
        "share.created", "share.extended", "share.revoked", "share.reminded", "share.opened_again",
        "share.code_sent", "share.passcode_wrong",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: `what` is an audit action, "comment" or a verdict."""

    at: datetime
    who: str
    what: str
    text: str = ""
    slots: tuple[str, ...] = ()


def history_of(share: "Share") -> list[Line]:
    """Newest first; complete as soon as the request that did it is answered."""
    people = people_of(share)
    slots = slots_in_case(share.case_id)
    lines = [
        Line(event.at, people[event.actor_id], event.action, slots=_slots(event.ids, event.object_id, slots))
        for event in events_by(people, workspace_id=share.workspace_id, actions=SEEN)[:MOST]
    ]
    for event in events_about(share.pk)[:MOST]:
        if event.action in OWNERS:
            who = people.get(_id(event.ids.get("recipient")), "")
            lines.append(Line(event.at, who, event.action))
    for person, said in said_by(people).items():
        lines += [Line(one.at, people[person], one.verdict or "comment", one.text) for one in said]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:MOST]


def _slots(ids: dict[str, object], object_id: UUID | None, known: dict[str, str]) -> tuple[str, ...]:
    named = ids.get("records")
    wanted = [str(one) for one in named] if isinstance(named, list) else [str(object_id)]
    return tuple(dict.fromkeys(known[one] for one in wanted if one in known))


def _id(said: object) -> UUID:
    try:
        return UUID(str(said))
    except ValueError:
        return UUID(int=0)
