"""Standards: listed, shown in words, exported as JSON, taken over with all errors at once."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from arcada.core.standard_json import as_dict, load_standard
from arcada.core.upload_standard import SHIPPED
from tests.cast import Person
from tests.web.browsing import signed_in


def test_the_shipped_standards_are_listed_with_their_limits(page: Client) -> None:
    text = page.get(reverse("settings-standards")).content.decode()
    for standard in SHIPPED.values():
        assert standard.title in text
    assert "Images up to 2 megapixels each" in text
    assert "10 megapixels in all" in text


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_shipped_standard_is_shown_and_exports_what_imports_again(page: Client, name: str) -> None:
    """N7."""
    assert page.get(reverse("settings-standard", args=[name])).status_code == 200
    exported = page.get(reverse("settings-standard-export", args=[name]))
    assert "attachment" in exported["Content-Disposition"]
    assert load_standard(exported.content) == SHIPPED[name]


def test_an_own_standard_is_taken_over_and_can_be_chosen(page: Client, patient) -> None:
    own = as_dict(SHIPPED["archive-3-2"]) | {"name": "own-3", "title": "Our own three", "version": 4}
    answer = page.post(reverse("settings-standards-import"), {"json": json.dumps(own)})
    assert answer["Location"] == reverse("settings-standard", args=["own-3"])
    form = page.get(reverse("patients-collection-new", args=[patient.pk])).content.decode()
    assert "Our own three, version 4" in form


def test_everything_wrong_is_said_at_once_and_the_text_stays(page: Client) -> None:
    broken = as_dict(SHIPPED["archive-3-2"])
    broken["version"] = 0
    broken["slots"][0]["kinds"] = ["sculpture"]
    del broken["title"]
    answer = page.post(reverse("settings-standards-import"), {"json": json.dumps(broken)})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert text.count('class="finding" data-grade="blocker"') >= 3
    assert "sculpture" in text and "title" in text


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '"x"', "[" * 5000, '{"name": "a' + "b" * 70_000 + '"}']
)
def test_what_is_no_standard_is_refused_in_words(page: Client, text: str) -> None:
    assert page.post(reverse("settings-standards-import"), {"json": text}).status_code == 422


def test_only_who_may_edit_standards_takes_one_over(ben: Person) -> None:
    page = signed_in(ben)
    assert page.get(reverse("settings-standards")).status_code == 200
    assert page.post(reverse("settings-standards-import"), {"json": "{}"}).status_code == 404


def test_a_standard_of_another_workspace_does_not_exist(mallory: Person, dr_ada: Person) -> None:
    own = as_dict(SHIPPED["archive-3-2"]) | {"name": "own-3", "title": "Our own three"}
    signed_in(dr_ada).post(reverse("settings-standards-import"), {"json": json.dumps(own)})
    assert signed_in(mallory).get(reverse("settings-standard", args=["own-3"])).status_code == 404
