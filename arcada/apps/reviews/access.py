"""The gate of threads: whoever may see the case and, for a pinned thread, its record."""

from collections.abc import Iterable
from uuid import UUID

from arcada.apps.cases.access import case_for
from arcada.apps.cases.models import Case
from arcada.apps.cases.queries import current_records
from arcada.apps.reviews.models import Comment, Thread
from arcada.core.access import Actor, ActorKind, Permission
from arcada.core.errors import NotFound


def thread_for(actor: Actor, thread_id: UUID, permission: Permission = Permission.VIEW) -> Thread:
    """The thread, when the actor may do `permission` in its case; NotFound either way."""
    found = Thread.objects.select_related("record", "case").filter(pk=thread_id).first()
    if found is None:
        raise NotFound
    found.case = case_for(actor, found.case_id, permission)
    if not readable_threads(actor, found.case, [found]):
        raise NotFound
    return found


def readable_threads(actor: Actor, case: Case, threads: Iterable[Thread]) -> list[Thread]:
    """Those of a case's threads that the actor may read: a link to one file shows no word about its siblings (SL-13).

    Who holds a link to named records reads the threads on exactly those, and the case's own threads in which
    they spoke themselves.
    """
    listed = list(threads)
    if actor.kind is not ActorKind.RECIPIENT:
        return listed
    grant = actor.grant_for(case.pk)
    if grant is None:
        return []
    if grant.record_ids is not None:
        spoken = set(
            Comment.objects.filter(thread__in=listed, author_id=actor.id).values_list("thread_id", flat=True)
        )
        return [
            thread
            for thread in listed
            if (thread.record_id in grant.record_ids if thread.record_id else thread.pk in spoken)
        ]
    chains = {record.chain for record in current_records(case, actor=actor)}
    return [thread for thread in listed if thread.record is None or thread.record.chain in chains]
