"""With the first fence gone, the database still answers with nobody else's rows (TA-09)."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from arcada.apps.row_policies.policies import POLICIES, drop_policies
from tests.api.conftest import machine_of
from tests.apps.row_policies.conftest import without_first_fence
from tests.cast import CANARIES, Person
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="row policies are PostgreSQL's; SQLite has none"
)

CODES = (
    "CANARY",
    "P-0218",
    "A-1042",
    "canary@x.example",
    "canary2@x.example",
    "rosa@north-lab.example",
    *CANARIES,
)
LISTS = (
    "", "patients", "cases", "shares", "requests", "network", "audit", "search?q=P-0218", "search?q=A-1042",
    "search?q=Quaresma", "shared", "settings/tokens", "settings/members", "settings/brand", "settings/plan",
    "settings/standing", "standards", "audit.csv", "export", "api/v1/patients", "api/v1/cases", "api/v1/shares",
    "api/v1/standards", "api/v1/upload-requests", "api/v1/licences",
)  # fmt: skip


def addresses(resolver: Any, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield path
        else:
            yield from addresses(entry, path)


def filled(ids: dict[str, Any]) -> list[str]:
    """Every address that names something of dr_ada's, with its id in it."""
    words = {**ids, "name": "poster-front.webp", "token": "x" * 43}

    def with_ids(path: str) -> str:
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(words[match[1]]), path)

    named = {path: re.findall(r"<(?:\w+:)?(\w+)>", path) for path in addresses(get_resolver())}
    found = [
        with_ids(path)
        for path, names in named.items()
        if names and names[0] in ids and set(names) <= set(words)
    ]
    topics = [f"api/v1/events?topic={kind}:{ids[kind + '_id']}" for kind in ("case", "record", "collection")]
    return list(dict.fromkeys([*found, *topics, f"api/v1/uploads/{ids['upload_id']}"]))


class Asking:
    """mallory, by browser and by token, and what she was told."""

    def __init__(self, mallory: Person, ids: dict[str, Any]) -> None:
        browser = signed_in(mallory)
        browser.raise_request_exception = False
        self.clients: dict[str, Client] = {"browser": browser, "token": machine_of(mallory).client}
        self.ids = {str(value) for value in ids.values()}
        self.requests = 0
        self.leaks: list[str] = []

    def ask(self, who: str, method: str, path: str, *, names_something: bool) -> None:
        client = self.clients[who]
        given: dict[str, Any] = {"headers": {"Sec-Fetch-Site": "same-origin"}} if who == "browser" else {}
        if method == "post" and path.startswith("api/"):
            given |= {"data": json.dumps({}), "content_type": "application/json"}
        with transaction.atomic():
            answer = getattr(client, method)(f"/{path}", **given)
            body = b"" if answer.streaming else answer.content
            transaction.set_rollback(True)
        self.requests += 1
        said = body.decode(errors="replace")
        # What she typed herself may come back to her.
        typed = path.partition("?q=")[2]
        told = [word for word in CODES if word in said and word != typed]
        told += [one for one in self.ids if one in said and one not in path]
        opened = answer.status_code < 400 and names_something and not self._is_a_way_back(answer)
        if told or opened or answer.status_code >= 500:
            self.leaks.append(f"{method} /{path} by {who}: {answer.status_code} {told}")

    def _is_a_way_back(self, answer: Any) -> bool:
        """To the page that asks for something first: a second factor, a fresh proof."""
        return answer.status_code in (302, 303) and "/accounts/" in answer.headers.get("Location", "")

    def ask_all(self, ids: dict[str, Any]) -> None:
        for path in LISTS:
            self.ask("token" if path.startswith("api/") else "browser", "get", path, names_something=False)
        for path in filled(ids):
            for who in ("browser", "token") if path.startswith("api/") else ("browser",):
                for method in (
                    ("get", "post", "delete", "patch") if path.startswith("api/") else ("get", "post")
                ):
                    self.ask(who, method, path, names_something=True)


@pytest.fixture
def asking(mallory: Person, practice: dict[str, Any]) -> Asking:
    return Asking(mallory, practice)


def test_a_stranger_gets_nothing_when_every_gate_stands_open(
    asking: Asking, practice: dict[str, Any]
) -> None:
    """TA-09: the gates say yes to everybody and lists forget whose they are; the database still knows."""
    with without_first_fence():
        asking.ask_all(practice)
    print(f"{asking.requests} requests without the first fence")
    assert asking.requests > 200
    assert asking.leaks == []


def test_without_the_policies_the_same_requests_would_have_told_everything(
    asking: Asking, practice: dict[str, Any]
) -> None:
    """That the requests above can find a leak: both fences gone, they do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # what waits for a commit would keep its table from changing
    drop_policies(connection)
    with without_first_fence():
        asking.ask_all(practice)
    print(f"{len(asking.leaks)} of {asking.requests} requests told something without both fences")
    assert len(asking.leaks) > 60
    assert any("Quaresma" in leak for leak in asking.leaks)


def counted(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return int(cursor.fetchone()[0])


def test_in_the_scope_of_a_stranger_no_table_shows_a_foreign_row(
    mallory: Person, practice: dict[str, Any], scope_of: Callable[..., Any]
) -> None:
    """TA-09: raw SQL over every table with a policy, on the connection of a request of mallory's."""
    whole = {table: counted(table) for table in POLICIES}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM accounts_workspace WHERE id <> %s", [mallory.workspace.pk])
    foreign = {}
    with scope_of(mallory):
        for table in POLICIES:
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT * FROM "{table}"')
                columns = [column.name for column in cursor.description]
                rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
            known = {mallory.workspace.pk, mallory.user.pk}
            foreign[table] = [row for row in rows if not known & set(row.values())]
    assert {table: rows for table, rows in foreign.items() if rows} == {}
    filled_tables = [table for table, rows in whole.items() if rows]
    print(f"{len(POLICIES)} tables, {len(filled_tables)} of them with {sum(whole.values())} rows of others")
    assert len(filled_tables) > 30


def test_a_scope_that_was_never_set_sees_no_row_at_all(
    practice: dict[str, Any], scope_of: Callable[..., Any]
) -> None:
    """TA-09: nobody is not everybody; also in a connection that was never told anything."""
    with scope_of(None):
        assert {table: counted(table) for table in POLICIES if counted(table)} == {}
    # Beside Arcada: the owner of the tables, who says nothing.
    with connection.cursor() as cursor:
        raw = cursor.cursor
        for name in ("scope", "workspace", "actors", "shares", "cases", "collections"):
            raw.execute(f"RESET arcada.{name}")
        seen = {}
        for table in POLICIES:
            raw.execute(f'SELECT count(*) FROM "{table}"')
            seen[table] = raw.fetchone()[0]
    connection._forget()
    assert {table: rows for table, rows in seen.items() if rows} == {}
    print(f"{len(POLICIES)} tables asked twice")


def test_rows_of_another_workspace_are_neither_written_nor_changed(
    mallory: Person, practice: dict[str, Any], scope_of: Callable[..., Any]
) -> None:
    """TA-09: WITH CHECK: no row comes into a foreign workspace, none of it changes or goes, none is handed over."""
    from django.db import DatabaseError

    tried = refused = 0
    with scope_of(mallory):
        for table in POLICIES:
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')
                columns = [column.name for column in cursor.description]
                cursor.execute(f'DELETE FROM "{table}" WHERE ctid IN (SELECT ctid FROM "{table}") AND false')
                owner = next((name for name in ("workspace_id", "chain") if name in columns), None)
                if owner is None or table in ("records_record", "audit_auditevent"):
                    continue
                cursor.execute(
                    f'UPDATE "{table}" SET {owner} = {owner} WHERE {owner} = %s', [practice["workspace"]]
                )
                assert cursor.rowcount == 0, table
                cursor.execute(f'DELETE FROM "{table}" WHERE {owner} = %s', [practice["workspace"]])
                assert cursor.rowcount == 0, table
            tried += 2
    # Copies of mallory's own rows, said to be dr_ada's.
    from arcada.apps.accounts.models import Contact
    from arcada.apps.cases.models import Participant
    from arcada.apps.notifications.live import tell
    from arcada.apps.patients.models import NameToken, Patient
    from arcada.apps.records.models import Collection, Standard, Tag
    from arcada.apps.reviews.models import Thread
    from arcada.apps.sharing.models import MailSent, SharedRecord
    from tests.cast import NOW

    ada = practice["workspace"]
    day = NOW.date()
    attempts: dict[str, Callable[[], object]] = {
        "patient": lambda: Patient.objects.create(workspace_id=ada, code="X", created_at=NOW, touched_at=NOW),
        "token": lambda: NameToken.objects.create(workspace_id=ada, patient_id=practice["patient_id"], token=b"x"),
        "tag": lambda: Tag.objects.create(workspace_id=ada, name="x"),
        "standard": lambda: Standard.objects.create(
            workspace_id=ada, name="x", version=1, content={}, created_at=NOW
        ),
        "collection": lambda: Collection.objects.create(
            workspace_id=ada, patient_id=practice["patient_id"], taken_on=day, standard={}, standard_name="x",
            standard_version=1, created_at=NOW,
        ),
        "participation": lambda: Participant.objects.create(
            case_id=practice["case_id"], workspace_id=ada, invited_by=mallory.user.pk, created_at=NOW
        ),
        "contact": lambda: Contact.objects.create(workspace_id=ada, email="x@x.example", created_at=NOW),
        "thread": lambda: Thread.objects.create(case_id=practice["case_id"], number=99, created_at=NOW),
        "shared record": lambda: SharedRecord.objects.create(
            share_id=practice["share_id"], record_id=practice["record_id"]
        ),
        "mail count": lambda: MailSent.objects.create(
            workspace_id=ada, act_id=mallory.user.pk, sender_id=mallory.user.pk, target_hash=b"x", at=NOW
        ),
        "live event": lambda: tell(ada, f"case:{practice['case_id']}", "case", ids={}, now=NOW),
        "own patient, handed over": lambda: _handed_over(mallory, ada),
    }  # fmt: skip
    for what, attempt in attempts.items():
        with scope_of(mallory):
            try:
                with transaction.atomic():
                    attempt()
            except DatabaseError as trouble:
                assert "row-level security" in str(trouble), what
                refused += 1
    print(f"{tried} changes found no row; {refused} of {len(attempts)} additions refused")
    assert refused == len(attempts)


def _handed_over(mallory: Person, to: Any) -> None:
    from arcada.apps.patients.models import Patient
    from tests.cast import NOW

    made = Patient.objects.create(
        workspace_id=mallory.workspace.pk, code="M-1", created_at=NOW, touched_at=NOW
    )
    Patient.objects.filter(pk=made.pk).update(workspace_id=to)


def test_taking_part_in_a_case_does_not_make_one_its_owner(
    mallory: Person, carl: Person, practice: dict[str, Any], scope_of: Callable[..., Any]
) -> None:
    """TA-09: carl's laboratory reaches the case it works in and nothing else of the practice."""
    from arcada.apps.accounts.models import ApiToken, Contact
    from arcada.apps.cases.models import Case, Participant
    from arcada.apps.patients.models import NameToken, Patient, PatientIdentity
    from arcada.apps.sharing.models import Share

    with scope_of(carl):
        assert Case.objects.filter(pk=practice["case_id"]).exists()
        assert Patient.objects.filter(pk=practice["patient_id"]).exists()
        for model in (PatientIdentity, NameToken, Contact, ApiToken, Share):
            assert list(model.objects.exclude(**_own(model, carl))) == [], model
    Participant.objects.filter(case=practice["case_id"]).update(ended_at="2026-03-17T10:00Z")
    with scope_of(carl):
        assert not Case.objects.filter(pk=practice["case_id"]).exists()
        assert not Patient.objects.filter(pk=practice["patient_id"]).exists()


def _own(model: Any, person: Person) -> dict[str, Any]:
    names = {field.name for field in model._meta.fields}
    return (
        {"workspace": person.workspace} if "workspace" in names else {"patient__workspace": person.workspace}
    )


@pytest.mark.parametrize("ended_by", ["an answer", "an exception"])
def test_the_scope_of_one_request_never_lives_on_in_the_next_of_its_connection(
    mallory: Person, dr_ada: Person, practice: dict[str, Any], scope_of: Callable[..., Any], ended_by: str
) -> None:
    """TA-09: 50 alternations on one connection; within transactions, savepoints, and after failures in them."""
    from arcada.apps.patients.models import Patient

    def one(person: Person | None, expected: int, turn: int) -> None:
        fails = ended_by == "an exception"
        around = pytest.raises(ZeroDivisionError) if fails else nullcontext()
        with around, scope_of(person), transaction.atomic() if turn % 3 else nullcontext():
            assert Patient.objects.count() == expected
            with pytest.raises(ZeroDivisionError), transaction.atomic(), scope_of(None):
                assert Patient.objects.count() == expected
                1 / 0  # noqa: B018
            assert Patient.objects.count() == expected
            if fails:
                1 / 0  # noqa: B018

    for turn in range(50):
        one(dr_ada, 1, turn)
        one(mallory, 0, turn)
        one(None, 0, turn)
        if turn % 5 == 0:
            assert Patient.objects.count() == 1  # outside of requests: the system
    print("150 requests on one connection")


def test_a_request_before_and_after_another_sees_its_own_workspace_only(
    mallory: Person, dr_ada: Person, practice: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """TA-09: by real requests, with one that ends in an error between them."""
    from arcada.web import patient_pages

    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    ada, other = signed_in(dr_ada), signed_in(mallory)
    ada.raise_request_exception = other.raise_request_exception = False
    for turn in range(50):
        assert b"P-0218" in ada.get("/patients").content
        if turn % 2:
            with pytest.MonkeyPatch.context() as broken:
                broken.setattr(patient_pages, "render", lambda *_a, **_k: 1 / 0)
                assert ada.get("/patients").status_code == 500
        assert b"P-0218" not in other.get("/patients").content
        assert b"P-0218" not in Client().get("/patients", follow=True).content
    print("50 alternations")
