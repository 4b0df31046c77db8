"""Who can be mentioned in a case, and which parties can be asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from arcada.apps.accounts.models import User
from arcada.apps.accounts.queries import members_who_see
from arcada.apps.cases.actions import workspaces_in
from arcada.apps.cases.models import Case
from arcada.apps.cases.queries import participants_of
from arcada.apps.reviews.models import Comment, Decision, Thread
from arcada.core.access import Actor, ActorKind


@dataclass(frozen=True, slots=True)
class Party:
    """A workspace in the case, by the name it goes by."""

    id: UUID
    name: str


def parties_of(actor: Actor, case: Case) -> list[Party]:
    """Whom the actor may ask: the other workspaces in the case; who came by a link knows only whose case it is."""
    owner = Party(case.workspace_id, case.workspace.shown_name)
    if actor.kind is ActorKind.RECIPIENT:
        return [owner]
    others = [Party(one.workspace_id, one.workspace.shown_name) for one in participants_of(case)]
    return [party for party in (owner, *others) if party.id != actor.workspace_id]


def mentionable(
    actor: Actor, case: Case, *, spoken: Iterable[Thread] = (), decisions: Iterable[Decision] = ()
) -> list[tuple[User, UUID]]:
    """Who sees the case and may be mentioned by the actor, each with the workspace they see it from.

    A member knows all people of the case. Who came by a link knows those who spoke in `spoken`, threads that they can
    read, or made one of `decisions`, and learns of nobody else.
    """
    people = [(user, place) for place in workspaces_in(case) for user in members_who_see(place)]
    if actor.kind is ActorKind.RECIPIENT:
        comments = Comment.objects.filter(thread__in=list(spoken))
        heard = set(comments.values_list("author_id", flat=True)) | {one.by_id for one in decisions}
        people = [(user, place) for user, place in people if user.pk in heard]
    return [(user, place) for user, place in people if user.pk != actor.id and user.name]
