"""The viewer's tools in a browser, on shapes whose answers are known."""

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Page, expect

from arcada.core.geometry.mesh import Mesh
from tests.journeys.viewer_harness import ROOT, Harness, HarnessScan
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
)
from tests.journeys.viewer_shapes import JAWS, LOWER, SHEETS, in_stream_order, slab

pytestmark = OF_THE_VIEWER


@pytest.mark.parametrize(("view", "thickness"), [("1", 2.0), ("1", 0.6)])
def test_a_thickness_is_measured_through_the_material(open_page: Any, view: str, thickness: float) -> None:
    crown = HarnessScan("c", "Crown 14", slab(height_mm=20, thickness_mm=thickness), kind="design")
    page = open_page(Harness(css=SHEETS, scans=[crown]))
    wait_for_full(page)
    see(page, view)
    take(page, "measure")
    page.get_by_role("button", name="Thickness").click()
    press_at(page, 30, 20)
    expect(page.locator(".measures b")).to_have_text(f"{thickness:.2f} mm")
    expect(page.locator("p[role=status].sr")).to_have_text(f"Thickness: {thickness:.2f} mm")


def test_a_distance_an_angle_and_a_way_are_measured_by_keyboard_and_press(open_page: Any) -> None:
    page = open_page(
        Harness(css=SHEETS, scans=[HarnessScan("c", "Plate", slab(height_mm=20, thickness_mm=3))])
    )
    wait_for_full(page)
    see(page, "1")
    page.locator(".stage").focus()
    page.keyboard.press("m")
    page.locator('.viewer[data-tool-taken="measure"]').wait_for()
    page.locator(".stage").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".tool-panel .hint")).to_have_text("Points still to press: 1")
    page.keyboard.press("Backspace")  # takes the point back
    press_at(page, -60, 0)
    expect(page.locator(".marks .faint.dot")).to_have_count(1)
    press_at(page, 60, 0)
    expect(page.locator(".measures > li")).to_have_count(1)
    mm_per_px = scale_of(page)
    assert value_of(page, 0) == pytest.approx(120 * mm_per_px, rel=0.02)

    page.get_by_role("button", name="Along the surface").click()
    press_at(page, -60, 20)
    press_at(page, 60, 20)
    expect(page.locator(".measures > li")).to_have_count(2)
    assert value_of(page, 1) == pytest.approx(120 * mm_per_px, rel=0.02)

    page.get_by_role("button", name="Angle").click()
    for right, down in ((60, 0), (0, 0), (0, -60)):
        press_at(page, right, down)
        page.wait_for_timeout(300)
    expect(page.locator(".measures b").nth(2)).to_have_text(re.compile(r"^(89\.[5-9]|90\.[0-5])°$"))

    page.locator(".measures input").first.fill("Height")
    page.locator(".measures input").first.press("Enter")
    expect(page.locator(".marks .mm").first).to_contain_text("Height")
    page.locator(".measures").get_by_role("button", name=re.compile("^Remove")).first.click()
    expect(page.locator(".measures > li")).to_have_count(2)
    page.locator(".stage").focus()
    page.keyboard.press("Escape")
    expect(page.locator(".tool-panel")).to_have_count(0)
    expect(page.locator(".marks")).to_have_count(0)
    expect(page.locator(".aim")).to_have_count(0)
    # Taken again, what was measured is still there.
    take(page, "measure")
    expect(page.locator(".measures > li")).to_have_count(2)


def value_of(page: Page, place: int) -> float:
    return float(page.locator(".measures b").nth(place).inner_text().split()[0])


def compared(mesh: Mesh, **other: Any) -> dict[str, Any]:
    return {
        "id": "k", "kind": "contacts", "record": "u", "against": "l", "against_version": 1, "state": "ready",
        "url": "/values", "step_um": 10.0, "zero": 55, "cutoff_mm": 2.0,
        "spots": [{"point": [0, 0, 1], "area_mm2": 1.5, "deepest_um": -40.0, "region": "left molar"}],
        "summary": {"gap_mm": 0.0},
    } | other  # fmt: skip


def heated(values: npt.NDArray[np.uint8], plate: Mesh, **other: Any) -> Harness:
    scans = [
        HarnessScan("u", "Upper jaw", plate, "maxilla"),
        HarnessScan("l", "Lower jaw", LOWER, "mandible", visible=False),
    ]
    harness = Harness(css=SHEETS, scans=scans, more={"comparisons": [compared(plate, **other)]})
    harness.files["/values"] = ("application/octet-stream", values.tobytes())
    return harness


def half_touching() -> Harness:
    """A plate whose left third has a gap of 120 µm and whose right third overlaps by 40 µm; between nobody measured."""
    plate = slab(height_mm=20, thickness_mm=3, steps=40)
    x = in_stream_order(plate).points[:, 0]
    return heated(np.where(x < -5, 55 + 12, np.where(x > 5, 55 - 4, 0)).astype(np.uint8), plate)


def hue_of(colour: npt.NDArray[Any]) -> float:
    import colorsys

    red, green, blue = (float(part) / 255 for part in colour)
    return colorsys.rgb_to_hsv(red, green, blue)[0] * 360


def test_contacts_are_coloured_by_what_was_measured_and_nothing_else_is(open_page: Any) -> None:
    page = open_page(half_touching())
    wait_for_full(page)
    see(page, "1")
    before = colours_of(page)
    take(page, "contacts")
    page.locator(".legend > li").first.wait_for()
    page.wait_for_timeout(500)
    settle(page)
    check_heat(colours_of(page), before)
    expect(page.locator(".legend > li")).to_have_count(9)

    # What was measured at a point is told.
    press_at(page, -150, 0)
    expect(page.locator(".tool-panel .hint")).to_have_text("120 µm gap")
    press_at(page, 150, 0)
    expect(page.locator(".tool-panel .hint")).to_have_text("40 µm overlap")
    # Without a mouse: what lies under the cross in the middle.
    page.locator(".stage").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".tool-panel .hint")).to_have_text("Nothing within 2 mm here.")

    # The list says where, and leads there.
    page.locator(".tool-panel summary").click()
    expect(page.locator(".spots tbody tr")).to_contain_text("left molars")
    page.get_by_role("button", name="Show contact 1").click()
    expect(page.locator(".marks .mm")).to_have_text("40 µm overlap")

    # Put back, the scan has its own colours again.
    page.locator("[data-tool=contacts]").click()
    page.locator(".viewer:not([data-tool-taken])").wait_for()
    see(page, "1")
    assert np.abs(colours_of(page).astype(int) - before.astype(int)).mean() < 2


def test_a_slow_machine_shows_the_colours_while_one_drags(open_page: Any) -> None:
    plate = slab(height_mm=20, thickness_mm=3, steps=260)  # drawn by software, a frame of it takes long
    x = in_stream_order(plate).points[:, 0]
    page = open_page(heated(np.where(x < -5, 55 + 12, np.where(x > 5, 55 - 4, 0)).astype(np.uint8), plate))
    wait_for_full(page)
    see(page, "1")
    before = colours_of(page)
    take(page, "contacts")
    page.wait_for_timeout(1500)
    settle(page)
    box = page.locator(".stage").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    for right in (10, 20, 30, 20, 10, 0):  # there and back: it looks as before, while the hand still holds it
        page.mouse.move(middle[0] + right, middle[1])
        page.wait_for_timeout(200)
    frame = page.evaluate("watched.frames.at(-1)")
    picture = colours_of(page)
    page.mouse.up()
    assert frame["triangles"] < 40_000, (
        "the full level was drawn: the machine is fast, and nothing was tested"
    )
    check_heat(picture, before)


def check_heat(picture: npt.NDArray[np.uint8], before: npt.NDArray[np.uint8]) -> None:
    height, width, _ = picture.shape
    left, middle, right = (picture[height // 2, width // 2 + at] for at in (-150, 0, 150))
    assert 70 < hue_of(left) < 100  # the green of 100 to 200 µm
    assert hue_of(right) < 25  # the red of an overlap of 0 to 50 µm
    assert np.abs(middle.astype(int) - before[height // 2, width // 2].astype(int)).max() <= 3


def test_a_lost_context_comes_back_with_its_colours(open_page: Any) -> None:
    page = open_page(half_touching())
    wait_for_full(page)
    see(page, "1")
    before = colours_of(page)
    take(page, "contacts")
    page.wait_for_timeout(500)
    page.evaluate(
        """() => { const gl = document.querySelector("canvas").getContext("webgl2");
          window.lost = gl.getExtension("WEBGL_lose_context"); lost.loseContext(); }"""
    )
    expect(page.locator(".level")).to_have_text("The picture is being rebuilt")
    page.evaluate("() => lost.restoreContext()")
    expect(page.locator(".level")).to_contain_text("Full detail")
    settle(page)
    check_heat(colours_of(page), before)


def test_jaws_out_of_occlusion_are_said_to_be_so(open_page: Any) -> None:
    plate = slab(height_mm=20, thickness_mm=3)
    apart = {"state": "not_in_occlusion", "url": None, "spots": [], "summary": {"gap_mm": 7.4}}
    page = open_page(heated(np.zeros(0, np.uint8), plate, **apart))
    wait_for_full(page)
    take(page, "contacts")
    expect(page.locator(".tool-panel")).to_contain_text("do not meet as they lie in the files (7.4 mm apart)")


def test_jaws_that_run_into_each_other_are_said_to_do_so(open_page: Any) -> None:
    plate = slab(height_mm=20, thickness_mm=3)
    deep = {"gap_mm": 0, "penetration_mm": 2.6543}
    through = {"state": "not_in_occlusion", "url": None, "spots": [], "summary": deep}
    page = open_page(heated(np.zeros(0, np.uint8), plate, **through))
    wait_for_full(page)
    take(page, "contacts")
    expect(page.locator(".tool-panel")).to_contain_text(
        "do not meet as they lie in the files, they run into each other (up to 2.65 mm deep)"
    )


def test_contacts_are_listed_by_the_pair_they_are_of(open_page: Any) -> None:
    page = open_page(half_touching())
    wait_for_full(page)
    take(page, "contacts")
    expect(page.locator(".tool-panel summary")).to_have_text("Upper jaw against Lower jaw: contacts 1")


def test_why_a_restoration_has_no_contacts_is_said_once(open_page: Any) -> None:
    crown = slab(height_mm=20, thickness_mm=3)
    scans = [HarnessScan("c", "Crown 14, v3", crown, kind="design"), *JAWS]
    untold: dict[str, Any] = {
        "state": "no_antagonist",
        "url": None,
        "spots": [],
        "summary": {"why_none": "not_seated"},
    }
    ways = [("c", "u"), ("u", "c"), ("c", "l"), ("l", "c")]
    comparisons = [
        compared(crown, **untold, id=f"{record}{against}", record=record, against=against)
        for record, against in ways
    ]
    page = open_page(Harness(css=SHEETS, scans=scans, more={"comparisons": comparisons}))
    wait_for_full(page)
    take(page, "contacts")
    said = page.locator(".tool-panel p", has_text="sits on neither jaw")
    expect(said).to_have_count(1)
    expect(said).to_contain_text("Crown 14, v3")


def test_the_bite_opens_for_the_eye_and_closes_before_anything_is_measured(open_page: Any) -> None:
    page = open_page(Harness(css=SHEETS, scans=JAWS))
    wait_for_full(page)
    see(page, "2")
    closed = colours_of(page)
    take(page, "bite")
    slide(page, 20)
    settle(page)
    assert np.abs(colours_of(page).astype(int) - closed[: colours_of(page).shape[0]].astype(int)).mean() > 3
    take(page, "measure")
    expect(page.locator("p[role=status].sr")).to_have_text(
        "The bite is closed again: one measures as it was scanned."
    )


def test_a_view_that_was_quoted_is_shown_again(open_page: Any) -> None:
    page = open_page(Harness(css=SHEETS, scans=JAWS))
    wait_for_full(page)
    see(page, "2")
    take(page, "section")
    page.locator(".profile .contour").first.wait_for(state="attached")
    quoted = quoted_view(page)
    assert quoted["tool"] == "section"
    assert sorted(quoted["shown"]) == ["l", "u"]
    assert quoted["section"] is not None
    page.locator("[data-tool=section]").click()
    see(page, "5")
    assert quoted_view(page)["shown"] == ["l"]
    page.evaluate(
        "view => document.dispatchEvent(new CustomEvent('arcada:show-view', {detail: view}))", quoted
    )
    page.locator('.viewer[data-tool-taken="section"]').wait_for()
    settle(page)
    again = quoted_view(page)
    assert again["section"] == quoted["section"]
    assert sorted(again["shown"]) == ["l", "u"]
    assert again["camera"]["target"] == pytest.approx(quoted["camera"]["target"], abs=1e-3)
    assert again["camera"]["zoom"] == pytest.approx(quoted["camera"]["zoom"], rel=1e-3)


def test_every_tool_works_with_one_hand_and_for_who_does_not_see_it(open_page: Any) -> None:
    """At 360 px nothing runs out of the window, and axe finds nothing in the panel of any tool."""
    plate = slab(height_mm=20, thickness_mm=3)
    values = np.full(len(plate.points), 60, np.uint8)
    harness = heated(values, plate)
    change = compared(
        plate, id="d", kind="deviation", against="old", url="/values", zero=128, step_um=8.0,
        summary={"changed_share": 0.031, "changed_over_um": 50.0, "greatest_um": -120.0, "greatest_at": [0, 0, 1.5],
                 "alignment": {"moved": False, "residual_um": 1.0, "rotation": None, "translation_mm": None}},
    )  # fmt: skip
    harness.more["comparisons"].append(change)
    harness.more |= {
        "teeth": [{"tooth_fdi": 14, "record": "u", "point": [0, 0, 1.5]}],
        "notation": "universal",
        "save": {"orientation": "/o", "teeth": "/t", "presence": None, "measurements": None},
    }
    axe = (ROOT / "frontend/node_modules/axe-core/axe.min.js").read_bytes()
    harness.files["/axe.js"] = ("text/javascript", axe)
    page = open_page(harness, viewport={"width": 360, "height": 740})
    wait_for_full(page)
    page.add_script_tag(url="/axe.js")
    looked = 0
    for tool in ("measure", "section", "contacts", "compare", "bite", "teeth"):
        take(page, tool)
        page.locator(".tool-panel").wait_for()
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, tool
        found = page.evaluate(
            "() => axe.run(document.querySelector('.dock'), {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})"
            ".then(({violations}) => violations.map(({id, nodes}) => [id, nodes[0].html]))"
        )
        assert found == [], tool
        looked += 1
    expect(page.locator(".tooth-flag")).to_have_text("5")  # FDI 14, as a reader of Universal knows it
    expect(page.locator(".tooth-flag")).to_have_attribute("title", "FDI 14, Universal 5, Palmer 4┘")
    take(page, "compare")
    expect(page.locator(".tool-panel .hint")).to_contain_text(
        "3.1 % of the surface changed by more than 50 µm"
    )
    print(f"{looked} tools looked at")
