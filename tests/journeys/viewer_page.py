"""A page with the viewer in Chromium: what it drew, when it rests, and its tools in use."""

import io
import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.journeys.viewer_harness import BUILD

# Marks of a file of journeys whose pages a harness serves.
OF_THE_VIEWER = [
    pytest.mark.journey,
    pytest.mark.skipif(not (BUILD / "manifest.json").is_file(), reason="the front end is not built"),
]

# Counts what reaches the card and what leaves the policy, and reads pixels while they are still there.
WATCH = """
window.watched = {triangles: 0, frames: [], violations: [], pins: []};
document.addEventListener("securitypolicyviolation", (event) => watched.violations.push(event.violatedDirective));
document.addEventListener("arcada:pin", (event) => watched.pins.push(event.detail));
const draw = WebGL2RenderingContext.prototype.drawElements;
WebGL2RenderingContext.prototype.drawElements = function (mode, count, ...rest) {
  draw.call(this, mode, count, ...rest);
  if (watched.triangles === 0) queueMicrotask(() => {
    const [width, height] = [this.drawingBufferWidth, this.drawingBufferHeight];
    const pixels = new Uint8Array(width * height * 4);
    this.readPixels(0, 0, width, height, this.RGBA, this.UNSIGNED_BYTE, pixels);
    let drawn = 0, all = 0;
    const colours = new Set();
    for (let y = 0; y < height; y += 8) for (let x = 0; x < width; x += 8) {
      const at = (y * width + x) * 4;
      all++;
      // The ground is the page behind the picture: nothing is drawn there.
      if (pixels[at + 3] !== 0) drawn++;
      colours.add(pixels[at] << 16 | pixels[at + 1] << 8 | pixels[at + 2]);
    }
    watched.frames.push({triangles: watched.triangles, share: drawn / all, colours: colours.size});
    watched.triangles = 0;
  });
  watched.triangles += count / 3;
};
"""


def wait_for_full(page: Page) -> None:
    page.wait_for_selector('.scene[data-drawn="full"]', timeout=60_000)


def wait_until(page: Page, expression: str, argument: Any = None) -> None:
    """Until a question of the page is answered with yes; asked from outside, since its policy forbids to evaluate."""
    for _ in range(300):
        if page.evaluate(expression, argument):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never: {expression}")


def settle(page: Page) -> None:
    """Until nothing was drawn for a while."""
    page.evaluate(
        """() => new Promise((done, fail) => {
          let seen = -1, looks = 0;
          const look = () => {
            if (watched.frames.length === seen) return done();
            if (looks++ > 40) return fail(new Error("the picture never rests"));
            seen = watched.frames.length;
            setTimeout(look, 350);
          };
          look();
        })"""
    )


def last_frame(page: Page) -> dict[str, float]:
    return page.evaluate("watched.frames.at(-1)")


def see(page: Page, key: str) -> None:
    page.locator(".stage").focus()
    page.keyboard.press(key)
    settle(page)


def colours_of(page: Page) -> npt.NDArray[np.uint8]:
    """The stage as it looks. (height, width, 3)"""
    shot = page.locator(".stage").screenshot()
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))


def quoted_view(page: Page) -> Any:
    """The view that a comment sent now would quote; None before the viewer is ready."""
    return page.evaluate(
        """() => {
          let said = null;
          document.dispatchEvent(new CustomEvent("arcada:quote-view", {detail: {give: (view) => (said = view)}}));
          return said;
        }"""
    )


def take(page: Page, tool: str) -> None:
    page.locator(f"[data-tool={tool}]").click()
    page.locator(f'.viewer[data-tool-taken="{tool}"]').wait_for()


def slide(page: Page, value: float) -> None:
    """Sets the slider of the tool in use."""
    page.locator(".tool-panel input[type=range]").fill(str(value))


def press_at(page: Page, right_px: float, down_px: float) -> None:
    """On the stage, from its middle."""
    box = page.locator(".stage").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2 + right_px, box["y"] + box["height"] / 2 + down_px)


def scale_of(page: Page, bar: str = ".stage .scale") -> float:
    """Millimetres of a CSS pixel, by the rule in the corner."""
    rule = page.locator(bar)
    width = rule.locator("i").evaluate("i => i.getBoundingClientRect().width")
    return float(re.findall(r"[\d.]+", rule.inner_text())[0]) / width
