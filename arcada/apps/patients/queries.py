"""Reads: lists of patients, search by code or sealed name, and the identity of one."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from arcada.apps.audit.actions import record
from arcada.apps.files.keys import workspace_key
from arcada.apps.patients.models import NameToken, Patient, PatientIdentity
from arcada.core.access import Actor
from arcada.core.names import LONGEST_PREFIX, normalised_words
from arcada.core.sealing import derive_key, open_value, search_token


@dataclass(frozen=True, slots=True)
class Identity:
    name: str
    born: date | None


def patients_of(workspace_id: UUID) -> QuerySet[Patient]:
    """Newest entry first; page through it by (touched_at, id)."""
    return Patient.objects.filter(workspace_id=workspace_id).order_by("-touched_at", "-id")


def find_patients(workspace_id: UUID, text: str, *, may_search_names: bool) -> QuerySet[Patient]:
    """Patients whose code begins with `text`, or whose name has words that begin with its words."""
    found = Q(code__istartswith=text.strip())
    # A single letter, as while somebody still types, narrows nothing.
    words = [word for word in normalised_words(text) if len(word) >= 2]
    if may_search_names and words:
        key = derive_key(workspace_key(workspace_id), "search")
        named = Q()
        for word in words:
            tokens = NameToken.objects.filter(
                workspace_id=workspace_id, token=search_token(key, word[:LONGEST_PREFIX])
            )
            named &= Q(pk__in=tokens.values("patient_id"))
        found |= named
    return patients_of(workspace_id).filter(found)


@transaction.atomic
def see_identity(actor: Actor, patient: Patient, *, now: datetime) -> Identity:
    """Name and birth date in clear; that it was shown is recorded before it is."""
    record(
        actor, "patient.identity_seen", now=now, workspace_id=patient.workspace_id, patient_id=patient.id,
        about=patient,
    )  # fmt: skip
    return _identity_of(patient)


def patient_values(patient: Patient) -> dict[str, object]:
    """What an edit changes, as it stands: for comparing, never for showing."""
    known = _identity_of(patient)
    return {"code": patient.code, "name": known.name, "born": known.born}


def _identity_of(patient: Patient) -> Identity:
    found = PatientIdentity.objects.filter(patient=patient).first()
    if found is None:
        return Identity("", None)
    key = derive_key(workspace_key(patient.workspace_id), "identity")

    def opened(sealed: bytes | memoryview | None, column: str) -> str:
        if sealed is None:
            return ""
        return open_value(key, bytes(sealed), bound_to=patient.id.bytes + column.encode())

    born = opened(found.sealed_born, "born")
    return Identity(opened(found.sealed_name, "name"), date.fromisoformat(born) if born else None)
