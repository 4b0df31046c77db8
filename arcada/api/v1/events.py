"""events: what changed, as it changes (SSE). Ids only; the page asks again with its own rights."""

from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router

from arcada.api.auth import is_going_on
from arcada.api.live import Listener, answer_live, topics_of_case
from arcada.api.v1.security import actor_in
from arcada.apps.cases.access import case_for, visible_record_for
from arcada.apps.records.access import collection_for
from arcada.core.access import Actor, ActorKind
from arcada.core.errors import NotFound, Refused

router = Router(tags=["events"])

GATES = {"collection": collection_for, "case": case_for, "record": visible_record_for}


@router.get("/events")
async def show_events(request: HttpRequest, topic: str) -> StreamingHttpResponse:
    """Events of `collection:<id>`, `record:<id>` or `case:<id>` with its records; goes on from Last-Event-ID."""
    return await answer_live(request, await sync_to_async(_listener)(actor_in(request), topic))


def _listener(actor: Actor, topic: str) -> Listener:
    kind, _, said = topic.partition(":")
    gate = GATES.get(kind)
    try:
        object_id = UUID(said)
    except ValueError:
        raise Refused("A topic is collection:<id>, case:<id> or record:<id>.", code="bad_topic") from None
    if gate is None:
        raise Refused("A topic is collection:<id>, case:<id> or record:<id>.", code="bad_topic")

    def topics() -> list[str]:
        if not is_going_on(actor):
            raise NotFound
        if kind == "case":
            return topics_of_case(actor, case_for(actor, object_id))
        gate(actor, object_id)
        return [topic]

    is_seen = actor.kind is ActorKind.PERSON and actor.support is None
    return Listener(actor, topics, case_for(actor, object_id) if kind == "case" else None, is_seen=is_seen)
