"""Case, CaseRecord, Participant."""

import uuid

from django.db import models

from arcada.apps.accounts.models import Workspace
from arcada.apps.patients.models import Patient
from arcada.apps.records.models import Collection, Record
from arcada.core.case_flow import CaseState


class Case(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=32)
    title = models.CharField(max_length=120, blank=True)
    state = models.CharField(
        max_length=24, default=CaseState.OPEN, choices=[(s.value, s.value) for s in CaseState]
    )
    decide_by = models.DateTimeField(null=True)
    # Both checked by core.scene; null: as the scans say themselves.
    orientation = models.JSONField(null=True)  # rows, file to patient
    # [{"tooth_fdi", "record", "point"}], mm of that record's file; "found" are its places on newer versions.
    teeth = models.JSONField(default=list)
    opened_by = models.UUIDField()
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "code"], name="cases_code_once")]
        indexes = [
            models.Index(fields=["workspace", "-touched_at", "id"], name="cases_touched"),
            models.Index(fields=["patient", "-created_at"], name="cases_of_patient"),
        ]


class CaseRecord(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField(default=0)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "record"], name="cases_record_once")]


class Participant(models.Model):
    """Another workspace in a case: its members do what was granted and what their role allows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    permissions = models.JSONField(default=list)
    invited_by = models.UUIDField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "workspace"], name="cases_participant_once")]
        indexes = [models.Index(fields=["workspace", "ended_at"], name="cases_participating")]
