"""A panoramic from a DICOM file: dropped, looked at for names, seen in its depth, measured, drawn on, shared."""

import os
import re
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.core.made_dicom import dicom_of, drawn_panoramic
from tests.journeys.server import ADA, Server, sign_in
from tests.journeys.test_share_link import ROSA, SOON_MS, Machine, Watched, newest_mail
from tests.journeys.test_upload_to_viewer import choose, open_collection, slot

pytestmark = pytest.mark.journey
ROWS, COLUMNS = 400, 800
SHOTS = os.environ.get("ARCADA_SHOTS", "")


@pytest.fixture
def ada(browser: Browser, server: Server) -> Iterator[Page]:
    watched = Watched(browser, server)
    sign_in(watched.page, server, ADA)
    yield watched.page
    watched.context.close()
    assert watched.complaints == []


def panoramic(**said: Any) -> bytes:
    """Without a word about text in the picture, and calibrated: 0.1 mm from pixel to pixel in the patient."""
    scale = {
        "PixelSpacing": [0.1, 0.1],
        "PixelSpacingCalibrationType": "GEOMETRY",
        "BurnedInAnnotation": None,
    }
    return dicom_of(drawn_panoramic(ROWS, COLUMNS), **{**scale, **said})


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def press_on(page: Page, across: float, down: float) -> None:
    """On this share of the picture, wherever it is seen."""
    box = page.locator(".pane canvas").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])


def decoded(page: Page) -> None:
    expect(page.locator(".pane canvas:not([hidden])").first).to_be_visible(timeout=SOON_MS)


def greys(page: Page) -> np.ndarray:
    """What the canvas shows, as (rows, columns) of 0 to 255."""
    shown = page.locator(".pane canvas").first.evaluate(
        "c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((_, i) => i % 4 === 0))"
    )
    return np.array(shown).reshape(ROWS, COLUMNS)


def a_case_with_a_panoramic(server: Server, data: bytes) -> tuple[Machine, str, dict[str, Any]]:
    machine = Machine(server)
    patient = machine.ask("POST", "patients", {})
    opened = machine.ask(
        "POST",
        f"patients/{patient['id']}/collections",
        {"taken_on": "2026-03-17", "standard": "crown-and-bridge"},
    )
    record = machine.lay_in(opened["id"], "panoramic", "panoramic.dcm", data)
    end = time.monotonic() + SOON_MS / 1000
    while machine.ask("GET", f"records/{record}")["state"] != "ready":
        assert time.monotonic() < end, machine.ask("GET", f"records/{record}")
        time.sleep(0.3)
    return machine, record, machine.ask("POST", "cases", {"collection": opened["id"]})


def test_a_dropped_panoramic_is_cleaned_waits_for_a_look_and_is_measured(
    ada: Page, server: Server, tmp_path: Path
) -> None:
    """DE-07 on the page; the true depth, window and length in the viewer."""
    (tmp_path / "panoramic.dcm").write_bytes(panoramic())
    open_collection(ada, server)
    choose(ada, "Choose files", tmp_path / "panoramic.dcm")
    ada.get_by_role("button", name="Start the upload of 1 file").click()
    expect(slot(ada, "panoramic")).to_have_attribute("data-state", "filled", timeout=SOON_MS)
    slot(ada, "panoramic").get_by_role("link").first.click()
    expect(ada.locator(".level")).to_contain_text("12 bits", timeout=SOON_MS)
    decoded(ada)
    assert np.array_equal(greys(ada), np.round(drawn_panoramic(ROWS, COLUMNS) / 4095 * 255)) or (
        np.abs(greys(ada) - drawn_panoramic(ROWS, COLUMNS) / 4095 * 255).max() <= 1
    )
    expect(ada.locator(".receipt")).to_contain_text("Patient's Name")
    assert "Clara" not in ada.content()
    shot(ada, "record-1440")

    # Window by the keyboard and by dragging with the right button; inverted; back.
    before = greys(ada)
    ada.locator(".stage").focus()
    ada.keyboard.press("i")
    ada.wait_for_timeout(600)
    assert np.array_equal(greys(ada), 255 - before)
    ada.keyboard.press("i")
    box = ada.locator(".stage").bounding_box()
    assert box is not None
    ada.mouse.move(box["x"] + 500, box["y"] + 100)
    ada.mouse.down(button="right")
    ada.mouse.move(box["x"] + 200, box["y"] + 100, steps=5)
    ada.mouse.up(button="right")
    ada.wait_for_timeout(600)
    assert greys(ada).std() > 1.3 * before.std()
    ada.get_by_role("button", name="Reset").click()
    ada.wait_for_timeout(600)
    assert np.array_equal(greys(ada), before)

    # 200 pixels of 0.1 mm are 20 mm; the angle of a right angle is 90°.
    ada.get_by_role("button", name="Length", exact=True).click()
    press_on(ada, 0.25, 0.5)
    press_on(ada, 0.5, 0.5)
    expect(ada.locator(".picture-panel table")).to_contain_text("20.0 mm")
    expect(ada.locator(".picture-panel [role=status]")).to_have_text("Length 1: 20.0 mm")
    expect(ada.locator(".scale-said")).to_have_text("Scale from the file.")
    ada.get_by_role("button", name="Angle", exact=True).click()
    for across, down in ((0.3, 0.2), (0.3, 0.6), (0.6, 0.6)):
        press_on(ada, across, down)
    expect(ada.locator(".picture-panel table")).to_contain_text("90.0°")
    shot(ada, "measured-1440")
    ada.set_viewport_size({"width": 360, "height": 740})
    ada.wait_for_timeout(300)
    assert ada.evaluate("document.documentElement.scrollWidth") <= 360
    shot(ada, "measured-360")
    ada.set_viewport_size({"width": 1440, "height": 900})

    # The look that a person owes.
    expect(ada.get_by_text("Is a name written in this picture?")).to_be_visible()
    ada.get_by_label("I looked: no name is written in it").check()
    ada.get_by_role("button", name="Confirm", exact=True).click()
    expect(ada.get_by_text("Dr Ada Lima looked on")).to_be_visible()


def test_without_a_scale_lengths_are_pixels_until_a_known_length_is_drawn(ada: Page, server: Server) -> None:
    data = panoramic(PixelSpacing=None, PixelSpacingCalibrationType=None, ImagerPixelSpacing=None)
    _machine, record, _case = a_case_with_a_panoramic(server, data)
    ada.goto(f"{server.url}/records/{record}")
    decoded(ada)
    expect(ada.locator(".scale-said")).to_have_text("No scale: lengths are in pixels of the picture.")

    # By keyboard alone: 5 × 12 pixels of the screen to the right of the middle.
    ada.locator(".stage").focus()
    ada.keyboard.press("l")
    ada.keyboard.press("Enter")
    for _ in range(5):
        ada.keyboard.press("ArrowRight")
    ada.keyboard.press("Enter")
    row = ada.locator(".picture-panel tbody tr")
    expect(row).to_contain_text("px")
    assert "mm" not in row.inner_text()

    ada.get_by_role("button", name="Known length").click()
    press_on(ada, 0.1, 0.9)
    press_on(ada, 0.2, 0.9)
    ada.get_by_label("This line is (mm)").fill("8")
    ada.get_by_role("button", name="Take it as the scale").click()
    expect(row).to_contain_text("mm")
    expect(ada.locator(".scale-said")).to_contain_text("true at that place and depth only")
    ada.get_by_role("button", name="Length", exact=True).click()
    press_on(ada, 0.4, 0.3)
    press_on(ada, 0.6, 0.3)
    expect(ada.locator(".picture-panel tbody")).to_contain_text("16.0 mm")


def test_what_ada_draws_a_recipient_sees_once_a_person_has_looked(
    ada: Page, browser: Browser, server: Server
) -> None:
    """DE-07: refused at the share until it is ticked; then the drawing of the comment is seen from outside."""
    machine, record, case = a_case_with_a_panoramic(server, panoramic())
    share = {"level": "email_verified", "permissions": ["view", "comment"], "recipients": [{"email": ROSA}]}
    with pytest.raises(urllib.error.HTTPError) as refused:
        machine.ask("POST", f"cases/{case['id']}/shares", share)
    assert "picture_not_checked" in refused.value.read().decode()
    ada.goto(f"{server.url}/cases/{case['id']}/shares/new")
    expect(ada.get_by_text("To be looked at")).to_be_visible()
    shot(ada, "share-1440")
    ada.goto(f"{server.url}/records/{record}")
    ada.get_by_label("I looked: no name is written in it").check()
    ada.get_by_role("button", name="Confirm", exact=True).click()

    ada.goto(f"{server.url}/cases/{case['id']}?picture={record}")
    decoded(ada)
    ada.get_by_role("button", name="Arrow", exact=True).click()
    press_on(ada, 0.3, 0.3)
    press_on(ada, 0.5, 0.5)
    ada.get_by_role("button", name="Region", exact=True).click()
    press_on(ada, 0.45, 0.4)
    press_on(ada, 0.6, 0.7)
    ada.get_by_role("button", name="Text", exact=True).click()
    ada.get_by_role("textbox", name="Text", exact=True).fill("root tip?")
    press_on(ada, 0.62, 0.6)
    expect(ada.locator(".picture-panel")).to_contain_text("Drawn for the comment: 3")
    shot(ada, "drawn-1440")
    ada.get_by_label("New comment").fill("Is this a shadow?")
    ada.get_by_role("button", name="Send", exact=True).first.click()
    expect(ada.locator(".picture-marks text")).to_have_text("root tip?")

    machine.ask("POST", f"cases/{case['id']}/shares", share)
    watched = Watched(browser, server)
    rosa = watched.page
    rosa.set_viewport_size({"width": 390, "height": 800})
    link = re.search(r"http://\S+/s/[\w-]+", newest_mail(server, ROSA, "shares a case with you"))
    assert link is not None
    rosa.goto(link[0])
    rosa.get_by_role("button", name="Send the code").click()
    code = re.search(r": ([A-Z2-9]{8})\b", newest_mail(server, ROSA, "Enter this code"))
    assert code is not None
    rosa.get_by_label("Code from your mail").fill(code[1])
    rosa.get_by_role("button", name="Open the review").click()
    decoded(rosa)
    expect(rosa.locator(".picture-marks text")).to_have_text("root tip?")
    expect(rosa.locator(".picture-marks .line")).to_have_count(2)
    shot(rosa, "rosa-390")
    watched.context.close()
    assert watched.complaints == []
