"""Labels of teeth as a program reads and writes them: what people set goes in and out, what was found stands beside."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.cast import Given, Person, lay_in_judged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record
    from tests.api.conftest import Machine

pytestmark = pytest.mark.django_db


def put(machine: "Machine", case: "Case", labels: list[dict[str, Any]], **more: Any) -> Any:
    path = f"/api/v1/cases/{case.pk}/teeth"
    return machine.client.put(path, {"teeth": labels, **more}, content_type="application/json")


def test_a_program_that_sends_back_what_it_read_changes_nothing_and_learns_where_labels_are_now(
    dr_ada: Person,
    machine: "Machine",
    shared_case: "Case",
    ready_records: "dict[str, Record]",
    given_files: "Mapping[str, Given]",
) -> None:
    from arcada.apps.reviews.jobs import find_pins
    from arcada.core.geometry.stl import read_stl

    upper = ready_records["upper_jaw"]
    point = [float(value) for value in read_stl(given_files["upper_jaw"].data).mesh.points[0]]
    label = {"tooth_fdi": 14, "record": str(upper.pk), "point": point}
    assert put(machine, shared_case, [label]).json() == {"teeth": [label]}
    newer = lay_in_judged(dr_ada.actor, upper.collection, given_files["upper_jaw"], supersedes=upper)
    find_pins.call(str(newer.pk))

    def read() -> dict[str, Any]:
        manifest = machine.get(f"cases/{shared_case.pk}/manifest").json()
        (only,) = manifest["teeth"]
        return dict(only)

    seen = read()
    assert {part: seen[part] for part in label} == label
    assert seen["found"]["record"] == str(newer.pk) and seen["found"]["version"] == 2
    assert seen["found"]["point"] == pytest.approx(point, abs=0.01) and seen["found"]["has_moved"] is False
    assert put(machine, shared_case, [label]).json() == {"teeth": [label]}
    assert read() == seen


def test_two_who_label_at_once_both_find_their_labels(
    machine: "Machine", shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    def label(tooth: int) -> dict[str, Any]:
        return {"tooth_fdi": tooth, "record": str(ready_records["upper_jaw"].pk), "point": [1.0, 2.0, 3.0]}

    put(machine, shared_case, [label(11)])
    put(machine, shared_case, [label(11), label(12)], before=[label(11)])
    answer = put(machine, shared_case, [label(21)], before=[label(11)])
    assert answer.json() == {"teeth": [label(12), label(21)]}
    assert put(machine, shared_case, [label(21)]).json() == {"teeth": [label(21)]}, "without it, all anew"


def test_a_label_of_an_earlier_version_that_another_took_away_keeps_nobody_from_labelling(
    dr_ada: Person,
    machine: "Machine",
    shared_case: "Case",
    ready_records: "dict[str, Record]",
    given_files: "Mapping[str, Given]",
) -> None:
    upper, lower = ready_records["upper_jaw"], ready_records["lower_jaw"]
    earlier = {"tooth_fdi": 11, "record": str(upper.pk), "point": [1.0, 2.0, 3.0]}
    put(machine, shared_case, [earlier])
    lay_in_judged(dr_ada.actor, upper.collection, given_files["upper_jaw"], supersedes=upper)
    assert put(machine, shared_case, [], before=[earlier]).json() == {"teeth": []}
    new = {"tooth_fdi": 31, "record": str(lower.pk), "point": [1.0, 2.0, 3.0]}
    assert put(machine, shared_case, [earlier, new], before=[earlier]).json() == {"teeth": [new]}
    twice = put(machine, shared_case, [new, new], before=[])
    assert twice.status_code == 422 and "tooth_twice" in twice.content.decode()
