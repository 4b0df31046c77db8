"""The collection page: the tray in the places of its standard, where files would go, many records at once."""

import io
import json
import re
import zipfile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import NOW, Person
from tests.core.made_images import jpeg, png
from tests.web.browsing import signed_in
from tests.web.lay_in import body_of, lay_in


def tray_of(text: str) -> dict[str, str]:
    return {
        slot: state
        for state, slot in re.findall(r'<li class="slot" data-state="(\w+)" data-slot="(\w+)"', text)
    }


def test_an_empty_collection_shows_every_place_its_standard_asks_for(page: Client, archive) -> None:
    """N7 to N10."""
    text = page.get(reverse("patients-collection", args=[archive.pk])).content.decode()
    assert tray_of(text) == dict.fromkeys(
        ["upper_jaw", "lower_jaw", "bite", "EV15", "EV19", "EV01", "panoramic", "lateral_ceph"], "missing"
    )
    assert "0 of 8 filled" in text
    assert "8 missing" in text


def test_of_three_bites_one_is_enough(page: Client, collection) -> None:
    text = page.get(reverse("patients-collection", args=[collection.pk])).content.decode()
    assert "Bite: right, left or full" in text
    assert "bite_left" not in tray_of(text)


def test_a_photograph_fills_its_place_veiled_and_is_counted(page: Client, dr_ada: Person, archive) -> None:
    """N6, N11."""
    lay_in(dr_ada, archive, "EV15", "ana-at-rest.jpg", jpeg(900, 600))
    text = page.get(reverse("patients-collection", args=[archive.pk])).content.decode()
    assert tray_of(text)["EV15"] == "filled"
    assert "1 of 8 filled" in text
    assert "JPG, 0.54 megapixels" in text
    assert re.search(r'data-slot="EV15" data-veiled>', text)
    assert "ana-at-rest" not in text  # a name of a file is often the name of a patient


def test_one_audit_line_names_every_record_and_its_pictures_write_no_second(
    page: Client, dr_ada: Person, archive
) -> None:
    from arcada.apps.audit.models import AuditEvent

    record = lay_in(dr_ada, archive, "EV15", "a.jpg", jpeg(300, 200))
    text = page.get(reverse("patients-collection", args=[archive.pk])).content.decode()
    event = AuditEvent.objects.get(action="collection.viewed")
    assert event.ids["records"] == [str(record.pk)]
    poster = re.search(r'<img src="(/api/v1/records/[^"]+)"', text)
    assert poster and page.get(poster[1]).status_code == 200
    assert not AuditEvent.objects.filter(action="record.rendition_viewed").exists()
    # A refresh of the same page keeps the line, and with it the addresses of the pictures.
    address = re.search(r'hx-get="([^"]+/live\?view=[^"]+)"', text)
    assert address
    again = page.get(address[1].replace("&amp;", "&")).content.decode()
    assert AuditEvent.objects.filter(action="collection.viewed").count() == 1
    assert poster[1] in again
    # A record that came meanwhile is not hidden behind the old line.
    lay_in(dr_ada, archive, "EV19", "b.jpg", jpeg(310, 200))
    page.get(address[1].replace("&amp;", "&"))
    assert AuditEvent.objects.filter(action="collection.viewed").count() == 2


def test_more_records_ask_no_more_queries(page: Client, dr_ada: Person, patient) -> None:
    from datetime import date

    from arcada.apps.records.collections import open_collection

    free = open_collection(
        dr_ada.actor, patient, taken_on=date(2026, 2, 1), standard_name="free-collection", now=NOW
    )

    def queries(address: str) -> int:
        page.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert page.get(address).status_code == 200
        return len(asked)

    for number in range(2):
        lay_in(dr_ada, free, "other", f"{number}.png", png(40 + number, 30))
    address = reverse("patients-collection", args=[free.pk])
    few = queries(address), queries(f"{address}?as=list")
    for number in range(2, 7):
        lay_in(dr_ada, free, "other", f"{number}.png", png(40 + number, 30))
    assert (queries(address), queries(f"{address}?as=list")) == few


# ---------------------------------------------------------------- where files would go


def sorted_files(page: Client, collection, *files: dict[str, object]) -> list[dict[str, object]]:
    answer = page.post(
        reverse("patients-collection-sorted", args=[collection.pk]),
        json.dumps({"files": list(files)}),
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.content
    found: list[dict[str, object]] = answer.json()["files"]
    return found


def test_a_drop_is_sorted_without_writing_anything(page: Client, archive) -> None:
    """S7."""
    from arcada.apps.audit.models import AuditEvent
    from arcada.apps.records.models import Record

    before = AuditEvent.objects.count()
    upper, pano, odd = sorted_files(
        page,
        archive,
        {"name": "upper.stl", "size": 9},
        {"name": "opg.png", "size": 9},
        {"name": "x.exe", "size": 9},
    )
    assert (upper["slot"], pano["slot"]) == ("upper_jaw", "panoramic")
    assert upper["can_start"] and not odd["can_start"]
    assert odd["findings"][0]["grade"] == "blocker"  # type: ignore[index]
    assert not Record.objects.exists()
    assert AuditEvent.objects.count() == before


def test_a_discouraged_photograph_says_its_reason_before_it_is_sent(page: Client, archive) -> None:
    """N14."""
    (photo,) = sorted_files(page, archive, {"name": "intraoral.jpg", "size": 9})
    assert photo["can_start"]
    assert "three dimensions" in photo["findings"][0]["why"]  # type: ignore[index]


def test_a_file_for_a_filled_place_is_proposed_as_its_next_version(
    page: Client, dr_ada: Person, archive
) -> None:
    there = lay_in(dr_ada, archive, "EV15", "a.jpg", jpeg(300, 200))
    (again,) = sorted_files(page, archive, {"name": "EV15.jpg", "size": 9})
    assert again["supersedes"] == str(there.pk)
    assert again["can_start"]
    titles = [choice["title"] for choice in again["choices"]]  # type: ignore[attr-defined]
    assert "Frontal at rest, new version" in titles
    assert "Frontal at rest" not in titles


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"files": 3}', b'{"files": [{"name": 1}]}', b"\xff", b"[" * 9000]
)
def test_an_unreadable_question_is_refused(page: Client, archive, body: bytes) -> None:
    answer = page.post(
        reverse("patients-collection-sorted", args=[archive.pk]), body, content_type="application/json"
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.stl", "..\\upper.stl", "upper\u202elts.stl", "a\x00.stl", "=cmd|' /C calc'!A0.stl",
        "x\r\nSet-Cookie: a=b.stl", "a" * 4000 + ".stl", "CON.stl",
    ],
)  # fmt: skip
def test_a_hostile_name_stores_nothing_anywhere(page: Client, archive, name: str) -> None:
    """UP-08."""
    from arcada.apps.files.models import StoredFile

    (placed,) = sorted_files(page, archive, {"name": name, "size": 9, "slot": "upper_jaw"})
    answer = page.post(
        f"/api/v1/collections/{archive.pk}/records",
        json.dumps({"slot": "upper_jaw", "name": name, "size": 9}),
        content_type="application/json",
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code in (201, 422)
    assert (answer.status_code == 201) == bool(placed["can_start"]) or "/" in name or "\\" in name
    assert "Set-Cookie" not in answer
    assert not StoredFile.objects.exists()


# ---------------------------------------------------------------- many at once


def test_chosen_records_are_tagged_moved_and_removed_together(page: Client, dr_ada: Person, archive) -> None:
    """S10, S11."""
    from arcada.apps.records.models import Record

    one = lay_in(dr_ada, archive, "EV15", "a.jpg", jpeg(300, 200))
    two = lay_in(dr_ada, archive, "EV19", "b.jpg", jpeg(310, 200))
    address = reverse("patients-collection-bulk", args=[archive.pk])
    page.post(address, {"record": [one.pk, two.pk], "act": "tag", "tags": "recall,  before  treatment"})
    assert sorted(one.tags.values_list("name", flat=True)) == ["before treatment", "recall"]
    page.post(address, {"record": [one.pk], "act": "move", "to": "slot:EV01"})
    one.refresh_from_db()
    assert one.slot == "EV01"
    page.post(address, {"record": [one.pk, two.pk], "act": "remove"})
    assert Record.objects.filter(is_removed=True).count() == 2
    text = page.get(reverse("patients-collection", args=[archive.pk])).content.decode()
    assert "2 removed records" in text
    page.post(reverse("patients-record-restore", args=[two.pk]))
    two.refresh_from_db()
    assert not two.is_removed


def test_a_foreign_record_among_the_chosen_changes_nothing(
    page: Client, dr_ada: Person, archive, collection
) -> None:
    mine = lay_in(dr_ada, archive, "EV15", "a.jpg", jpeg(300, 200))
    elsewhere = lay_in(dr_ada, collection, "EV19", "b.jpg", jpeg(310, 200))
    answer = page.post(
        reverse("patients-collection-bulk", args=[archive.pk]),
        {"record": [mine.pk, elsewhere.pk], "act": "remove"},
    )
    assert answer.status_code == 404
    mine.refresh_from_db()
    assert not mine.is_removed


def test_one_impossible_move_moves_none(page: Client, dr_ada: Person, archive, collection) -> None:
    fits = lay_in(dr_ada, archive, "EV19", "a.jpg", jpeg(300, 200))
    has_no_place = lay_in(dr_ada, archive, "EV01", "b.jpg", jpeg(310, 200))
    page.post(
        reverse("patients-collection-bulk", args=[archive.pk]),
        {"record": [fits.pk, has_no_place.pk], "act": "move", "to": f"collection:{collection.pk}"},
    )
    fits.refresh_from_db()
    assert fits.collection_id == archive.pk


def test_one_step_up_and_a_whole_order(page: Client, dr_ada: Person, archive) -> None:
    from arcada.apps.records.models import Record

    slots = ("EV15", "EV19", "EV01")
    ids = [lay_in(dr_ada, archive, slot, "a.jpg", jpeg(300 + n, 200)).pk for n, slot in enumerate(slots)]
    address = reverse("patients-collection-reorder", args=[archive.pk])

    def order() -> list[object]:
        return list(Record.objects.order_by("position").values_list("pk", flat=True))

    page.post(address, {"up": ids[2]})
    assert order() == [ids[0], ids[2], ids[1]]
    page.post(address, {"down": ids[0]})
    assert order() == [ids[2], ids[0], ids[1]]
    page.post(address, {"record": [ids[1], ids[2], ids[0]]})
    assert order() == [ids[1], ids[2], ids[0]]


def test_the_zip_holds_the_chosen_records_under_clean_names(page: Client, dr_ada: Person, archive) -> None:
    """N19."""
    one = lay_in(dr_ada, archive, "EV15", "ana.jpg", jpeg(300, 200))
    lay_in(dr_ada, archive, "EV19", "ana smiles.jpg", jpeg(310, 200))
    address = reverse("patients-collection-zip", args=[archive.pk])
    assert names_in(page.get(address)) == ["P-0218_EV15.jpg", "P-0218_EV19.jpg", "manifest.json"]
    assert names_in(page.post(address, {"record": [one.pk]})) == ["P-0218_EV15.jpg", "manifest.json"]


def names_in(answer) -> list[str]:
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(body_of(answer))) as archive:
        return sorted(archive.namelist())


def test_every_address_of_a_collection_is_closed_to_mallory(mallory: Person, archive) -> None:
    page = signed_in(mallory)
    for name, method in (
        ("patients-collection", "get"), ("patients-collection-live", "get"), ("patients-collection-edit", "get"),
        ("patients-collection-sorted", "post"), ("patients-collection-reorder", "post"),
        ("patients-collection-bulk", "post"), ("patients-collection-zip", "get"),
    ):  # fmt: skip
        assert getattr(page, method)(reverse(name, args=[archive.pk])).status_code == 404, name
    assert page.get(reverse("patients-collection-new", args=[archive.patient_id])).status_code == 404


def test_a_viewer_looks_and_changes_nothing(dr_ada: Person, archive) -> None:
    from arcada.core.access import Role, WorkspaceKind
    from tests.cast import _person

    vera = _person(
        "vera@lima.example", "Vera", workspace=dr_ada.workspace, kind=WorkspaceKind.CLINIC, role=Role.VIEWER
    )
    page = signed_in(vera)
    text = page.get(reverse("patients-collection", args=[archive.pk])).content.decode()
    assert "data-upload" not in text and "New collection" not in text and "data-add" not in text
    assert page.post(reverse("patients-collection-sorted", args=[archive.pk])).status_code == 404


def test_a_collection_is_opened_with_its_standard_and_edited(page: Client, patient) -> None:
    """S8."""
    from arcada.apps.records.models import Collection

    answer = page.post(
        reverse("patients-collection-new", args=[patient.pk]),
        {"taken_on": "2026-03-17", "standard": "abo-3-5", "title": "First visit"},
    )
    made = Collection.objects.get()
    assert answer["Location"] == reverse("patients-collection", args=[made.pk])
    assert made.standard_name == "abo-3-5"
    page.post(
        reverse("patients-collection-edit", args=[made.pk]),
        {"taken_on": "2026-03-16", "title": "Visit", "description": "", "tags": "recall"},
    )
    made.refresh_from_db()
    assert (str(made.taken_on), made.title) == ("2026-03-16", "Visit")
    future = page.post(
        reverse("patients-collection-new", args=[patient.pk]),
        {"taken_on": "2126-01-01", "standard": "abo-3-5"},
    )
    assert future.status_code == 422


def test_the_script_and_the_server_know_the_same_words() -> None:
    from pathlib import Path

    from arcada.web.upload_words import upload_words

    source = Path(__file__).parents[2] / "frontend" / "src" / "upload" / "words.ts"
    declared = re.search(r"export type WordKey =(.*?);", source.read_text("utf-8"), re.DOTALL)
    assert declared
    assert set(re.findall(r'"(\w+)"', declared[1])) == set(upload_words())
