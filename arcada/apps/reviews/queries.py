"""Reads of a review: threads with their comments, the decision that counts, states for lists."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from arcada.apps.accounts.queries import workspaces_of_people
from arcada.apps.cases.models import Case
from arcada.apps.cases.queries import (
    cases_of,
    current_records,
    decided_pairs,
    parties_in_cases,
    records_in_cases,
)
from arcada.apps.records.models import Record
from arcada.apps.records.queries import versions_of_chains
from arcada.apps.reviews.access import readable_threads
from arcada.apps.reviews.found_pins import newest_found
from arcada.apps.reviews.models import Comment, Decision, FoundPin, Thread
from arcada.apps.row_scope import system_scope
from arcada.core.access import Actor, ActorKind
from arcada.core.anatomy import RecordKind
from arcada.core.case_flow import CaseState, decision_holds, shown_state
from arcada.core.decisions import Outcome, Verdict, Vote, outcome_of
from arcada.core.found_places import has_moved
from arcada.core.turn import Entry, Question, Turn, whose_turn


@dataclass(frozen=True, slots=True)
class ThreadView:
    thread: Thread
    comments: tuple[Comment, ...]
    found: FoundPin | None = None  # where its pin is on the version that is shown now

    @property
    def has_moved(self) -> bool:
        """The surface under the pin lies elsewhere by more than counts."""
        return self.found is not None and has_moved(self.found.moved_mm)


@dataclass(frozen=True, slots=True)
class DecisionView:
    decision: Decision
    holds: bool  # false: a newer version came since, visibly


def threads_of(actor: Actor, case: Case) -> list[ThreadView]:
    """All threads the actor may read, open ones first, in two queries."""
    threads = Thread.objects.select_related("record").filter(case=case).order_by("number")
    listed = readable_threads(actor, case, threads)
    said: dict[UUID, list[Comment]] = {}
    for comment in Comment.objects.filter(thread__in=listed).order_by("created_at", "id"):
        said.setdefault(comment.thread_id, []).append(comment)
    found = newest_found(listed, shown=_shown_to(actor, case))
    views = [ThreadView(thread, tuple(said.get(thread.pk, [])), found.get(thread.pk)) for thread in listed]
    return sorted(views, key=lambda view: (view.thread.state != "open", view.thread.number))


def _shown_to(actor: Actor, case: Case) -> set[UUID] | None:
    """The records that a grant leads to; None where nothing narrows it."""
    if actor.kind is not ActorKind.RECIPIENT:
        return None
    return {record.pk for record in current_records(case, actor=actor)}


def decisions_of(actor: Actor, case: Case, *, records: Sequence[Record] | None = None) -> list[DecisionView]:
    """Newest first; the first one counts, as long as it holds. Who sees a part sees what was decided on it.

    `records` are the current ones of the whole case, where they were read already.
    """
    decisions = list(Decision.objects.filter(case=case).order_by("-decided_at", "-id"))
    if not decisions:
        return []
    grant = actor.grant_for(case.pk) if actor.kind is ActorKind.RECIPIENT else None
    if grant is not None and grant.record_ids is not None:
        visible = {str(record.chain) for record in current_records(case, actor=actor)}
        decisions = [d for d in decisions if visible.issuperset(item["chain"] for item in d.made_on)]
    pairs = decided_pairs(current_records(case) if records is None else records)
    return [DecisionView(d, decision_holds(_pairs(d, pairs), pairs)) for d in decisions]


def standing_decisions(case: Case) -> list[Decision]:
    """Those on what is current, of everybody, oldest first: what the state of the case follows from."""
    pairs = decided_pairs(current_records(case))
    made = Decision.objects.filter(case=case).order_by("decided_at", "id")
    return [decision for decision in made if decision_holds(_pairs(decision, pairs), pairs)]


def outcome_now(case: Case, decisions: Sequence[DecisionView]) -> Outcome:
    """What the decisions that hold (newest first) come to, by the rules of the newest; without any, by today's."""
    standing = [view.decision for view in decisions if view.holds]
    return _outcome(case, standing)


def _outcome(case: Case, newest_first: Sequence[Decision]) -> Outcome:
    newest = newest_first[0] if newest_first else None
    return outcome_of(
        votes_of(reversed(newest_first)),
        aspects=newest.all_aspects if newest else case.workspace.aspects,
        quorum=newest.quorum if newest else case.workspace.decision_quorum,
    )


def votes_of(decisions: Iterable[Decision]) -> list[Vote]:
    return [
        Vote(one.by_id, one.by_name, Verdict(one.verdict), tuple(one.aspects), one.by_verified)
        for one in decisions
    ]


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of a design and what was decided on it."""

    record: Record
    outcome: Outcome
    decisions: tuple[DecisionView, ...]  # newest first
    is_void: bool  # decided, and another file of the case has changed since


def versions_of(
    case: Case, records: Iterable[Record], decisions: Sequence[DecisionView]
) -> list[VersionView]:
    """All versions of the designs among `records`, newest first: what a reviewer goes through."""
    designs = [record for record in records if record.kind == RecordKind.DESIGN]
    views = []
    for record in versions_of_chains({record.chain for record in designs}):
        made = [d for d in decisions if any(item["record"] == str(record.pk) for item in d.decision.made_on)]
        counted = [d for d in made if d.holds] if record.is_current else made
        outcome = _outcome(case, [view.decision for view in counted])
        views.append(VersionView(record, outcome, tuple(made), bool(made) and not counted))
    return views


def states_of(cases: Iterable[Case]) -> dict[UUID, CaseState]:
    """The state a list shows for each case: decided only while its decision holds. Three queries in all."""
    listed = list(cases)
    return _states(listed, records_in_cases(case.pk for case in listed), _newest_decisions(listed))


def _newest_decisions(cases: Sequence[Case]) -> dict[UUID, Decision]:
    made = Decision.objects.filter(case__in=cases).order_by("decided_at", "id")
    return {decision.case_id: decision for decision in made}  # the last one of a case stays


def _states(
    cases: Sequence[Case], records: Mapping[UUID, list[Record]], newest: Mapping[UUID, Decision]
) -> dict[UUID, CaseState]:
    return {
        case.pk: shown_state(
            CaseState(case.state), holds=_holds(newest.get(case.pk), records.get(case.pk, []))
        )
        for case in cases
    }


def _holds(decision: Decision | None, records: list[Record]) -> bool:
    pairs = decided_pairs(records)
    return decision is not None and decision_holds(_pairs(decision, pairs), pairs)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a list says of a case: its state, and whose turn it is since when."""

    state: CaseState
    turn: Turn


def standings_of(cases: Iterable[Case]) -> dict[UUID, Standing]:
    """State and turn of each case, in a constant number of queries."""
    listed = list(cases)
    records = records_in_cases(case.pk for case in listed)
    newest = _newest_decisions(listed)
    states = _states(listed, records, newest)
    parties = parties_in_cases(listed)
    questions: dict[UUID, list[Question]] = {}
    open_ones = Thread.objects.filter(case__in=listed, state="open").exclude(asked=None)
    for case_id, party, name, at in open_ones.values_list("case_id", "asked_id", "asked_name", "asked_at"):
        if party is not None and at is not None:
            questions.setdefault(case_id, []).append(Question(party, name, at))
    entries = _last_entries(listed, records, newest)
    return {
        case.pk: Standing(
            states[case.pk],
            whose_turn(
                state=states[case.pk],
                owner=case.workspace_id,
                parties=parties[case.pk],
                questions=questions.get(case.pk, ()),
                last=entries.get(case.pk),
                is_part=_is_part(newest.get(case.pk), states[case.pk], records.get(case.pk, [])),
            ),
        )
        for case in listed
    }


def _is_part(newest: Decision | None, state: CaseState, records: list[Record]) -> bool:
    return (
        state is CaseState.OPEN
        and newest is not None
        and newest.verdict == Verdict.APPROVED
        and _holds(newest, records)
    )


def open_threads_in(case_ids: Iterable[UUID]) -> dict[UUID, int]:
    counts: dict[UUID, int] = {}
    for case_id in Thread.objects.filter(case_id__in=list(case_ids), state="open").values_list(
        "case_id", flat=True
    ):
        counts[case_id] = counts.get(case_id, 0) + 1
    return counts


def _pairs(decision: Decision, current: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What the decision was made on, compared chain by chain with what is current.

    A decision on a part of the case (a share of some records) holds as long as that part is unchanged.
    """
    made_on = {item["chain"]: item["sha256"] for item in decision.made_on}
    others = [pair for pair in current if pair[0] not in made_on] if decision.by_kind == "recipient" else []
    return [*made_on.items(), *others]


def thread_view(thread: Thread) -> ThreadView:
    return ThreadView(thread, tuple(Comment.objects.filter(thread=thread).order_by("created_at", "id")))


def _last_entries(
    cases: Sequence[Case], records: Mapping[UUID, list[Record]], decided: Mapping[UUID, Decision]
) -> dict[UUID, Entry]:
    """Per case what came last: a comment, a decision, or a version that somebody has to look at."""
    comments = Comment.objects.filter(thread__case__in=cases).order_by("created_at")
    said = list(comments.values_list("thread__case_id", "created_at", "author_kind", "author_id"))
    said += [(one.case_id, one.decided_at, one.by_kind, one.by_id) for one in decided.values()]
    members = workspaces_of_people({person for *_, kind, person in said if kind != ActorKind.RECIPIENT})
    entries = [
        (case_id, Entry(at, None if kind == ActorKind.RECIPIENT else members.get(person)))
        for case_id, at, kind, person in said
    ]
    entries += [
        (case_id, Entry(record.ready_at, record.added_by_workspace, is_version=True))
        for case_id, found in records.items()
        for record in found
        if record.ready_at is not None and (record.version > 1 or record.kind == RecordKind.DESIGN)
    ]
    newest: dict[UUID, Entry] = {}
    for case_id, entry in entries:
        if case_id not in newest or newest[case_id].at <= entry.at:
            newest[case_id] = entry
    return newest


def find_cases(actor: Actor, text: str) -> QuerySet[Case]:
    """Cases whose code begins with the text, or whose title holds it."""
    return cases_of(actor).filter(Q(code__istartswith=text) | Q(title__icontains=text))


@dataclass(frozen=True, slots=True)
class Said:
    """What one person wrote or decided: for the history of a share."""

    at: datetime
    who: UUID
    text: str
    verdict: str  # "" for a comment


@system_scope()
def said_by(people: Iterable[UUID]) -> dict[UUID, list[Said]]:
    """Comments and decisions of these authors, newest first, by author; two queries."""
    wanted = list(people)
    comments = Comment.objects.filter(author_id__in=wanted)
    decisions = Decision.objects.filter(by_id__in=wanted)
    found = [Said(c.created_at, c.author_id, c.text, "") for c in comments]
    found += [Said(d.decided_at, d.by_id, d.note, d.verdict) for d in decisions]
    grouped: dict[UUID, list[Said]] = {}
    for said in sorted(found, key=lambda one: one.at, reverse=True):
        grouped.setdefault(said.who, []).append(said)
    return grouped
