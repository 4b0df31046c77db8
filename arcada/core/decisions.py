"""Decisions on a version: aspects, who has to agree, what the votes come to, and when two of them collide."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from arcada.core.errors import Conflict, Refused
from arcada.core.words import gettext_noop


class Verdict(StrEnum):
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"


# The shipped aspects and what a page calls them; a workspace keeps its own list, in its own words.
ASPECT_WORDS: Final[dict[str, str]] = {
    "margin": gettext_noop("Margin"),
    "contacts": gettext_noop("Contacts"),
    "occlusion": gettext_noop("Occlusion"),
    "shape": gettext_noop("Shape"),
    "shade": gettext_noop("Shade"),
}
ASPECTS: Final = tuple(ASPECT_WORDS)
MOST_ASPECTS: Final = 12
LONGEST_ASPECT: Final = 40
LARGEST_QUORUM: Final = 9
WHOLE: Final = ""  # the one aspect of a decision that names none: the whole


def check_aspects(names: Iterable[str]) -> list[str]:
    """The list with each name once, its spaces in order; raises Refused."""
    cleaned = [" ".join(name.split()) for name in names]
    once: dict[str, str] = {}
    for name in filter(None, cleaned):
        once.setdefault(name.casefold(), name)
    kept = list(once.values())
    if not 1 <= len(kept) <= MOST_ASPECTS:
        raise Refused("Name one aspect at least and {limit} at most.", code="bad_aspects", limit=MOST_ASPECTS)
    if any(len(name) > LONGEST_ASPECT for name in kept):
        raise Refused(
            "An aspect has {limit} characters at most.", code="aspect_too_long", limit=LONGEST_ASPECT
        )
    return kept


def check_quorum(quorum: int) -> int:
    """How many people have to approve; raises Refused."""
    if not 1 <= quorum <= LARGEST_QUORUM:
        raise Refused(
            "From one to {limit} people can have to approve.", code="bad_quorum", limit=LARGEST_QUORUM
        )
    return quorum


def chosen_aspects(names: Iterable[str], offered: Sequence[str]) -> list[str]:
    """Those of the offered aspects that a decision speaks of, in their order; none named means all. Raises Refused."""
    wanted = set(names)
    if not wanted <= set(offered):
        raise Refused("There is no such aspect in this workspace's list.", code="unknown_aspect")
    return [name for name in offered if name in wanted] if wanted else list(offered)


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's decision on a version. No aspects: on the whole, as decisions were before there were aspects."""

    person: UUID
    name: str
    verdict: Verdict
    aspects: tuple[str, ...] = ()
    is_verified: bool = True

    def speaks_of(self, aspect: str) -> bool:
        return not self.aspects or aspect in self.aspects


@dataclass(frozen=True, slots=True)
class AspectState:
    aspect: str
    verdict: Verdict | None  # None: not decided yet
    approved_by: tuple[str, ...] = ()
    changes_asked_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the votes on one version come to."""

    verdict: Verdict | None
    aspects: tuple[AspectState, ...]
    quorum: int = 1

    @property
    def is_part(self) -> bool:
        """Somebody decided something, and it is not enough yet."""
        return self.verdict is None and any(one.approved_by for one in self.aspects)


def outcome_of(votes: Sequence[Vote], *, aspects: Sequence[str], quorum: int) -> Outcome:
    """Of votes on one version, oldest first. An aspect is approved by `quorum` people, each counted once.

    One person decides: the newest word on an aspect counts. Several do: whoever asks for changes has to be heard, so
    that stands until the same person approves or a newer version comes, and only verified names count.
    """
    states = tuple(_state_of(votes, aspect, quorum) for aspect in (aspects or (WHOLE,)))
    verdicts = {state.verdict for state in states}
    if Verdict.CHANGES_REQUESTED in verdicts:
        verdict: Verdict | None = Verdict.CHANGES_REQUESTED
    else:
        verdict = Verdict.APPROVED if verdicts == {Verdict.APPROVED} else None
    return Outcome(verdict, states, quorum)


def _state_of(votes: Sequence[Vote], aspect: str, quorum: int) -> AspectState:
    standing: dict[UUID, Vote] = {}
    for vote in votes:
        if vote.speaks_of(aspect) and (vote.is_verified or quorum == 1):
            standing.pop(vote.person, None)  # the newest stands last
            standing[vote.person] = vote
    counted = list(standing.values())
    if quorum == 1:
        counted = counted[-1:]
    asked = tuple(vote.name for vote in counted if vote.verdict is Verdict.CHANGES_REQUESTED)
    approved = tuple(vote.name for vote in counted if vote.verdict is Verdict.APPROVED)
    if asked:
        return AspectState(aspect, Verdict.CHANGES_REQUESTED, approved, asked)
    return AspectState(aspect, Verdict.APPROVED if len(approved) >= quorum else None, approved)


def refuse_collision(mine: Verdict, *, by: UUID, meanwhile: Sequence[Vote], standing: Outcome | None) -> None:
    """Conflict when others decided since the page was opened, and mine would talk past theirs (CO-02).

    `meanwhile` are the decisions on this version that the page did not show. Several who approve at once are no
    conflict as long as more approvals are needed.
    """
    others = [vote for vote in meanwhile if vote.person != by]
    if not others:
        return
    is_settled = standing is not None and standing.verdict is not None
    if not is_settled and all(vote.verdict is mine is Verdict.APPROVED for vote in others):
        return
    last = others[-1]
    said = (
        gettext_noop("{by} approved this version meanwhile. Look at it, then decide again if you must.")
        if last.verdict is Verdict.APPROVED
        else gettext_noop(
            "{by} asked for changes of this version meanwhile. Look at it, then decide again if you must."
        )
    )
    raise Conflict(said, code="decided_meanwhile", by=last.name)
