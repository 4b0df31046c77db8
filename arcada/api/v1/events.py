"""events: what changed, as it changes (SSE). Ids only; the page asks again with its own rights."""

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from ninja import Router

from arcada.api.auth import is_going_on
from arcada.api.v1.security import actor_in
from arcada.apps.cases.access import case_for, visible_record_for
from arcada.apps.cases.queries import current_records
from arcada.apps.notifications.live import newest_id, told_since
from arcada.apps.records.access import collection_for
from arcada.apps.reviews.presence import come, go, people_here
from arcada.core.access import Actor, ActorKind
from arcada.core.errors import NotFound, Refused

router = Router(tags=["events"])

POLL_S = 0.5
CHECK_EVERY_S = 30.0
HERE_EVERY_S = 15.0
LONGEST_S = 300.0
GATES = {"collection": collection_for, "case": case_for, "record": visible_record_for}


@router.get("/events")
async def show_events(request: HttpRequest, topic: str) -> StreamingHttpResponse:
    """Events of `collection:<id>`, `record:<id>` or `case:<id>` with its records; goes on from Last-Event-ID."""
    actor = actor_in(request)
    topics = await sync_to_async(_topics)(actor, topic)
    said = request.headers.get("Last-Event-ID", "")
    start = int(said) if said.isdigit() and len(said) < 19 else await sync_to_async(newest_id)(topics)
    answer = StreamingHttpResponse(_stream(actor, topic, topics, start), content_type="text/event-stream")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


async def _stream(actor: Actor, topic: str, topics: list[str], start: int) -> AsyncIterator[bytes]:
    yield b"retry: 2000\n\n"
    clock = asyncio.get_running_loop().time
    began = checked = breathed = clock()
    case_id = _case_of(actor, topic)
    said, came, last, has_grown = "", -CHECK_EVERY_S, start, False
    try:
        while clock() - began < LONGEST_S:
            for event_id, kind, ids in await sync_to_async(told_since)(topics, last):
                last = event_id
                breathed = clock()
                has_grown = has_grown or kind in ("case", "thread")
                yield f"id: {event_id}\nevent: {kind}\ndata: {json.dumps(ids)}\n\n".encode()
            if has_grown or clock() - checked > CHECK_EVERY_S:
                has_grown, checked, known = False, clock(), topics
                try:
                    topics = await sync_to_async(_topics)(actor, topic)
                except NotFound:
                    return
                # A file came into the case: what was told of it before this page knew counts too.
                fresh = [one for one in topics if one not in known]
                for event_id, kind, ids in await sync_to_async(told_since)(fresh, start) if fresh else ():
                    if event_id <= last:
                        yield f"event: {kind}\ndata: {json.dumps(ids)}\n\n".encode()
            if clock() - breathed > 15:
                breathed = clock()
                yield b": still here\n\n"
            if case_id is not None:
                if clock() - came > HERE_EVERY_S:
                    came = clock()
                    await sync_to_async(_come)(actor, case_id)
                here = await sync_to_async(_here)(actor, case_id)
                if here != said:
                    said = here
                    yield f"event: presence\ndata: {here}\n\n".encode()
            await asyncio.sleep(POLL_S)
    finally:
        if case_id is not None:
            await sync_to_async(go)(actor, case_id)


def _case_of(actor: Actor, topic: str) -> UUID | None:
    """The case whose people see each other; support looks unseen by design, and is told of by other ways."""
    kind, _, said = topic.partition(":")
    return UUID(said) if kind == "case" and actor.kind is ActorKind.PERSON and actor.support is None else None


def _come(actor: Actor, case_id: UUID) -> None:
    come(actor, case_for(actor, case_id), now=timezone.now())


def _here(actor: Actor, case_id: UUID) -> str:
    people = people_here(case_id, now=timezone.now())
    leader = next((one for one in people if one.view is not None), None)
    return json.dumps(
        {
            "people": [
                {
                    "id": str(one.person),
                    "name": one.name,
                    "workspace": one.workspace,
                    "is_you": one.person == actor.id,
                }
                for one in people
            ],
            "leader": leader
            and {"id": str(leader.person), "is_you": leader.person == actor.id, "view": leader.view},
        }
    )


def _topics(actor: Actor, topic: str) -> list[str]:
    """The topic and, of a case, what is told of each record that the actor sees in it; NotFound without the right."""
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
    if kind != "case":
        gate(actor, object_id)
        return [topic]
    case = case_for(actor, object_id)
    return [topic, *(f"record:{record.pk}" for record in current_records(case, actor=actor))]
