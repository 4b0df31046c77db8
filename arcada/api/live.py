"""What changed, as it changes (SSE): the stream behind every page that stays open. Ids only; pages ask again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from arcada.apps.cases.access import case_for
from arcada.apps.cases.queries import current_records
from arcada.apps.notifications.live import newest_id, told_since
from arcada.apps.reviews.news import is_told
from arcada.apps.reviews.presence import Here, as_seen_by, come, go, people_here
from arcada.core.access import Actor
from arcada.core.errors import NotFound

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case

POLL_S = 0.5
CHECK_EVERY_S = 30.0
HERE_EVERY_S = 15.0
LONGEST_S = 300.0


@dataclass(frozen=True, slots=True)
class Listener:
    """Who listens, and to what: `topics` is asked again and again, and raises NotFound once the right has ended."""

    actor: Actor
    topics: Callable[[], list[str]]
    case: Case | None = None  # the case whose people see each other
    is_seen: bool = True  # support looks unseen, and is told of by other ways


def topics_of_case(actor: Actor, case: Case) -> list[str]:
    """The case, and what is told of each record that the actor sees in it."""
    return [f"case:{case.pk}", *(f"record:{record.pk}" for record in current_records(case, actor=actor))]


async def answer_live(request: HttpRequest, listener: Listener) -> StreamingHttpResponse:
    """The stream, going on from Last-Event-ID; NotFound without the right."""
    topics = await sync_to_async(listener.topics)()
    said = request.headers.get("Last-Event-ID", "")
    if said.isascii() and said.isdecimal() and len(said) < 19:
        start = int(said)
    else:
        start = await sync_to_async(newest_id)(topics)
    answer = StreamingHttpResponse(_stream(listener, topics, start), content_type="text/event-stream")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


async def _stream(listener: Listener, topics: list[str], start: int) -> AsyncIterator[bytes]:
    yield b"retry: 2000\n\n"
    clock = asyncio.get_running_loop().time
    began = checked = breathed = clock()
    came, looked, last, has_grown = -CHECK_EVERY_S, -HERE_EVERY_S, start, False
    here: list[Here] | None = None
    told: dict[str, Any] | None = None
    try:
        while clock() - began < LONGEST_S:
            for event_id, kind, ids in await sync_to_async(told_since)(topics, last):
                last = event_id
                has_grown = has_grown or kind in ("case", "thread")
                if await _is_for(listener, kind, ids):
                    breathed = clock()
                    yield b"id: %d\n%s" % (event_id, _event(kind, ids))
            if has_grown or clock() - checked > CHECK_EVERY_S:
                has_grown, checked, known = False, clock(), topics
                try:
                    topics = await sync_to_async(listener.topics)()
                except NotFound:
                    return
                # A file came into the case: what was told of it before this page knew counts too.
                fresh = [one for one in topics if one not in known]
                for event_id, kind, ids in await sync_to_async(told_since)(fresh, start) if fresh else ():
                    if event_id <= last:
                        yield _event(kind, ids)
            if clock() - breathed > 15:
                breathed = clock()
                yield b": still here\n\n"
            if listener.case is not None and listener.is_seen:
                if clock() - came > HERE_EVERY_S:
                    came = clock()
                    await sync_to_async(_come)(listener.actor, listener.case)
                now_here = await sync_to_async(people_here)(listener.case.pk, now=timezone.now())
                # Whom a guest may know of also changes by what is said meanwhile.
                if now_here != here or clock() - looked > HERE_EVERY_S:
                    here, looked = now_here, clock()
                    seen = await sync_to_async(_presence)(listener.actor, listener.case, here)
                    if seen != told:
                        told = seen
                        yield _event("presence", seen)
            await asyncio.sleep(POLL_S)
    finally:
        if listener.case is not None and listener.is_seen:
            await sync_to_async(go)(listener.actor, listener.case.pk)


async def _is_for(listener: Listener, kind: str, ids: dict[str, str]) -> bool:
    case = listener.case
    return case is None or await sync_to_async(is_told)(listener.actor, case, kind, ids)


def _event(kind: str, said: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(said)}\n\n".encode()


def _come(actor: Actor, case: Case) -> None:
    come(actor, case_for(actor, case.pk), now=timezone.now())


def _presence(actor: Actor, case: Case, here: Sequence[Here]) -> dict[str, Any]:
    people = as_seen_by(actor, case, here)
    leader = next((one for one in people if one.view is not None), None)
    return {
        "people": [
            {
                "id": str(one.place),
                "name": one.name,
                "workspace": one.workspace,
                "is_you": one.person == actor.id,
            }
            for one in people
        ],
        "leader": leader
        and {"id": str(leader.place), "is_you": leader.person == actor.id, "view": leader.view},
    }
