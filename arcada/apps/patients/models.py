"""Patient (a code) and PatientIdentity (sealed name and birth date): the only table with who it is."""

import uuid

from django.db import models

from arcada.apps.accounts.models import Workspace


class Patient(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=32)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()  # last entry: new collection, record or case

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "code"], name="patients_code_once")]
        indexes = [models.Index(fields=["workspace", "-touched_at", "id"], name="patients_touched")]


class PatientIdentity(models.Model):
    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="+", primary_key=True)
    sealed_name = models.BinaryField(max_length=1100, null=True)
    sealed_born = models.BinaryField(max_length=64, null=True)  # ISO date


class NameToken(models.Model):
    """HMAC of one prefix of one word of a name: search without readable names."""

    id = models.BigAutoField(primary_key=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    token = models.BinaryField(max_length=16)

    class Meta:
        indexes = [models.Index(fields=["workspace", "token"], name="patients_token")]
