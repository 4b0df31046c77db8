"""A browser without scripts for the tests of pages."""

import asyncio
import json
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.http import HttpResponse
from django.test import Client

from tests.cast import Person


def signed_in(who: Person) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def listened(
    browser: Client,
    address: str,
    *,
    after: int | str = 0,
    for_s: float = 1.5,
    on_presence: Callable[[], object] | None = None,
) -> list[tuple[str, Any]]:
    """(kind, what it says) of what an open page hears in a moment; it had heard everything up to `after`.

    `on_presence` is called whenever it hears who is here, in between.
    """
    answer = browser.get(address, headers={"Last-Event-ID": str(after)})
    assert answer.status_code == 200

    async def listen() -> str:
        said = ""
        try:
            async with asyncio.timeout(for_s):
                async for piece in answer.streaming_content:
                    said += piece.decode()
                    if on_presence and b"event: presence" in piece:
                        await sync_to_async(on_presence)()
        except TimeoutError:
            pass
        return said

    lines = async_to_sync(listen)().splitlines()
    return [
        (kind.removeprefix("event: "), json.loads(said.removeprefix("data: ")))
        for kind, said in pairwise(lines)
        if kind.startswith("event: ")
    ]


def fields_of(page: HttpResponse, action: str) -> dict[str, list[str]]:
    """What a browser would send by the form with this address, as the page stands."""
    reader = _Fields(action)
    reader.feed(page.content.decode())
    return reader.found


class _Fields(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.action = action
        self.found: dict[str, list[str]] = {}
        self._is_inside = False
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self._is_inside = given.get("action") == self.action
        if not self._is_inside:
            return
        if tag == "textarea":
            self._area = name
            self.found[name] = [""]
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.found):
            self.found[self._select] = [value]
        elif tag == "input" and name and (given.get("type") != "checkbox" or "checked" in given):
            self.found.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""
