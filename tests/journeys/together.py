"""Two people at one case: their browsers, and one view for both."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.journeys.server import ADA, Server, sign_in
from tests.journeys.test_share_link import Watched
from tests.journeys.viewer_page import quoted_view

BEN = "ben@lima.example"


@contextmanager
def two_pages(browser: Browser, server: Server) -> Iterator[tuple[Page, Page]]:
    """Each in a browser of its own; in the end neither complained."""
    people = [Watched(browser, server) for _ in range(2)]
    yield people[0].page, people[1].page
    for watched in people:
        watched.context.close()
    assert [watched.complaints for watched in people] == [[], []]


def sign_in_ada_and_ben(ada: Page, ben: Page, server: Server) -> None:
    server.add_person(BEN, "Ben", "Lima Dental", role="assistant")
    sign_in(ada, server, ADA)
    sign_in(ben, server, BEN)


def number_by_universal(page: Page, server: Server) -> None:
    """Who is signed in here reads and writes teeth by Universal from now on."""
    page.goto(f"{server.url}/settings")
    page.get_by_label("Tooth numbers").select_option("universal")
    page.locator("form", has=page.get_by_label("Tooth numbers")).get_by_role("button").first.click()
    expect(page.get_by_text("Your name is saved.")).to_be_visible()


def turn(page: Page, key: str) -> None:
    page.locator(".stage").focus()
    page.keyboard.press(key)
    page.wait_for_timeout(1200)


def lead(leader: Page, follower: Page, *, name: str, key: str) -> None:
    """The leader turns to a view, and the follower's picture goes along."""
    leader.get_by_role("button", name="Lead the view").click()
    expect(follower.locator(".together")).to_contain_text(f"{name} leads the view")
    turn(leader, key)
    until(follower, lambda: same_camera(leader, follower))


def same_camera(one: Page, other: Page) -> bool:
    here, there = quoted_view(one)["camera"], quoted_view(other)["camera"]
    numbers = [
        (a, b) for name in ("position", "target") for a, b in zip(here[name], there[name], strict=True)
    ]
    return all(abs(a - b) < 0.05 for a, b in numbers)


def until(page: Page, is_so: Callable[[], bool]) -> None:
    for _ in range(300):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("never")
