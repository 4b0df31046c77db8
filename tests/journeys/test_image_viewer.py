"""The image viewer in a browser: turned, mirrored, compared and commented pictures."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.viewer_harness import Harness, HarnessImage
from tests.journeys.viewer_page import OF_THE_VIEWER, colours_of, wait_until

pytestmark = OF_THE_VIEWER


@pytest.fixture(scope="module")
def pictures() -> list[HarnessImage]:
    def image(number: int, rgb: tuple[int, int, int]) -> HarnessImage:
        pixels = np.full((300, 600, 3), 128, dtype=np.uint8)
        pixels[:100, :100] = rgb
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "WEBP", lossless=True)
        return HarnessImage(f"p{number}", f"Picture {number}", out.getvalue(), 600, 300)

    return [image(1, (250, 20, 20)), image(2, (20, 20, 250))]


def corner_of_red(page: Page) -> tuple[str, str]:
    picture = colours_of(page).astype(int)
    red = (picture[..., 0] > 200) & (picture[..., 1] < 80)
    y, x = (axis.mean() for axis in np.nonzero(red))
    return "top" if y < picture.shape[0] / 2 else "bottom", "left" if x < picture.shape[1] / 2 else "right"


def test_a_picture_is_turned_mirrored_with_a_mark_and_reset(
    open_page: Any, pictures: list[HarnessImage]
) -> None:
    page = open_page(Harness(images=pictures), "/picture")
    expect(page.locator(".level")).to_contain_text("600 × 300 pixels")
    assert corner_of_red(page) == ("top", "left")
    page.get_by_role("button", name="Rotate 90°").click()
    assert corner_of_red(page) == ("top", "right")
    page.get_by_role("button", name="Mirror").click()
    assert corner_of_red(page) == ("top", "left")
    expect(page.locator(".mirrored")).to_be_visible()
    page.locator(".stage").focus()
    page.keyboard.press("m")
    expect(page.locator(".mirrored")).to_be_hidden()
    page.get_by_role("button", name="Reset").click()
    assert corner_of_red(page) == ("top", "left")


def test_two_pictures_are_compared_side_by_side_with_one_zoom(
    open_page: Any, pictures: list[HarnessImage]
) -> None:
    page = open_page(Harness(images=pictures), "/picture")
    page.locator(".picture-compare summary").click()
    page.get_by_label("Picture 2").check()
    shown = page.locator(".pane img")
    expect(shown).to_have_count(2)
    wait_until(page, "[...document.querySelectorAll('.pane img')].every((image) => image.complete)")
    page.get_by_role("button", name="Zoom in").click()
    first, second = (shown.nth(number).evaluate("image => image.style.transform") for number in (0, 1))
    assert first == second and "scale" in first
    page.get_by_role("slider", name="Brightness").fill("150")
    expect(page.locator(".pane canvas").nth(0)).to_be_visible()
    expect(page.locator(".pane canvas").nth(1)).to_be_hidden()
    shades = (
        page.locator(".pane canvas")
        .nth(0)
        .evaluate("c => Array.from(c.getContext('2d').getImageData(5, 5, 1, 1).data.slice(0, 3))")
    )
    assert shades[1] > 60  # the green and blue of the red picture, 20 before
    page.get_by_label("Picture 2").uncheck()
    expect(shown).to_have_count(1)


def test_a_comment_on_a_picture_names_its_place(open_page: Any, pictures: list[HarnessImage]) -> None:
    pin = {"record": "p1", "x": 0.5, "y": 0.5}
    harness = Harness(images=pictures, threads=[{"id": "t1", "number": 1, "state": "open", "pin": pin}])
    page = open_page(harness, "/picture")
    wait_until(page, "document.querySelector('.pane img').complete")
    image, box = page.locator(".pane img").bounding_box(), page.locator(".pin").bounding_box()
    assert image and box
    assert box["x"] + box["width"] / 2 == pytest.approx(image["x"] + image["width"] / 2, abs=1)
    page.locator('[data-act="comment-on-point"]').click()
    page.mouse.click(image["x"] + image["width"] * 0.25, image["y"] + image["height"] * 0.75)
    placed = page.evaluate("watched.pins.at(-1)")
    assert placed["record"] == "p1"
    assert placed["x"] == pytest.approx(0.25, abs=0.005)
    assert placed["y"] == pytest.approx(0.75, abs=0.005)
