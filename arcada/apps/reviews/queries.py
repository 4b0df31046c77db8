"""Reads of a review: threads with their comments, the decision that counts, states for lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from arcada.apps.accounts.queries import workspaces_of_people
from arcada.apps.cases.models import Case
from arcada.apps.cases.queries import cases_of, current_records, decided_pairs, records_in_cases
from arcada.apps.reviews.access import readable_threads
from arcada.apps.reviews.found_pins import MOVED_MM, newest_found
from arcada.apps.reviews.models import Comment, Decision, FoundPin, Thread
from arcada.apps.row_scope import system_scope
from arcada.core.access import Actor, ActorKind
from arcada.core.case_flow import CaseState, decision_holds, shown_state


@dataclass(frozen=True, slots=True)
class ThreadView:
    thread: Thread
    comments: tuple[Comment, ...]
    found: FoundPin | None = None  # where its pin is on the version that is shown now

    @property
    def has_moved(self) -> bool:
        """The surface under the pin lies elsewhere by more than counts."""
        return self.found is not None and (self.found.moved_mm or 0.0) > MOVED_MM


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


def decisions_of(actor: Actor, case: Case) -> list[DecisionView]:
    """Newest first; the first one counts, as long as it holds. Who sees a part sees what was decided on it."""
    decisions = list(Decision.objects.filter(case=case).order_by("-decided_at"))
    if not decisions:
        return []
    grant = actor.grant_for(case.pk) if actor.kind is ActorKind.RECIPIENT else None
    if grant is not None and grant.record_ids is not None:
        visible = {str(record.chain) for record in current_records(case, actor=actor)}
        decisions = [d for d in decisions if visible.issuperset(item["chain"] for item in d.made_on)]
    pairs = decided_pairs(current_records(case))
    return [DecisionView(d, decision_holds(_pairs(d, pairs), pairs)) for d in decisions]


def states_of(cases: Iterable[Case]) -> dict[UUID, CaseState]:
    """The state a list shows for each case: decided only while its decision holds. Three queries in all."""
    listed = list(cases)
    records = records_in_cases(case.pk for case in listed)
    newest: dict[UUID, Decision] = {}
    for decision in Decision.objects.filter(case__in=listed).order_by("decided_at"):
        newest[decision.case_id] = decision
    states = {}
    for case in listed:
        pairs = decided_pairs(records.get(case.pk, []))
        latest = newest.get(case.pk)
        holds = latest is not None and decision_holds(_pairs(latest, pairs), pairs)
        states[case.pk] = shown_state(CaseState(case.state), holds=holds)
    return states


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


def last_words_in(case_ids: Iterable[UUID]) -> dict[UUID, UUID | None]:
    """Per case: the workspace that spoke or decided last (None for a visitor by link)."""
    wanted = list(case_ids)
    newest: dict[UUID, tuple[datetime, UUID | None]] = {}
    comments = Comment.objects.filter(thread__case_id__in=wanted).order_by("created_at")
    decisions = Decision.objects.filter(case_id__in=wanted)
    said = list(comments.values_list("thread__case_id", "created_at", "author_kind", "author_id"))
    said += list(decisions.values_list("case_id", "decided_at", "by_kind", "by_id"))
    members = workspaces_of_people({person for *_, kind, person in said if kind != ActorKind.RECIPIENT})
    for case_id, at, kind, person in said:
        if case_id not in newest or newest[case_id][0] <= at:
            newest[case_id] = (at, None if kind == ActorKind.RECIPIENT else members.get(person))
    return {case_id: workspace for case_id, (_, workspace) in newest.items()}


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
