"""The authorisation matrix: address × method × role × relation, the status and the line in the audit.

The rows are in permission_table.py, the people in matrix_world.py, the rule in matrix_rule.py. Not asked are: relations
by those who are stopped before anything is looked for (they ask for their own only), the two nearer relations by any
but the two with the most rights (they are refused by the workspace's number, before a role is looked at), and methods
without a row by any but two.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, get_resolver

from tests.architecture.matrix_rule import (
    METHODS,
    cells,
    comers,
    expected,
    head_askers,
    refused,
    strangers_to_methods,
)
from tests.architecture.matrix_world import CANARY, CAST, Kind, Relation, Who, World, filled
from tests.architecture.permission_table import ROWS, SAME_FOR_ALL, Reach, Row

pytestmark = pytest.mark.django_db
CHUNKS = 12
# allauth's own patterns of pages that Arcada does not offer: the rows of "account-none" stand before them.
NOT_OFFERED = {
    "account_email",
    "account_set_password",
    "account_confirm_login_code",
    "account_reauthenticate",
}
# They tell the name of a workspace that one invites to a case: no secret (accounts.queries.workspace_by_id).
NAMING_A_WORKSPACE = {"create_participant", "cases-participants"}


def patterns(resolver: Any, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = before + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from patterns(entry, path)
        else:
            yield path, entry


def test_ta_01_every_address_has_a_row() -> None:
    """TA-01: walking the resolver and walking the table find the same addresses."""
    known = {row.name for row in ROWS} | NOT_OFFERED
    named = {entry.name for _path, entry in patterns(get_resolver())}
    assert named - known == set(), "addresses without a row"
    assert known - named == set(), "rows without an address"
    print(f"{len(named)} addresses checked")


def test_ta_01_the_matrix_has_its_size() -> None:
    """TA-01, TA-02: at least 5,000 cells, of at least 16 roles."""
    asked = sum(len(list(cells(row))) + len(_crossed(row)) + len(_heads(row)) for row in ROWS)
    asked += sum(len(strangers_to_methods(row)) * len(_unspoken(row)) for row in _first_rows())
    assert len(CAST) >= 16 and asked >= 5000
    print(f"{asked} cells: {len(ROWS)} rows, {len(CAST)} roles")


# -------------------------------------------------------------------------------- asking
@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, given_files: Any) -> Iterator[World]:
    """Everybody and everything, once for all chunks that a process runs."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World(given_files)
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Seen:
    """What came back for one cell, and what it left in the audit and the outbox."""

    answer: Any
    events: tuple[str, ...]
    mails: tuple[str, ...]

    @property
    def status(self) -> int:
        status: int = self.answer.status_code
        return status

    @property
    def text(self) -> str:
        """Headers and body, as far as the body is there at once."""
        headers = "\n".join(f"{key}: {value}" for key, value in self.answer.headers.items())
        cookies = self.answer.cookies.output()
        body = "" if self.answer.streaming else self.answer.content.decode("utf-8", "replace")
        return f"{headers}\n{cookies}\n{body}"


def ask(world: World, row: Row, who: Who, ids: dict[str, Any], method: str = "") -> Seen:
    """One request, whose effects are undone."""
    from arcada.apps.audit.models import AuditEvent
    from arcada.apps.mail.models import OutgoingMail

    method = method or row.method
    browser = world.browsers[who.name]
    given: dict[str, Any] = {"headers": {"Sec-Fetch-Site": "same-origin"}}
    body = filled(row.body, ids)
    if method not in ("GET", "HEAD"):
        given |= {"data": body if body is not None else {}}
        if row.is_api or method != "POST":
            given["content_type"] = "application/json"
    query = f"?{filled(row.query, ids)}" if row.query else ""
    cookies = browser.cookies.copy()
    with transaction.atomic():
        answer = getattr(browser, method.lower())(f"/{filled(row.path, ids)}{query}", **given)
        events = (
            AuditEvent.objects.filter(seq__gt=world.last_event)
            .order_by("seq")
            .values_list("action", flat=True)
        )
        told = tuple(dict.fromkeys(events)) if row.is_many else tuple(events)
        mails: tuple[str, ...] = ()
        if method != "GET" and answer.status_code < 400:
            sent = OutgoingMail.objects.filter(created_at__gt=world.built_at)
            mails = tuple(f"{mail.to} {mail.subject} {mail.text}" for mail in sent)
        transaction.set_rollback(True)
    browser.cookies = cookies
    return Seen(answer, told, mails)


def _rows_of(chunk: int) -> list[Row]:
    return ROWS[chunk::CHUNKS]


def _first_rows() -> list[Row]:
    """One row for each address."""
    return list({row.path: row for row in reversed(ROWS)}.values())


def _unspoken(row: Row) -> list[str]:
    spoken = {other.method for other in ROWS if other.path == row.path}
    return [method for method in METHODS if method not in spoken]


def _heads(row: Row) -> list[Who]:
    return head_askers(row) if row.method == "GET" else []


def _crossed(row: Row) -> list[tuple[Who, str, str]]:
    """Each of several ids exchanged for another thing's, by the two who may most."""
    if len(row.placeholders) < 2:
        return []
    return [
        (who, key, other)
        for who in comers(row)[:2]
        for key in row.placeholders
        for other in ("foreign", "sibling")
    ]


# -------------------------------------------------------------------------------- the matrix
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_ta_01_each_cell_is_answered_and_recorded_as_declared(world: World, chunk: int) -> None:
    """TA-01, TA-02, TA-04, AU-01: the status, and exactly the expected lines of the audit; TA-03: missing and forbidden
    are the same bytes; TA-08: no word, number or hash of mallory's in any answer or mail.
    """
    wrong: list[str] = []
    asked = same = searched = 0
    for row in _rows_of(chunk):
        missing: dict[str, Seen] = {}
        order = sorted(cells(row), key=lambda cell: cell[1] is not Relation.NOTHING)
        for who, relation in order:
            ids = world.ids(who, relation)
            seen = ask(world, row, who, ids)
            asked += 1
            status, events = expected(row, who, relation)
            if (seen.status, seen.events) != (status, events):
                wrong.append(
                    f"{row.method} /{row.path} {row.query} as {who.name}, {relation}: "
                    f"{seen.status} {list(seen.events)}, declared {status} {list(events)}"
                )
            if relation is Relation.NOTHING:
                missing[who.name] = seen
            elif seen.status == 404 and status == 404 and who.name in missing:
                nothing = world.ids(who, Relation.NOTHING)
                if bare(seen.answer, ids) != bare(missing[who.name].answer, nothing):
                    wrong.append(
                        f"{row.method} /{row.path} as {who.name}, {relation}: not as if it were missing"
                    )
                same += 1
            leaks = _leaks(world, row, who, relation, seen)
            searched += 1
            wrong += [f"{row.method} /{row.path} as {who.name}, {relation}: holds {leak}" for leak in leaks]
    print(f"{asked} cells asked, {same} pairs of missing and forbidden compared, {searched} answers searched")
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(wrong)


@pytest.mark.parametrize("chunk", range(0, CHUNKS, 3))
def test_ta_01_other_methods_do_nothing(world: World, chunk: int) -> None:
    """TA-01: a method without a row is refused, HEAD is GET without a body; no undeclared line."""
    wrong: list[str] = []
    asked = 0
    rows = [row for part in range(chunk, chunk + 3) for row in _rows_of(part)]
    firsts = {id(row) for row in _first_rows()}
    for row in rows:
        for who in _heads(row):
            seen = ask(world, row, who, world.ids(who, Relation.OWN), "HEAD")
            asked += 1
            declared = expected(row, who, Relation.OWN) if row.head is None else (row.head, ())
            if row.head_events is not None and declared[0] == row.status:
                declared = row.status, row.head_events
            if (seen.status, seen.events) != declared:
                wrong.append(
                    f"HEAD /{row.path} as {who.name}: {seen.status} {seen.events}, declared {declared}"
                )
        if id(row) not in firsts:
            continue
        for method in _unspoken(row):
            for who in strangers_to_methods(row):
                seen = ask(world, row, who, world.ids(who, Relation.OWN), method)
                asked += 1
                if seen.status not in (405, row.others) or set(seen.events) - {"access.denied"}:
                    wrong.append(
                        f"{method} /{row.path} as {who.name}: {seen.status} {seen.events}, declared {row.others}"
                    )
    print(f"{asked} cells asked")
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(wrong)


def test_ta_07_nested_ids_agree(world: World) -> None:
    """TA-07: of several ids in one request, one is another workspace's or another patient's: nothing is found."""
    wrong: list[str] = []
    asked = 0
    for row in ROWS:
        for who, key, other in _crossed(row):
            ids = world.ids(who, Relation.OWN)
            elsewhere = world.ids(who, Relation.FOREIGN) if other == "foreign" else ids | world.sibling
            seen = ask(world, row, who, ids | {key: elsewhere[key]})
            asked += 1
            declared = row.cross.get(f"{other} {key}", refused(row, who))
            if expected(row, who, Relation.OWN)[0] >= 400:
                declared = expected(row, who, Relation.OWN)
            if (seen.status, seen.events) != declared:
                wrong.append(
                    f"{row.method} /{row.path} {row.body} as {who.name}, {other} {key}: "
                    f"{seen.status} {seen.events}, declared {declared}"
                )
    print(f"{asked} cells asked")
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(wrong)


def _leaks(world: World, row: Row, who: Who, relation: Relation, seen: Seen) -> list[str]:
    """What of mallory's stands in an answer or a mail. Her ids may come back only to whoever sent them."""
    if who.kind is Kind.SUPPORT and row.reach is Reach.STAFF:
        return []  # reviewers see whom they review; it is declared in their rows
    if row.name in NAMING_A_WORKSPACE:
        return []
    words = [CANARY.lower()]
    if relation is not Relation.FOREIGN:
        words += world.things[Relation.FOREIGN].canaries
    sent = row.path + row.query
    text = (seen.text + "\n".join(seen.mails)).lower()
    if relation is Relation.FOREIGN and any(
        f"{{{key}}}" in sent for key in ("secret", "invitation", "request_secret")
    ):
        return []  # whoever has a link's secret sees whose it is (DECISIONS 19)
    return [word for word in words if word in text]


def bare(answer: Any, ids: dict[str, Any]) -> tuple[int, dict[str, str], str]:
    """What somebody is answered, without what is random in every answer and without the ids that they sent."""
    kept = {
        key: value
        for key, value in answer.headers.items()
        if key not in ("X-Request-Id", "Content-Security-Policy")
    }
    body = "" if answer.streaming else answer.content.decode("utf-8", "replace")
    for key, value in ids.items():
        if key not in SAME_FOR_ALL:
            body = body.replace(str(value), "ID")
    body = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", body)
    return answer.status_code, kept, re.sub(r'(nonce|csrfmiddlewaretoken" value)="[^"]+"', "", body)
