"""A technician sends a design and a newer version of it by the files page of a case; the practice sees it arrive."""

import hashlib
import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from arcada.core.geometry.specimen import make_crown
from arcada.core.geometry.write import write_stl
from tests.journeys.server import ADA, Server, sign_in
from tests.journeys.test_share_link import SOON_MS, Watched, lay_in_case
from tests.journeys.viewer_page import wait_for_full

pytestmark = pytest.mark.journey
CARL = "carl@arco.example"


def send(page: Page, file: Path, *, title: str = "") -> None:
    page.get_by_label("STL, PLY or OBJ file").set_input_files(file)
    page.get_by_label("What it is").fill(title)
    page.get_by_role("button", name="Add the design").click()


def wait_until_ready(page: Page, version: int) -> None:
    """Until the design stands in the list of files in this version and was checked."""
    row = page.get_by_role("row", name=f"Crown 14 {version} Ready")
    for _ in range(120):
        if row.count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(page.locator("table").first.inner_text())


def test_a_technician_sends_a_newer_version_of_a_crown_and_the_practice_sees_it(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    server.add_person(CARL, "Carl", "Arco Lab", kind="lab")
    case = lay_in_case(server)
    place = f"{server.url}/cases/{case['id']}"
    first, second, text = tmp_path / "crown.stl", tmp_path / "crown-2.stl", tmp_path / "crown.txt"
    for file, version in ((first, 1), (second, 2)):
        file.write_bytes(write_stl(make_crown(3, 14, version, triangles=6_000)))
    text.write_text("a crown")
    ada, carl = Watched(browser, server), Watched(browser, server)
    desk, bench = ada.page, carl.page
    sign_in(desk, server, ADA)
    desk.goto(f"{place}/files")
    desk.get_by_label("Invite another workspace").fill(CARL)
    desk.get_by_role("button", name="Find").click()
    desk.get_by_role("button", name="Invite", exact=True).click()
    expect(desk.get_by_text("Arco Lab takes part now.")).to_be_visible()

    sign_in(bench, server, CARL)
    bench.goto(f"{place}/files")
    # What is no design is refused with the reason, and the next one can be sent at once.
    send(bench, text)
    expect(bench.locator(".design-drop [role=status]")).to_contain_text("TXT")
    expect(bench.get_by_role("button", name="Add the design")).to_be_enabled()
    with bench.expect_navigation():
        send(bench, first, title="Crown 14")
    wait_until_ready(bench, 1)
    expect(bench.get_by_label("New version of")).to_contain_text("Crown 14, v1")
    # The newer version keeps the name without being told it.
    with bench.expect_navigation():
        send(bench, second)
    wait_until_ready(bench, 2)
    expect(bench.get_by_label("New version of").get_by_role("option")).to_have_count(2)

    desk.goto(place)
    wait_for_full(desk)
    expect(desk.locator(".jaws")).to_contain_text("Crown 14, v2")
    scene = json.loads(desk.locator("#manifest").text_content() or "")
    (design,) = [record for record in scene["records"] if record["kind"] == "design"]
    assert design["sha256"] == hashlib.sha256(second.read_bytes()).hexdigest()
    expect(desk.locator("[data-tool=compare]")).to_be_visible(timeout=SOON_MS)
    for person in (ada, carl):
        assert person.complaints == []
        person.context.close()
