"""A picture that is also a page, opened directly: the browser saves it and runs nothing of it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.core.made_images import jpeg, png
from tests.journeys.server import Server, chromium, serving, sign_in
from tests.journeys.test_share_link import Machine

pytestmark = pytest.mark.journey
ADA = "ada@lima.example"
PAGE = b"<html><body><script>document.title = 'it ran: ' + document.cookie; fetch('/it-ran')</script></body></html>"
# Scanner software writes text into comments and headers; whoever wants to hurt writes a page there.
POLYGLOTS = {
    "page-behind.jpg": jpeg(640, 480) + PAGE,
    "page-inside.jpg": jpeg(640, 480)[:2]
    + b"\xff\xfe"
    + (len(PAGE) + 2).to_bytes(2, "big")
    + PAGE
    + jpeg(640, 480)[2:],
    "page-behind.png": png(640, 480) + PAGE,
    "page.txt": PAGE.replace(b"<html><body>", b"Shade A2 <b>"),
}


def test_up_07_no_polyglot_runs_when_it_is_opened_directly(tmp_path: Path) -> None:
    """UP-07, UP-05: original and cleaned file, in the browser of its owner, who is signed in."""
    with (
        serving(tmp_path / "data") as server,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        server.add_person(ADA, "Dr Ada Lima", "Lima Dental")
        machine = Machine(server)
        patient = machine.ask("POST", "patients", {"code": "P-0218"})
        opened = machine.ask(
            "POST", f"patients/{patient['id']}/collections", {"taken_on": "2026-03-17", "standard": "free-collection"}
        )  # fmt: skip
        page = browser.new_context(locale="en-US").new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        sign_in(page, server, ADA)
        checked = 0
        for name, data in POLYGLOTS.items():
            place = "document" if name.endswith(".txt") else "intraoral"
            record = machine.lay_in(opened["id"], place, name, data)
            while (state := machine.ask("GET", f"records/{record}")["state"]) not in (
                "ready",
                "rejected",
                "failed",
            ):
                page.wait_for_timeout(200)
            page.goto(f"{server.url}/records/{record}")
            if state != "ready":
                continue
            for view in ("original", "cleaned"):
                saved = download(page, server, f"/records/{record}/{view}")
                assert (PAGE in saved) == (view == "original" and ".txt" not in name), (name, view)
                checked += 1
        assert checked >= 4
        assert not [url for url in asked if "it-ran" in url]
        assert "it ran" not in page.title()
        print(f"{checked} files opened")


def download(page, server: Server, path: str) -> bytes:  # type: ignore[no-untyped-def]
    """Typed into the address bar; a browser that would show it instead of saving it fails here."""
    with (
        page.expect_download() as saving,
        pytest.raises(Exception, match=re.compile("Download is starting|ERR_ABORTED")),
    ):
        page.goto(server.url + path)
    return Path(saving.value.path()).read_bytes()
