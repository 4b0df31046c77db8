"""The section tool in a browser: on shapes whose cuts are known, the profile and what is cut away."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import expect

from arcada.core.geometry.mesh import Mesh
from tests.journeys.viewer_harness import Harness, HarnessScan
from tests.journeys.viewer_page import (
    OF_THE_VIEWER,
    colours_of,
    press_at,
    quoted_view,
    scale_of,
    see,
    settle,
    slide,
    take,
    wait_for_full,
    wait_until,
)
from tests.journeys.viewer_shapes import JAWS, SHEETS, ball

pytestmark = OF_THE_VIEWER


def test_the_section_of_a_ball_is_a_circle_that_its_own_ruler_measures(open_page: Any) -> None:
    page = open_page(Harness(css=SHEETS, scans=[HarnessScan("b", "Ball", ball(10.0))]))
    wait_for_full(page)
    take(page, "section")
    page.locator(".profile .contour").wait_for(state="attached")
    box = page.locator(".profile .contour").evaluate(
        "path => (({x, y, width, height}) => [x, y, width, height])(path.getBBox())"
    )
    mm_per_px = scale_of(page, ".profile .rule")
    assert box[2] * mm_per_px == pytest.approx(20.0, abs=0.1)
    assert box[3] * mm_per_px == pytest.approx(20.0, abs=0.1)
    # Its own ruler, by presses at both ends of the circle.
    drawing = page.locator(".profile svg").bounding_box()
    assert drawing is not None
    middle = drawing["y"] + box[1] + box[3] / 2
    page.mouse.click(drawing["x"] + box[0], middle)
    page.mouse.click(drawing["x"] + box[0] + box[2], middle)
    told = page.locator(".profile figcaption b").inner_text()
    assert float(told.split()[0]) == pytest.approx(20.0, abs=0.1)
    # Moved by 6 mm, 8 mm of radius are left.
    slide(page, 6)
    wait_until(
        page,
        """([whole, scale]) => {
          const {width} = document.querySelector(".profile .contour").getBBox();
          return width < whole * 0.9 && Math.abs(width * scale - 16) < 0.2;
        }""",
        [box[2], mm_per_px],
    )


@pytest.mark.parametrize(("tooth", "width_mm"), [("11", 30.0), ("16", 20.0)])
def test_the_section_at_a_tooth_lies_across_its_row(open_page: Any, tooth: str, width_mm: float) -> None:
    """On an egg of 20 by 12 by 30 mm: at the side the section shows one length of it, in front the other."""
    round_one = ball(10.0)
    egg = Mesh(round_one.points * np.float32([1.0, 0.6, 1.5]), round_one.triangles)
    labels = [
        {"tooth_fdi": 11, "record": "b", "point": [0.5, 0, 14]},
        {"tooth_fdi": 16, "record": "b", "point": [-9.5, 0, 0.2]},
    ]
    page = open_page(Harness(css=SHEETS, scans=[HarnessScan("b", "Egg", egg)], more={"teeth": labels}))
    wait_for_full(page)
    take(page, "section")
    page.get_by_label("At a tooth").select_option(tooth)
    wait_until(
        page,
        """([across, up]) => {
          const contour = document.querySelector(".profile .contour"), rule = document.querySelector(".profile .rule");
          if (!contour || !rule) return false;
          const scale = parseFloat(rule.innerText) / rule.querySelector("i").getBoundingClientRect().width;
          const {width, height} = contour.getBBox();
          const near = (one, other) => Math.abs(one * scale - other) < 0.15;
          return near(width, across) && near(height, up);
        }""",
        [width_mm, 12.0],
    )


def test_cutting_away_takes_half_of_everything_off_and_gives_it_back(open_page: Any) -> None:
    page = open_page(Harness(css=SHEETS, scans=JAWS))
    wait_for_full(page)
    see(page, "1")
    take(page, "section")
    page.locator(".profile .contour").first.wait_for(state="attached")
    settle(page)
    whole = drawn_share(colours_of(page))
    page.get_by_label("Cut away").check()
    settle(page)
    half = drawn_share(colours_of(page))
    assert half[0] < 0.25 * whole[0] or half[1] < 0.25 * whole[1]
    assert max(half) > 0.6 * max(whole)
    page.locator("[data-tool=section]").click()
    page.locator(".viewer:not([data-tool-taken])").wait_for()
    settle(page)
    assert min(drawn_share(colours_of(page))) > 0.6 * min(whole)


def drawn_share(picture: npt.NDArray[np.uint8]) -> tuple[float, float]:
    """How much of the left and of the right half is no ground."""
    drawn = (np.abs(picture.astype(int) - picture[2, 2].astype(int)) > 12).any(axis=-1)
    middle = picture.shape[1] // 2
    return float(drawn[:, :middle].mean()), float(drawn[:, middle:].mean())


@pytest.mark.parametrize("by_key", [False, True], ids=["pressed", "by keyboard"])
def test_a_section_by_three_points_goes_through_them(open_page: Any, by_key: bool) -> None:
    """Three points of a ball of 10 mm lie on a plane beside its middle, which cuts a circle of a known size."""
    page = open_page(Harness(css=SHEETS, scans=[HarnessScan("b", "Ball", ball(10.0))]))
    wait_for_full(page)
    see(page, "1")
    take(page, "section")
    page.locator(".profile .contour").wait_for(state="attached")
    page.get_by_role("button", name="Three points").click()
    said = page.locator("p[role=status].sr")
    places_px = [(60.0, -20.0), (-30.0, 90.0), (-80.0, -60.0)]
    press_at(page, *places_px[0])
    expect(said).to_have_text("Points still to press: 2")
    # What was pressed by mistake is taken back.
    press_at(page, 0, 0)
    expect(said).to_have_text("Points still to press: 1")
    page.locator(".stage").focus()
    page.keyboard.press("Backspace")
    expect(page.locator(".marks .dot")).to_have_count(1)
    if by_key:
        # The ball turns below the cross in the middle: it is the same ball, the points are elsewhere.
        for _ in range(2):
            for _ in range(4):
                page.keyboard.press("ArrowUp")
            page.keyboard.press("ArrowRight")
            settle(page)
            page.keyboard.press("Enter")
            page.wait_for_timeout(400)
    else:
        for place in places_px[1:]:
            press_at(page, *place)
            page.wait_for_timeout(400)
    expect(page.locator(".marks .dot")).to_have_count(0)
    plane = quoted_view(page)["section"]
    normal, point = np.array(plane["normal"]), np.array(plane["point"])
    assert np.linalg.norm(normal) == pytest.approx(1.0, abs=1e-4)
    off_middle = abs(float(point @ normal))
    assert 1.0 < off_middle < 9.5
    if not by_key:
        mm = scale_of(page)
        for right, down in places_px:
            x, y = right * mm, -down * mm
            # In the view from the front the patient's left is on the right, and the eye is before the teeth.
            pressed = np.array([x, y, np.sqrt(100 - x * x - y * y)])
            assert float((pressed - point) @ normal) == pytest.approx(0.0, abs=0.06)
    wait_until(
        page,
        """across => {
          const contour = document.querySelector(".profile .contour"), bar = document.querySelector(".profile .rule");
          if (!contour || !bar) return false;
          const scale = parseFloat(bar.innerText) / bar.querySelector("i").getBoundingClientRect().width;
          const {width, height} = contour.getBBox();
          return Math.abs(width * scale - across) < 0.15 && Math.abs(height * scale - across) < 0.15;
        }""",
        2 * float(np.sqrt(100 - off_middle**2)),
    )


def test_three_presses_on_one_spot_are_no_plane(open_page: Any) -> None:
    page = open_page(Harness(css=SHEETS, scans=[HarnessScan("b", "Ball", ball(10.0))]))
    wait_for_full(page)
    see(page, "1")
    take(page, "section")
    page.locator(".profile .contour").wait_for(state="attached")
    before = quoted_view(page)["section"]
    page.get_by_role("button", name="Three points").click()
    for _ in range(3):
        press_at(page, 40, 20)
        page.wait_for_timeout(400)
    expect(page.locator("p[role=status].sr")).to_have_text("The three points lie on one line. Press again.")
    assert quoted_view(page)["section"] == before
