"""What of a case's news reaches whom: members hear all of it, who came by a link what it shows them."""

from collections.abc import Mapping
from uuid import UUID

from arcada.apps.cases.access import comparison_for
from arcada.apps.cases.models import Case
from arcada.apps.records.comparisons import READY
from arcada.apps.reviews.access import thread_for
from arcada.core.access import Actor, ActorKind
from arcada.core.errors import NotFound


def is_told(actor: Actor, case: Case, kind: str, ids: Mapping[str, str]) -> bool:
    """True when the actor may learn that this happened. A link to some files tells of no others (SL-13)."""
    if actor.kind is not ActorKind.RECIPIENT:
        return True
    if kind == "thread":
        try:
            thread_for(actor, UUID(ids["thread"]))
        except (NotFound, KeyError):
            return False
        return True
    if kind == "case":
        grant = actor.grant_for(case.pk)
        return grant is not None and grant.record_ids is None
    if kind == "comparison":
        try:
            found, _, _ = comparison_for(actor, UUID(ids["comparison"]))
        except (NotFound, KeyError):
            return False
        return found.state == READY
    return True  # of a record: who listens has chosen those that the link shows
