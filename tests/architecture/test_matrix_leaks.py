"""TA-08: nothing of another workspace is found, counted, sent or changes as much as a byte of an answer."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from tests.architecture.matrix_world import CANARY, CAST, Kind, Relation, Who, World
from tests.architecture.permission_table import ROWS, Reach, Row
from tests.architecture.test_matrix import ask, bare

pytestmark = pytest.mark.django_db
WORDS = (
    f"{CANARY}",
    f"{CANARY}name",
    f"{CANARY}-1",
    f"{CANARY}case",
    f"{CANARY}tag",
    f"{CANARY}file",
    f"{CANARY}rosa",
)
# Of the four kinds of sight: everything of a workspace, its audit, a machine's, and a link's.
LOOKING = [who for who in CAST if who.name in ("owner", "auditor", "token", "recipient")]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, given_files: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        world = World(given_files)
        _own_standard(world)
        yield world
        transaction.set_rollback(True)


def _own_standard(world: World) -> None:
    """mallory's upload standard, under a name of its own."""
    from arcada.apps.records.collections import import_standard
    from arcada.core.standard_json import as_dict
    from arcada.core.upload_standard import SHIPPED

    content = as_dict(SHIPPED["crown-and-bridge"]) | {
        "name": f"{CANARY}rules".lower(), "title": f"{CANARY}rules"
    }  # fmt: skip
    import_standard(
        world.mallory.actor, workspace_id=world.mallory.workspace.pk, content=content, now=timezone.now()
    )


def _asked(world: World) -> list[Row]:
    """Lists, searches, pages after a cursor and audits, asked for what only mallory has."""
    cursor = base64.urlsafe_b64encode(
        json.dumps([timezone.now().isoformat(), str(world.things[Relation.FOREIGN].ids["patient"])]).encode()
    ).decode()
    rows = []
    for word in WORDS:
        rows += [
            Row("search", "GET", "search", Reach.PAGE, 200, query=f"q={word}"),
            Row("patients", "POST", "patients", Reach.PAGE, 200, body={"q": word}),
            Row("list_patients", "GET", "api/v1/patients", Reach.API, 200, query=f"q={word}"),
            Row("settings-audit", "GET", "settings/audit", Reach.PAGE, 200, query=f"what=all&who={word}"),
            Row(
                "settings-audit", "GET", "settings/audit", Reach.PAGE, 200, query=f"csv=1&what=all&who={word}"
            ),
        ]
    for path in ("patients", "cases", "shares", "upload-requests"):
        rows.append(Row(path, "GET", f"api/v1/{path}", Reach.API, 200, query=f"cursor={cursor}&limit=200"))
    for path in ("cases", "shares"):
        rows.append(Row(path, "GET", path, Reach.PAGE, 200, query=f"cursor={cursor}"))
    name = f"{CANARY}rules".lower()
    for path in ("settings/audit", "patients/{patient}/audit", "cases/{case}/audit", "shares/{share}/audit"):
        rows.append(Row(path, "GET", path, Reach.PAGE, 200, query="what=all"))
        rows.append(Row(path, "GET", path, Reach.PAGE, 200, query="what=all&csv=1"))
    for path in (f"standards/{name}", f"standards/{name}/export", f"api/v1/standards/{name}"):
        rows.append(Row(path, "GET", path, Reach.API if path.startswith("api") else Reach.PAGE, 404))
    return rows


def test_ta_08_searches_and_lists_find_nothing_of_others(world: World) -> None:
    """TA-08: words of mallory's names, titles, tags, files and recipients, asked for by everybody: no answer has one
    that the question itself did not have.
    """
    hidden = [
        f"{CANARY}{rest}".lower()
        for rest in ("name", "title", "words", "note", "scan", "case", "question", "contact")
    ]
    hidden += [one.lower() for one in world.things[Relation.FOREIGN].canaries]
    found, searched = [], 0
    for row in _asked(world):
        said = f"{row.query}{row.body or ''}{row.path}".lower()
        for who in CAST:
            seen = ask(world, row, who, world.ids(who, Relation.OWN))
            text = seen.text.lower()
            found += [
                f"{row.method} /{row.path}?{row.query} as {who.name}: {word}"
                for word in hidden
                if word in text and word not in said
            ]
            searched += 1
    print(f"{searched} answers searched for {len(hidden)} words and numbers")
    assert not found, "\n".join(found)


def test_ta_08_nothing_that_others_do_changes_an_answer(world: World) -> None:
    """TA-08: counts, orders, ETags and lengths: every GET as before mallory had a second patient."""
    rows = [
        row
        for row in ROWS
        if row.method == "GET" and row.reach is not Reach.STAFF and row.name != "show_events"
    ]
    before = _answers(world, rows)
    with transaction.atomic():
        world.lay_in(world.mallory, f"{CANARY}more", partner=world.lab)
        after = _answers(world, rows)
        transaction.set_rollback(True)
    changed = [key for key, answer in before.items() if after[key] != answer]
    print(f"{len(before)} answers compared")
    assert not changed, changed


def _answers(world: World, rows: list[Row]) -> dict[tuple[str, str, str], Any]:
    return {
        (row.path, row.query, who.name): _seen(world, row, who)
        for row in rows
        for who in LOOKING
        if who.kind is not Kind.RECIPIENT or row.reach in (Reach.DOOR, Reach.OPEN)
    }


def _seen(world: World, row: Row, who: Who) -> Any:
    answer = ask(world, row, who, world.ids(who, Relation.OWN)).answer
    return bare(answer, world.ids(who, Relation.OWN))
