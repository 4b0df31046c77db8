"""A mail scanner that runs scripts and presses everything, between the sender and the person: it uses up nothing."""

import contextlib
import re
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.core.made_images import jpeg
from tests.journeys.server import ADA, Server, sign_in
from tests.journeys.test_share_link import SOON_MS, Machine, Watched, newest_mail

pytestmark = pytest.mark.journey
ROSA, NINA = "rosa@north-lab.example", "nina@scan.example"
CODE = re.compile(r": ([A-Z2-9]{8})\b")


@pytest.fixture(scope="module")
def laid(server: Server) -> dict[str, Any]:
    """A case with one photograph that is ready, and its collection."""
    machine = Machine(server)
    patient = machine.ask("POST", "patients", {"code": "P-0218", "name": "Zélia Canário"})
    opened = machine.ask(
        "POST",
        f"patients/{patient['id']}/collections",
        {"taken_on": "2026-03-17", "standard": "crown-and-bridge"},
    )
    record = machine.lay_in(opened["id"], "EV19", "smile.jpg", jpeg(640, 480))
    while machine.ask("GET", f"records/{record}")["state"] != "ready":
        pass
    case = machine.ask("POST", "cases", {"collection": opened["id"], "code": "A-1042"})
    return {"case": case, "collection": opened, "machine": machine}


def link_in(mail: str, pattern: str) -> str:
    found = re.search(pattern, mail)
    assert found is not None, mail
    return found[0]


def scan(browser: Browser, server: Server, link: str) -> int:
    """HEAD, GET ×5 without a cookie, then a fresh Chromium that presses every button and follows every form."""
    asked = 0
    for method in ("HEAD", "GET", "GET", "GET", "GET", "GET"):
        request = urllib.request.Request(link, method=method, headers={"User-Agent": "SafeLinks"})
        # Without a cookie the clean address behind the link is nothing.
        with (
            contextlib.suppress(urllib.error.HTTPError),
            urllib.request.urlopen(request, timeout=20) as answer,
        ):
            answer.read()
        asked += 1
    machine = Watched(browser, server)
    machine.page.goto(link)
    for _ in range(3):
        buttons = machine.page.locator("button:visible, input[type=submit]:visible")
        for number in range(buttons.count()):
            fill_everything(machine.page)
            if number < buttons.count():
                buttons.nth(number).click(timeout=5000)
                machine.page.wait_for_load_state()
    # And what a script would send by itself.
    machine.page.evaluate(
        "async () => { for (const form of document.forms)"
        "  await fetch(form.action, {method: 'POST', body: new FormData(form)}); }"
    )
    asked += len(machine.asked)
    assert machine.hosts() <= {urlsplit(server.url).netloc}
    machine.context.close()
    return asked


def fill_everything(page: Page) -> None:
    for field in page.locator("input:visible, textarea:visible").all():
        kind = field.get_attribute("type") or "text"
        if kind in ("checkbox", "radio"):
            field.check()
        elif kind != "file":
            field.fill("AAAAAAAA")


def test_sl_06_the_scanner_opened_and_pressed_everything_and_the_person_still_comes_in(
    browser: Browser, server: Server, laid: dict[str, Any]
) -> None:
    """SL-05, SL-06, SL-10: both mails scanned before the person reads them; the link opens one browser, once."""
    desk = Watched(browser, server)
    sign_in(desk.page, server, ADA)
    desk.page.goto(f"{server.url}/cases/{laid['case']['id']}/shares/new")
    desk.page.get_by_label("Recipients").fill(f"{ROSA}, Rosa")
    desk.page.get_by_role("button", name="Share", exact=True).click()
    desk.page.get_by_role("link", name="See the share").click()
    share_page = desk.page.url

    invitation = link_in(newest_mail(server, ROSA, "shares a case with you"), r"http://\S+/s/[\w-]+")
    asked = scan(browser, server, invitation)
    table = Watched(browser, server)
    table.page.goto(invitation)
    table.page.get_by_role("button", name="Send the code").click()
    expect(table.page.get_by_label("Code from your mail")).to_be_visible()
    # The newest of them: the scanner, pressing its own button, had got one for its own browser.
    table.page.wait_for_timeout(1500)
    link = link_in(newest_mail(server, ROSA, "Enter this code"), r"http://\S+/in/[\w-]+")
    asked += scan(browser, server, link)

    # Another browser of hers is told where to go on; the first one needs one press.
    phone = Watched(browser, server)
    phone.page.goto(link)
    expect(phone.page.locator("h1")).to_have_text("Go on where you began")
    table.page.goto(link)
    assert "/in/" not in table.page.url
    table.page.get_by_role("button", name="Open the review").click()
    expect(table.page.locator(".viewer")).to_be_visible(timeout=SOON_MS)
    # Used up: pressing Back, and the link again.
    answer = phone.page.goto(link)
    assert answer is not None and answer.status == 404

    desk.page.goto(share_page)
    facts = desk.page.locator("dl.facts").inner_text()
    assert re.search(r"Views\s+1\b", facts), facts
    expect(desk.page.locator("main")).to_contain_text("Rosa")
    for person in (table, phone):
        assert person.complaints == [] and person.hosts() == {urlsplit(server.url).netloc}
    for person in (desk, table, phone):
        person.context.close()
    token = link.rsplit("/", 1)[-1]
    assert token not in server.log() and invitation.rsplit("/", 1)[-1] not in server.log()
    print(f"{asked} requests of scanners checked")


def test_somebody_without_an_account_sends_a_photograph_that_was_asked_for(
    browser: Browser, server: Server, laid: dict[str, Any]
) -> None:
    """D9: asked on the page, scanned by the mail's guard, sent in Chromium by the same resumable upload."""
    desk, nina = Watched(browser, server), Watched(browser, server)
    sign_in(desk.page, server, ADA)
    desk.page.goto(f"{server.url}/collections/{laid['collection']['id']}/requests/new")
    desk.page.get_by_label("Mail address").fill(NINA)
    desk.page.get_by_label("Name", exact=True).fill("Nina")
    desk.page.get_by_role("button", name="Send the request").click()
    expect(desk.page.locator("h1")).to_have_text("U-0001")

    invitation = link_in(newest_mail(server, NINA, "asks you to send"), r"http://\S+/u/[\w-]+")
    asked = scan(browser, server, invitation)
    nina.page.goto(invitation)
    nina.page.get_by_role("button", name="Send the code").click()
    nina.page.wait_for_timeout(1500)
    code = CODE.search(newest_mail(server, NINA, "Enter this code"))
    assert code is not None
    nina.page.get_by_label("Code from your mail").fill(code[1])
    nina.page.get_by_role("button", name="Go on").click()
    nina.page.get_by_role("checkbox").check()
    nina.page.get_by_role("button", name="Go on").click()
    picture = jpeg(800, 600, comment="Nina Canario")
    nina.page.locator("input[type=file]").set_input_files(
        {"name": "smile EV20.jpg", "mimeType": "image/jpeg", "buffer": picture}
    )
    row = nina.page.locator("[data-planned] li")
    expect(row).to_contain_text("smile EV20.jpg")
    row.locator("select").select_option(index=1)
    row.get_by_role("button", name="Send").click()
    expect(nina.page.locator("#sent li[data-state=ready]")).to_have_count(1, timeout=SOON_MS)

    desk.page.reload()
    expect(desk.page.locator("table")).to_contain_text("received from Nina")
    assert "sent files for request U-0001" in newest_mail(server, ADA, "sent files")
    desk.page.get_by_role("button", name="End it now").click()
    nina.page.reload()
    expect(nina.page.locator("h1")).to_have_text("There is nothing here")
    assert nina.complaints == [] and nina.hosts() == {urlsplit(server.url).netloc}
    for person in (desk, nina):
        person.context.close()
    print(f"{asked} requests of scanners, {len(nina.asked)} of the sender checked")
