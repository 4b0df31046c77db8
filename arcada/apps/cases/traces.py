"""What an audit says of a case or a patient, in codes: which ids belong to it, and what each is called."""

from collections.abc import Iterable
from uuid import UUID

from arcada.apps.cases.models import Case, CaseRecord
from arcada.apps.patients.models import Patient
from arcada.apps.records.models import Collection, Record


def ids_in_case(case: Case) -> list[UUID]:
    """The case, its collection and every version of every record in it."""
    chains = CaseRecord.objects.filter(case=case).values("record__chain")
    records = Record.objects.filter(chain__in=chains).values_list("pk", flat=True)
    return [case.pk, case.collection_id, *records]


def ids_of_cases_of(patient_id: UUID) -> list[UUID]:
    return list(Case.objects.filter(patient_id=patient_id).values_list("pk", flat=True))


def codes_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Patients, cases and collections by their codes and dates; never a name."""
    wanted = set(ids)
    codes = dict(Patient.objects.filter(pk__in=wanted).values_list("pk", "code"))
    codes |= dict(Case.objects.filter(pk__in=wanted).values_list("pk", "code"))
    rows = Collection.objects.filter(pk__in=wanted).values_list("pk", "patient__code", "taken_on")
    return codes | {pk: f"{code}, {taken_on.isoformat()}" for pk, code, taken_on in rows}


def slots_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Records by their places."""
    return dict(Record.objects.filter(pk__in=set(ids)).values_list("pk", "slot"))
