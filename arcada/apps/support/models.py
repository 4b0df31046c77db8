"""Grant, BreakGlass."""

import uuid

from django.db import models

from arcada.apps.accounts.models import User, Workspace
from arcada.apps.cases.models import Case
from arcada.apps.patients.models import Patient
from arcada.core.support import Scope, Verdict


class Grant(models.Model):
    """A workspace lets the operator's support look: at all of it, one patient or one case, until a moment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=16, choices=[(s.value, s.value) for s in Scope])
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", null=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", null=True)
    reason = models.CharField(max_length=500)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "-created_at"], name="support_of_workspace")]
        constraints = [
            # A narrow grant without its target would be a wide one.
            models.CheckConstraint(
                condition=models.Q(scope="workspace", patient=None, case=None)
                | models.Q(scope="patient", patient__isnull=False, case=None)
                | models.Q(scope="case", patient=None, case__isnull=False),
                name="support_scope_has_its_target",
            )
        ]


class BreakGlass(models.Model):
    """Staff opened a workspace without being let in: why, how long, and what a second person says of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    broken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    reviewed_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=16, blank=True, choices=[(v.value, v.value) for v in Verdict])
    words = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["reviewed_at", "-created_at"], name="support_glass_waits")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reviewed_by=None) | ~models.Q(reviewed_by=models.F("broken_by")),
                name="support_glass_second_person",
            )
        ]
