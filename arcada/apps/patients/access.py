"""The gate of patients."""

from uuid import UUID

from arcada.apps.patients.models import Patient
from arcada.core.access import Actor, Permission, allowed
from arcada.core.errors import NotFound


def patient_for(actor: Actor, patient_id: UUID, permission: Permission = Permission.VIEW) -> Patient:
    """The patient, when the actor's own workspace keeps it and the role allows; NotFound either way."""
    found = Patient.objects.filter(pk=patient_id).first()
    if found is None or not allowed(actor, permission, workspace_id=found.workspace_id, patient_id=found.pk):
        raise NotFound
    return found
