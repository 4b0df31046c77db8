"""The demo case as a file on a disk, opened in a browser without a network: what works there, and what is said."""

import gzip
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from arcada.core.decision_paper import read_paper
from tests.journeys.server import ROOT, Server, secrets, serving, sign_in
from tests.journeys.viewer_page import WATCH, settle, wait_for_full
from tests.templates import lay_practice

pytestmark = pytest.mark.journey
ADA, PASSWORD = "ada@lima-dental.example", "crown-14-zirconia"
SOON_MS = 60_000
MOST_TIMES_ITS_PARTS = 1.4
# 3-4-5: the server keeps no value that does not follow from the points.
KEEP_A_MEASUREMENT = """async () => {
  const manifest = JSON.parse(document.querySelector("#manifest").textContent);
  const { id } = manifest.records.find(({ slot }) => slot === "upper_jaw");
  const item = { id: crypto.randomUUID(), kind: "distance", name: "Width at 14", records: [id, id],
    points: [[0, 0, 0], [3, 4, 0]], way: [], value: 5 };
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ items: [item] });
  return (await fetch(manifest.save.measurements, { method: "PUT", headers, body })).status;
}"""
NO_WEBGL = "HTMLCanvasElement.prototype.getContext = () => null;"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not (ROOT / "arcada/web/static/build/capsule/open.js").exists():
        pytest.skip("the front end is not built (make setup)")
    data = tmp_path_factory.mktemp("capsule") / "data"
    said = lay_practice(data)
    with serving(data) as running:
        found = re.search(rf"{re.escape(ADA)}: ([A-Z2-7]{{32}})", said)
        assert found is not None
        secrets[(running.url, ADA)] = found[1]
        yield running


@pytest.fixture(scope="module")
def saved(browser: Browser, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The capsule of A-1042, by the button of its files page."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = context.new_page()
    sign_in(page, server, ADA, password=PASSWORD)
    page.goto(f"{server.url}/cases")
    page.get_by_role("link", name="A-1042").first.click()
    page.locator("#manifest").wait_for(state="attached")
    page.wait_for_load_state("load")
    assert page.evaluate(KEEP_A_MEASUREMENT) == 200
    page.get_by_role("link", name="Files and people").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Capsule for offline").click()
    assert download.value.suggested_filename == "A-1042_capsule.html"
    path = tmp_path_factory.mktemp("disk") / "A-1042_capsule.html"
    download.value.save_as(path)
    context.close()
    return path


class Opened:
    """A page from the disk with the network off, and everything that it asked for or complained of."""

    def __init__(self, browser: Browser, path: Path, script: str, **context: Any) -> None:
        self.context = browser.new_context(
            **({"viewport": {"width": 1440, "height": 900}, "locale": "en-GB"} | context)
        )
        self.context.set_offline(True)
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.page: Page = self.context.new_page()
        self.page.add_init_script(script)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type == "error" else None
        )
        self.page.goto(path.as_uri())

    @property
    def asked_of_others(self) -> list[str]:
        """Beside the file itself and what it made of itself."""
        return [url for url in self.asked if not url.startswith(("file:", "blob:null/", "data:"))]


@pytest.fixture
def open_saved(browser: Browser) -> Iterator[Any]:
    closing: list[Opened] = []

    def open_it(path: Path, script: str = WATCH, **context: Any) -> Opened:
        opened = Opened(browser, path, script, **context)
        closing.append(opened)
        return opened

    yield open_it
    for opened in closing:
        assert opened.asked_of_others == []
        assert [url for url in opened.asked if url.startswith("file:")] == [opened.page.url.partition("#")[0]]
        opened.context.close()


def rest(page: Page) -> None:
    """Until it is drawn in full and stands still."""
    wait_for_full(page)
    settle(page)


def test_the_demo_case_opens_from_a_disk_without_a_network_and_is_drawn_in_full(
    saved: Path, open_saved: Any
) -> None:
    opened = open_saved(saved)
    page = opened.page
    rest(page)
    frame = page.evaluate("watched.frames.at(-1)")
    assert frame["share"] >= 0.03
    assert frame["colours"] >= 13
    shown = int(re.sub(r"\D", "", page.locator(".level").text_content() or "0"))
    assert frame["triangles"] >= shown > 200_000
    expect(page.locator("[data-verdict]")).to_contain_text("parts are what was exported", timeout=SOON_MS)
    assert page.locator("[data-verdict]").get_attribute("data-verdict") == "whole"
    assert opened.complaints == []
    assert page.evaluate("watched.violations") == []


def test_pressing_a_comment_flies_to_its_point_and_pressing_the_pin_shows_the_comment(
    saved: Path, open_saved: Any
) -> None:
    page = open_saved(saved).page
    rest(page)
    before = page.locator(".stage").screenshot()
    drawn = page.evaluate("watched.frames.length")
    page.locator("[data-show-thread]").first.click()
    settle(page)
    assert page.evaluate("watched.frames.length") > drawn
    assert page.locator(".stage").screenshot() != before
    expect(page.locator(".thread[aria-current=true]")).to_have_count(1)
    number = page.locator(".thread[aria-current=true] .no").text_content()
    other = page.locator(f".pin:visible:not(:text-is('{number}'))").first
    said = other.text_content()
    other.click()
    expect(page.locator(".thread[aria-current=true] .no")).to_have_text(said or "")


def test_it_holds_what_was_said_and_decided_and_offers_nothing_that_needs_a_server(
    saved: Path, open_saved: Any
) -> None:
    page = open_saved(saved).page
    rest(page)
    talk = page.locator(".talk")
    expect(talk).to_contain_text("Contact to 15 is open. Please close it.")
    expect(talk).to_contain_text("Dr Ada Lima asked for changes")
    expect(talk).to_contain_text("this decision no longer holds")
    expect(talk.get_by_role("row", name="Width at 14")).to_contain_text("5.00 mm")
    for tool in ("Measure", "Section", "Bite"):
        page.get_by_role("button", name=tool).first.click()
        expect(page.get_by_role("button", name=tool).first).to_have_attribute("aria-pressed", "true")
    assert page.locator("form, textarea, input[type=text], [data-act=comment-on-point]:visible").count() == 0


def test_a_signed_decision_is_saved_again_as_it_was_signed(saved: Path, open_saved: Any) -> None:
    page = open_saved(saved).page
    rest(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Signed file").first.click()
    assert re.fullmatch(r"A-1042_decision-\d+\.json", download.value.suggested_filename)
    said = read_paper(Path(download.value.path()).read_bytes())
    assert said["case"]
    assert said["verdict"] == "changes_requested"


def spoiled(saved: Path, folder: Path, part: str) -> Path:
    """The capsule with one byte of one packed part changed, as a careful hand would: it still unpacks."""
    text = saved.read_text()
    found = re.search(rf'data-part="({part}[^"]*)">([^<]*)</script>', text)
    assert found is not None
    data = bytearray(gzip.decompress(b64decode(found[2])))
    data[len(data) // 2] ^= 1
    path = folder / "spoiled.html"
    path.write_text(text.replace(found[2], b64encode(gzip.compress(bytes(data))).decode()))
    return path


@pytest.mark.parametrize("part", ["full-", "viewer"])
def test_a_part_that_was_changed_is_named_and_not_used(
    saved: Path, open_saved: Any, tmp_path: Path, part: str
) -> None:
    page = open_saved(spoiled(saved, tmp_path, part)).page
    verdict = page.locator("[data-verdict=changed]")
    expect(verdict).to_contain_text("Changed since the export", timeout=SOON_MS)
    name = "full detail" if part == "full-" else "the viewer"
    expect(verdict).to_contain_text(name)
    assert page.locator("tr[data-bad]").count() == 1
    if part == "viewer":
        assert page.locator(".stage canvas").count() == 0


def test_a_word_that_was_changed_in_a_comment_is_said(saved: Path, open_saved: Any, tmp_path: Path) -> None:
    text = saved.read_text()
    assert text.count("Please close it.") == 1
    path = tmp_path / "spoiled.html"
    path.write_text(text.replace("Please close it.", "Please leave it."))
    verdict = open_saved(path).page.locator("[data-verdict=changed]")
    expect(verdict).to_contain_text("what was said", timeout=SOON_MS)


def test_a_picture_that_was_changed_is_said(saved: Path, open_saved: Any, tmp_path: Path) -> None:
    text = saved.read_text()
    found = re.search(r'data-part="(poster-front-[^"]*)" src="data:image/webp;base64,([^"]*)"', text)
    assert found is not None
    other = found[2][:400] + ("A" if found[2][400] != "A" else "B") + found[2][401:]
    path = tmp_path / "spoiled.html"
    path.write_text(text.replace(found[2], other))
    verdict = open_saved(path).page.locator("[data-verdict=changed]")
    expect(verdict).to_contain_text("still picture (front)", timeout=SOON_MS)


def test_a_script_that_somebody_puts_in_does_not_run(saved: Path, open_saved: Any, tmp_path: Path) -> None:
    path = tmp_path / "more.html"
    path.write_text(saved.read_text().replace("</body>", "<script>window.foreign = true</script></body>"))
    page = open_saved(path).page
    rest(page)
    assert page.evaluate("window.foreign") is None


def test_without_webgl_the_still_pictures_stay_and_change_with_the_view(saved: Path, open_saved: Any) -> None:
    page = open_saved(saved, NO_WEBGL).page
    expect(page.locator(".level")).to_contain_text("Still pictures", timeout=SOON_MS)
    shown = page.locator(".scene .posters img")
    expect(shown.first).to_be_visible()
    assert (shown.first.get_attribute("src") or "").startswith("data:image/webp;base64,")
    assert (shown.first.get_attribute("alt") or "").startswith("Upper jaw.")
    assert page.evaluate("document.querySelector('.scene .posters img').naturalWidth") > 0


def test_without_scripts_what_was_said_and_the_still_pictures_are_there(saved: Path, open_saved: Any) -> None:
    opened = open_saved(saved, "", java_script_enabled=False)
    expect(opened.page.locator(".talk")).to_contain_text("Contact to 15 is open")
    opened.page.locator("summary", has_text="Still pictures").click()
    expect(opened.page.locator("details[open] img").first).to_be_visible()


def test_it_is_no_larger_than_its_parts_allow(saved: Path) -> None:
    """Parts as they would travel alone: each gzipped where that helps, with the page's style and scripts."""
    text = saved.read_text()
    packed = [b64decode(one) for one in re.findall(r'octet-stream" data-part="[^"]*">([^<]*)<', text)]
    pictures = [b64decode(one) for one in re.findall(r'src="data:image/[a-z]+;base64,([^"]*)"', text)]
    rest = re.sub(r'(data-part="[^"]*">|;base64,)[A-Za-z0-9+/=]{200,}', r"\1", text)
    parts = sum(map(len, packed)) + sum(map(len, pictures)) + len(gzip.compress(rest.encode(), 9))
    size = saved.stat().st_size
    stored = sum(len(gzip.decompress(one)) for one in packed) + sum(map(len, pictures))
    print(
        f"capsule {size:,} bytes, parts {parts:,}: {size / parts:.3f} times; stored {stored:,}: {size / stored:.3f}"
    )
    assert len(packed) > 10
    assert size <= MOST_TIMES_ITS_PARTS * parts
