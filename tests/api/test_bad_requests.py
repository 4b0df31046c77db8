"""Requests that make no sense: a problem in JSON, never a failure (RL-04, RL-06, EN-10)."""

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from tests.api.conftest import Machine
from tests.architecture.cast_world import World
from tests.architecture.permission_table import ROWS
from tests.cast import NOW, Person, Visitor

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record

API = [row for row in ROWS if row.is_api]
DEEP = "[" * 100_000 + "]" * 100_000
BODIES: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"{", "application/json"),
    "a list": (b"[1]", "application/json"),
    "a number": (b"1e400", "application/json"),
    "NUL": (b'{"code": "a\\u0000b", "name": "\\u0000", "text": "\\u0000"}', "application/json"),
    "half a character": (b'{"code": "\\ud800", "name": "\\udfff", "text": "\\ud800"}', "application/json"),
    "half a name": (b'{"\\ud800": 1}', "application/json"),
    "not UTF-8": (b'{"code": "\xff\xfe"}', "application/json"),
    "UTF-16": ('{"code": "x"}'.encode("utf-16"), "application/json; charset=utf-16"),
    "10⁵ deep": (DEEP.encode(), "application/json"),
    "10⁵ deep in a field": (b'{"pin": ' + DEEP.encode() + b', "text": "a"}', "application/json"),
    "a huge number": (
        b'{"size": ' + b"9" * 4000 + b', "name": "a.stl", "slot": "pre_op"}',
        "application/json",
    ),
    "as a form": (b"code=x&name=y", "application/x-www-form-urlencoded"),
    "as parts": (b"--x\r\nnothing", "multipart/form-data; boundary=x"),
    "without a type": (b"\x00\x01", ""),
    "an odd type": (b"{}", "text/html; charset=nowhere"),
    "too much": (b'{"text": "' + b"x" * 3_000_000 + b'"}', "application/json"),
}


@pytest.fixture
def world(
    dr_ada: Person, ben: Person, carl: Person, mallory: Person, rosa: Visitor, shared_case: "Case",
    ready_records: "dict[str, Record]",
) -> World:  # fmt: skip
    people = {"ada": dr_ada, "ben": ben, "carl": carl, "mallory": mallory}
    return World(people, rosa, shared_case, ready_records["upper_jaw"].pk)


def problem_of(answer: Any) -> dict[str, Any]:
    assert 400 <= answer.status_code < 500, answer.status_code
    assert answer["Content-Type"] == "application/problem+json", answer["Content-Type"]
    said: dict[str, Any] = json.loads(answer.content)
    assert {"type", "title", "status", "detail", "request_id"} <= set(said)
    assert said["status"] == answer.status_code and said["request_id"] == answer["X-Request-Id"]
    assert "Traceback" not in answer.content.decode()
    return said


def path_of(row: Any, world: World) -> str:
    import re

    return "/" + re.sub(r"\{(\w+)\}", lambda found: str(world.ids[found[1]]), row.path)


def test_rl_04_a_body_that_is_none_is_a_problem_on_every_address(machine: Machine, world: World) -> None:
    """RL-04, EN-10: wrong types and encodings, NUL, lone surrogates, 10⁵-deep JSON, 3 MB."""
    from django.db import transaction

    checked = 0
    for row in API:
        if row.method == "GET":
            continue
        for name, (body, kind) in BODIES.items():
            with transaction.atomic():
                answer = machine.client.generic(row.method, path_of(row, world), body, content_type=kind)
                transaction.set_rollback(True)
            assert answer.status_code < 500, (row.name, name, answer.status_code)
            if answer.status_code >= 400:
                problem_of(answer)
            checked += 1
    print(f"{checked} bodies checked")


def test_rl_04_wrong_methods_queries_and_headers_are_problems(machine: Machine, world: World) -> None:
    """RL-04: every method on every address, duplicated and odd parameters, a header of 1 MB."""
    from django.db import transaction

    checked = 0
    for row in API:
        path = path_of(row, world)
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE"):
            if method == row.method or (method, row.name) in {
                ("DELETE", "resolve_thread"),
                ("PATCH", "show_record"),
                ("PATCH", "show_share"),
            }:
                continue
            with transaction.atomic():
                answer = machine.client.generic(method, path)
                transaction.set_rollback(True)
            if answer.status_code >= 400:
                problem_of(answer)
            assert answer.status_code < 500, (row.name, method)
            checked += 1
        if row.method != "GET" or row.name == "show_events":
            continue
        for query in (
            "limit=x", "limit=1e400", "limit=" + "9" * 400, "limit=-1", "limit=1&limit=2", "cursor=%00", "q=%00",
            "q=%ff",
            "cursor=" + "A" * 5000, "originals=perhaps", "view=%00", "view=x", "%00=1", "q=%ed%a0%80",
        ):  # fmt: skip
            answer = machine.client.get(f"{path}?{query}")
            assert answer.status_code < 500, (row.name, query, answer.status_code)
            if answer.status_code >= 400:
                problem_of(answer)
            checked += 1
    for headers in (
        {"X-Long": "x" * 1_000_000}, {"Authorization": "Bearer " + "x" * 1_000_000}, {"Authorization": "Bearer \x00"},
        {"Authorization": "Basic eA=="}, {"Cookie": "session=" + "x" * 100_000}, {"Accept-Language": ",;q=" * 9000},
        {"Range": "bytes=" + "9" * 9000}, {"If-None-Match": '"' * 9000}, {"Idempotency-Key": "\x00"}, {"Host": "a b"},
        {"Last-Event-ID": "9" * 90}, {"Content-Length": "-1"}, {"Accept": "\udc80"},
    ):  # fmt: skip
        for path in ("/api/v1/patients", path_of(next(r for r in API if r.name == "show_original"), world)):
            answer = machine.client.get(path, headers=headers)
            assert answer.status_code < 500, (headers.keys(), answer.status_code)
            checked += 1
    print(f"{checked} requests checked")


def test_rl_06_pages_have_200_rows_at_most_and_cursors_neither_skip_nor_repeat(
    machine: Machine, dr_ada: Person
) -> None:
    """RL-06"""
    from datetime import timedelta

    from arcada.apps.patients.models import Patient

    Patient.objects.bulk_create(
        Patient(
            workspace=dr_ada.workspace,
            code=f"M-{n}",
            created_at=NOW,
            touched_at=NOW + timedelta(seconds=n // 3),
        )
        for n in range(450)
    )
    for asked in ("1000000000", "201", "200"):
        page = machine.get(f"patients?limit={asked}").json()
        assert len(page["items"]) == 200 and page["next"]
    seen: list[str] = []
    cursor = ""
    while True:
        page = machine.get(f"patients?limit=97{cursor}").json()
        seen += [item["code"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == 450 and len(set(seen)) == 450
    for row in ("patients", "cases", "shares"):
        for said in (
            ["0001-01-01T00:00:00+14:00", "x"],
            ["9999-12-31T23:59:59-14:00", str(dr_ada.user.pk)],
            1,
            {},
            [],
        ):
            cursor = base64.urlsafe_b64encode(json.dumps(said).encode()).decode()
            assert problem_of(machine.get(f"{row}?cursor={cursor}"))["status"] == 422
    print("450 rows, 15 cursors checked")


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-17T09:30:00", "soon"]
)
def test_days_beyond_the_calendar_are_problems(machine: Machine, shared_case: "Case", at: str) -> None:
    problem_of(machine.post("cases", {"collection": str(shared_case.collection_id), "decide_by": at}))
    problem_of(machine.post(f"cases/{shared_case.pk}/shares", {"level": "open_link", "expires_at": at}))


@pytest.mark.parametrize("x", [10**400, -(10**400), 1e308, True, "1", None, [], {}])
def test_a_pin_of_no_place_is_a_problem(
    machine: Machine, shared_case: "Case", ready_records: Any, x: object
) -> None:
    record = str(ready_records["upper_jaw"].pk)
    for pin in ({"point": [x, 0, 0], "normal": [0, 0, 1]}, {"point": [0, 0, 0], "normal": x}, {}):
        problem_of(
            machine.post(f"cases/{shared_case.pk}/threads", {"text": "a", "record": record, "pin": pin})
        )


def test_fields_that_nobody_asked_for_are_refused(machine: Machine, shared_case: "Case") -> None:
    """TA-05: workspace, owner, state and retention can't be slipped into any body."""
    checked = 0
    for row in API:
        if not isinstance(row.body, dict):
            continue
        for extra in (
            "workspace_id", "owner", "role", "state", "retain_until", "id", "created_at", "tenant", "status", "price",
            "is_staff",
        ):  # fmt: skip
            path = row.path.removeprefix("api/v1/").replace("{case}", str(shared_case.pk))
            path = path.replace("{collection}", str(shared_case.collection_id)).replace(
                "{patient}", str(shared_case.patient_id)
            )
            if "{" in path or row.name == "create_standard":
                continue
            body = {
                **json.loads(json.dumps(row.body).replace("{collection}", str(shared_case.collection_id))),
                extra: "x",
            }
            answer = machine.client.generic(
                row.method, f"/api/v1/{path}", json.dumps(body), content_type="application/json"
            )
            assert problem_of(answer)["status"] == 422, row.name
            checked += 1
    assert checked > 40
    print(f"{checked} bodies checked")


def test_a_session_posts_only_from_our_own_pages(dr_ada: Person) -> None:
    """SE-10: a cookie rides along from anywhere; the browser's word about the origin counts."""
    page = Client()
    page.force_login(dr_ada.user)
    as_json = {"content_type": "application/json"}
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
                    {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"}):  # fmt: skip
        assert page.post("/api/v1/patients", {}, headers=headers, **as_json).status_code == 403
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}):
        assert page.post("/api/v1/patients", {}, headers=headers, **as_json).status_code == 201
    assert page.get("/api/v1/patients", headers={"Origin": "https://evil.example"}).status_code == 200
    print("8 origins checked")


def test_a_failure_inside_is_a_problem_without_the_inside(machine: Machine, monkeypatch: Any) -> None:
    """LG-05"""
    from arcada.api.v1 import patients

    def failing(*_: object, **__: object) -> None:
        raise ZeroDivisionError("Zélia Canário")

    monkeypatch.setattr(patients, "patients_of", failing)
    answer = machine.get("patients")
    assert answer.status_code == 500 and answer["Content-Type"] == "application/problem+json"
    assert b"Canario" not in answer.content and b"ZeroDivision" not in answer.content
