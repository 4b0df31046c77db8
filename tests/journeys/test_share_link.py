"""From a dentist's case to a colleague's approval and the end of the link, in two browsers against a whole server."""

import email
import io
import json
import re
import time
import urllib.request
from email.policy import default
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from arcada.core.geometry.specimen import make_pair
from arcada.core.geometry.write import write_ply, write_stl
from tests.core.made_images import jpeg
from tests.journeys.server import ADA, Server, sign_in

pytestmark = pytest.mark.journey
ROSA = "rosa@north-lab.example"
SOON_MS = 60_000
NAME = "Zélia Canário Quaresma"


class Machine:
    """dr_ada's program: lays the files of the case in through the API."""

    def __init__(self, server: Server) -> None:
        said = server.run("token", "create", "--user", ADA, "--name", "journey")
        found = re.search(r"arc_[\w-]+", said)
        assert found is not None, said
        self.server, self.secret = server, found[0]

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> dict[str, Any]:
        url = path if path.startswith("http") else f"{self.server.url}/api/v1/{path}"
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        given = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json", **headers}
        request = urllib.request.Request(url, data=data, method=method, headers=given)
        with urllib.request.urlopen(request, timeout=60) as answer:
            raw = answer.read()
        found: dict[str, Any] = json.loads(raw) if raw else {}
        return found

    def lay_in(self, collection: str, slot: str, name: str, data: bytes) -> str:
        made = self.ask(
            "POST", f"collections/{collection}/records", {"slot": slot, "name": name, "size": len(data)}
        )
        self.ask(
            "PATCH", made["upload"]["url"], data,
            **{"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0", "Tus-Resumable": "1.0.0"},
        )  # fmt: skip
        return str(made["record"]["id"])


@pytest.fixture(scope="module")
def case(server: Server) -> dict[str, Any]:
    return lay_in_case(server)


def lay_in_case(server: Server) -> dict[str, Any]:
    """A-1042 with two jaws that bite, and a photograph, all of them ready."""
    machine = Machine(server)
    patient = machine.ask("POST", "patients", {"code": "P-0218", "name": NAME, "born": "1987-05-04"})
    opened = machine.ask(
        "POST", f"patients/{patient['id']}/collections",
        {"taken_on": "2026-03-17", "standard": "crown-and-bridge", "title": "Crown 14"},
    )  # fmt: skip
    upper, lower = make_pair(3, triangles=20_000)
    records = [
        machine.lay_in(
            opened["id"], "upper_jaw", f"{NAME} upper.ply", write_ply(upper, comments=["Zelia Canario"])
        ),
        machine.lay_in(
            opened["id"], "lower_jaw", f"{NAME} lower.stl", write_stl(lower, header="Zelia Canario")
        ),
        machine.lay_in(opened["id"], "EV19", f"{NAME} smile.jpg", jpeg(640, 480, comment="Zelia Canario")),
    ]
    end = time.monotonic() + SOON_MS / 1000
    while {machine.ask("GET", f"records/{one}")["state"] for one in records} != {"ready"}:
        assert time.monotonic() < end, [machine.ask("GET", f"records/{one}") for one in records]
        time.sleep(0.3)
    return machine.ask(
        "POST", "cases", {"collection": opened["id"], "code": "A-1042", "title": "Crown 14, zirconia"}
    )


AS_A_PERSON = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version} Safari/537.36"
)


class Watched:
    """A browser of one person; every address it asked, and every complaint of a script or of the policy."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 1440, "height": 900},
            locale="en-GB",
            # What a person's own browser calls itself: one that says "headless" is a program, and its press no view.
            user_agent=AS_A_PERSON.format(version=browser.version),
        )
        self.page: Page = self.context.new_page()
        self.server = server
        self.asked: list[Any] = []
        self.complaints: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, said: Any) -> None:
        if "Content Security" in said.text or "Refused to" in said.text:
            self.complaints.append(said.text)

    def hosts(self) -> set[str]:
        return {urlsplit(one.url).netloc for one in self.asked if one.url.startswith(("http", "ws"))}


def mails(server: Server, to: str) -> list[str]:
    """The mails to somebody, oldest first, as the folder of a development machine keeps them."""
    found = []
    for file in sorted((server.data / "mail").glob("*.eml")):
        message = email.message_from_bytes(file.read_bytes(), policy=default)
        if message["To"] == to:
            body = message.get_body(("plain",))
            assert body is not None
            found.append(f"{message['Subject']}\n{body.get_content()}")
    return found


def newest_mail(server: Server, to: str, words: str) -> str:
    end = time.monotonic() + SOON_MS / 1000
    while not (matching := [mail for mail in mails(server, to) if words in mail]):
        assert time.monotonic() < end, f"no mail with {words!r} to {to}"
        time.sleep(0.2)
    return matching[-1]


def surface_points(page: Page) -> np.ndarray:
    """(n, 2) places of the stage where something stands that is not the ground, in its own pixels."""
    drawn = np.asarray(Image.open(io.BytesIO(page.locator(".stage").screenshot())).convert("RGB")).astype(int)
    ground = np.median(drawn.reshape(-1, 3), axis=0)
    apart = np.abs(drawn - ground).sum(axis=2) > 60
    rows, columns = np.nonzero(apart)
    return np.stack([columns, rows], axis=1)


def share_with_rosa(desk: Page, server: Server, case_id: str) -> str:
    """The dentist at her desk shares the case; the link as it stands in rosa's mail."""
    desk.goto(f"{server.url}/cases/{case_id}/shares/new")
    desk.get_by_label("Recipients").fill(f"{ROSA}, Rosa")
    desk.get_by_label("Message").fill("Please look at the margin of 14.")
    desk.get_by_role("button", name="Share", exact=True).click()
    desk.get_by_role("link", name="See the share").click()
    invitation = newest_mail(server, ROSA, "shares a case with you")
    link = re.search(r"http://\S+/s/[\w-]+", invitation)
    assert link is not None, invitation
    return link[0]


def come_in(table: Page, server: Server) -> str:
    """From the door to the review by a code from the mail; the code."""
    table.get_by_role("button", name="Send the code").click()
    code = re.search(r": ([A-Z2-9]{8})\b", newest_mail(server, ROSA, "Enter this code"))
    assert code is not None
    table.get_by_label("Code from your mail").fill(code[1])
    table.get_by_role("button", name="Open the review").click()
    return code[1]


def test_a_colleague_without_an_account_looks_comments_and_approves_until_the_link_ends(
    browser: Browser, server: Server, case: dict[str, Any]
) -> None:
    """S9 to S11, SL-02, SL-10, EN-08: two people, one link, nothing of the patient, no other host."""
    ada, rosa = Watched(browser, server), Watched(browser, server)
    desk, table = ada.page, rosa.page

    # The dentist shares.
    sign_in(desk, server, ADA)
    link = share_with_rosa(desk, server, case["id"])
    secret = link.rsplit("/", 1)[-1]

    # The colleague opens her link: who asks, and nothing of the contents.
    table.goto(link)
    assert "/r/" in table.url and secret not in table.url and secret not in table.content()
    expect(table.locator("h1")).to_contain_text("Dr Ada Lima asks for your review")
    assert "manifest" not in table.content()
    code = come_in(table, server)

    # Both jaws, drawn.
    expect(table.locator(".stage canvas")).to_be_visible(timeout=SOON_MS)
    expect(table.locator(".stage .level")).to_contain_text("triangles", timeout=SOON_MS)
    expect(table.locator(".jaws")).to_contain_text("Upper jaw")
    expect(table.locator(".jaws")).to_contain_text("Lower jaw")
    table.wait_for_timeout(1500)
    places = surface_points(table)
    assert len(places) > 20_000, "the canvas is blank"
    for canary in ("Zélia", "Canário", "Zelia", "Quaresma", "P-0218"):
        assert canary not in table.content()

    # A comment on a point of the surface.
    table.get_by_role("button", name="Comment on a point").click()
    middle = np.median(places, axis=0)
    order = np.argsort(np.abs(places - middle).sum(axis=1))
    for place in places[order[::400]][:12]:
        table.locator(".stage").click(position={"x": float(place[0]), "y": float(place[1])})
        if table.locator(".new-thread input[name=pin]").input_value():
            break
    pin = json.loads(table.locator(".new-thread input[name=pin]").input_value())
    assert len(pin["point"]) == 3 and len(pin["normal"]) == 3
    table.get_by_label("New comment").fill("The margin looks open here.")
    table.locator("#new-thread").get_by_role("button", name="Send").click()
    expect(table.locator(".thread")).to_contain_text("The margin looks open here.")
    expect(table.locator(".thread[data-pinned]")).to_have_count(1)

    # Her decision.
    table.get_by_role("button", name=re.compile("Approve version")).click()
    expect(table.locator(".decide")).to_contain_text("Approved by Rosa")

    # The dentist sees it, with the point, and is told by mail.
    desk.goto(f"{server.url}/cases/{case['id']}")
    expect(desk.locator(".decide")).to_contain_text("Approved by Rosa")
    expect(desk.locator(".thread[data-pinned]")).to_contain_text("The margin looks open here.")
    expect(desk.locator(".stage .pin")).to_have_count(1, timeout=SOON_MS)
    assert "approved case A-1042" in newest_mail(server, ADA, "approved")
    desk.goto(f"{server.url}/shares")
    desk.get_by_role("link", name=re.compile("S-0001")).first.click()
    expect(desk.locator("main")).to_contain_text("Rosa")

    # The end of the link: at once, for the browser that was inside and for everybody else.
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.locator("form[action$='/revoke'] button").first.click()
    desk.wait_for_load_state()
    table.reload()
    expect(table.locator("h1")).to_have_text("This share has ended")
    stranger = Watched(browser, server)
    answer = stranger.page.goto(link)
    assert answer is not None and answer.status == 404
    expect(stranger.page.locator("h1")).to_have_text("There is nothing here")

    # Nobody complained, nobody else was asked, and the secret stands nowhere but in her mail.
    for person in (ada, rosa, stranger):
        assert person.complaints == []
        assert person.hosts() == {urlsplit(server.url).netloc}
        for request in person.asked:
            assert "referer" not in request.headers or secret not in request.headers["referer"]
            assert urlsplit(request.url).path == f"/s/{secret}" or secret not in request.url
        assert person.page.evaluate("JSON.stringify([localStorage, sessionStorage])") == "[{},{}]"
        person.context.close()
    assert secret not in server.log() and code not in server.log() and "Canário" not in server.log()
    asked = sum(len(person.asked) for person in (ada, rosa, stranger))
    print(f"{asked} requests of three browsers checked")
