"""The viewer in a browser: what it draws, how it moves, and what it does where things are missing."""

import re
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from arcada.core.geometry.facts import Orientation
from tests.journeys.viewer_harness import Harness, HarnessScan, horseshoe
from tests.journeys.viewer_page import (
    OF_THE_VIEWER,
    WATCH,
    colours_of,
    last_frame,
    quoted_view,
    see,
    settle,
    wait_for_full,
    wait_until,
)
from tests.journeys.viewer_shapes import JAWS, LOWER, UPPER

pytestmark = OF_THE_VIEWER

FULL_TRIANGLES = len(UPPER.triangles) + len(LOWER.triangles)
GROUND = (0x92, 0x92, 0x92)


def test_the_coarse_look_comes_with_the_page_and_full_detail_takes_its_place_without_moving(
    open_page: Any,
) -> None:
    harness = Harness(scans=JAWS, hold_full=True)
    page = open_page(harness)
    page.wait_for_selector('.scene[data-drawn="coarse"]')
    settle(page)
    expect(page.locator(".level")).to_have_text(re.compile(r"Coarse look, \d\d,\d{3} triangles"))
    assert page.locator(".scene > img").count() == 0
    coarse = last_frame(page)
    assert 2_000 < coarse["triangles"] <= 20_000
    assert coarse["share"] >= 0.03 and coarse["colours"] >= 13
    before = colours_of(page)

    harness.release.set()
    wait_for_full(page)
    settle(page)
    expect(page.locator(".level")).to_have_text(f"Full detail, {FULL_TRIANGLES:,} triangles")
    full = last_frame(page)
    assert full["triangles"] == FULL_TRIANGLES
    assert full["share"] == pytest.approx(coarse["share"], rel=0.03)
    drawn_before, drawn_after = (
        np.abs(picture.astype(int) - GROUND).max(axis=2) > 12 for picture in (before, colours_of(page))
    )
    assert (drawn_before != drawn_after).mean() < 0.01


def test_the_poster_stays_until_something_is_drawn(open_page: Any) -> None:
    scans = [HarnessScan("u", "Upper jaw", UPPER, "maxilla", with_coarse=False)]
    harness = Harness(scans=scans, hold_full=True)
    page = open_page(harness)
    page.wait_for_selector(".jaw")
    page.wait_for_timeout(300)
    expect(page.locator(".scene > img")).to_be_visible()
    assert page.locator("canvas").evaluate("canvas => getComputedStyle(canvas).visibility") == "hidden"
    harness.release.set()
    wait_for_full(page)
    assert page.locator(".scene > img").count() == 0


def test_a_scan_that_comes_later_does_not_take_the_picture_out_of_the_readers_hand(open_page: Any) -> None:
    late = HarnessScan("l", "Lower jaw", LOWER, "mandible", with_coarse=False)
    harness = Harness(scans=[JAWS[0], late], hold_full=True)
    page = open_page(harness)
    page.wait_for_selector('.scene[data-drawn="coarse"]')
    page.locator(".stage").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    settle(page)
    assert page.locator('[data-view][aria-pressed="true"]').count() == 0
    scale = page.locator(".scale").inner_text()
    harness.release.set()
    expect(page.locator(".level")).to_have_text(f"Full detail, {FULL_TRIANGLES:,} triangles")
    settle(page)
    assert page.locator('[data-view][aria-pressed="true"]').count() == 0
    assert page.locator(".scale").inner_text() == scale


def test_keys_and_buttons_choose_the_same_five_views(open_page: Any) -> None:
    page = open_page(Harness(scans=JAWS))
    wait_for_full(page)
    for key, view in zip("12345", ("front", "right", "left", "upper", "lower"), strict=True):
        see(page, key)
        expect(page.locator(f'[data-view="{view}"]')).to_have_attribute("aria-pressed", "true")
        assert page.locator('[data-view][aria-pressed="true"]').count() == 1
        by_key = last_frame(page)
        see(page, "1" if key != "1" else "2")
        page.locator(f'[data-view="{view}"]').click()
        settle(page)
        assert last_frame(page)["share"] == pytest.approx(by_key["share"], abs=0.01)
    assert last_frame(page)["triangles"] == len(LOWER.triangles)
    expect(page.locator('.jaw[data-record="u"]')).to_have_attribute("data-off", "")


def test_the_patients_right_is_on_the_left_of_the_front_view_and_the_letters_follow(open_page: Any) -> None:
    page = open_page(Harness(scans=[HarnessScan("u", "Upper jaw", UPPER, "maxilla")]))
    wait_for_full(page)

    def bump_side() -> str:
        """The bump makes the patient's right the taller side."""
        picture = colours_of(page).astype(int)
        drawn = np.abs(picture - GROUND).max(axis=2) > 12
        # Letters, scale and the ring of the focus are no scan.
        drawn[:, :40] = drawn[:, -40:] = drawn[:12] = drawn[-60:] = False
        columns = np.flatnonzero(drawn.any(axis=0))
        tops = [np.flatnonzero(drawn[:, column])[0] for column in columns]
        return "left" if columns[int(np.argmin(tops))] < picture.shape[1] / 2 else "right"

    def edges() -> tuple[str | None, str | None]:
        return tuple(
            page.locator(side).get_attribute("data-edge") if page.locator(side).is_visible() else None
            for side in (".side.r", ".side.l")
        )

    see(page, "1")
    assert (bump_side(), edges()) == ("left", ("left", "right"))
    see(page, "2")
    assert edges() == (None, None)
    see(page, "1")
    for _ in range(18):
        page.keyboard.press("ArrowRight")
    settle(page)
    assert (bump_side(), edges()) == ("right", ("right", "left"))
    assert page.locator('[data-view][aria-pressed="true"]').count() == 0


def test_file_coordinates_are_turned_into_the_patients_frame(open_page: Any) -> None:
    rows = ((0.0, 0.0, -1.0), (1.0, 0.0, 0.0), (0.0, -1.0, 0.0))
    mesh = horseshoe(y_mm=9)
    mesh.points[:] = mesh.points @ np.array(rows, dtype=np.float32)
    upright = open_page(Harness(scans=[HarnessScan("u", "Upper jaw", UPPER, "maxilla")]))
    turned = open_page(
        Harness(scans=[HarnessScan("u", "Upper jaw", mesh, "maxilla")], orientation=Orientation(rows, 1.0))
    )
    pictures = []
    for page in (upright, turned):
        wait_for_full(page)
        settle(page)
        pictures.append(colours_of(page).astype(int))
    assert np.abs(pictures[0] - pictures[1]).mean() < 0.5


def test_a_picked_point_lies_on_the_surface_within_two_micrometres(open_page: Any) -> None:
    page = open_page(Harness(scans=JAWS))
    wait_for_full(page)
    stage = page.locator(".stage").bounding_box()
    assert stage
    comment = page.locator('[data-act="comment-on-point"]')
    picked = 0
    for key in "145":
        see(page, key)
        comment.click()
        page.locator(".stage").focus()
        for dx, dy in ((0, 0), (-170, 30), (120, -60), (-60, 90), (200, 10), (40, 60), (-110, -80)):
            if comment.get_attribute("aria-pressed") != "true":
                comment.click()
            known = page.evaluate("watched.pins.length")
            x, y = stage["width"] / 2 + dx, stage["height"] / 2 + dy
            page.mouse.click(stage["x"] + x, stage["y"] + y)
            page.wait_for_timeout(250)
            if page.evaluate("watched.pins.length") == known:
                continue
            pin = page.evaluate("watched.pins.at(-1)")
            mesh = {"u": UPPER, "l": LOWER}[pin["record"]]
            origin, direction = ray_of(pin["camera"], x, y, stage["width"], stage["height"])
            expected = first_hit(mesh, origin, direction)
            assert expected is not None
            # Square to the surface: along a grazing line the same deviation looks longer than it is.
            off = np.array(pin["point"]) - expected
            assert abs(np.dot(off, pin["normal"])) < 0.002
            assert np.linalg.norm(np.cross(off, direction)) < 0.0005
            assert np.dot(pin["normal"], direction) < 0
            picked += 1
    assert picked >= 6


def ray_of(camera: dict[str, Any], x: float, y: float, width: float, height: float) -> tuple[Any, Any]:
    """The line through a spot of the stage, from the saved camera alone."""
    position, target, up = (np.array(camera[name], dtype=float) for name in ("position", "target", "up"))
    back = (position - target) / np.linalg.norm(position - target)
    right = np.cross(up, back)
    mm = 100 / camera["zoom"] / min(width, height)
    origin = target + right * (x - width / 2) * mm + up * (height / 2 - y) * mm + back * 1000
    return origin, -back


def first_hit(mesh: Any, origin: Any, direction: Any) -> Any:
    """Brute force over the original floats. (3,) or None"""
    a, b, c = (mesh.points[mesh.triangles[:, corner]].astype(float) for corner in range(3))
    u, v = b - a, c - a
    p = np.cross(direction, v)
    determinant = (u * p).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        s = ((origin - a) * p).sum(axis=1) / determinant
        q = np.cross(origin - a, u)
        t = (direction * q).sum(axis=1) / determinant
        far = (v * q).sum(axis=1) / determinant
    inside = (s >= -1e-9) & (t >= -1e-9) & (s + t <= 1 + 1e-9) & np.isfinite(far)
    return origin + direction * far[inside].min() if inside.any() else None


def test_a_press_beside_the_scan_places_no_pin_and_says_so(open_page: Any) -> None:
    page = open_page(Harness(scans=JAWS))
    wait_for_full(page)
    page.locator('[data-act="comment-on-point"]').click()
    stage = page.locator(".stage").bounding_box()
    assert stage
    page.mouse.click(stage["x"] + 30, stage["y"] + 30)
    expect(page.locator("[role=status]")).to_have_text("No surface here. Press on the scan.")
    page.keyboard.press("Escape")
    expect(page.locator('[data-act="comment-on-point"]')).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("watched.pins.length") == 0


def test_a_hidden_scan_is_neither_drawn_nor_picked(open_page: Any) -> None:
    page = open_page(Harness(scans=JAWS))
    wait_for_full(page)
    page.get_by_role("button", name="Show Upper jaw").click()
    settle(page)
    assert last_frame(page)["triangles"] == len(LOWER.triangles)
    expect(page.locator(".level")).to_have_text(f"Full detail, {len(LOWER.triangles):,} triangles")
    page.locator('[data-act="comment-on-point"]').click()
    stage = page.locator(".stage").bounding_box()
    assert stage
    for dy in range(-120, 121, 20):
        page.mouse.click(stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2 + dy)
        page.wait_for_timeout(60)
    wait_until(page, "watched.pins.length > 0")
    assert set(page.evaluate("watched.pins.map((pin) => pin.record)")) == {"l"}


def test_colours_are_the_scans_own_and_stone_takes_them_away(open_page: Any) -> None:
    flat = horseshoe(y_mm=0, colours=True)
    flat.colours[:] = (40, 160, 90)  # no tissue: whatever is green came from the file
    page = open_page(Harness(scans=[HarnessScan("u", "Upper jaw", flat)]))
    wait_for_full(page)
    settle(page)

    def strongest() -> Any:
        picture = colours_of(page).reshape(-1, 3).astype(int)
        coloured = picture[np.ptp(picture, axis=1) > 25]
        return None if not len(coloured) else np.percentile(coloured, 90, axis=0)

    red, green, blue = strongest()
    assert abs(red - 40) < 25 and abs(green - 160) < 15 and abs(blue - 90) < 20
    page.get_by_label("Stone").check()
    settle(page)
    red, green, blue = strongest()
    assert red >= green >= blue
    page.locator(".jaw input[type=range]").fill("30")
    settle(page)
    assert page.locator(".level").inner_text().startswith("Full detail")


def test_a_saved_picture_is_named_after_the_case_and_not_blank(open_page: Any) -> None:
    page = open_page(Harness(scans=JAWS))
    wait_for_full(page)
    with page.expect_download() as download:
        page.locator('[data-act="picture"]').click()
    assert download.value.suggested_filename == "A-1042.png"
    picture = np.asarray(Image.open(download.value.path()).convert("RGB")).astype(int)
    stage = page.locator(".stage").bounding_box()
    assert stage
    assert picture.shape[:2] == (int(stage["height"]), int(stage["width"]))
    assert tuple(picture[3, 3]) == GROUND
    assert (np.abs(picture - picture[3, 3]).max(axis=2) > 12).mean() > 0.05


def test_a_lost_context_comes_back_with_full_detail(open_page: Any) -> None:
    page = open_page(Harness(scans=JAWS))
    wait_for_full(page)
    settle(page)
    before = last_frame(page)
    page.evaluate(
        """() => { const gl = document.querySelector("canvas").getContext("webgl2");
        const lose = gl.getExtension("WEBGL_lose_context"); watched.frames.length = 0; lose.loseContext();
        setTimeout(() => lose.restoreContext(), 100); }"""
    )
    expect(page.locator(".level")).to_have_text("The picture is being rebuilt")
    expect(page.locator(".level")).to_have_text(f"Full detail, {FULL_TRIANGLES:,} triangles", timeout=10_000)
    settle(page)
    assert last_frame(page) == before


def test_without_webgl_the_posters_change_with_the_view(open_page: Any) -> None:
    script = "HTMLCanvasElement.prototype.getContext = () => null; window.watched = {violations: []};"
    page = open_page(Harness(scans=JAWS), script=script)
    pictures = page.locator(".posters img")
    expect(pictures).to_have_count(2)
    expect(page.locator(".level")).to_have_text("Still pictures: this browser does not draw 3D.")
    page.locator('[data-view="upper"]').click()
    expect(pictures).to_have_count(1)
    expect(pictures).to_have_attribute("src", "/poster/u-upper.webp")
    expect(pictures).to_have_attribute("alt", "Upper jaw. Upper jaw seen from below.")
    assert page.locator('[data-act="picture"]').count() == 0


def test_a_full_level_that_does_not_come_leaves_the_coarse_look_and_a_sentence(open_page: Any) -> None:
    harness = Harness(scans=JAWS)
    harness.build()
    page = open_page(harness, script=WATCH + "window.fetch = () => Promise.reject(new TypeError('offline'));")
    page.wait_for_selector('.scene[data-drawn="coarse"]')
    expect(page.locator(".level")).to_have_text("Full detail did not load. The coarse look stays.")


def thread(number: int, record: str, point: Any, normal: Any, state: str = "open") -> dict[str, Any]:
    eye = np.array(point) + np.array(normal) * 100
    camera = {"position": eye.tolist(), "target": list(point), "up": [0, 1, 0], "zoom": 4}
    pin = {"record": record, "version": 1, "point": list(point), "normal": list(normal), "camera": camera}
    return {"id": f"t{number}", "number": number, "state": state, "pin": pin}


def show_thread(page: Page, name: str) -> None:
    page.evaluate("id => document.dispatchEvent(new CustomEvent('arcada:show-thread', {detail: {id}}))", name)
    page.wait_for_timeout(600)
    settle(page)


def test_a_pin_of_an_older_version_stands_where_it_was_found_again(open_page: Any) -> None:
    """The point lies 2 mm higher on the newer version; of another one the surface is gone."""
    here = UPPER.points[np.argmax(UPPER.points[:, 2])].tolist()
    before = [here[0], here[1] - 2, here[2]]
    moved, gone = thread(1, "old", before, [0, 0, 1]), thread(2, "old", [5.0, 9.0, 30.0], [0, 0, 1])
    on = {"record": "u", "version": 2}
    moved["pin"]["found"] = {**on, "point": here, "normal": [0, 0, 1], "moved_mm": 2.0, "has_moved": True}
    gone["pin"]["found"] = {**on, "gone": True, "reason": "no_surface"}
    page = open_page(Harness(scans=JAWS, threads=[moved, gone]))
    wait_for_full(page)
    settle(page)
    assert page.locator(".pin").all_inner_texts() == ["1"]
    expect(page.locator(".pin")).to_have_attribute("data-moved", "")
    see(page, "3")
    show_thread(page, "t1")
    stage, box = page.locator(".stage").bounding_box(), page.locator(".pin").bounding_box()
    assert stage and box
    assert box["x"] + box["width"] / 2 == pytest.approx(stage["x"] + stage["width"] / 2, abs=2)
    assert box["y"] + box["height"] / 2 == pytest.approx(stage["y"] + stage["height"] / 2, abs=2)
    assert quoted_view(page)["camera"]["target"] == pytest.approx(here, abs=0.05)
    show_thread(page, "t2")
    assert quoted_view(page)["camera"]["target"] == pytest.approx([5.0, 9.0, 30.0], abs=0.05)


def test_pins_follow_their_points_dim_behind_the_scan_and_are_visited_by_tab(open_page: Any) -> None:
    nearest = UPPER.points[np.argmax(UPPER.points[:, 2])].tolist()
    farthest = UPPER.points[np.argmin(np.abs(UPPER.points - [-32, 9, 0]).sum(axis=1))].tolist()
    threads = [thread(2, "u", farthest, [-1, 0, 0], "resolved"), thread(1, "u", nearest, [0, 0, 1])]
    page = open_page(Harness(scans=JAWS, threads=threads))
    wait_for_full(page)
    settle(page)
    assert page.locator(".pin").all_inner_texts() == ["1", "2"]
    one, two = page.locator('.pin[data-thread="t1"]'), page.locator('.pin[data-thread="t2"]')
    expect(two).to_have_attribute("data-state", "done")
    assert one.get_attribute("data-behind") is None
    see(page, "3")
    page.wait_for_timeout(300)
    expect(two).to_have_attribute("data-behind", "")

    page.locator(".stage").focus()
    page.keyboard.press("Tab")
    settle(page)
    expect(one).to_be_focused()
    stage, box = page.locator(".stage").bounding_box(), one.bounding_box()
    assert stage and box
    assert box["x"] + box["width"] / 2 == pytest.approx(stage["x"] + stage["width"] / 2, abs=2)
    page.keyboard.press("Tab")
    expect(two).to_be_focused()

    page.evaluate('document.dispatchEvent(new CustomEvent("arcada:show-thread", {detail: {id: "t1"}}))')
    expect(one).to_have_attribute("aria-pressed", "true")
    page.evaluate('document.dispatchEvent(new CustomEvent("arcada:threads", {detail: {threads: []}}))')
    expect(page.locator(".pin")).to_have_count(0)


def test_nothing_is_drawn_while_nothing_changes(open_page: Any) -> None:
    page = open_page(Harness(scans=JAWS))
    wait_for_full(page)
    settle(page)
    frames = page.evaluate("watched.frames.length")
    page.wait_for_timeout(800)
    assert page.evaluate("watched.frames.length") == frames


def test_a_reader_who_wants_no_motion_gets_the_next_view_at_once(open_page: Any) -> None:
    page = open_page(Harness(scans=JAWS), reduced_motion="reduce")
    wait_for_full(page)
    settle(page)
    page.evaluate("watched.frames.length = 0")
    see(page, "2")
    assert page.evaluate("watched.frames.length") <= 3


def test_dragging_turns_two_fingers_shift_and_the_wheel_zooms(open_page: Any) -> None:
    page = open_page(Harness(scans=JAWS))
    wait_for_full(page)
    settle(page)
    stage = page.locator(".stage").bounding_box()
    assert stage
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    page.mouse.move(x, y)
    whole = last_frame(page)["share"]
    page.mouse.wheel(0, -400)
    settle(page)
    assert last_frame(page)["share"] > whole * 1.5
    page.locator('[data-act="reset"]').click()
    settle(page)
    assert last_frame(page)["share"] == pytest.approx(whole, rel=0.02)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y + 20, steps=4)
    page.mouse.up()
    settle(page)
    assert page.locator('[data-view][aria-pressed="true"]').count() == 0


def test_a_slow_card_turns_the_coarse_look_and_ends_with_full_detail(open_page: Any) -> None:
    dense = horseshoe(y_mm=9, steps=700, rings=180)
    page = open_page(Harness(scans=[HarnessScan("u", "Upper jaw", dense)]))
    wait_for_full(page)
    settle(page)
    stage = page.locator(".stage").bounding_box()
    assert stage
    page.evaluate("watched.frames.length = 0")
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(10):
        page.mouse.move(x + 10 * step, y)
        page.wait_for_timeout(20 if step < 9 else 400)
    page.mouse.up()
    settle(page)
    triangles = page.evaluate("watched.frames.map((frame) => frame.triangles)")
    assert triangles == sorted(triangles)
    assert triangles[0] <= triangles[2] <= 12_000
    assert triangles[-1] == len(dense.triangles)
    expect(page.locator(".level")).to_have_text(f"Full detail, {len(dense.triangles):,} triangles")


def test_on_a_phone_one_finger_turns_two_pinch_and_a_tap_places_a_pin(open_page: Any) -> None:
    phone = {"viewport": {"width": 390, "height": 700}, "has_touch": True, "is_mobile": True}
    page = open_page(Harness(scans=JAWS), device_scale_factor=2, **phone)
    wait_for_full(page)
    settle(page)
    whole = last_frame(page)["share"]
    stage = page.locator(".stage").bounding_box()
    assert stage
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    touch = page.context.new_cdp_session(page)

    def fingers(kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": px, "y": py, "id": number} for number, (px, py) in enumerate(at)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", (x - 20, y), (x + 20, y))
    for apart in (25, 35, 45, 55):
        fingers("touchMove", (x - apart, y), (x + apart, y))
    fingers("touchEnd")
    settle(page)
    assert last_frame(page)["share"] > whole * 1.4
    assert page.locator('[data-view="front"]').get_attribute("aria-pressed") == "true"

    fingers("touchStart", (x, y))
    for right in (10, 30, 60):
        fingers("touchMove", (x + right, y))
    fingers("touchEnd")
    settle(page)
    assert page.locator('[data-view][aria-pressed="true"]').count() == 0

    page.locator('[data-act="comment-on-point"]').tap()
    for down in range(-60, 61, 15):
        page.touchscreen.tap(x, y + down)
        page.wait_for_timeout(60)
    wait_until(page, "watched.pins.length === 1")
