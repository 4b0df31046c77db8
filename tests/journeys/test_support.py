"""Support in Chromium: an owner lets them look at a case, ends it, and hears when they break the glass."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.server import PASSWORD, ROOT, Server, next_code, serving, sign_in
from tests.journeys.test_share_link import ADA, NAME, SOON_MS, Watched, case, newest_mail

__all__ = ["case"]
pytestmark = pytest.mark.journey
SAM, SUE = "sam@operator.example", "sue@operator.example"
WHY = "The upper jaw stands on its head in the viewer."
URGENT = "A court asks for it today and nobody of the clinic answers."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not (ROOT / "arcada/web/static/build/manifest.json").exists():
        pytest.skip("the front end is not built (make setup)")
    with serving(tmp_path_factory.mktemp("journey")) as running:
        running.add_person(ADA, "Dr Ada Lima", "Lima Dental")
        for email, name in ((SAM, "Sam Ortiz"), (SUE, "Sue Park")):
            running.run("user", "create", email, "--name", name, "--staff", said=f"{PASSWORD}\n")
        yield running


def shot(page: Page, folder: Path, name: str) -> None:
    """At both widths; kept where pytest keeps its folders."""
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)


def test_TA_10_a_grant_is_given_used_and_ended_and_broken_glass_is_told_and_judged(
    browser: Browser, server: Server, case: dict[str, Any], tmp_path: Path
) -> None:
    ada, sam, sue = (Watched(browser, server) for _ in range(3))
    for watched, email in ((ada, ADA), (sam, SAM), (sue, SUE)):
        sign_in(watched.page, server, email)
    desk, support, second = ada.page, sam.page, sue.page
    console, the_case = f"{server.url}/console/", f"{server.url}/cases/{case['id']}"

    # The owner lets support look at one case.
    answer = support.goto(the_case)
    assert answer is not None and answer.status == 404
    desk.goto(f"{server.url}/settings")
    desk.get_by_role("link", name="Support", exact=True).click()
    desk.get_by_label("Code of the case or the patient").fill("A-1042")
    desk.get_by_label("Why").fill(WHY)
    desk.get_by_role("button", name="Let support look").click()
    if "still-you" in desk.url:
        desk.fill("#code", next_code(server, ADA))
        desk.press("#code", "Enter")
        desk.locator("form .primary").first.click()
    expect(desk.locator("main")).to_contain_text("One case A-1042")
    shot(desk, tmp_path, "grants")

    # Support looks: the viewer draws, nothing can be changed.
    support.goto(console)
    shot(support, tmp_path, "front")
    support.get_by_role("button", name="Look", exact=True).click()
    support.wait_for_url("**/cases/*")
    expect(support.locator(".stage canvas")).to_be_visible(timeout=SOON_MS)
    expect(support.locator(".stage .level")).to_contain_text("triangles", timeout=SOON_MS)
    expect(support.locator("body")).to_contain_text("You look at a case of Lima Dental under a grant until")
    assert NAME not in support.content()
    assert support.locator("form[action*=decisions], a[href$='files.zip']").count() == 0
    shot(support, tmp_path, "looking")

    support.goto(console)
    expect(support.locator("main")).to_contain_text("You look at Lima Dental until")
    support.goto(the_case)

    # Its end is the end.
    desk.get_by_role("button", name="End it now").click()
    answer = support.goto(the_case)
    assert answer is not None and answer.status == 404
    desk.goto(f"{the_case}/audit")
    expect(desk.locator("main")).to_contain_text("Sam Ortiz")

    # Broken glass: the second factor once more, a mail to the owner, an hour to look.
    support.goto(f"{console}break-glass")
    support.get_by_label("Why it can’t wait for a grant").fill(URGENT)
    shot(support, tmp_path, "break")
    support.get_by_role("button", name="Break the glass").click()
    support.wait_for_url("**/still-you*")
    support.fill("#code", next_code(server, SAM))
    support.press("#code", "Enter")
    support.locator("form .primary").first.click()
    support.wait_for_url("**/cases")
    expect(support.locator("body")).to_contain_text("You broke the glass of Lima Dental")
    expect(support.locator("main")).to_contain_text("A-1042")
    shot(support, tmp_path, "broken")
    told = newest_mail(server, ADA, "without your leave")
    assert URGENT in told and "Sam Ortiz" in told

    # A second person judges.
    second.goto(console)
    shot(second, tmp_path, "waiting")
    second.get_by_role("link", name="Look and judge").first.click()
    second.get_by_label("Not fine").check()
    second.get_by_label("In words").fill("A grant could have been asked for first.")
    shot(second, tmp_path, "glass")
    second.get_by_role("button", name="Keep this word").click()
    expect(second.locator("main")).to_contain_text("not fine")
    answer = support.goto(the_case)
    assert answer is not None and answer.status == 404
    desk.goto(f"{server.url}/settings/support")
    expect(desk.locator("main")).to_contain_text("not fine")
    shot(desk, tmp_path, "after")

    # Django's lists in our frame and under our policy.
    for name in ("accounts/workspace", "accounts/user", "accounts/plan", "jobs/job", "mail/outgoingmail"):
        second.goto(f"{console}{name}/")
        shot(second, tmp_path, name.split("/")[1])
    second.goto(f"{console}accounts/plan/add/")
    shot(second, tmp_path, "plan-add")
    second.goto(f"{console}accounts/workspace/")
    second.locator("#result_list tbody a").first.click()
    shot(second, tmp_path, "workspace-one")
    second.goto(f"{console}health")
    shot(second, tmp_path, "health")
    for watched in (ada, sam, sue):
        assert watched.complaints == []
        assert len(watched.hosts()) == 1
    assert re.search(r"/console/", second.url)
