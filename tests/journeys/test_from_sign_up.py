"""From a registration to a colleague's answer: licence, invitation, file, case, share; a mail scanner in between."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.core.made_images import jpeg
from tests.journeys.server import PASSWORD, Server, chromium, next_code, secrets, serving, sign_in
from tests.journeys.test_mail_scanner import link_in, scan
from tests.journeys.test_share_link import SOON_MS, Watched, newest_mail

pytestmark = pytest.mark.journey
NOVA, BEN, ROSA = "nova@lima.example", "ben@lima.example", "rosa@north-lab.example"
REVIEWERS = ("rita@operator.example", "sue@operator.example")


def set_up_app(page: Page, server: Server, email: str) -> None:
    """The authenticator app that the work here demands, then the terms."""
    page.wait_for_url("**/settings/sign-in/second-factor*")
    secrets[(server.url, email)] = (page.locator("#secret").text_content() or "").replace(" ", "")
    page.fill("#code", next_code(server, email))
    page.press("#code", "Enter")
    page.locator(".codes li").first.wait_for()
    page.locator(".actions a.primary").click()
    page.wait_for_load_state()


def test_from_registration_to_a_colleagues_answer(tmp_path: Path) -> None:
    with (
        serving(tmp_path / "data") as server,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        for email in REVIEWERS:
            server.run(
                "user",
                "create",
                email,
                "--name",
                email.split("@")[0].title(),
                "--staff",
                said=f"{PASSWORD}\n",
            )
        nova = Watched(browser, server)
        desk = nova.page

        # She registers; the link in the mail opens the account.
        desk.goto(f"{server.url}/accounts/signup/")
        desk.fill("input[name=email]", NOVA)
        desk.fill("input[name=password1]", PASSWORD)
        desk.fill("input[name=name]", "Dr Nova Lima")
        desk.locator("form button.primary").click()
        desk.goto(link_in(newest_mail(server, NOVA, "/confirm-email/"), r"http://\S+/confirm-email/\S+"))
        desk.get_by_role("button", name="Open my account").click()
        desk.wait_for_load_state()
        if "/login" in desk.url:
            sign_in(desk, server, NOVA)
        if "/terms" in desk.url:
            desk.locator("form .primary").first.click()
        desk.goto(f"{server.url}/welcome")
        desk.get_by_label("Name of the clinic or lab").fill("Lima Dental")
        desk.locator("form button.primary").click()
        desk.wait_for_url(f"{server.url}/")

        # Without a licence nothing is stored, and the page says why.
        desk.goto(f"{server.url}/patients")
        assert desk.get_by_role("link", name="New patient").count() == 0
        expect(desk.locator("main")).to_contain_text("licence")
        desk.goto(f"{server.url}/settings/licence")
        desk.locator("select[name=council]").select_option("CRO:SP")
        desk.locator("input[name=number]").fill("12345")
        desk.get_by_role("button", name="Apply for verification").click()
        proof = tmp_path / "licence.jpg"
        proof.write_bytes(jpeg(640, 480))
        desk.set_input_files("#evidence input[type=file]", str(proof))
        desk.get_by_role("button", name="Add evidence").click()
        expect(desk.locator("#evidence")).to_contain_text("A file of", timeout=SOON_MS)

        # Reviewers look and decide; a verified dentist needs a second factor from then on (ID-11).
        for email in REVIEWERS:
            review(browser, server, email)
            desk.goto(f"{server.url}/settings/licence")
            if "second-factor" in desk.url:
                break
        set_up_app(desk, server, NOVA)
        desk.goto(f"{server.url}/settings/licence")
        expect(desk.locator("main")).to_contain_text("Verified")

        # A trial is for one; with a subscription an assistant comes by invitation, without an activation of his own.
        server.run(
            "plan",
            "offer",
            "clinic-5",
            "--name",
            "Clinic, 5 people",
            "--seats",
            "5",
            "--price",
            "30.00",
            "EUR",
        )
        desk.goto(f"{server.url}/settings/plan")
        desk.get_by_role("button", name="Subscribe").click()
        expect(desk.locator("main")).to_contain_text("Yours")
        desk.goto(f"{server.url}/settings")
        members = desk.locator("form[action$='/settings/members']")
        members.locator("input[name=email]").fill(BEN)
        members.locator("select[name=role]").select_option("assistant")
        members.locator("button").click()
        ben = Watched(browser, server)
        ben.page.goto(link_in(newest_mail(server, BEN, "/invitations/"), r"http://\S+/invitations/\S+"))
        ben.page.get_by_role("link", name="Register and join").click()
        ben.page.fill("input[name=email]", BEN)
        ben.page.fill("input[name=password1]", PASSWORD)
        ben.page.fill("input[name=name]", "Ben")
        ben.page.locator("form button.primary").click()
        ben.page.wait_for_load_state()
        if "/terms" in ben.page.url:
            ben.page.locator("form .primary").first.click()
            ben.page.wait_for_load_state()
        ben.page.get_by_role("button", name="Join").click()
        ben.page.wait_for_url(lambda address: "/invitations/" not in address)
        if "/terms" in ben.page.url:
            ben.page.locator("form .primary").first.click()
            ben.page.wait_for_url(lambda address: "/terms" not in address)
        if "second-factor" in ben.page.url:
            set_up_app(ben.page, server, BEN)

        # Ben files a photograph, she opens a case and shares it.
        bench = ben.page
        bench.goto(f"{server.url}/patients/new")
        bench.get_by_label("Name").fill("Zélia Canário Quaresma")
        bench.get_by_role("button", name="Add patient").click()
        bench.get_by_role("link", name="New collection").first.click()
        bench.get_by_label("Upload standard").select_option("free-collection")
        bench.get_by_role("button", name="Open collection").click()
        bench.wait_for_url("**/collections/*")
        smile = tmp_path / "smile.jpg"
        smile.write_bytes(jpeg(800, 600))
        with bench.expect_file_chooser() as chooser:
            bench.get_by_role("button", name="Choose files").first.click()
        chooser.value.set_files([str(smile)])
        bench.get_by_role("button", name=re.compile("Start the upload")).click()
        expect(bench.locator(".slot img").first).to_be_visible(timeout=SOON_MS)
        desk.goto(bench.url)
        desk.get_by_role("link", name="New case").first.click()
        desk.locator("main form button.primary").click()
        desk.wait_for_url("**/cases/*")
        case = desk.url
        desk.goto(f"{case}/shares/new")
        desk.get_by_label("Recipients").fill(f"{ROSA}, Rosa")
        desk.get_by_role("button", name="Share", exact=True).click()

        # A scanner opens and presses everything; the colleague still comes in, and answers.
        invitation = link_in(newest_mail(server, ROSA, "shares a case with you"), r"http://\S+/s/[\w-]+")
        asked = scan(browser, server, invitation)
        rosa = Watched(browser, server)
        table = rosa.page
        table.goto(invitation)
        table.get_by_role("button", name="Send the code").click()
        expect(table.get_by_label("Code from your mail")).to_be_visible()
        table.wait_for_timeout(1500)
        table.goto(link_in(newest_mail(server, ROSA, "Enter this code"), r"http://\S+/in/[\w-]+"))
        table.get_by_role("button", name="Open the review").click()
        expect(table.locator(".viewer, .image-viewer, main").first).to_be_visible(timeout=SOON_MS)
        assert "Canário" not in table.content()
        comment(table, "The margin is fine.")
        desk.goto(case)
        expect(desk.locator("body")).to_contain_text("The margin is fine.", timeout=SOON_MS)
        for person in (nova, ben, rosa):
            assert person.complaints == []
        print(f"from registration to answer, {asked} requests of a scanner in between")


def comment(page: Page, text: str) -> None:
    field = page.get_by_label("New comment").or_(page.get_by_placeholder("New comment")).first
    field.fill(text)
    field.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text(text)


def review(browser: Any, server: Server, email: str) -> None:
    """One reviewer's look at the evidence and her word."""
    seat = Watched(browser, server)
    sign_in(seat.page, server, email)
    seat.page.goto(f"{server.url}/review/licences")
    found = seat.page.locator("main a[href*='/review/licences/']")
    if found.count():
        found.first.click()
        seat.page.locator("select[name=lookup]").select_option("found")
        seat.page.locator("textarea[name=reason]").fill("Looked up by number and name; the picture agrees.")
        seat.page.get_by_role("button", name="Verify", exact=True).click()
        seat.page.wait_for_load_state()
    seat.context.close()
