"""What people add to a case's scene: who may, who sees it, and what is left when somebody else looks."""

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from arcada.core.errors import NotFound, Refused
from tests.cast import NOW, Person, Visitor

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record


def _measured(record: "Record") -> dict[str, Any]:
    points = [[0.0, 0.0, 0.0], [0.0, 3.0, 4.0]]
    on = [str(record.pk)] * 2
    return {
        "id": str(uuid.uuid4()),
        "kind": "distance",
        "name": "",
        "records": on,
        "points": points,
        "way": [],
        "value": 5.0,
    }


def test_an_orientation_by_hand_is_what_everybody_sees_until_it_is_taken_back(
    dr_ada: Person, rosa: Visitor, shared_case: "Case"
) -> None:
    from arcada.api.v1.manifest import viewer_manifest
    from arcada.apps.audit.models import AuditEvent
    from arcada.apps.cases.scene import orient_case

    found = viewer_manifest(dr_ada.actor, shared_case, base="/api/v1", now=NOW)["frame"]
    rows = [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    assert found != rows
    orient_case(dr_ada.actor, shared_case, rows=rows, now=NOW)
    assert viewer_manifest(dr_ada.actor, shared_case, base="/api/v1", now=NOW)["frame"] == rows
    assert '"frame": [[0.0, 1.0, 0.0]' in rosa.browser.get(f"{rosa.base}/").content.decode()
    orient_case(dr_ada.actor, shared_case, rows=None, now=NOW)
    assert viewer_manifest(dr_ada.actor, shared_case, base="/api/v1", now=NOW)["frame"] == found
    assert AuditEvent.objects.filter(action="case.oriented").count() == 2


def test_labels_of_teeth_lie_on_scans_of_the_case_alone(
    dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    from arcada.apps.cases.scene import label_teeth

    label = {"tooth_fdi": 14, "record": str(ready_records["upper_jaw"].pk), "point": [1.0, 2.0, 3.0]}
    assert label_teeth(dr_ada.actor, shared_case, labels=[label], now=NOW).teeth == [label]
    with pytest.raises(NotFound):
        label_teeth(dr_ada.actor, shared_case, labels=[label | {"record": str(uuid.uuid4())}], now=NOW)
    shared_case.refresh_from_db()
    assert shared_case.teeth == [label]


def test_a_thread_names_the_tooth_at_its_point_and_a_link_to_one_file_no_label_of_another(
    dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    """SL-13."""
    from arcada.api.v1.manifest import viewer_manifest
    from arcada.apps.cases.scene import label_teeth
    from arcada.apps.reviews.actions import open_thread
    from arcada.core.access import Actor, Grant, Permission

    upper, lower = ready_records["upper_jaw"], ready_records["lower_jaw"]
    labels = [
        {"tooth_fdi": 14, "record": str(upper.pk), "point": [20.0, 0.0, 0.0]},
        {"tooth_fdi": 44, "record": str(lower.pk), "point": [20.0, -1.0, 0.0]},
    ]
    label_teeth(dr_ada.actor, shared_case, labels=labels, now=NOW)
    pin = {"point": [21.0, 0.0, 1.0], "normal": [0, 0, 1]}
    near = open_thread(dr_ada.actor, shared_case, text="High", record=upper, pin=pin, now=NOW)
    away = pin | {"point": [40.0, 0.0, 1.0]}
    far = open_thread(dr_ada.actor, shared_case, text="High", record=upper, pin=away, now=NOW)
    assert near.pin is not None
    assert far.pin is not None
    assert (near.pin["tooth_fdi"], far.pin["tooth_fdi"]) == (14, None)

    only_lower = Grant(uuid.uuid4(), shared_case.pk, frozenset({Permission.VIEW}), frozenset({lower.pk}))
    guest = Actor.recipient(id=uuid.uuid4(), name="Rosa", grants=(only_lower,))
    seen = viewer_manifest(guest, shared_case, base="/r/x", now=NOW)["teeth"]
    assert [label["tooth_fdi"] for label in seen] == [44]


def test_what_one_measured_nobody_else_sees(
    dr_ada: Person, ben: Person, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    from arcada.api.v1.manifest import viewer_manifest
    from arcada.apps.reviews.measuring import keep_measurements

    kept = keep_measurements(
        dr_ada.actor, shared_case, items=[_measured(ready_records["upper_jaw"])], now=NOW
    )
    assert viewer_manifest(dr_ada.actor, shared_case, base="/api/v1", now=NOW)["measurements"] == kept
    assert viewer_manifest(ben.actor, shared_case, base="/api/v1", now=NOW)["measurements"] == []


def test_a_measurement_goes_with_the_comment_that_names_it(
    dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    from arcada.apps.reviews.actions import open_thread

    upper = ready_records["upper_jaw"]
    pin = {"point": [0, 0, 0], "normal": [0, 0, 1], "measure": _measured(upper)}
    thread = open_thread(dr_ada.actor, shared_case, text="Too thin", record=upper, pin=pin, now=NOW)
    assert thread.pin is not None
    assert thread.pin["measure"]["value"] == 5.0
    wrong = pin | {"measure": _measured(upper) | {"value": 7.0}}
    with pytest.raises(Refused):
        open_thread(dr_ada.actor, shared_case, text="Too thin", record=upper, pin=wrong, now=NOW)


def test_a_scene_is_nowhere_to_be_changed_by_who_came_by_a_link(shared_case: "Case") -> None:
    from arcada.apps.reviews.measuring import keep_measurements
    from arcada.core.access import Actor

    guest = Actor.recipient(id=uuid.uuid4(), name="Rosa", grants=())
    with pytest.raises(NotFound):
        keep_measurements(guest, shared_case, items=[], now=NOW)
