"""The audit: what stands in it, what never does, and that nothing is shown when it can't be written."""

import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from tests.architecture.cast_world import World
from tests.architecture.permission_table import ROWS
from tests.cast import CANARIES, NOW, PASSWORD, Person, Visitor, body_of
from tests.database_dump import forms_of
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record


def test_au_02_every_line_says_who_when_what_to_whom() -> None:
    """AU-02: the table has the columns that ISO 27789 asks for, and no foreign key."""
    from arcada.apps.audit.models import AuditEvent

    columns = {field.name for field in AuditEvent._meta.get_fields()}
    assert columns == {
        "seq", "id", "at", "action", "outcome", "reason", "actor_kind", "actor_id", "on_behalf_of", "role",
        "workspace_id", "patient_id", "object_kind", "object_id", "ids", "session_hash", "ip_truncated", "request_id",
        "case_id", "chain", "digest", "position", "previous", "hash",
    }  # fmt: skip
    assert not any(field.is_relation for field in AuditEvent._meta.get_fields())
    print(f"{len(columns)} columns checked")


def test_au_02_no_line_holds_a_name_an_address_or_a_secret(
    dr_ada: Person, ben: Person, carl: Person, mallory: Person, rosa: Visitor, shared_case: "Case",
    ready_records: "dict[str, Record]",
) -> None:  # fmt: skip
    """AU-02: every address of Arcada is used; then all lines are searched for what they must not know."""
    from arcada.apps.audit.models import AuditEvent

    world = World(
        {"ada": dr_ada, "ben": ben, "carl": carl, "mallory": mallory}, rosa, shared_case,
        ready_records["upper_jaw"].pk,
    )  # fmt: skip
    lines: list[str] = []
    for row in ROWS:
        for who in ("ada", "carl", "rosa"):
            with transaction.atomic():
                # `ask` undoes its effects, so the lines are read inside it.
                seen = _lines_of(world, row, who)
            lines += seen
    lines += [_line(event) for event in AuditEvent.objects.all()]
    forbidden = [
        *CANARIES,
        PASSWORD,
        rosa.url.rsplit("/", 1)[-1],
        "rosa@",
        "Rosa",
        "Dr Ada",
        "ada@lima",
        "127.0.0.1",
    ]
    for text in forbidden:
        for form in forms_of(text):
            hit = next((line for line in lines if form in line.encode()), None)
            assert hit is None, (text, hit)
    assert len(lines) > 100
    print(f"{len(lines)} lines × {len(forbidden)} names and secrets checked")


def _lines_of(world: World, row: Any, who: str) -> list[str]:
    from arcada.apps.audit.models import AuditEvent

    last = AuditEvent.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    kept: list[str] = []
    undo = transaction.set_rollback

    def look_then_undo(rollback: bool, using: str | None = None) -> None:
        kept.extend(_line(event) for event in AuditEvent.objects.filter(seq__gt=last))
        undo(rollback, using)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.architecture.cast_world.transaction.set_rollback", look_then_undo)
        world.ask(row, who)
    return kept


def _line(event: Any) -> str:
    return repr(sorted(event.__dict__.items(), key=str))


def test_au_02_lines_are_truncated_where_they_must_be(dr_ada: Person, shared_case: "Case") -> None:
    """AU-02, LG-04: the network of an address, a hash of a session, the number of the request."""
    from arcada.apps.audit.models import AuditEvent

    page = signed_in(dr_ada)
    answer = page.get(f"/cases/{shared_case.pk}", REMOTE_ADDR="203.0.113.77")
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.actor_id, event.object_id) == ("case.viewed", dr_ada.user.pk, shared_case.pk)
    assert event.patient_id == shared_case.patient_id and event.role == "owner"
    assert event.ip_truncated == "203.0.113.0/24" and event.request_id == answer["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{16}", event.session_hash)
    assert page.cookies["session"].value not in _line(event)
    assert len(event.ids["records"]) == 4


def test_one_view_is_one_line_and_its_pictures_write_none(rosa: Visitor) -> None:
    """DECISIONS 21: a page names every record shown; its streams carry its number. Without it each writes its own."""
    import json

    from arcada.apps.audit.models import AuditEvent

    page = rosa.browser.get(f"{rosa.base}/")
    manifest = json.loads(page.context["manifest"])
    before = AuditEvent.objects.count()
    urls = [entry["full"]["url"] for entry in manifest["records"] if entry["full"]]
    urls += [url for entry in manifest["records"] for url in entry["posters"].values()]
    for url in urls:
        assert rosa.browser.get(url).status_code == 200
    assert AuditEvent.objects.count() == before
    for number, url in enumerate(
        (urls[0].split("?")[0], f"{urls[0].split('?')[0]}?view={uuid.uuid4()}"), start=1
    ):
        assert rosa.browser.get(url).status_code == 200
        assert AuditEvent.objects.filter(action="record.rendition_viewed").count() == number
    print(f"{len(urls) + 2} streams checked")


@contextmanager
def full_table() -> Iterator[None]:
    """The database refuses a further row of the audit, with the error of a disk that is full."""
    make, drop = (
        (
            """CREATE TRIGGER audit_full BEFORE INSERT ON audit_auditevent
               BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END""",
            "DROP TRIGGER audit_full",
        )
        if connection.vendor == "sqlite"
        else (
            """CREATE FUNCTION audit_full() RETURNS trigger LANGUAGE plpgsql AS $$
               BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$;
               CREATE TRIGGER audit_full BEFORE INSERT ON audit_auditevent
               FOR EACH ROW EXECUTE FUNCTION audit_full()""",
            "DROP TRIGGER audit_full ON audit_auditevent; DROP FUNCTION audit_full()",
        )
    )
    with connection.cursor() as cursor:
        cursor.execute(make)
    yield
    with connection.cursor() as cursor:
        cursor.execute(drop)


@contextmanager
def locked_table() -> Iterator[None]:
    """Another connection holds the audit and does not let go."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():  # on SQLite this alone is the lock of the only writer
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("LOCK TABLE audit_auditevent IN EXCLUSIVE MODE")
            held.set()
            done.wait(120)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(20)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
    try:
        yield
    finally:
        done.set()
        holder.join(20)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")


@pytest.mark.parametrize("trouble", ["full", "locked"])
def test_au_03_nothing_is_shown_or_changed_while_the_audit_cannot_be_written(
    transactional_db: None, rosa: Visitor, dr_ada: Person, shared_case: "Case",
    ready_records: "dict[str, Record]", trouble: str,
) -> None:  # fmt: skip
    """AU-03: 503, no content, for pages, API, streams, downloads and changes; and it heals by itself."""
    from arcada.apps.accounts.actions import create_token
    from arcada.apps.patients.models import Patient
    from arcada.apps.reviews.models import Comment

    record = ready_records["upper_jaw"]
    token = create_token(dr_ada.actor, dr_ada.user, workspace_id=dr_ada.workspace.pk, name="t", now=NOW)
    page = signed_in(dr_ada)
    machine = Client(headers={"Authorization": f"Bearer {token.secret}"})
    as_json = {"content_type": "application/json"}
    tries = [
        (page, "get", f"/cases/{shared_case.pk}", {}),
        (page, "get", f"/records/{record.pk}", {}),
        (page, "get", f"/records/{record.pk}/original", {}),
        (page, "get", f"/records/{record.pk}/cleaned", {}),
        (page, "get", f"/cases/{shared_case.pk}/files.zip", {}),
        (page, "get", f"/collections/{record.collection_id}/files.zip", {}),
        (page, "post", f"/patients/{shared_case.patient_id}/identity", {}),
        (page, "post", f"/cases/{shared_case.pk}/threads", {"data": {"text": "NEVER SAID"}}),
        (page, "post", "/patients/new", {"data": {"code": "NEVER-1"}}),
        (machine, "get", f"/api/v1/cases/{shared_case.pk}/manifest", {}),
        (machine, "get", f"/api/v1/records/{record.pk}/renditions/full.glb", {}),
        (machine, "get", f"/api/v1/records/{record.pk}/original", {}),
        (machine, "post", "/api/v1/patients", {"data": '{"code": "NEVER-2"}', **as_json}),
        (rosa.browser, "get", f"{rosa.base}/", {}),
        (rosa.browser, "get", f"{rosa.base}/files.zip", {}),
        (rosa.browser, "get", f"{rosa.base}/records/{record.pk}/renditions/poster-front.webp", {}),
        (rosa.browser, "get", f"{rosa.base}/records/{record.pk}/cleaned", {}),
    ]
    with {"full": full_table, "locked": locked_table}[trouble]():
        for browser, method, path, given in tries:
            answer = getattr(browser, method)(path, **given)
            assert answer.status_code == 503, (path, answer.status_code)
            said = body_of(answer)
            assert b"glTF" not in said and b"manifest" not in said and b"PK\x03\x04" not in said, path
            assert not any(canary.encode() in said for canary in CANARIES), path
    assert not Comment.objects.filter(text="NEVER SAID").exists()
    assert not Patient.objects.filter(code__startswith="NEVER").exists()
    assert page.get(f"/cases/{shared_case.pk}").status_code == 200
    print(f"{len(tries)} views, downloads and changes checked")


def test_a_line_outside_its_change_is_refused(transactional_db: None, db: None) -> None:
    """AU-03: a line that could survive without its change is worthless."""
    from arcada.apps.audit.actions import record
    from arcada.core.access import Actor

    with pytest.raises(RuntimeError):
        record(Actor.system(), "case.viewed", now=timezone.now() + timedelta(0))
    with transaction.atomic(), pytest.raises(ValueError):
        record(Actor.system(), "Case viewed", now=timezone.now())
