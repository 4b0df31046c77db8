"""Document, Acceptance, MisuseReport, Sanction, Appeal."""

import uuid

from django.db import models

from arcada.apps.accounts.models import User, Workspace
from arcada.core.conduct import DocumentKind, Misuse, ReportState, SanctionVerb


class Document(models.Model):
    """A version of a text that people accept; published once, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in DocumentKind])
    version = models.PositiveIntegerField()
    language = models.CharField(max_length=8)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "version", "language"], name="conduct_one_document")
        ]


class Acceptance(models.Model):
    """Somebody accepted a version, in the words that stood there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    version = models.PositiveIntegerField()
    language = models.CharField(max_length=8)
    sha256 = models.CharField(max_length=64)  # of the text that was shown
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "version"], name="conduct_one_acceptance")
        ]


class MisuseReport(models.Model):
    """Somebody says that something is wrong; ids and their own words, never a file or a patient's name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")  # reported
    about_kind = models.CharField(max_length=16)  # share | record
    about_id = models.UUIDField()
    category = models.CharField(max_length=24, choices=[(m.value, m.value) for m in Misuse])
    text = models.TextField(max_length=4000)
    reporter_kind = models.CharField(max_length=16)
    reporter_id = models.UUIDField()
    state = models.CharField(
        max_length=16, default=ReportState.OPEN.value, choices=[(s.value, s.value) for s in ReportState]
    )
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"], name="conduct_queue")]


class Sanction(models.Model):
    """One step on the ladder, up or down, against a person or a workspace, with its reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(MisuseReport, on_delete=models.PROTECT, related_name="+", null=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+", null=True)
    verb = models.CharField(max_length=16, choices=[(v.value, v.value) for v in SanctionVerb])
    before = models.CharField(max_length=16)
    after = models.CharField(max_length=16)
    reason = models.TextField()
    authority = models.CharField(max_length=160, blank=True)  # to whom an end was reported
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user=None) ^ models.Q(workspace=None), name="conduct_against_one"
            )
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="conduct_of_user"),
            models.Index(fields=["workspace", "-created_at"], name="conduct_of_workspace"),
        ]


class Appeal(models.Model):
    """The answer of whoever was sanctioned; another moderator decides it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sanction = models.OneToOneField(Sanction, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=4000)
    created_at = models.DateTimeField()
    is_granted = models.BooleanField(null=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
