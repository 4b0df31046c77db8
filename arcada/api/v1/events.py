"""events: what changed, as it changes (SSE). Ids only; the page asks again with its own rights."""

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router

from arcada.api.auth import is_going_on
from arcada.api.v1.security import actor_in
from arcada.apps.cases.access import case_for, visible_record_for
from arcada.apps.notifications.live import newest_id, told_since
from arcada.apps.records.access import collection_for
from arcada.core.access import Actor
from arcada.core.errors import NotFound, Refused

router = Router(tags=["events"])

POLL_S = 0.5
CHECK_EVERY_S = 30.0
LONGEST_S = 300.0
GATES = {"collection": collection_for, "case": case_for, "record": visible_record_for}


@router.get("/events")
async def show_events(request: HttpRequest, topic: str) -> StreamingHttpResponse:
    """Events of `collection:<id>`, `case:<id>` or `record:<id>`; goes on from Last-Event-ID."""
    actor = actor_in(request)
    await sync_to_async(_check)(actor, topic)
    said = request.headers.get("Last-Event-ID", "")
    start = int(said) if said.isdigit() and len(said) < 19 else await sync_to_async(newest_id)(topic)
    answer = StreamingHttpResponse(_stream(actor, topic, start), content_type="text/event-stream")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


async def _stream(actor: Actor, topic: str, last: int) -> AsyncIterator[bytes]:
    yield b"retry: 2000\n\n"
    clock = asyncio.get_running_loop().time
    began = checked = breathed = clock()
    while clock() - began < LONGEST_S:
        for event_id, kind, ids in await sync_to_async(told_since)(topic, last):
            last = event_id
            breathed = clock()
            yield f"id: {event_id}\nevent: {kind}\ndata: {json.dumps(ids)}\n\n".encode()
        if clock() - breathed > 15:
            breathed = clock()
            yield b": still here\n\n"
        if clock() - checked > CHECK_EVERY_S:
            checked = clock()
            try:
                await sync_to_async(_check)(actor, topic)
            except NotFound:
                return
        await asyncio.sleep(POLL_S)


def _check(actor: Actor, topic: str) -> None:
    kind, _, said = topic.partition(":")
    gate = GATES.get(kind)
    try:
        object_id = UUID(said)
    except ValueError:
        raise Refused("A topic is collection:<id>, case:<id> or record:<id>.", code="bad_topic") from None
    if gate is None:
        raise Refused("A topic is collection:<id>, case:<id> or record:<id>.", code="bad_topic")
    if not is_going_on(actor):
        raise NotFound
    gate(actor, object_id)
