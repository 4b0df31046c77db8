"""The gate of threads: whoever may see the case and, for a pinned thread, its record."""

from uuid import UUID

from arcada.apps.cases.access import case_for, visible_record_for
from arcada.apps.reviews.models import Thread
from arcada.core.access import Actor, ActorKind, Permission
from arcada.core.errors import NotFound


def thread_for(actor: Actor, thread_id: UUID, permission: Permission = Permission.VIEW) -> Thread:
    """The thread, when the actor may do `permission` in its case; NotFound either way."""
    found = Thread.objects.select_related("record", "case").filter(pk=thread_id).first()
    if found is None:
        raise NotFound
    found.case = case_for(actor, found.case_id, permission)
    if actor.kind is ActorKind.RECIPIENT and found.record is not None:
        # A link to one file shows no word about its siblings (SL-13).
        visible_record_for(actor, found.record.pk, permission)
    return found
