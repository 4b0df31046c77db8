"""Every page that a person can reach by following links, looked at as a browser and a screen reader see it.

The demo practice is loaded, then each address of the resolver is opened once, in a wide light window and a narrow dark
one: nothing runs out of the window, nothing stands in the console, axe finds nothing (WCAG 2.2 A and AA).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.journeys.server import PASSWORD, ROOT, Server, chromium, secrets, serving, sign_in
from tests.journeys.test_share_link import newest_mail
from tests.templates import lay_practice

# One practice for all of them.
pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("every page")]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
WINDOWS = ((1440, "light"), (390, "dark"))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DEMO_PASSWORD = "crown-14-zirconia"
# Addresses that answer with a file or an end, not with a page.
NO_PAGE = re.compile(
    r"\.zip|\.pdf|\.json|/capsule|/exports/|/original|/cleaned|/export$|\.csv|/logo|/logout|/dev/mail/|/live|/static/"
    r"|\.eml"
)


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("practice") / "data"
    said = lay_practice(data)
    with serving(data) as server:
        for email, secret in re.findall(r"^  (\S+@\S+): ([A-Z2-7]+)$", said, re.MULTILINE):
            secrets[(server.url, email)] = secret
        yield server


def kind_of(path: str) -> str:
    """The name of an address, so that twelve patients are one page; a search or a filter is the page it is on."""
    try:
        return str(resolve(path).view_name)
    except Resolver404:
        return path


def pages_of(page: Page, server: Server, start: list[str]) -> Iterator[str]:
    """One address of each kind, as the links of the pages lead there."""
    waiting, seen = list(start), set()
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path.split("?")[0])
        if kind in seen or NO_PAGE.search(path):
            continue
        seen.add(kind)
        page.goto(server.url + path)
        yield path
        found: list[str] = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        waiting += [
            address.removeprefix(server.url).split("#")[0]
            for address in found
            if address.startswith(server.url + "/")
        ]


def look(page: Page, path: str, folder: Path) -> list[str]:
    """What is wrong with the page that is open, at each of the windows."""
    wrong = []
    for width, scheme in WINDOWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        # Pins are drawn apart once the picture rests.
        page.wait_for_timeout(700 if page.locator(".pin").count() else 100)
        name = f"{kind_of(path.split('?')[0]).replace('/', '_')}-{width}-{scheme}"
        page.screenshot(path=folder / f"{name}.png", full_page=True)
        overflow = page.evaluate("document.documentElement.scrollWidth")
        if overflow > width:
            wrong.append(f"{path} at {width}: {overflow} px wide")
        # Through the debugger: the page's own policy lets no foreign script in.
        page.evaluate(AXE.read_text("utf-8"))
        found: dict[str, Any] = page.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
        )
        for violation in found["violations"]:
            for node in violation["nodes"][:3]:
                said = " ".join(str(node.get("failureSummary", "")).split())[:220]
                wrong.append(f"{path} {scheme}: {violation['id']}: {node['html'][:140]} {said}")
    return wrong


DOORS = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/terms/terms", "/dev/mail"]
REVIEWER = "sue@operator.example"


@pytest.mark.parametrize(
    ("who", "password", "start", "at_least"),
    [
        pytest.param("ada@lima-dental.example", DEMO_PASSWORD, ["/", "/settings"], 35, id="the dentist"),
        pytest.param(
            "carl@arco-lab.example",
            DEMO_PASSWORD,
            ["/", "/settings"],
            20,
            id="the technician",
            marks=pytest.mark.full,
        ),
        pytest.param(
            REVIEWER, PASSWORD, ["/review/licences", "/review/reports"], 2, id="the operator's reviewer"
        ),
        pytest.param("", "", DOORS, 5, id="a stranger"),
    ],
)
def test_axe_finds_nothing_on_any_page_that_links_lead_to(
    practice: Server, tmp_path: Path, who: str, password: str, start: list[str], at_least: int
) -> None:
    with sync_playwright() as playwright, chromium(playwright) as browser:
        page, said = window(browser)
        if who == REVIEWER:
            practice.run("user", "create", who, "--name", "Rita", "--staff", said=f"{password}\n")
        if who:
            sign_in(page, practice, who, password=password)
        wrong, count = [], 0
        for path in pages_of(page, practice, start):
            wrong += look(page, path, tmp_path)
            count += 1
        print(f"{count} pages × {len(WINDOWS)} windows checked, pictures in {tmp_path}")
        assert not wrong, "\n".join(wrong)
        assert not said, "\n".join(said)
        assert count >= at_least


def test_axe_finds_nothing_at_the_door_of_a_share_and_behind_it(practice: Server, tmp_path: Path) -> None:
    with sync_playwright() as playwright, chromium(playwright) as browser:
        page, said = window(browser)
        invitation = re.search(r"http://\S+/s/[\w-]+", newest_mail(practice, "rosa@north-lab.example", "/s/"))
        assert invitation is not None
        page.goto(practice.url + urlsplit(invitation[0]).path)
        wrong = look(page, "/door", tmp_path)
        page.set_viewport_size({"width": 1440, "height": 900})
        page.get_by_role("button", name="Send the code").click()
        wrong += look(page, "/door-code", tmp_path)
        code = re.search(
            r": ([A-Z2-9]{8})\b", newest_mail(practice, "rosa@north-lab.example", "Enter this code")
        )
        assert code is not None
        page.set_viewport_size({"width": 1440, "height": 900})
        page.get_by_label("Code from your mail").fill(code[1])
        page.get_by_label("Code from your mail").press("Enter")
        page.locator(".viewer").wait_for()
        page.wait_for_timeout(3000)
        wrong += look(page, "/door-review", tmp_path)
        assert not wrong, "\n".join(wrong)
        assert not said, "\n".join(said)


def test_without_3d_the_case_says_in_numbers_what_touches_and_what_changed(
    practice: Server, tmp_path: Path
) -> None:
    with sync_playwright() as playwright, chromium(playwright) as browser:
        page, said = window(browser)
        page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null;")
        sign_in(page, practice, "ada@lima-dental.example", password=DEMO_PASSWORD)
        page.goto(f"{practice.url}/cases")
        page.get_by_role("link", name="A-1042").first.click()
        expect(page.locator(".level")).to_have_text(
            "Still pictures: this browser does not draw 3D. What was measured stands under “In numbers”."
        )
        # By the keyboard alone.
        page.get_by_text("In numbers", exact=True).focus()
        page.keyboard.press("Enter")
        crown = page.get_by_role("table", name="Crown 14, v3 against Lower jaw")
        expect(crown.get_by_role("rowheader", name="Tooth 14").first).to_be_visible()
        expect(crown.get_by_role("cell", name="µm").first).to_be_visible()
        changes = page.get_by_role("table", name="Changes between versions")
        expect(changes.get_by_role("rowheader", name="Crown 14, v3")).to_be_visible()
        wrong = look(page, urlsplit(page.url).path, tmp_path)
        assert not wrong, "\n".join(wrong)
        assert not said, "\n".join(said)


def window(browser: Browser) -> tuple[Page, list[str]]:
    """A fresh browser, and what stands in its console."""
    page = browser.new_context(locale="en-US", viewport={"width": 1440, "height": 900}).new_page()
    said: list[str] = []
    page.on("console", lambda line: said.append(f"{page.url}: {line.text}") if is_complaint(line) else None)
    page.on(
        "response",
        lambda answer: (
            said.append(f"{page.url}: {answer.url} {answer.status}") if answer.status >= 400 else None
        ),
    )
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    return page, said


def is_complaint(line: ConsoleMessage) -> bool:
    """An error of a page; an answer that is none is told with its address, and Django's console styles by attribute,
    which the policy refuses as it should."""
    if line.type != "error" or "Failed to load resource" in line.text:
        return False
    return not (
        line.page is not None and "/console/" in line.page.url and "Applying inline style" in line.text
    )
