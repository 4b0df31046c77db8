"""Two people edit the same thing: who keeps an older view is shown both, and nothing that was typed is lost (CO-05)."""

import html
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from tests.rough.surface import House, addresses
from tests.web.browsing import signed_in

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Edit:
    """Where the form stands, where it goes, and what the first and the second editor type."""

    opened: str
    sent: str
    first: dict[str, str]
    second: dict[str, str]


EDITS = (
    Edit("patients-edit", "patients-edit", {"code": "P-0218", "name": "Ana Prima", "born": "1980-01-02"},
         {"code": "P-0300", "name": "Ana Segunda", "born": "1980-01-03"}),
    Edit("patients-collection-edit", "patients-collection-edit",
         {"taken_on": "2026-03-10", "title": "First title", "description": "First words", "tags": "one"},
         {"taken_on": "2026-03-11", "title": "Second title", "description": "Second words", "tags": "two"}),
    Edit("patients-record", "patients-record-describe",
         {"title": "First name", "tags": "one", "description": "First words", "back": "record"},
         {"title": "Second name", "tags": "two", "description": "Second words", "back": "record"}),
    Edit("settings", "settings-brand", {"name": "First Dental", "brand_name": "First"},
         {"name": "Second Dental", "brand_name": "Second"}),
    Edit("settings", "settings-profile", {"name": "Ada First", "language": "es"},
         {"name": "Ada Second", "language": "pt-br"}),
)  # fmt: skip


def path_of(house: House, name: str) -> str:
    return house.path(next(one for one in addresses() if one.name == name))


def mark_in(page: Any, sent: str) -> str:
    """The hidden mark of the form that goes to this address."""
    said = page.content.decode()
    forms = re.findall(r"<form\b.*?</form>", said, re.S)
    own = [form for form in forms if f'action="{sent}"' in form] or [
        form for form in forms if 'name="seen"' in form
    ]
    found = re.search(r'name="seen" value="([0-9a-f]{32})"', own[0])
    assert found is not None, own[0]
    return found[1]


@pytest.mark.parametrize("edit", EDITS, ids=[edit.sent for edit in EDITS])
def test_co_05_an_older_view_is_shown_both_and_loses_nothing(house: House, edit: Edit) -> None:
    """CO-05: two editors of one thing, each from the same view."""
    first, second = house.browsers["ada"], signed_in(house.people["ada"])
    opened, sent = path_of(house, edit.opened), path_of(house, edit.sent)
    mark = mark_in(first.get(opened), sent)
    assert mark_in(second.get(opened), sent) == mark
    assert first.post(sent, edit.first | {"seen": mark}).status_code == 302
    refused = second.post(sent, edit.second | {"seen": mark})
    said = html.unescape(refused.content.decode())
    assert refused.status_code == 409
    for typed, standing in zip(edit.second.items(), edit.first.values(), strict=True):
        if typed[0] in ("back", "language"):
            continue
        assert typed[1] in said, ("typed and lost", typed)
        assert f"It is now: {standing}" in said, ("not shown", standing)
    kept = mark_in(first.get(opened), sent)
    again = mark_in(refused, sent)
    assert again == kept != mark, "the refused form goes on from what stands now"
    assert second.post(sent, edit.second | {"seen": again}).status_code == 302
    assert mark_in(first.get(opened), sent) not in (mark, kept)
    print("2 editors, 5 requests checked")


def test_co_05_a_view_that_still_stands_is_kept_and_a_program_needs_none(house: House) -> None:
    for edit in EDITS:
        page: Client = house.browsers["ada"]
        opened, sent = path_of(house, edit.opened), path_of(house, edit.sent)
        mark = mark_in(page.get(opened), sent)
        assert page.post(sent, edit.first | {"seen": mark}).status_code == 302
        assert page.post(sent, edit.second).status_code == 302
    print(f"{len(EDITS)} forms checked")


def test_co_05_a_standard_of_this_version_with_other_contents_stays(house: House) -> None:
    """CO-05: the version is what both editors saw; the second is told, and what was pasted stays."""
    import json

    from arcada.core.standard_json import as_dict
    from arcada.core.upload_standard import SHIPPED

    page, path = house.browsers["ada"], path_of(house, "settings-standards-import")
    first = as_dict(SHIPPED["archive-3-2"]) | {"name": "own", "title": "First"}
    assert page.post(path, {"json": json.dumps(first)}).status_code == 302
    refused = page.post(path, {"json": json.dumps(first | {"title": "Second of us"})})
    assert refused.status_code == 409 and "Second of us" in refused.content.decode()
