"""The stage region by region, against pictures that a person looked at: every view, and what each tool shows.

`ARCADA_GOLDEN=write` writes `tests/golden/stage/*.json` anew: the mean colours of 12 by 8 regions. Look at the picture
first (`ARCADA_SHOTS=folder` keeps it).
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.journeys.test_viewer_tools import compared, half_touching, heated
from tests.journeys.viewer_harness import Harness, HarnessScan
from tests.journeys.viewer_page import (
    OF_THE_VIEWER,
    colours_of,
    press_at,
    see,
    settle,
    slide,
    take,
    wait_for_full,
)
from tests.journeys.viewer_shapes import JAWS, SHEETS, in_stream_order, slab

pytestmark = OF_THE_VIEWER

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "stage"
ACROSS, DOWN = 12, 8
# Of 255: drivers and fonts move an edge by a pixel, a jaw that hides or turns moves a region by far more.
MOST = 10


def changed() -> Harness:
    """A plate whose left third lost 250 µm and whose right third gained 150 µm."""
    plate = slab(height_mm=20, thickness_mm=3, steps=40)
    x = in_stream_order(plate).points[:, 0]
    values = np.where(x < -5, 128 - 31, np.where(x > 5, 128 + 19, 128)).astype(np.uint8)
    change = compared(
        plate, kind="deviation", against="old", zero=128, step_um=8.0, spots=[],
        summary={"changed_share": 0.6, "changed_over_um": 50.0, "greatest_um": -250.0, "greatest_at": [-10, 0, 1.5],
                 "alignment": {"moved": False, "residual_um": 1.0, "rotation": None, "translation_mm": None}},
    )  # fmt: skip
    harness = heated(values, plate)
    harness.more["comparisons"] = [change]
    return harness


def bite(page: Page) -> None:
    take(page, "bite")
    slide(page, 20)


def cut_away(page: Page) -> None:
    take(page, "section")
    page.locator(".profile .contour").first.wait_for(state="attached")
    page.get_by_label("Cut away").check()


def measured(page: Page) -> None:
    take(page, "measure")
    press_at(page, -80, 0)
    press_at(page, 80, 20)
    page.locator(".measures > li").wait_for()


def looked_at(tool: str) -> Callable[[Page], None]:
    def look(page: Page) -> None:
        take(page, tool)
        page.locator(".legend > li").first.wait_for()
        page.wait_for_timeout(800)

    return look


def two_jaws() -> Harness:
    return Harness(css=SHEETS, scans=JAWS)


def plate_alone() -> Harness:
    return Harness(css=SHEETS, scans=[HarnessScan("c", "Plate", slab(height_mm=20, thickness_mm=3))])


def nothing(_page: Page) -> None:
    """As the view is."""


SCENES: dict[str, tuple[Callable[[], Harness], str, Callable[[Page], None]]] = {
    "front": (two_jaws, "1", nothing),
    "right": (two_jaws, "2", nothing),
    "left": (two_jaws, "3", nothing),
    "upper": (two_jaws, "4", nothing),
    "lower": (two_jaws, "5", nothing),
    "bite-opened": (two_jaws, "2", bite),
    "cut-away": (two_jaws, "1", cut_away),
    "measured": (plate_alone, "1", measured),
    "contacts": (half_touching, "1", looked_at("contacts")),
    "change": (changed, "1", looked_at("compare")),
}


@pytest.mark.parametrize("name", SCENES)
def test_the_stage_looks_as_a_person_has_seen_it(open_page: Any, name: str) -> None:
    harness, view, act = SCENES[name]
    page = open_page(harness())
    wait_for_full(page)
    see(page, view)
    act(page)
    settle(page)
    picture = colours_of(page)
    if folder := os.environ.get("ARCADA_SHOTS"):
        Image.fromarray(picture).save(f"{folder}/stage-{name}.png")
    seen = regions(picture)
    path = GOLDEN / f"{name}.json"
    if os.environ.get("ARCADA_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(seen.round().astype(int).tolist(), separators=(",", ":")) + "\n")
    known = np.array(json.loads(path.read_text()))
    off = np.abs(seen - known).max(axis=-1)
    worst = {
        f"column {at[1] + 1}, row {at[0] + 1}": round(float(off[tuple(at)])) for at in np.argwhere(off > MOST)
    }
    assert worst == {}


def regions(picture: np.ndarray) -> np.ndarray:
    """Mean colour of each region. (rows, columns, 3)"""
    rows = np.array_split(picture.astype(float), DOWN, axis=0)
    return np.array(
        [[part.mean(axis=(0, 1)) for part in np.array_split(row, ACROSS, axis=1)] for row in rows]
    )
