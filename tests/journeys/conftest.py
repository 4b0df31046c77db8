"""What journeys share: one Chromium for the tests of a file."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys.server import ADA, Server, chromium, serving
from tests.journeys.viewer_harness import BUILD, Harness
from tests.journeys.viewer_page import WATCH

# A busy machine is slow, not wrong: what a page is to show may take a while everywhere.
expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright) as started:
        yield started


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running Arcada with Dr Ada's practice in it, for the tests of a file."""
    if not (BUILD / "manifest.json").exists():
        pytest.skip("the front end is not built (make setup)")
    with serving(tmp_path_factory.mktemp("journey")) as running:
        running.add_person(ADA, "Dr Ada Lima", "Lima Dental")
        yield running


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Any]:
    """Opens a page of a harness; afterwards nothing may have failed or left the policy."""
    closing: list[Any] = []
    failures: list[str] = []
    pages: list[Page] = []

    def open_it(harness: Harness, path: str = "/", *, script: str = WATCH, **context: Any) -> Page:
        serving = harness.serve()
        address = serving.__enter__()
        closing.append(lambda: serving.__exit__(None, None, None))
        tab = browser.new_context(**({"viewport": {"width": 900, "height": 640}} | context))
        closing.append(tab.close)
        page = tab.new_page()
        page.add_init_script(script)
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.goto(address + path)
        pages.append(page)
        return page

    yield open_it
    violations = [page.evaluate("window.watched?.violations ?? []") for page in pages]
    for close in reversed(closing):
        close()
    assert failures == []
    assert violations == [[] for _ in pages]
