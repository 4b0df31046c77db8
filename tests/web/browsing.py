"""A browser without scripts for the tests of pages."""

import asyncio
import json
from itertools import pairwise
from typing import Any

from asgiref.sync import async_to_sync
from django.test import Client

from tests.cast import Person

ENOUGH_S = 1.5


def signed_in(who: Person) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def listened(browser: Client, address: str, *, after: int = 0) -> list[tuple[str, Any]]:
    """(kind, what it says) of what an open page hears in a moment; it had heard everything up to `after`."""
    answer = browser.get(address, headers={"Last-Event-ID": str(after)})
    assert answer.status_code == 200

    async def listen() -> str:
        said = ""
        try:
            async with asyncio.timeout(ENOUGH_S):
                async for piece in answer.streaming_content:
                    said += piece.decode()
        except TimeoutError:
            pass
        return said

    lines = async_to_sync(listen)().splitlines()
    return [
        (kind.removeprefix("event: "), json.loads(said.removeprefix("data: ")))
        for kind, said in pairwise(lines)
        if kind.startswith("event: ")
    ]
