"""Two versions under one line: left of it the older one, right of it the newer one."""

from typing import Any

import numpy as np
import numpy.typing as npt
from playwright.sync_api import Page, expect

from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.stream import FULL_BITS, encode_glb
from tests.journeys.test_viewer_tools import compared
from tests.journeys.viewer_harness import Harness, HarnessScan
from tests.journeys.viewer_page import OF_THE_VIEWER, colours_of, press_at, see, settle, take, wait_for_full
from tests.journeys.viewer_shapes import SHEETS, in_stream_order, slab

pytestmark = OF_THE_VIEWER
RED, GREEN = (200, 40, 40), (40, 160, 60)


def painted(rgb: tuple[int, int, int]) -> Mesh:
    plate = slab(height_mm=20, thickness_mm=3)
    return Mesh(plate.points, plate.triangles, np.tile(np.uint8(rgb), (len(plate.points), 1)))


def two_versions(**other: Any) -> Harness:
    """A red plate that was green in the version before."""
    newer = painted(RED)
    change = compared(
        newer, kind="deviation", against="old", against_full={"url": "/older.glb", "bytes": 0}, zero=128, step_um=8.0,
        spots=[],
        summary={"changed_share": 0.0, "changed_over_um": 50.0, "greatest_um": 0.0, "greatest_at": None,
                 "alignment": {"moved": False, "residual_um": 1.0, "rotation": None, "translation_mm": None} | other},
    )  # fmt: skip
    harness = Harness(
        css=SHEETS, scans=[HarnessScan("u", "Crown 14", newer, version=2)], more={"comparisons": [change]}
    )
    harness.files["/older.glb"] = ("model/gltf-binary", encode_glb(painted(GREEN), bits=FULL_BITS))
    unchanged = np.full(len(in_stream_order(newer).points), 128, np.uint8)
    harness.files["/values"] = ("application/octet-stream", unchanged.tobytes())
    return harness


def versions_along(picture: npt.NDArray[np.uint8], down: float = 0.5) -> tuple[list[int], list[int]]:
    """The columns of the stage that show the older version and those that show the newer one, at this height."""
    row = picture[round(picture.shape[0] * down)].astype(int)
    red, green = row[:, 0] - row[:, 1], row[:, 1] - row[:, 0]
    return list(np.flatnonzero(green > 40)), list(np.flatnonzero(red > 40))


def swipe(page: Page) -> None:
    take(page, "compare")
    page.get_by_role("button", name="Swipe").click()
    expect(page.locator(".tool-panel .hint")).to_have_text(
        "Left of the line is version 1, right of it version 2."
    )
    settle(page)


def check_line(page: Page, at: int) -> None:
    """At this percentage of the stage's width one version ends and the other begins, and the line stands there."""
    settle(page)
    picture = colours_of(page)
    older, newer = versions_along(picture)
    stage, line = page.locator(".stage").bounding_box(), page.locator(".swipe-line").bounding_box()
    assert stage and line
    middle_px = line["x"] + line["width"] / 2 - stage["x"]
    assert abs(middle_px - at / 100 * picture.shape[1]) < 2
    assert len(older) > 50 and len(newer) > 50
    # The line itself hides a few pixels.
    assert max(older) <= middle_px + 1 and min(newer) >= middle_px - 1
    assert min(newer) - max(older) < 8


def test_left_of_the_line_is_the_older_version_and_right_of_it_the_newer(open_page: Any) -> None:
    page = open_page(two_versions())
    wait_for_full(page)
    see(page, "1")
    older, newer = versions_along(colours_of(page))
    assert not older and len(newer) > 200
    swipe(page)
    check_line(page, 50)
    slider = page.get_by_role("slider", name="Place of the line")
    slider.focus()
    for _ in range(12):
        page.keyboard.press("ArrowLeft")
    check_line(page, 38)
    page.keyboard.press("End")
    settle(page)
    older, newer = versions_along(colours_of(page))
    assert len(older) > 200 and not newer
    page.keyboard.press("Home")
    settle(page)
    older, newer = versions_along(colours_of(page))
    assert not older and len(newer) > 200

    # Turned, both turn; the line stays where it is.
    slider.fill("60")
    page.locator(".stage").focus()
    page.keyboard.press("ArrowRight")
    check_line(page, 60)

    # Put back, only the newer version is left, whole.
    page.locator("[data-tool=compare]").click()
    page.locator(".viewer:not([data-tool-taken])").wait_for()
    expect(page.locator(".swipe-line")).to_have_count(0)
    see(page, "1")
    older, newer = versions_along(colours_of(page))
    assert not older and len(newer) > 200


def test_an_older_version_from_a_frame_of_its_own_is_laid_onto_the_newer(open_page: Any) -> None:
    """In its file the older one lies 6 mm lower; the fit says so, and in the swipe both stand at one height."""
    harness = two_versions(
        moved=True, rotation=[[1, 0, 0], [0, 1, 0], [0, 0, 1]], translation_mm=[0.0, -6.0, 0.0]
    )
    low = painted(GREEN)
    low.points[:, 1] -= 6
    harness.files["/older.glb"] = ("model/gltf-binary", encode_glb(low, bits=FULL_BITS))
    page = open_page(harness)
    wait_for_full(page)
    see(page, "1")
    swipe(page)
    picture = colours_of(page).astype(int)
    columns = picture.shape[1]
    tops = []
    for side, sign in ((0.4, 1), (0.6, -1)):
        column = picture[:, round(columns * side)]
        drawn = np.flatnonzero(sign * (column[:, 1] - column[:, 0]) > 40)
        tops.append((drawn.min(), drawn.max()))
    assert abs(tops[0][0] - tops[1][0]) <= 2 and abs(tops[0][1] - tops[1][1]) <= 2


def test_a_swipe_ends_where_the_change_begins(open_page: Any) -> None:
    """One or the other: the older version does not stay behind the colours."""
    page = open_page(two_versions())
    wait_for_full(page)
    see(page, "1")
    swipe(page)
    page.get_by_role("button", name="Change", exact=True).click()
    page.locator(".legend > li").first.wait_for()
    expect(page.locator(".swipe-line")).to_have_count(0)
    page.wait_for_timeout(800)
    settle(page)
    picture = colours_of(page).astype(int)
    row = picture[picture.shape[0] // 2]
    middle = picture.shape[1] // 2
    assert np.abs(row[middle - 100] - row[middle + 100]).max() < 12
    press_at(page, -100, 0)
    expect(page.locator(".tool-panel .hint")).to_have_text("0 µm added")
