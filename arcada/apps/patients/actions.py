"""Writes: a patient, and who it is."""

import os
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from arcada.apps.accounts.actions import next_number
from arcada.apps.audit.actions import record
from arcada.apps.files.keys import workspace_key
from arcada.apps.patients.models import NameToken, Patient, PatientIdentity
from arcada.apps.patients.queries import patient_values
from arcada.core.access import Actor
from arcada.core.errors import Conflict, Refused
from arcada.core.names import searchable_prefixes
from arcada.core.sealing import NONCE, derive_key, seal_value, search_token
from arcada.core.seen import still_as_seen


@transaction.atomic
def add_patient(
    actor: Actor,
    *,
    workspace_id: UUID,
    now: datetime,
    code: str = "",
    name: str = "",
    born: date | None = None,
) -> Patient:
    """A new patient; without a code it gets the workspace's next one (P-0001)."""
    cleaned = " ".join(code.split())[:32] or f"P-{next_number(workspace_id, 'next_patient'):04d}"
    try:
        with transaction.atomic():
            patient = Patient.objects.create(
                workspace_id=workspace_id, code=cleaned, created_at=now, touched_at=now
            )
    except IntegrityError:
        raise Conflict(
            "The code {taken} is taken. Choose another.", code="code_taken", taken=cleaned
        ) from None
    _keep_identity(patient, name=name, born=born)
    record(actor, "patient.added", now=now, workspace_id=workspace_id, patient_id=patient.id, about=patient)
    return patient


@transaction.atomic
def edit_patient(
    actor: Actor, patient: Patient, *, code: str, name: str, born: date | None, now: datetime,
    seen: str | None = None,
) -> Patient:  # fmt: skip
    """Another code, name, birth date; Conflict when `seen` is the mark of values that no longer stand."""
    still_as_seen(seen, patient_values(Patient.objects.select_for_update().get(pk=patient.pk)))
    cleaned = " ".join(code.split())[:32]
    if not cleaned:
        raise Refused("A patient needs a code.", code="code_missing")
    if Patient.objects.filter(workspace=patient.workspace_id, code=cleaned).exclude(pk=patient.pk).exists():
        raise Conflict("The code {taken} is taken. Choose another.", code="code_taken", taken=cleaned)
    patient.code = cleaned
    patient.touched_at = now
    patient.save(update_fields=["code", "touched_at"])
    _keep_identity(patient, name=name, born=born)
    record(
        actor,
        "patient.edited",
        now=now,
        workspace_id=patient.workspace_id,
        patient_id=patient.id,
        about=patient,
    )
    return patient


def touch(patient_id: UUID, *, now: datetime) -> None:
    """A new entry was made; lists sort by it."""
    Patient.objects.filter(pk=patient_id, touched_at__lt=now).update(touched_at=now)


def _keep_identity(patient: Patient, *, name: str, born: date | None) -> None:
    key = workspace_key(patient.workspace_id)
    sealing, searching = derive_key(key, "identity"), derive_key(key, "search")
    cleaned = " ".join(name.split())[:200]

    def sealed(value: str, column: str) -> bytes:
        return seal_value(
            sealing, value, bound_to=patient.id.bytes + column.encode(), nonce=os.urandom(NONCE)
        )

    PatientIdentity.objects.update_or_create(
        patient=patient,
        defaults={
            "sealed_name": sealed(cleaned, "name") if cleaned else None,
            "sealed_born": sealed(born.isoformat(), "born") if born else None,
        },
    )
    NameToken.objects.filter(patient=patient).delete()
    NameToken.objects.bulk_create(
        NameToken(workspace_id=patient.workspace_id, patient=patient, token=search_token(searching, prefix))
        for prefix in sorted(searchable_prefixes(cleaned))
    )
