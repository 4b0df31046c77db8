"""Pins in a browser: each can be pressed however many lie on one place, and a comment brings its section back."""

from itertools import combinations
from math import dist
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_viewer_engine import show_thread, thread
from tests.journeys.viewer_harness import Harness
from tests.journeys.viewer_page import (
    OF_THE_VIEWER,
    quoted_view,
    see,
    settle,
    take,
    wait_for_full,
    wait_until,
)
from tests.journeys.viewer_shapes import JAWS, SHEETS, UPPER

pytestmark = OF_THE_VIEWER

HERE = UPPER.points[np.argmax(UPPER.points[:, 2])].astype(float)
FRONT = [0, 0, 1]
# Four comments within a millimetre, and one far away from them.
CROWD = [HERE, HERE, HERE + np.array([0.5, 0, 0]), HERE + np.array([0, 0.4, 0])]
ALONE = UPPER.points[np.argmin(np.abs(UPPER.points - [20, 9, 15]).sum(axis=1))].astype(float)
PINS = """() => [...document.querySelectorAll(".pin")].map(pin => {
  const {left, top, width, height} = pin.getBoundingClientRect();
  return {number: pin.textContent, x: left + width / 2, y: top + height / 2, aside: pin.hasAttribute("data-aside")};
})"""
OVER = "([x, y]) => document.elementFromPoint(x, y)?.closest('.pin')?.textContent"
LEADER_ENDS = """() => [...document.querySelectorAll(".pin[data-aside]")].map(pin => {
  const {left, top, width, height} = pin.getBoundingClientRect();
  const style = getComputedStyle(pin), turn = parseFloat(style.getPropertyValue("--turn"));
  const far = parseFloat(style.getPropertyValue("--back"));
  return [left + width / 2 + far * Math.cos(turn), top + height / 2 + far * Math.sin(turn)];
})"""


def crowded(open_page: Any, **context: Any) -> Page:
    threads = [
        thread(number, "u", point.tolist(), FRONT) for number, point in enumerate([*CROWD, ALONE], start=1)
    ]
    page = open_page(Harness(css=SHEETS, scans=JAWS, threads=threads), **context)
    wait_for_full(page)
    laid(page)
    return page


def laid(page: Page) -> None:
    """Until the picture rests and the pins lie where they will stay."""
    settle(page)
    page.wait_for_timeout(600)


@pytest.mark.parametrize(
    ("context", "apart_px"),
    [({}, 30), ({"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}, 44)],
    ids=["mouse", "finger"],
)
def test_every_pin_of_a_crowd_can_be_pressed(
    open_page: Any, context: dict[str, Any], apart_px: float
) -> None:
    page = crowded(open_page, **context)
    pins = page.evaluate(PINS)
    assert [pin["number"] for pin in pins] == ["1", "2", "3", "4", "5"]
    middles = [(pin["x"], pin["y"]) for pin in pins]
    assert min(dist(one, other) for one, other in combinations(middles, 2)) > apart_px - 0.1
    assert [pin["aside"] for pin in pins[:4]] == [False, True, True, True]
    around = apart_px / 2 - 3
    for pin in pins:
        for aside in ((0, 0), (around, 0), (-around, 0), (0, around), (0, -around)):
            assert page.evaluate(OVER, [pin["x"] + aside[0], pin["y"] + aside[1]]) == pin["number"]
        press = page.touchscreen.tap if context else page.mouse.click
        press(pin["x"], pin["y"])
        pressed = page.locator('.pin[aria-pressed="true"]')
        expect(pressed).to_have_text(pin["number"])


def test_a_line_leads_from_a_pin_to_its_point_and_nothing_jumps_while_the_picture_moves(
    open_page: Any,
) -> None:
    page = crowded(open_page)
    pins = page.evaluate(PINS)
    true = pins[0]["x"], pins[0]["y"]
    for end in page.evaluate(LEADER_ENDS):
        assert dist(end, true) < 16, "it ends at the rim of the pin that stands there"
    before = page.evaluate(
        """() => [...document.querySelectorAll(".pin")].map(pin => pin.style.getPropertyValue("--aside"))"""
    )
    page.evaluate(
        """() => { window.seen = new Set(); const look = () => {
          seen.add([...document.querySelectorAll(".pin")].map(pin => pin.style.getPropertyValue("--aside")).join());
          if (window.seen) requestAnimationFrame(look); }; look(); }"""
    )
    box = page.locator(".stage").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 300, box["y"] + 60)
    page.mouse.down()
    for step in range(20):
        page.mouse.move(box["x"] + 300 + 6 * step, box["y"] + 60)
        page.wait_for_timeout(16)
    assert page.evaluate("[...seen]") == [",".join(before)], "laid anew only once it rests"
    page.mouse.up()
    laid(page)
    middles = [(pin["x"], pin["y"]) for pin in page.evaluate(PINS)]
    assert min(dist(one, other) for one, other in combinations(middles, 2)) > 29.9


def test_pins_that_are_far_enough_apart_stand_on_their_points(open_page: Any) -> None:
    page = crowded(open_page)
    page.evaluate(
        """threads => document.dispatchEvent(new CustomEvent("arcada:threads", {detail: {threads}}))""",
        [thread(1, "u", HERE.tolist(), FRONT), thread(2, "u", ALONE.tolist(), FRONT)],
    )
    laid(page)
    assert page.locator(".pin[data-aside]").count() == 0
    show_thread(page, "t2")
    laid(page)
    pin = page.evaluate(PINS)[1]
    box = page.locator(".stage").bounding_box()
    assert box is not None
    assert (pin["x"], pin["y"]) == pytest.approx(
        (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), abs=2
    )


def place_pin(page: Page) -> dict[str, Any]:
    """A comment on the middle of the stage; what the page's form is given for it."""
    page.locator("[data-act=comment-on-point]").click()
    page.locator(".stage").focus()
    page.keyboard.press("Enter")
    wait_until(page, "watched.pins.length > 0")
    pin: dict[str, Any] = page.evaluate("watched.pins.at(-1)")
    return pin


def test_a_comment_written_at_a_section_brings_the_section_back(open_page: Any) -> None:
    page = open_page(Harness(css=SHEETS, scans=JAWS))
    wait_for_full(page)
    show_thread(page, "")
    take(page, "section")
    page.locator('[data-plane="horizontal"]').click()
    page.get_by_label("Cut away").check()
    page.locator(".tool-panel input[type=range]").fill("9")
    settle(page)
    page.evaluate(
        """([target]) => document.dispatchEvent(new CustomEvent("arcada:threads", {detail: {threads: [target]}}))""",
        [thread(9, "u", HERE.tolist(), FRONT)],
    )
    show_thread(page, "t9")
    sent = place_pin(page)
    assert sent["section"]["away"] is True
    assert sent["section"]["point"][1] == pytest.approx(9, abs=0.11)
    assert [abs(part) for part in sent["section"]["normal"]] == pytest.approx([0, 1, 0], abs=1e-6)

    older = {**sent, "record": "old"}
    newer = {"record": "u", "version": 2, "normal": FRONT, "moved_mm": 2.0, "has_moved": True}
    newer["point"] = [sent["point"][0], sent["point"][1] + 2, sent["point"][2]]
    threads = [
        {"id": "t1", "number": 1, "state": "open", "pin": sent},
        {"id": "t2", "number": 2, "state": "open", "pin": older | {"found": newer}},
        thread(3, "u", HERE.tolist(), FRONT),
    ]
    page = open_page(Harness(css=SHEETS, scans=JAWS, threads=threads))
    wait_for_full(page)
    show_thread(page, "t3")
    assert quoted_view(page)["tool"] is None, "a comment without a section leaves the tools alone"
    show_thread(page, "t1")
    page.locator('.viewer[data-tool-taken="section"]').wait_for()
    settle(page)
    seen = quoted_view(page)
    assert seen["section"] == sent["section"]
    expect(page.get_by_label("Cut away")).to_be_checked()
    assert float(page.locator(".tool-panel input[type=range]").input_value()) == pytest.approx(9, abs=0.11)
    assert page.locator('.tool-panel [data-plane][aria-pressed="true"]').count() == 0
    show_thread(page, "t2")
    settle(page)
    moved = quoted_view(page)["section"]
    assert moved["point"] == pytest.approx([sent["section"]["point"][0], sent["section"]["point"][1] + 2,
                                            sent["section"]["point"][2]])  # fmt: skip
    assert moved["normal"] == sent["section"]["normal"] and moved["away"] is True


def test_labels_of_an_earlier_version_stand_where_they_were_found_and_the_panel_says_what_became_of_them(
    open_page: Any,
) -> None:
    """What is sent is what people set, and what they set now."""
    on = {"record": "u", "version": 2}
    at = HERE.tolist()
    set_on = {"record": "old", "point": [at[0], at[1] - 3, at[2]]}
    teeth = [
        {"tooth_fdi": 11, **set_on, "found": {**on, "point": at, "moved_mm": 3.0, "has_moved": True}},
        {"tooth_fdi": 12, **set_on, "found": {**on, "gone": True, "reason": "no_surface"}},
        {"tooth_fdi": 13, **set_on},
        {"tooth_fdi": 14, "record": "u", "point": ALONE.tolist()},
    ]
    save = {"orientation": None, "teeth": "/t", "presence": None, "measurements": None}
    page = open_page(Harness(css=SHEETS, scans=JAWS, more={"teeth": teeth, "notation": "fdi", "save": save}))
    wait_for_full(page)
    take(page, "teeth")
    settle(page)
    assert page.locator(".tooth-flag").all_inner_texts() == ["11", "14"]
    expect(page.locator('.tooth-flag[data-tooth="11"]')).to_have_attribute("data-moved", "")
    panel = page.locator(".tool-panel")
    expect(panel).to_contain_text("Moved since they were labelled on an earlier version: 11.")
    expect(panel).to_contain_text("Not found on this version, so not shown: 12. Label them again.")
    expect(panel).to_contain_text("Not shown: 13.")
    with page.expect_request("**/t") as sending:
        page.locator('.teeth-chart [data-tooth="12"]').click()
        box = page.locator('.tooth-flag[data-tooth="11"]').bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] / 2)
    sent = {label["tooth_fdi"]: label for label in sending.value.post_data_json["teeth"]}
    assert sent[11] == {"tooth_fdi": 11, **set_on}, "not what was found, but what was set"
    assert sent[12]["record"] == "u" and "found" not in sent[12]
    assert sent[13] == {"tooth_fdi": 13, **set_on} and len(sent) == 4
    expect(panel).not_to_contain_text("Not found on this version")
    assert page.locator(".tooth-flag").count() == 3


def test_the_labels_of_a_section_are_those_that_stand(open_page: Any) -> None:
    on = {"record": "u", "version": 2}
    set_on = {"record": "old", "point": [0.0, 0.0, 0.0]}
    teeth = [
        {
            "tooth_fdi": 11,
            **set_on,
            "found": {**on, "point": HERE.tolist(), "moved_mm": 0.0, "has_moved": False},
        },
        {"tooth_fdi": 12, **set_on, "found": {**on, "gone": True, "reason": "no_surface"}},
    ]
    page = open_page(Harness(css=SHEETS, scans=JAWS, more={"teeth": teeth, "notation": "fdi"}))
    wait_for_full(page)
    see(page, "1")
    take(page, "section")
    choice = page.get_by_label("At a tooth")
    assert choice.locator("option").all_inner_texts() == ["At a tooth", "11"]
    choice.select_option("11")
    settle(page)
    assert quoted_view(page)["section"]["point"] == pytest.approx(HERE.tolist(), abs=1e-3)
