"""Whose turn it is in a case: a question to a party comes first, then whoever did not speak last."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from arcada.core.case_flow import CaseState


@dataclass(frozen=True, slots=True)
class Question:
    """An open question to a party, and since when it waits."""

    party: UUID
    name: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """What was said, decided or added last; `party` is None for a visitor by link."""

    at: datetime
    party: UUID | None
    is_version: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    parties: frozenset[UUID]
    questions: tuple[Question, ...] = ()  # the oldest first


def whose_turn(
    *,
    state: CaseState,
    owner: UUID,
    parties: Collection[UUID],
    questions: Sequence[Question] = (),
    last: Entry | None = None,
    is_part: bool = False,
) -> Turn:
    """The workspaces that have to do something; nobody in a case that is closed, or approved without a question.

    `parties` are the owner and who takes part; `is_part` says that an approval waits for further ones.
    """
    waiting = tuple(sorted((q for q in questions if q.party in parties), key=lambda q: q.asked_at))
    if state is CaseState.CLOSED:
        return Turn(frozenset())
    if waiting:
        return Turn(frozenset(question.party for question in waiting), waiting)
    if state is CaseState.APPROVED:
        return Turn(frozenset())
    if is_part:
        return Turn(frozenset(parties))
    if last is None or last.party is None:
        return Turn(frozenset({owner}))
    others = frozenset(parties) - {last.party}
    # Alone in a case: what was added waits for one's own decision, what was said waits for nobody.
    return Turn(others or (frozenset({owner}) if last.is_version else frozenset()))
