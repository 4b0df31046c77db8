"""What one person sets by hand is there for everybody in the case: which tooth is which, and how the case stands."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.server import Server
from tests.journeys.test_share_link import lay_in_case
from tests.journeys.together import number_by_universal, sign_in_ada_and_ben, two_pages
from tests.journeys.viewer_page import (
    WATCH,
    colours_of,
    press_at,
    quoted_view,
    see,
    settle,
    take,
    wait_for_full,
)

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def two(browser: Browser, server: Server) -> Iterator[tuple[Page, Page]]:
    """Dr Ada at the case, who numbers teeth by FDI, and Ben, who knows them by Universal."""
    case = lay_in_case(server)
    with two_pages(browser, server) as (ada, ben):
        sign_in_ada_and_ben(ada, ben, server)
        number_by_universal(ben, server)
        for page in (ada, ben):
            page.add_init_script(WATCH)
            page.goto(f"{server.url}/cases/{case['id']}")
        yield ada, ben


def open_again(page: Page) -> None:
    """The page as the server has it now; drawn in full, and both know of each other."""
    page.goto(page.url)
    look_round(page)


def look_round(page: Page) -> None:
    wait_for_full(page)
    expect(page.locator(".together")).to_contain_text("Here too")
    settle(page)


def scene_of(page: Page) -> dict[str, Any]:
    """What the server said when the page was opened."""
    return json.loads(page.locator("#manifest").text_content() or "{}")


def flag(page: Page, tooth: int) -> Locator:
    return page.locator(f'.tooth-flag[data-tooth="{tooth}"]')


def chip(page: Page, tooth: int) -> Locator:
    return page.locator(f'.teeth-chart [data-tooth="{tooth}"]')


def middle_of(place: Locator) -> np.ndarray:
    box = place.bounding_box()
    assert box is not None
    return np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])


def on_stage(page: Page, right_px: float, down_px: float) -> np.ndarray:
    return middle_of(page.locator(".stage")) + np.array([right_px, down_px])


def saved(page: Page) -> Any:
    """What is done inside is kept by the server before it ends."""
    return page.expect_response(lambda answer: answer.url.endswith("/teeth") and answer.status == 200)


def test_labels_of_teeth_are_placed_moved_and_removed_and_stand_there_for_the_next_visitor(
    two: tuple[Page, Page],
) -> None:
    ada, ben = two
    look_round(ada)
    see(ada, "1")
    take(ada, "teeth")
    told = ada.locator(".tool-panel .hint")
    # By press: the next number of the row follows by itself.
    chip(ada, 12).click()
    expect(told).to_have_text("Press on tooth 12 in the picture.")
    with saved(ada):
        press_at(ada, -40, -30)
    expect(flag(ada, 12)).to_have_text("12")
    settle(ada)
    assert np.abs(middle_of(flag(ada, 12)) - on_stage(ada, -40, -30)).max() <= 2
    expect(chip(ada, 11)).to_have_attribute("aria-pressed", "true")
    # By keyboard alone: the number with Enter, then what lies under the cross in the middle.
    chip(ada, 21).focus()
    ada.keyboard.press("Enter")
    expect(chip(ada, 21)).to_have_attribute("aria-pressed", "true")
    ada.locator(".stage").focus()
    ada.keyboard.press("ArrowUp")
    settle(ada)
    with saved(ada):
        ada.keyboard.press("Enter")
    settle(ada)
    assert np.abs(middle_of(flag(ada, 21)) - on_stage(ada, 0, 0)).max() <= 2
    with saved(ada):
        press_at(ada, 60, -30)
    expect(ada.locator(".tooth-flag")).to_have_count(3)

    # Dragged, a label goes with the hand and nothing turns below it.
    view = quoted_view(ada)["camera"]
    start, end = middle_of(flag(ada, 12)), on_stage(ada, -90, -40)
    ada.mouse.move(*start)
    ada.mouse.down()
    ada.mouse.move(*(start + end) / 2)
    ada.mouse.move(*end, steps=4)
    with saved(ada):
        ada.mouse.up()
    settle(ada)
    assert np.abs(middle_of(flag(ada, 12)) - end).max() <= 2
    assert quoted_view(ada)["camera"] == view
    # Dropped beside the scan it stands where it stood.
    ada.mouse.move(*end)
    ada.mouse.down()
    ada.mouse.move(*on_stage(ada, -90, -300), steps=4)
    ada.mouse.up()
    ada.wait_for_timeout(800)
    assert np.abs(middle_of(flag(ada, 12)) - end).max() <= 2
    # A press on a label chooses it and labels nothing.
    flag(ada, 21).click()
    expect(chip(ada, 21)).to_have_attribute("aria-pressed", "true")
    expect(told).to_have_text("Tooth 21 is labelled. Press elsewhere to move it, or remove it.")
    expect(ada.locator(".tooth-flag")).to_have_count(3)

    # Ben sees them where they were put, as he numbers teeth.
    open_again(ben)
    assert {label["tooth_fdi"] for label in scene_of(ben)["teeth"]} == {12, 21, 22}
    take(ben, "teeth")
    expect(flag(ben, 12)).to_have_text("7")
    expect(flag(ben, 12)).to_have_attribute("title", "FDI 12, Universal 7, Palmer 2┘")
    expect(flag(ben, 22)).to_have_text("10")
    see(ben, "1")
    see(ada, "1")
    for tooth in (12, 21, 22):
        here, there = (
            middle_of(flag(page, tooth)) - middle_of(page.locator(".stage")) for page in (ada, ben)
        )
        assert np.abs(here - there).max() <= 3

    # Removed: by its button, by Delete on its number, by two presses on it.
    flag(ada, 12).click()
    with saved(ada):
        ada.get_by_role("button", name="Remove the label").click()
    expect(flag(ada, 12)).to_have_count(0)
    chip(ada, 21).focus()
    with saved(ada):
        ada.keyboard.press("Delete")
    with saved(ada):
        chip(ada, 22).dblclick()
    expect(ada.locator(".tooth-flag")).to_have_count(0)
    open_again(ben)
    assert scene_of(ben)["teeth"] == []


def test_two_who_label_at_once_both_find_their_labels(two: tuple[Page, Page]) -> None:
    ada, ben = two
    for page in two:
        open_again(page)
        see(page, "1")
        take(page, "teeth")
    chip(ada, 12).click()
    with saved(ada):
        press_at(ada, -40, -30)
    # His page does not know of hers.
    expect(ben.locator(".tooth-flag")).to_have_count(0)
    chip(ben, 22).click()
    with saved(ben):
        press_at(ben, 40, -30)
    open_again(ada)
    assert {label["tooth_fdi"] for label in scene_of(ada)["teeth"]} == {12, 22}


def test_a_label_that_could_not_be_kept_is_said_so(two: tuple[Page, Page]) -> None:
    ada, _ = two
    open_again(ada)
    see(ada, "1")
    take(ada, "teeth")
    ada.route("**/teeth", lambda route: route.abort())
    press_at(ada, -100, -20)
    expect(ada.locator(".tool-panel .hint")).to_have_text(
        "It was not saved. Check the connection and try again."
    )
    ada.unroute_all()


def test_a_case_that_was_turned_by_hand_stands_so_for_the_next_visitor_until_it_is_given_back(
    two: tuple[Page, Page],
) -> None:
    ada, ben = two
    open_again(ada)
    found = scene_of(ada)["frame"]
    see(ada, "2")
    from_the_right = colours_of(ada)
    take(ada, "bite")
    with ada.expect_navigation():
        ada.get_by_role("button", name="This is the front").click()
    look_round(ada)
    turned = scene_of(ada)["frame"]
    # The patient's right lies on the screen's left in front: what was towards the eye is in front now.
    assert np.allclose(np.array(turned)[2], -np.array(found)[0], atol=1e-6)
    assert np.allclose(np.array(turned)[1], np.array(found)[1], atol=1e-6)
    expect(ada.locator('[data-view="front"]')).to_have_attribute("aria-pressed", "true")
    assert like(colours_of(ada), from_the_right)
    open_again(ben)
    assert scene_of(ben)["frame"] == turned
    assert like(colours_of(ben), from_the_right)

    take(ben, "bite")
    with ben.expect_navigation():
        ben.get_by_role("button", name="As the scans say").click()
    look_round(ben)
    open_again(ada)
    assert scene_of(ada)["frame"] == found
    assert not like(colours_of(ada), from_the_right)
    take(ada, "bite")
    expect(ada.get_by_role("button", name="As the scans say")).to_have_count(0)


def like(one: np.ndarray, other: np.ndarray) -> bool:
    """Two pictures of the stage show the same; its letters, scale and frame at the edges aside."""
    inner = (slice(60, -80), slice(60, -60))
    return float(np.abs(one[inner].astype(int) - other[inner].astype(int)).mean()) < 2
