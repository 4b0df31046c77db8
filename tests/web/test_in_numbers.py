"""The review's tables: what the viewer shows in colours, in words for whoever has no picture of it."""

import re
from html import unescape
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import translation

from tests.cast import NOW, Given, Person, Visitor, lay_in_comparison, lay_in_design
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record

pytestmark = pytest.mark.django_db
SPOT = {"point": [1.0, 2.0, 3.0], "area_mm2": 3.375, "deepest_um": -35.5, "region": "left premolar"}


@pytest.fixture
def crown(dr_ada: Person, shared_case: "Case", given_files: "Mapping[str, Given]") -> "Record":
    return lay_in_design(dr_ada, shared_case, given_files["upper_jaw"])


def measured(
    record: "Record", against: "Record", *spots: dict[str, Any], state: str = "ready", **summary: Any
) -> None:
    row = lay_in_comparison(record, against, kind="contacts" if "greatest_um" not in summary else "deviation")
    row.facts, row.state = {"spots": list(spots), "summary": summary}, state
    row.save(update_fields=["facts", "state"])


def numbers(browser: Client, address: str) -> str:
    """The block of tables as text, cell by cell; empty where the page has none."""
    answer = browser.get(address)
    assert answer.status_code == 200
    found = re.search(r'<details class="numbers">(.*?)</details>', answer.content.decode(), re.DOTALL)
    if found is None:
        return ""
    cells = re.sub(r"</(?:th|td|caption|p|summary)>", " | ", found[1])
    return " ".join(unescape(re.sub(r"<[^>]+>", "", cells)).split())


def at(case: "Case") -> str:
    return f"/cases/{case.pk}"


def test_contacts_are_listed_by_the_pair_they_are_of_with_place_area_and_distance(
    page: Client, shared_case: "Case", ready_records: "dict[str, Record]", crown: "Record"
) -> None:
    gap = SPOT | {"deepest_um": 12.4, "area_mm2": 0.938, "region": None}
    measured(crown, ready_records["lower_jaw"], SPOT, gap, seated_on="maxilla")
    told = numbers(page, at(shared_case))
    assert "Crown 14 against Lower jaw: contacts 2 | Where | Area | Distance" in told
    assert "left premolars | 3.38 mm² | 36 µm overlap | – | 0.94 mm² | 12 µm gap" in told


def test_contacts_stand_in_the_order_of_their_teeth_as_the_reader_numbers_them(
    dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    from arcada.apps.cases.scene import label_teeth

    upper, lower = ready_records["upper_jaw"], ready_records["lower_jaw"]
    far = SPOT | {"point": [40.0, 2.0, 3.0], "area_mm2": 9.0}
    measured(upper, lower, far, SPOT)
    labels = [
        {"tooth_fdi": 14, "record": str(upper.pk), "point": SPOT["point"]},
        {"tooth_fdi": 26, "record": str(upper.pk), "point": far["point"]},
    ]
    label_teeth(dr_ada.actor, shared_case, labels=labels, now=NOW)
    told = numbers(signed_in(dr_ada), at(shared_case))
    assert told.index("Tooth 14 | 3.38 mm²") < told.index("Tooth 26 | 9.00 mm²")
    dr_ada.user.notation = "universal"
    dr_ada.user.save(update_fields=["notation"])
    assert "Tooth 5 | 3.38 mm²" in numbers(signed_in(dr_ada), at(shared_case))


def test_jaws_that_do_not_meet_are_said_so_and_have_no_table(
    page: Client, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    upper, lower = ready_records["upper_jaw"], ready_records["lower_jaw"]
    for pair in ((upper, lower), (lower, upper)):
        measured(*pair, state="not_in_occlusion", gap_mm=7.4)
    told = numbers(page, at(shared_case))
    assert "Upper jaw: The jaws do not meet as they lie in the files (7.4 mm apart)" in told
    assert told.count("The jaws do not meet") == 1
    assert "Where" not in told


def test_jaws_that_run_into_each_other_are_said_to_do_so(
    page: Client, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    upper, lower = ready_records["upper_jaw"], ready_records["lower_jaw"]
    for pair in ((upper, lower), (lower, upper)):
        measured(*pair, state="not_in_occlusion", gap_mm=0.0, penetration_mm=2.65)
    told = numbers(page, at(shared_case))
    said = "The jaws do not meet as they lie in the files, they run into each other (up to 2.65 mm deep)"
    assert told.count(said) == 1
    assert "mm apart" not in told


def test_why_nothing_is_claimed_of_a_restoration_is_said_once(
    page: Client, shared_case: "Case", ready_records: "dict[str, Record]", crown: "Record"
) -> None:
    for jaw in (ready_records["upper_jaw"], ready_records["lower_jaw"]):
        for pair in ((crown, jaw), (jaw, crown)):
            measured(*pair, state="no_antagonist", why_none="not_seated")
    told = numbers(page, at(shared_case))
    assert told.count("It sits on neither jaw as the files lie") == 1
    assert "Crown 14: It sits on neither jaw" in told


def test_of_two_restorations_of_one_name_each_says_why_nothing_is_claimed() -> None:
    from arcada.web.in_numbers import in_numbers

    records = [{"id": one, "label": "Crown 14", "kind": "design"} for one in ("a", "b")]
    records.append({"id": "l", "label": "Lower jaw", "kind": "scan"})
    found = [
        {"kind": "contacts", "record": record, "against": against, "state": "no_antagonist", "spots": [],
         "summary": {"why_none": "not_seated"}}
        for record, against in (("a", "l"), ("l", "a"), ("b", "l"), ("l", "b"))
    ]  # fmt: skip
    tables = in_numbers({"records": records, "comparisons": found, "measurements": []})
    assert [table.caption.partition(":")[0] for table in tables] == ["Crown 14", "Crown 14"]


def test_contacts_of_a_scan_that_stands_in_for_the_antagonist_are_not_named_as_of_the_seat(
    dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]", crown: "Record"
) -> None:
    from arcada.apps.cases.scene import label_teeth

    upper, stand_in = ready_records["upper_jaw"], ready_records["lower_jaw"]
    stand_in.slot = "preparation"
    stand_in.save(update_fields=["slot"])
    measured(stand_in, crown, SPOT, seated_on="maxilla")
    labels = [
        {"tooth_fdi": 44, "record": str(stand_in.pk), "point": SPOT["point"]},
        {"tooth_fdi": 14, "record": str(upper.pk), "point": [1.0, 5.0, 3.0]},
    ]
    label_teeth(dr_ada.actor, shared_case, labels=labels, now=NOW)
    assert "Tooth 44 | 3.38 mm²" in numbers(signed_in(dr_ada), at(shared_case))


def test_what_changed_since_the_version_before_is_said_with_its_greatest_change(
    dr_ada: Person, page: Client, shared_case: "Case", crown: "Record", given_files: "Mapping[str, Given]"
) -> None:
    newer = lay_in_design(dr_ada, shared_case, given_files["lower_jaw"], supersedes=crown)
    measured(newer, crown, greatest_um=-118.7, changed_share=0.0316, changed_over_um=50.0, greatest_at=None)
    told = numbers(page, at(shared_case))
    assert "Changes between versions, by more than 50 µm | Version | Since | Changed | At most" in told
    assert "Crown 14, v2 | v1 | 3.2 % | 119 µm taken away" in told


def test_a_persons_own_measurements_are_listed_for_that_person_alone(
    dr_ada: Person, ben: Person, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    from arcada.apps.reviews.measuring import keep_measurements

    upper, lower = (str(ready_records[slot].pk) for slot in ("upper_jaw", "lower_jaw"))
    items = [
        {"id": str(uuid4()), "kind": "distance", "name": "Room for the cusp", "records": [upper, lower],
         "points": [[0, 0, 0], [0, 0, 1.238]], "value": 1.238},
        {"id": str(uuid4()), "kind": "angle", "name": "", "records": [upper] * 3,
         "points": [[1, 0, 0], [0, 0, 0], [0, 1, 0]], "value": 90.0},
    ]  # fmt: skip
    keep_measurements(dr_ada.actor, shared_case, items=items, now=NOW)
    told = numbers(signed_in(dr_ada), at(shared_case))
    assert "Room for the cusp | 1.24 mm | Upper jaw, Lower jaw" in told
    assert "Angle | 90.0° | Upper jaw" in told
    assert numbers(signed_in(ben), at(shared_case)) == ""


def test_rosa_reads_the_contacts_in_numbers_too(rosa: Visitor, ready_records: "dict[str, Record]") -> None:
    measured(ready_records["upper_jaw"], ready_records["lower_jaw"], SPOT)
    assert "Upper jaw against Lower jaw: contacts 1" in numbers(rosa.browser, f"{rosa.base}/")


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    from arcada.web.in_numbers import in_numbers

    records = [{"id": slot, "label": slot, "kind": "scan"} for slot in ("u", "l")]
    found = {
        "kind": "contacts",
        "record": "u",
        "against": "l",
        "state": "ready",
        "spots": [SPOT],
        "summary": {},
    }
    with translation.override("pt-br"):
        (table,) = in_numbers({"records": records, "comparisons": [found], "measurements": []})
    assert table.rows[0][1] == "3,38 mm²"
