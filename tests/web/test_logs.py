"""Logs: structured, numbered, without anybody's data; gone after 30 days; an error's page says a number only."""

import json
import logging
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client

from tests.architecture.cast_world import World
from tests.architecture.permission_table import ROWS
from tests.cast import Person, Visitor, body_of
from tests.database_dump import forms_of
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record

SECRETS = {
    "name": "Zorbania Kanarinha", "born": "1961-12-24", "national number": "529.982.247-25",
    "address": "zorbania@kanarinha.example", "file": "Zorbania_upper_final.stl", "passcode": "open-sesame-7319",
    "token": "arc_Kanarinha0123456789abcdefghijkl", "one-time code": "839174620", "cookie": "kanarinha-cookie-5512",
    "query": "kanarinha-query-9931",
}  # fmt: skip


def log_text() -> str:
    return "".join(path.read_text("utf-8") for path in (settings.ENV.data / "logs").glob("*.jsonl"))


def test_lg_02_nothing_that_somebody_sends_stands_in_a_log(
    dr_ada: Person, ben: Person, carl: Person, mallory: Person, rosa: Visitor, shared_case: "Case",
    ready_records: "dict[str, Record]", capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """LG-02: canaries in every field, header, cookie and query of every address, and in what fails; then a search."""
    world = World(
        {"ada": dr_ada, "ben": ben, "carl": carl, "mallory": mallory}, rosa, shared_case,
        ready_records["upper_jaw"].pk,
    )  # fmt: skip
    everything = " ".join(SECRETS.values())
    asked = 0
    for who in ("anon", "ada", "rosa"):
        browser = world.browsers[who]
        browser.cookies["tracking"] = SECRETS["cookie"]
        browser.raise_request_exception = False
        for row in ROWS:
            path = "/" + row.path
            for key, value in world.ids.items():
                path = path.replace("{" + key + "}", str(value))
            headers = {
                "User-Agent": everything,
                "Authorization": f"Bearer {SECRETS['token']}",
                "X-Note": everything,
            }
            given: dict[str, Any] = {"headers": {"Sec-Fetch-Site": "same-origin", **headers}}
            if row.method != "GET":
                fields = {
                    **dict.fromkeys((row.body or {}) if isinstance(row.body, dict) else {}, ""),
                    **SECRETS,
                }
                typed = dict.fromkeys(
                    (*fields, "code", "password", "login", "passcode", "q", "text"), everything
                )
                given |= (
                    {"data": json.dumps(typed), "content_type": "application/json"}
                    if row.is_api
                    else {"data": typed}
                )
            if row.path.endswith("events"):
                continue  # a stream that lasts
            getattr(browser, row.method.lower())(f"{path}?{'q=' + SECRETS['query']}", **given)
            asked += 1
    Client(raise_request_exception=False).get(f"/{SECRETS['file']}/{SECRETS['query']}")
    printed = "".join(capfd.readouterr())
    logged = log_text()
    assert '"from": "arcada.requests"' in logged
    hits = _hits(logged + printed)
    left = [
        (path.name, hit)
        for path in Path(settings.ENV.data).rglob("*")
        if path.is_file() and "sqlite" not in path.name
        for hit in _hits(path.read_bytes().decode("utf-8", "replace"))
    ]
    assert (hits, left) == ([], [])
    print(f"{asked} requests × {len(SECRETS)} canaries checked, {len(logged):,} characters of log")


def _hits(text: str) -> list[str]:
    said = text.encode()
    return [name for name, secret in SECRETS.items() for form in forms_of(secret) if form in said]


def test_lg_03_lg_05_a_failure_tells_its_number_and_nothing_inner(
    dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]", monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """LG-03, LG-05: what breaks inside is in the log by its place, on the page by the request's number only."""

    def broken(*_: object, **__: object) -> None:
        secret = SECRETS["name"]
        raise RuntimeError(f"{secret} in /srv/{SECRETS['file']}")

    page = signed_in(dr_ada)
    page.raise_request_exception = False
    record = ready_records["upper_jaw"]
    places = {
        "arcada.web.case_pages.case_for": f"/cases/{shared_case.pk}",
        "arcada.web.patient_pages.patient_for": f"/patients/{shared_case.patient_id}",
        "arcada.web.audit_pages.workspace_for": "/settings/audit",
        "arcada.web.patient_pages.workspace_for": "/patients",
        "arcada.web.share_pages.share_for": f"/shares/{record.pk}",
        "arcada.api.v1.cases.case_for": f"/api/v1/cases/{shared_case.pk}",
    }
    for place, path in places.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(place, broken)
            answer = page.get(path, REMOTE_ADDR="203.0.113.77")
        said, number = body_of(answer).decode(), answer["X-Request-Id"]
        assert answer.status_code == 500, (path, answer.status_code)
        assert number in said
        for inner in ("RuntimeError", "Traceback", "broken", ".py", *SECRETS.values()):
            assert inner not in said, (path, inner)
        lines = [json.loads(line) for line in log_text().splitlines() if number in line]
        failed = next(line for line in lines if line.get("failed"))
        assert failed["failed"] == "RuntimeError" and any("broken" in where for where in failed["places"])
        told = next(line for line in lines if line["from"] == "arcada.requests")
        assert told["status"] == 500 and told["network"] == "203.0.113.0/24"
    assert "203.0.113.77" not in log_text()
    assert _hits(log_text()) == []
    for status, path in (
        (404, "/nothing/here"),
        (404, f"/cases/{record.pk}"),
        (422, "/settings/audit?since=x"),
    ):
        answer = page.get(path)
        assert answer.status_code == status
        assert "Traceback" not in answer.content.decode()
    print(f"{len(places)} broken pages checked")


def test_lg_01_the_diagnostic_log_is_gone_after_thirty_days(tmp_path: Path) -> None:
    """LG-01: the clock goes on for 45 days; what is left is of the last 30, and of nothing else in the folder."""
    from arcada.config.request_log import DailyFile, JsonLine

    handler = DailyFile(tmp_path / "logs")
    handler.setFormatter(JsonLine())
    began = datetime(2026, 1, 1, 12, tzinfo=UTC)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "kept-by-somebody.txt").write_text("not ours")
    for day in range(46):
        record = logging.LogRecord("arcada.web", logging.INFO, "f.py", 1, "day %d", (day,), None)
        record.created = (began + timedelta(days=day)).timestamp()
        handler.emit(record)
    handler.close()
    names = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert names[0] == "diagnostic-2026-01-16.jsonl" and len(names) == 32
    assert names[-1] == "kept-by-somebody.txt"
    assert oct((tmp_path / "logs" / names[0]).stat().st_mode)[-3:] == "600"


def test_a_line_of_the_log_is_one_object_whatever_is_in_it() -> None:
    """AU-10 in kind, LG-03: no line can be faked; of foreign messages only the pattern, of exceptions the place."""
    from arcada.config.request_log import JsonLine

    try:
        raise OSError(SECRETS["file"])
    except OSError:
        failure = sys.exc_info()
    nasty = 'x\r\n{"level": "INFO"}\x1b[31m\u202e'
    for record in (
        logging.LogRecord("arcada.web", 30, "f.py", 1, "odd %s", (nasty,), None),
        logging.LogRecord("botocore", 30, "f.py", 1, "could not open %s", (SECRETS["file"],), None),
        logging.LogRecord("botocore", 30, "f.py", 1, f"could not open {SECRETS['file']}", None, failure),
    ):
        line = JsonLine().format(record)
        assert "\n" not in line and "\x1b" not in line and SECRETS["file"] not in line
        assert json.loads(line)["level"] == "WARNING"


def test_a_log_that_cannot_be_written_stops_nothing_and_says_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """DU-04 in kind: the log's folder is a file; the work goes on, nothing is printed."""
    from arcada.config.request_log import DailyFile, JsonLine

    (tmp_path / "logs").write_text("in the way")
    handler = DailyFile(tmp_path / "logs")
    handler.setFormatter(JsonLine())
    handler.handle(logging.LogRecord("arcada.web", 30, "f.py", 1, SECRETS["name"], None, None))
    handler.close()
    assert "".join(capfd.readouterr()) == ""


def test_what_the_dicom_reader_complains_of_fills_no_log(capfd: pytest.CaptureFixture[str]) -> None:
    import pydicom.config

    pydicom.config.debug(False)  # what it does when it is first used
    logging.getLogger("pydicom").warning("A value that is not in the standard")
    assert "pydicom" not in capfd.readouterr().err
    assert '"pydicom"' not in log_text()
