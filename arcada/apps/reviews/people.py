"""Who can be mentioned in a case, and which parties can be asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from arcada.apps.accounts.models import User
from arcada.apps.accounts.queries import members_who_see
from arcada.apps.cases.models import Case
from arcada.apps.cases.queries import participants_of
from arcada.apps.reviews.models import Comment, Decision, Thread
from arcada.apps.row_scope import system_scope
from arcada.core.access import Actor, ActorKind


@dataclass(frozen=True, slots=True)
class Party:
    """A workspace in the case, by the name it goes by."""

    id: UUID
    name: str


@system_scope()
def parties_in(case: Case) -> list[Party]:
    """Its workspace first, then who takes part; one query.

    Whoever came by a link reaches no other workspace's row; what they learn of it `may_be_asked` and `mentionable` say.
    """
    others = [Party(one.workspace_id, one.workspace.shown_name) for one in participants_of(case)]
    return [Party(case.workspace_id, case.workspace.shown_name), *others]


def may_be_asked(actor: Actor, parties: Sequence[Party]) -> list[Party]:
    """The other workspaces in the case; who came by a link knows only whose case it is."""
    known = parties[:1] if actor.kind is ActorKind.RECIPIENT else parties
    return [party for party in known if party.id != actor.workspace_id]


def mentionable(
    actor: Actor,
    parties: Iterable[Party],
    *,
    spoken: Iterable[Thread] = (),
    decisions: Iterable[Decision] = (),
) -> list[tuple[User, UUID]]:
    """Who sees the case and may be mentioned by the actor, each with the workspace they see it from.

    A member knows all people of the case. Who came by a link knows those who spoke in `spoken`, threads that they can
    read, or made one of `decisions`, and learns of nobody else.
    """
    people = members_who_see(party.id for party in parties)
    if actor.kind is ActorKind.RECIPIENT:
        heard = heard_in(spoken, decisions)
        people = [(user, place) for user, place in people if user.pk in heard]
    return [(user, place) for user, place in people if user.pk != actor.id and user.name]


def heard_in(spoken: Iterable[Thread], decisions: Iterable[Decision]) -> set[UUID]:
    """Ids of those who spoke in the threads, or made one of the decisions."""
    authors = Comment.objects.filter(thread__in=list(spoken)).values_list("author_id", flat=True)
    return set(authors) | {decision.by_id for decision in decisions}
