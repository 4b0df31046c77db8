"""Telling the people of a case what was said or decided, and under which name somebody speaks."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from arcada.apps.accounts.models import User, Workspace
from arcada.apps.accounts.queries import people_to_tell
from arcada.apps.cases.actions import workspaces_in
from arcada.apps.cases.models import Case
from arcada.apps.notifications.actions import notify
from arcada.core.access import Actor, ActorKind


def tell_everybody_else(
    actor: Actor, case: Case, kind: str, *, now: datetime, verdict: str = "", besides: Collection[UUID] = ()
) -> None:
    """All people of the case's workspaces but the one who did it; codes and names of colleagues, no word more.

    `besides` are people who were told in another way already.
    """
    words = {"code": case.code, "by": actor.name or "A visitor", "verdict": verdict}
    for workspace_id in workspaces_in(case):
        for person in people_to_tell(workspace_id):
            if person.pk in besides or (person.pk == actor.id and actor.kind is not ActorKind.RECIPIENT):
                continue
            notify(
                person, workspace_id=workspace_id, kind=kind, case_id=case.pk, object_id=case.pk, words=words, now=now
            )  # fmt: skip


def tell_mentioned(
    actor: Actor, case: Case, people: Iterable[tuple[User, UUID]], *, now: datetime
) -> set[UUID]:
    """Each person who was mentioned, once; returns whom."""
    told: set[UUID] = set()
    words = {"code": case.code, "by": actor.name or "A visitor"}
    for person, workspace_id in people:
        if person.pk not in told:
            notify(
                person, workspace_id=workspace_id, kind="case.mentioned", case_id=case.pk, object_id=case.pk,
                words=words, now=now,
            )  # fmt: skip
            told.add(person.pk)
    return told


def tell_asked(
    actor: Actor, case: Case, party: UUID, *, now: datetime, besides: Collection[UUID]
) -> set[UUID]:
    """The people of the party that was asked; returns whom."""
    people = [(person, party) for person in people_to_tell(party) if person.pk not in besides]
    words = {"code": case.code, "by": actor.name or "A visitor"}
    for person, _ in people:
        notify(
            person, workspace_id=party, kind="case.asked", case_id=case.pk, object_id=case.pk, words=words, now=now
        )  # fmt: skip
    return {person.pk for person, _ in people}


def workspace_name(actor: Actor) -> str:
    """What others call the actor's workspace; empty for whoever has none."""
    if actor.workspace_id is None:
        return ""
    workspace = Workspace.objects.filter(pk=actor.workspace_id).first()
    return workspace.shown_name if workspace else ""
