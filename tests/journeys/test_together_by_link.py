"""A dentist and a guest by link at one case: each sees the other there, one view for both, and news as it comes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.server import ADA, Server, sign_in
from tests.journeys.test_share_link import come_in, lay_in_case, share_with_rosa
from tests.journeys.together import lead, turn, two_pages
from tests.journeys.viewer_page import wait_for_full

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def two(browser: Browser, server: Server) -> Iterator[tuple[Page, Page]]:
    """Dr Ada signed in, and rosa who came by her link, at the same case."""
    case = lay_in_case(server)
    with two_pages(browser, server) as (ada, rosa):
        sign_in(ada, server, ADA)
        rosa.goto(share_with_rosa(ada, server, case["id"]))
        come_in(rosa, server)
        ada.goto(f"{server.url}/cases/{case['id']}")
        for page in (ada, rosa):
            wait_for_full(page)
        yield ada, rosa


def test_the_guest_follows_the_dentist_whom_she_had_not_heard_before(two: tuple[Page, Page]) -> None:
    ada, rosa = two
    expect(ada.locator(".together")).to_contain_text("Here too: Rosa (by link)")
    expect(rosa.locator(".together")).to_have_count(0)
    turn(rosa, "1")
    lead(ada, rosa, name="Dr Ada Lima", key="4")
    ada.get_by_role("button", name="Stop leading").click()
    expect(rosa.locator(".together")).to_have_count(0)


def test_a_comment_of_the_dentist_reaches_the_open_page_and_then_the_guest_leads(
    two: tuple[Page, Page],
) -> None:
    ada, rosa = two
    ada.get_by_label("New comment").fill("Please look from above.")
    ada.locator("#new-thread").get_by_role("button", name="Send").click()
    wait_for_full(ada)
    rosa.get_by_role("button", name="There is news. Show it").click()
    expect(rosa.locator(".thread")).to_contain_text("Please look from above.")
    wait_for_full(rosa)
    expect(rosa.locator(".together")).to_contain_text("Here too: Dr Ada Lima, Lima Dental")
    lead(rosa, ada, name="Rosa", key="5")
