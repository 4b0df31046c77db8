"""The headers of every answer: pages, files, errors and static files (EN-08)."""

import uuid
from typing import TYPE_CHECKING

from django.test import Client

from tests.architecture.cast_world import World
from tests.architecture.permission_table import ROWS
from tests.cast import Person, Visitor

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
STRICT = ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'")


def test_en_08_every_answer_has_its_headers(
    dr_ada: Person, ben: Person, carl: Person, mallory: Person, rosa: Visitor, shared_case: "Case",
    ready_records: "dict[str, Record]",
) -> None:  # fmt: skip
    """EN-08: crawl every address as its owner and as nobody, with errors and static files."""
    people = {"ada": dr_ada, "ben": ben, "carl": carl, "mallory": mallory}
    world = World(people, rosa, shared_case, ready_records["upper_jaw"].pk)
    answers = [world.ask(row, who) for row in ROWS for who in ("ada", "anon", "rosa")]
    plain = Client(raise_request_exception=False)
    answers += [
        plain.get(path)
        for path in (
            "/static/tokens.css", "/static/nothing.css", "/nothing", "/cases/not-an-id", f"/cases/{uuid.uuid4()}",
            "/robots.txt", "/search?q=%00", "/api/v1/nothing", "/api/v1/patients?limit=x", "/s/", "/.git/config",
        )
    ]  # fmt: skip
    answers += [
        plain.post("/settings"),
        plain.generic("TRACE", "/"),
        plain.get("/", headers={"host": "evil.example"}),
    ]
    for answer in answers:
        where = (answer.request["REQUEST_METHOD"], answer.request["PATH_INFO"], answer.status_code)
        for name, value in ALWAYS.items():
            assert answer.headers.get(name) == value, (where, name, answer.headers.get(name))
        policy = answer.headers.get("Content-Security-Policy", "")
        is_file = "sandbox" in policy
        assert is_file or all(word in policy for word in STRICT), (where, policy)
        assert (
            "unsafe-eval'" not in policy.replace("wasm-unsafe-eval'", "")
            and "script-src 'unsafe" not in policy
        )
        assert "X-Request-Id" in answer.headers, where
        assert answer.status_code < 500, where
        assert "Server" not in answer.headers and "X-Powered-By" not in answer.headers
    print(f"{len(answers)} answers checked")


def test_a_cookie_is_never_readable_by_scripts_and_never_goes_elsewhere(dr_ada: Person) -> None:
    """SE-08 in part: HttpOnly, SameSite, no domain, on every cookie that is set."""
    client = Client()
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": dr_ada.user.email, "password": "correct horse battery staple"})
    client.post("/language", {"language": "es"})
    assert {"csrf", "session", "language"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["domain"], name
    print(f"{len(client.cookies)} cookies checked")
