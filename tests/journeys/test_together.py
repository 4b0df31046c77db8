"""Two people at one case: who is here, one view for both, an attached picture, a number that reads two ways."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.core.made_images import jpeg
from tests.journeys.server import Server
from tests.journeys.test_share_link import NAME, lay_in_case
from tests.journeys.together import (
    lead,
    number_by_universal,
    same_camera,
    sign_in_ada_and_ben,
    turn,
    two_pages,
    until,
)
from tests.journeys.viewer_page import wait_for_full

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def two(browser: Browser, server: Server) -> Iterator[tuple[Page, Page]]:
    """Dr Ada and Ben, both signed in, at the same case."""
    case = lay_in_case(server)
    with two_pages(browser, server) as (ada, ben):
        sign_in_ada_and_ben(ada, ben, server)
        for page in (ada, ben):
            page.goto(f"{server.url}/cases/{case['id']}")
            wait_for_full(page)
        yield ada, ben


def test_who_is_here_is_said_and_one_leads_while_the_other_follows(two: tuple[Page, Page]) -> None:
    ada, ben = two
    expect(ada.locator(".together")).to_contain_text("Here too: Ben, Lima Dental")
    expect(ben.locator(".together")).to_contain_text("Here too: Dr Ada Lima, Lima Dental")
    turn(ben, "1")
    lead(ada, ben, name="Dr Ada Lima", key="4")
    ben.get_by_role("button", name="Stop following").click()
    expect(ben.get_by_role("button", name="Follow", exact=True)).to_be_visible()
    turn(ada, "2")
    ben.wait_for_timeout(2000)
    assert not same_camera(ada, ben)
    ben.get_by_role("button", name="Follow", exact=True).click()
    until(ben, lambda: same_camera(ada, ben))
    ada.get_by_role("button", name="Stop leading").click()
    expect(ben.locator(".together")).to_contain_text("Here too: Dr Ada Lima")
    turn(ada, "1")
    ben.wait_for_timeout(2000)
    assert not same_camera(ada, ben)


def test_who_leaves_is_gone_and_comes_back(two: tuple[Page, Page]) -> None:
    ada, ben = two
    place = ben.url
    ben.goto(place.rsplit("/", 1)[0])
    expect(ada.locator(".together")).to_have_count(0)
    ben.goto(place)
    wait_for_full(ben)
    expect(ada.locator(".together")).to_contain_text("Here too: Ben")


def test_an_attached_picture_opens_for_the_other(two: tuple[Page, Page], tmp_path: Path) -> None:
    """UP-16: sent in checked chunks through the one intake; its name is nobody else's."""
    ada, ben = two
    picture, scan = tmp_path / f"{NAME} margin.jpg", tmp_path / "crown.stl"
    picture.write_bytes(jpeg(900, 600, comment=NAME))
    scan.write_bytes(b"solid nothing")
    form = ada.locator("#new-thread")
    form.locator("input[type=file]").set_input_files([picture, scan])
    rows = form.locator(".attach li")
    expect(rows.nth(0)).to_contain_text("Sent. It goes with the comment.")
    expect(rows.nth(1)).to_contain_text("STL")
    expect(rows.nth(1)).to_contain_text("JPG, PNG, DICOM, PDF, TXT")
    rows.nth(1).get_by_role("button", name="Without this file: crown.stl").click()
    expect(rows).to_have_count(1)
    form.locator("textarea").fill("The margin is here.")
    form.get_by_role("button", name="Send").click()
    expect(ada.locator(".thread .said", has_text="The margin is here.")).to_be_visible()
    said = ben.locator(".thread .said", has_text="The margin is here.")
    for _ in range(60):
        ben.reload()
        if said.locator("img").count():
            break
        ben.wait_for_timeout(500)
    assert said.locator("img").evaluate("i => i.decode().then(() => i.naturalWidth)") > 100
    assert NAME.split()[0] not in ben.content()
    said.locator("a").click()
    expect(ben.locator(".pane img").first).to_be_visible()
    assert ben.locator(".pane img").first.evaluate("i => i.decode().then(() => i.naturalWidth)") == 900
    expect(ben.locator(".thread .said", has_text="The margin is here.")).to_be_visible()
    ben.get_by_role("link", name="Back to the scans").click()
    wait_for_full(ben)


def test_a_number_that_reads_two_ways_is_asked_about(two: tuple[Page, Page], server: Server) -> None:
    """14 is the first premolar for one reader and a molar for the other."""
    ada, ben = two
    place = ben.url
    number_by_universal(ben, server)
    ben.goto(place)
    ada.reload()
    form = ada.locator("#new-thread")
    form.locator("textarea").fill("Please open the contact of tooth 14.")
    form.get_by_role("button", name="Send").click()
    asked = ada.get_by_role("group", name="Which tooth is 14?")
    expect(asked.get_by_role("button")).to_have_count(3)
    assert ada.locator(".thread .said", has_text="open the contact").count() == 0
    asked.get_by_role("button").first.click()
    expect(
        ada.locator(".thread .said", has_text="Please open the contact of tooth 14 (FDI).")
    ).to_be_visible()
