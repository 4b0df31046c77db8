"""Patients: names are sealed and still found; who it is, is shown only with a line in the audit."""

from datetime import date
from typing import TYPE_CHECKING

import pytest

from arcada.core.errors import Conflict, NotFound
from tests.cast import CANARIES, NOW, Person
from tests.database_dump import dump, forms_of

if TYPE_CHECKING:
    from arcada.apps.patients.models import Patient


def test_en_04_a_copy_of_the_database_tells_no_name_and_no_birth_date(patient: "Patient") -> None:
    """EN-03 and EN-04 for names: sealed columns, and tokens instead of words."""
    copied = dump()
    assert b"P-0218" in copied, "the dump sees the rows"
    for canary in (*CANARIES, "zelia", "canario", "quaresma", "zel", "canar"):
        for form in forms_of(canary):
            assert form not in copied, canary
    print(f"{len(CANARIES) + 5} names checked in {len(copied):,} bytes")


@pytest.mark.parametrize(
    ("typed", "found"),
    [("zé", True), ("ZELIA", True), ("canário q", True), ("quar zel", True), ("P-02", True), ("p-02", True),
     ("elia", False), ("z", False), ("zelia xavier", False), ("", True), ("%", False), ("_-0218", False)],
)  # fmt: skip
def test_patients_are_found_by_beginnings_of_names_and_codes(
    dr_ada: Person, patient: "Patient", typed: str, found: bool
) -> None:
    from arcada.apps.patients.queries import find_patients

    assert find_patients(dr_ada.workspace.pk, typed, may_search_names=True).exists() is found


def test_names_are_searched_only_by_who_may_see_them_and_only_at_home(
    dr_ada: Person, mallory: Person, patient: "Patient"
) -> None:
    """TA-08: search leaks nothing across workspaces, nor to a role without sight of identities."""
    from arcada.apps.patients.queries import find_patients

    assert not find_patients(dr_ada.workspace.pk, "zelia", may_search_names=False).exists()
    assert not find_patients(mallory.workspace.pk, "zelia", may_search_names=True).exists()
    assert not find_patients(mallory.workspace.pk, "P-0218", may_search_names=True).exists()


def test_seeing_who_it_is_is_recorded_and_a_new_name_replaces_the_old_one(
    dr_ada: Person, patient: "Patient"
) -> None:
    from arcada.apps.audit.models import AuditEvent
    from arcada.apps.patients.actions import edit_patient
    from arcada.apps.patients.queries import find_patients, see_identity

    seen = see_identity(dr_ada.actor, patient, now=NOW)
    assert (seen.name, seen.born) == ("Zélia Canário Quaresma", date(1987, 5, 4))
    assert AuditEvent.objects.filter(action="patient.identity_seen", patient_id=patient.pk).count() == 1
    edit_patient(dr_ada.actor, patient, code="P-0218", name="Ana Lima", born=None, now=NOW)
    assert see_identity(dr_ada.actor, patient, now=NOW).born is None
    assert not find_patients(dr_ada.workspace.pk, "zelia", may_search_names=True).exists()
    assert find_patients(dr_ada.workspace.pk, "ana", may_search_names=True).exists()


def test_codes_are_unique_in_a_workspace_and_counted_where_left_out(
    dr_ada: Person, mallory: Person, patient: "Patient"
) -> None:
    from arcada.apps.patients.access import patient_for
    from arcada.apps.patients.actions import add_patient

    with pytest.raises(Conflict):
        add_patient(dr_ada.actor, workspace_id=dr_ada.workspace.pk, code="P-0218", now=NOW)
    same = add_patient(mallory.actor, workspace_id=mallory.workspace.pk, code="P-0218", now=NOW)
    codes = [add_patient(dr_ada.actor, workspace_id=dr_ada.workspace.pk, now=NOW).code for _ in range(3)]
    assert codes == ["P-0001", "P-0002", "P-0003"]
    with pytest.raises(NotFound):
        patient_for(dr_ada.actor, same.pk)
