"""Licence (what somebody states and what was decided), Evidence (its files), Review (each reviewer's word)."""

import uuid

from django.db import models
from django.db.models import Q

from arcada.apps.accounts.models import User, Workspace
from arcada.apps.files.models import StoredFile
from arcada.core.licence import Form, LicenceState, Lookup, Verdict
from arcada.core.licence_authorities import Profession


class Licence(models.Model):
    """One application with one number; an ended one stays as it ended, a renewal is a new row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")  # applied from
    authority = models.CharField(max_length=16)  # a code of core.licence_authorities
    authority_name = models.CharField(max_length=120, blank=True)  # of a council that is not in the list
    jurisdiction = models.CharField(max_length=8)  # "BR-SP", "GB"
    profession = models.CharField(max_length=16, choices=[(p.value, p.value) for p in Profession])
    number = models.CharField(max_length=40)  # as it was typed
    number_key = models.CharField(max_length=48)  # as it is compared
    form = models.CharField(max_length=16, choices=[(f.value, f.value) for f in Form])
    expires_on = models.DateField(null=True)  # its own last day, where it has one
    state = models.CharField(
        max_length=16, default=LicenceState.PENDING.value, choices=[(s.value, s.value) for s in LicenceState]
    )
    round = models.PositiveSmallIntegerField(default=1)  # of reviews; each decision ends one
    version = models.PositiveIntegerField(default=1)  # what a reviewer saw, so that nobody decides on less
    applied_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_why = models.CharField(max_length=500, blank=True)
    holds_until = models.DateTimeField(null=True)
    reminded = models.PositiveSmallIntegerField(
        null=True
    )  # days before the end, of the closest reminder sent

    class Meta:
        constraints = [
            # One licence verifies one account (LV-04), whatever two reviewers do at the same moment.
            models.UniqueConstraint(
                fields=["jurisdiction", "authority", "number_key"],
                condition=Q(state=LicenceState.VERIFIED.value),
                name="licences_verified_once",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(state=LicenceState.PENDING.value), name="licences_one_pending"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "applied_at"], name="licences_queue"),
            models.Index(fields=["state", "holds_until"], name="licences_end"),
            models.Index(fields=["user", "-applied_at"], name="licences_of_user"),
        ]


class Evidence(models.Model):
    """A file that proves a licence. After its days only hash and size stay (LV-07)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True)
    sha256 = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    suffix = models.CharField(max_length=8)  # .jpg | .png | .pdf
    removed = models.PositiveIntegerField(default=0)  # how much that identifies was taken out
    added_at = models.DateTimeField()
    delete_after = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["delete_after"], name="licences_evidence_end")]


class Review(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    reviewer = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True
    )  # null: operator
    verdict = models.CharField(max_length=16, choices=[(v.value, v.value) for v in Verdict])
    lookup = models.CharField(max_length=16, blank=True, choices=[(r.value, r.value) for r in Lookup])
    looked_up_on = models.DateField(null=True)
    reason = models.CharField(max_length=500)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["licence", "round", "reviewer"], name="licences_one_review_each")
        ]
