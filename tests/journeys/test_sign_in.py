"""From a first sign-in to a lost phone, and a passkey, in Chromium with its virtual authenticator."""

import threading
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.journeys.server import PASSWORD, Server, chromium, next_code, secrets, serving, sign_in

pytestmark = pytest.mark.journey
ADA = "ada@lima.example"


def to_second_step(page: Page, base: str) -> None:
    page.goto(f"{base}/accounts/login/")
    page.fill("input[name=login]", ADA)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/accounts/second-step")


def shot(page: Page, folder: Path, name: str) -> None:
    """At both widths; kept where pytest keeps its folders."""
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)


def test_lost_phone_passkey_and_a_race_for_one_code(tmp_path: Path) -> None:
    """ID-07, ID-08, ID-09, ID-11, SE-08: forms as people meet them."""
    with (
        serving(tmp_path / "data") as server,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        server.add_person(ADA, "Dr Ada Lima", "Lima Lab", kind="lab")
        base = server.url.replace("127.0.0.1", "localhost")  # passkeys need a name
        page = browser.new_context(locale="en-US").new_page()
        problems: list[str] = []
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)

        # The first sign-in must set up an app, and shows ten codes.
        page.goto(f"{base}/accounts/login/")
        shot(page, tmp_path, "login")
        page.fill("input[name=login]", ADA)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/settings/sign-in/second-factor*")
        shot(page, tmp_path, "factor")
        secrets[(server.url, ADA)] = (page.locator("#secret").text_content() or "").replace(" ", "")
        page.fill("#code", next_code(server, ADA))
        page.press("#code", "Enter")
        codes = page.locator(".codes li").all_text_contents()
        assert len(codes) == 10
        shot(page, tmp_path, "codes")
        page.locator(".actions a.primary").click()
        if "/terms" in page.url:
            page.locator("form .primary").first.click()
        page.goto(f"{base}/settings/sign-in")
        shot(page, tmp_path, "settings")

        # A lost phone: password and a recovery code.
        lost = browser.new_context(locale="en-US").new_page()
        to_second_step(lost, base)
        shot(lost, tmp_path, "step")
        lost.locator("summary").click()
        lost.fill("#recovery", codes[3])
        lost.press("#recovery", "Enter")
        lost.wait_for_url(lambda address: "second-step" not in address)
        assert "9 are left" in lost.content()

        # A passkey: made, then alone enough to come in.
        cdp = page.context.new_cdp_session(page)
        cdp.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        page.goto(f"{base}/settings/sign-in/second-factor?next=/settings/sign-in")
        page.fill("#passkey-name", "Surgery computer")
        page.locator("form[data-passkey] button").click()
        page.wait_for_url(lambda address: "second-factor" not in address)
        assert page.locator("input[value='Surgery computer']").count() == 1
        page.goto(f"{base}/settings")
        page.locator("form[action*=logout] button").first.click()
        page.goto(f"{base}/accounts/login/")
        page.locator("form[data-passkey] button").click()
        page.wait_for_url(lambda address: "/accounts/" not in address)
        page.goto(f"{base}/patients")
        assert page.url.endswith("/patients")

        # Nothing that opens an account lies where a script could read it (SE-08).
        kept = page.evaluate(
            "JSON.stringify([Object.keys(localStorage), Object.keys(sessionStorage), document.cookie])"
        )
        assert kept == '[[],[],""]', kept

        # Eight browsers with one code: one of them gets in.
        assert race(server) == 1
        assert not [said for said in problems if "Content Security Policy" in said], problems
        print("5 ways in checked")


def race(server: Server) -> int:
    """How many of eight come in with the same code at once."""
    browsers = [opened(server) for _ in range(8)]
    code = next_code(server, ADA)
    came_in: list[bool] = []
    start = threading.Barrier(8)

    def try_it(browser: Any) -> None:
        start.wait()
        came_in.append("/accounts/" not in post(browser, f"{server.url}/accounts/second-step", code=code))

    threads = [threading.Thread(target=try_it, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(came_in) == 8
    return sum(came_in)


def opened(server: Server) -> Any:
    """A browser of eight after its password."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    browser.jar = jar  # type: ignore[attr-defined]
    browser.open(f"{server.url}/accounts/login/").read()
    assert post(browser, f"{server.url}/accounts/login/", login=ADA, password=PASSWORD).endswith(
        "/second-step"
    )
    return browser


def post(browser: Any, url: str, **fields: str) -> str:
    """Where one is after the form."""
    token = next(cookie.value for cookie in browser.jar if cookie.name == "csrf")
    body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
    origin = "/".join(url.split("/")[:3])
    try:
        answer = browser.open(
            urllib.request.Request(url, body, {"Origin": origin, "Sec-Fetch-Site": "same-origin"})
        )
        return str(answer.geturl())
    except urllib.error.HTTPError as refusal:
        refusal.read()
        return url if refusal.code in (422, 429) else f"{url} {refusal.code}"


def test_the_shared_way_to_sign_in_passes_both_steps(tmp_path: Path) -> None:
    """What the other journeys begin with, twice."""
    with (
        serving(tmp_path / "data") as server,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        server.add_person(ADA, "Dr Ada Lima", "Lima Lab", kind="lab")
        for _ in range(2):
            page = browser.new_context(locale="en-US").new_page()
            sign_in(page, server, ADA)
            page.goto(f"{server.url}/patients")
            assert page.url.endswith("/patients")
