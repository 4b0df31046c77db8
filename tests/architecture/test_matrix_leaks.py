"""TA-08: nothing of another workspace is found by searching, listing or turning pages."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from tests.architecture.matrix_world import CANARY, CAST, Relation, World
from tests.architecture.permission_table import Reach, Row
from tests.architecture.test_matrix import ask

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
