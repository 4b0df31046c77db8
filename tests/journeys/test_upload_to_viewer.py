"""From files on a disk to jaws on the screen, in a real browser against a whole server of its own."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from arcada.core.geometry.specimen import make_pair
from arcada.core.geometry.specimen.faults import moved
from arcada.core.geometry.write import write_ply, write_stl
from tests.core.made_images import jpeg
from tests.journeys.server import ADA, Server, sign_in

pytestmark = pytest.mark.journey
CHUNK = 8 << 20
SOON_MS = 60_000


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A desk, signed in; whatever a script complains of fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    sign_in(page, server, ADA)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A patient's folder as a scanner and a camera leave it: a pair in colour, lower jaw pushed away, photographs."""
    folder = tmp_path_factory.mktemp("visit")
    upper, lower = make_pair(3, triangles=30_000)
    (folder / "UpperJaw.ply").write_bytes(write_ply(upper, comments=["Zelia Canario"]))
    (folder / "LowerJaw.ply").write_bytes(write_ply(moved(lower, (0.0, -25.0, 0.0))))
    (folder / "at-rest.jpg").write_bytes(jpeg(1200, 900))
    (folder / "smile.jpg").write_bytes(jpeg(2400, 1600))
    (folder / "panoramic.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    (folder / ".DS_Store").write_bytes(b"x")
    return folder


def open_collection(page: Page, server: Server, standard: str = "archive-3-2") -> None:
    """A new patient with a new collection, by the forms."""
    page.goto(f"{server.url}/patients")
    page.get_by_role("link", name="New patient").first.click()
    page.get_by_label("Name").fill("Zélia Canário Quaresma")
    page.get_by_role("button", name="Add patient").click()
    page.get_by_role("link", name="New collection").first.click()
    page.get_by_label("Upload standard").select_option(standard)
    page.get_by_label("Title").fill("First visit")
    page.get_by_role("button", name="Open collection").click()
    page.wait_for_url("**/collections/*")


def choose(page: Page, button: str, *paths: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=button).first.click()
    chooser.value.set_files(list(paths))


def slot(page: Page, code: str):
    return page.locator(f".slot[data-slot={code}]")


def incoming(page: Page, name: str):
    return page.locator("#incoming-stored > li", has_text=name)


def test_a_dentist_drops_a_folder_and_sees_jaws_findings_and_refusals(
    page: Page, server: Server, files: Path
) -> None:
    """N4 to N15, S7, S8."""
    open_collection(page, server)
    assert "Canário" not in page.content()
    assert slot(page, "upper_jaw").get_attribute("data-state") == "missing"

    choose(page, "Choose a folder", files)
    planned = page.locator("[data-planned] > li")
    expect(planned).to_have_count(5)  # what the system left in the folder is nobody's file
    assert page.get_by_label("Place of UpperJaw.ply").input_value() == "upper_jaw|"
    assert page.get_by_label("Place of smile.jpg").input_value() == "EV19|"
    page.get_by_label("Place of at-rest.jpg").select_option(label="Frontal at rest")
    page.get_by_role("button", name="Start the upload of 5 files").click()

    expect(slot(page, "upper_jaw").locator("img")).to_be_visible(timeout=SOON_MS)
    expect(slot(page, "lower_jaw").locator("img")).to_be_visible(timeout=SOON_MS)
    expect(slot(page, "EV15")).to_have_attribute("data-state", "filled", timeout=SOON_MS)
    width = slot(page, "upper_jaw").locator("img").evaluate("i => i.decode().then(() => i.naturalWidth)")
    assert width > 100

    too_large = incoming(page, "smile.jpg")
    expect(too_large).to_contain_text("3.84 megapixels, limit 2", timeout=SOON_MS)
    broken = incoming(page, "panoramic.png")
    expect(broken).to_have_attribute("data-state", "refused", timeout=SOON_MS)
    expect(page.locator(".findings")).to_contain_text("The jaws do not meet.", timeout=SOON_MS)
    expect(page.locator("#live")).to_contain_text("3 of 8 filled")
    expect(page.locator("#count-now")).to_have_text("3 of 8 places filled")

    too_large.get_by_role("button", name="Reduce and add").click()
    expect(slot(page, "EV19")).to_have_attribute("data-state", "filled", timeout=SOON_MS)
    expect(slot(page, "EV19")).to_contain_text("version 2")
    broken.get_by_role("button", name="Remove").click()
    expect(incoming(page, "panoramic.png")).to_have_count(0)


def test_the_upper_jaw_stands_in_3d_on_its_page(page: Page, server: Server, files: Path) -> None:
    open_collection(page, server)
    choose(page, "Choose files", files / "UpperJaw.ply")
    page.get_by_role("button", name="Start the upload of 1 file").click()
    expect(slot(page, "upper_jaw").locator("img")).to_be_visible(timeout=SOON_MS)
    slot(page, "upper_jaw").get_by_role("link").click()
    expect(page.locator(".stage .level")).to_contain_text("triangles", timeout=SOON_MS)
    expect(page.locator(".stage canvas")).to_be_visible()
    assert "Zelia" not in page.content()
    expect(page.locator("aside.receipt .bar-out").first).to_be_visible()


def test_an_upload_goes_on_after_the_page_was_left_in_the_middle(
    page: Page, server: Server, tmp_path: Path
) -> None:
    """DU-01 as a person sees it: what was stored is not sent again."""
    upper, _ = make_pair(5, triangles=60_000, colours=False)
    heavy = tmp_path / "upper.stl"
    heavy.write_bytes(_heavier(write_stl(upper), 40_000_000))
    open_collection(page, server)

    sent: list[int] = []

    def told_offset(asked) -> None:
        if asked.method == "PATCH":
            sent.append(int(asked.headers["upload-offset"]))

    def after_two_chunks_no_line(route) -> None:
        """Two chunks pass, then nothing does: as in a lift."""
        passed = sum(offset < 2 * CHUNK for offset in sent)
        if route.request.method != "PATCH" or (passed <= 2 and sent[-1] < 2 * CHUNK):
            route.continue_()
        else:
            route.abort()

    page.on("request", told_offset)
    page.route("**/api/v1/uploads/*", after_two_chunks_no_line)
    choose(page, "Choose files", heavy)
    page.get_by_role("button", name="Start the upload of 1 file").click()
    expect(page.locator("ul.incoming > li", has_text="No connection")).to_be_visible(timeout=SOON_MS)
    kept = page.evaluate("localStorage.getItem('arcada:uploads')")
    assert "upper" not in kept and "Canário" not in kept

    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.unroute_all()  # after the page was left: it tries again by itself
    row = page.locator("#incoming-stored > li[data-state=awaiting]")
    expect(row).to_contain_text("16.8 MB of 40.0 MB are stored")
    sent.clear()
    with page.expect_file_chooser() as chooser:
        row.get_by_role("button", name="Choose the file").click()
    chooser.value.set_files([heavy])
    expect(slot(page, "upper_jaw").locator("img")).to_be_visible(timeout=SOON_MS)
    assert sent == [2 * CHUNK, 3 * CHUNK, 4 * CHUNK]
    assert page.evaluate("localStorage.getItem('arcada:uploads')") is None


def test_a_server_that_was_killed_under_an_upload_is_waited_for(
    page: Page, server: Server, tmp_path: Path
) -> None:
    upper, _ = make_pair(6, triangles=60_000, colours=False)
    heavy = tmp_path / "upper.stl"
    heavy.write_bytes(_heavier(write_stl(upper), 30_000_000))
    open_collection(page, server)
    seen: list[object] = []
    page.route(
        "**/api/v1/uploads/*",
        lambda route: (
            (seen.append(route) or route.continue_())
            if route.request.method != "PATCH" or len(seen) < 3
            else route.abort()
        ),
    )
    choose(page, "Choose files", heavy)
    page.get_by_role("button", name="Start the upload of 1 file").click()
    expect(page.locator("ul.incoming > li", has_text="No connection")).to_be_visible(timeout=SOON_MS)
    server.stop(kill=True)
    server.start()
    page.unroute_all()
    expect(slot(page, "upper_jaw").locator("img")).to_be_visible(timeout=SOON_MS)


def test_pause_holds_the_line_and_cancel_leaves_nothing(page: Page, server: Server, tmp_path: Path) -> None:
    upper, _ = make_pair(7, triangles=40_000, colours=False)
    heavy = tmp_path / "upper.stl"
    heavy.write_bytes(_heavier(write_stl(upper), 60_000_000))
    open_collection(page, server)
    page.route(
        "**/api/v1/uploads/*", lambda route: route.continue_() if route.request.method != "PATCH" else None
    )
    choose(page, "Choose files", heavy)
    page.get_by_role("button", name="Start the upload of 1 file").click()
    sending = page.locator("ul.incoming > li", has_text="upper.stl").first
    sending.get_by_role("button", name="Pause").click(timeout=SOON_MS)
    expect(sending).to_contain_text("Paused at")
    sending.get_by_role("button", name="Cancel").click()
    expect(page.locator("ul.incoming > li:visible", has_text="upper.stl")).to_have_count(0)
    page.unroute_all()
    page.reload()
    expect(slot(page, "upper_jaw")).to_have_attribute("data-state", "missing")
    expect(page.locator("#incoming-stored > li")).to_have_count(0)


def test_a_phone_shows_the_same_tray_without_scrolling_sideways(page: Page, server: Server) -> None:
    open_collection(page, server)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(f"{page.url}?as=list")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def _heavier(stl: bytes, size: int) -> bytes:
    """The same scan with its facets said again and again, so that it weighs `size` bytes and no more than 49 more."""
    facets = np.frombuffer(stl, dtype="V50", offset=84)
    many = np.resize(facets, -(-(size - 84) // 50))
    return stl[:80] + len(many).to_bytes(4, "little") + many.tobytes()
