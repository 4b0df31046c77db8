"""The tooth that a comment on a restoration is about: of the jaw it sits on, never of what it bites on."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from arcada.apps.cases.scene import label_teeth
from arcada.apps.reviews.actions import open_thread
from tests.cast import NOW, Given, Person, lay_in_comparison, lay_in_design
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record

PIN = {"point": [1.0, 2.0, 3.0], "normal": [0.0, 1.0, 0.0]}


@pytest.fixture
def crown(
    dr_ada: Person,
    shared_case: "Case",
    given_files: "Mapping[str, Given]",
    ready_records: "dict[str, Record]",
) -> "Record":
    """On the upper jaw; its antagonist's tooth is nearer to the pin than the one that it restores."""
    made = lay_in_design(dr_ada, shared_case, given_files["upper_jaw"])
    lay_in_comparison(made, ready_records["lower_jaw"], summary={"seated_on": "maxilla"})
    return made


def label(who: Person, case: "Case", records: "dict[str, Record]") -> None:
    labels = [
        {"tooth_fdi": 14, "record": str(records["upper_jaw"].pk), "point": [1.0, 6.0, 3.0]},
        {"tooth_fdi": 45, "record": str(records["lower_jaw"].pk), "point": [1.0, 1.0, 3.0]},
    ]
    label_teeth(who.actor, case, labels=labels, now=NOW)


def test_a_comment_on_a_labelled_case_keeps_the_tooth_that_the_crown_restores(
    dr_ada: Person, shared_case: "Case", crown: "Record", ready_records: "dict[str, Record]"
) -> None:
    label(dr_ada, shared_case, ready_records)
    thread = open_thread(dr_ada.actor, shared_case, text="High here", record=crown, pin=PIN, now=NOW)
    assert thread.pin is not None and thread.pin["tooth_fdi"] == 14


def test_a_comment_from_before_the_labels_is_shown_with_that_tooth_too(
    dr_ada: Person, shared_case: "Case", crown: "Record", ready_records: "dict[str, Record]"
) -> None:
    open_thread(dr_ada.actor, shared_case, text="High here", record=crown, pin=PIN, now=NOW)
    label(dr_ada, shared_case, ready_records)
    page = signed_in(dr_ada).get(f"/cases/{shared_case.pk}").content.decode()
    assert "Tooth 14" in page and "Tooth 45" not in page


def test_the_newest_comparison_that_still_stands_tells_which_jaw_a_crown_sits_on(
    crown: "Record", ready_records: "dict[str, Record]"
) -> None:
    from arcada.apps.records.seats import jaw_slots

    newer = lay_in_comparison(
        crown, ready_records["upper_jaw"], summary={"seated_on": "mandible"}, now=NOW + timedelta(hours=1)
    )
    assert jaw_slots([crown]) == {crown.pk: "lower_jaw"}
    newer.against_sha256 = "0" * 64
    newer.save(update_fields=["against_sha256"])
    assert jaw_slots([crown]) == {crown.pk: "upper_jaw"}
