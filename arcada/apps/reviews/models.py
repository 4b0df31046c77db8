"""Thread (with or without a pin), FoundPin, Comment, Decision."""

import uuid

from django.db import models

from arcada.apps.accounts.models import Workspace
from arcada.apps.cases.models import Case
from arcada.apps.records.models import Record


class Thread(models.Model):
    """A conversation on a case, on a record, or on a point of a surface or an image."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+", null=True)
    record_version = models.PositiveIntegerField(null=True)
    number = models.PositiveIntegerField()  # joins pin and thread; counts within the case
    # core.pins: a point (mm, file frame) with its camera, or x, y of an image
    pin = models.JSONField(null=True)
    state = models.CharField(max_length=16, default="open")  # open | resolved
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=120, blank=True)
    # A question to a party, as long as nobody of it has answered.
    asked = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+", null=True)
    asked_name = models.CharField(max_length=120, blank=True)
    asked_by = models.CharField(max_length=120, blank=True)
    asked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="reviews_number_once")]


class FoundPin(models.Model):
    """A pin found again on a newer version of its record. The pin itself stays as it was set."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")  # the newer version
    point = models.JSONField(null=True)  # mm, its file's frame; none where its surface is gone
    normal = models.JSONField(null=True)
    moved_mm = models.FloatField(null=True)
    reason = models.CharField(max_length=16, blank=True)  # why there is no point: no_surface | no_fit
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "record"], name="reviews_found_once")]


class Comment(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+")
    author_kind = models.CharField(max_length=16)
    author_id = models.UUIDField()
    author_name = models.CharField(max_length=120)  # as it stood when it was written
    author_workspace = models.CharField(max_length=120, blank=True)
    author_verified = models.BooleanField(default=True)  # false: a name a visitor of an open link gave
    text = models.TextField()
    mentions = models.JSONField(default=list)  # the names that the text mentions, as they stood then
    view = models.JSONField(null=True)  # the quoted view (core.quoted_view)
    asks = models.CharField(max_length=120, blank=True)  # the party that it asks, by name
    attached = models.JSONField(default=list)  # ids of the records that were attached
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["thread", "created_at"], name="reviews_comments")]


class KeptMeasurements(models.Model):
    """What one person measured in a case, for that person alone; checked by core.scene."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    user_id = models.UUIDField()
    items = models.JSONField(default=list)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user_id"], name="reviews_measured_once")]


class Presence(models.Model):
    """A person whose page of a case is open, and the view that others may follow."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    user_id = models.UUIDField()
    name = models.CharField(max_length=120)
    workspace = models.CharField(max_length=120, blank=True)
    view = models.JSONField(null=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user_id"], name="reviews_here_once")]


class Decision(models.Model):
    """Approved or changes requested, bound to the exact bytes it was made on.

    Whether it still holds is never stored: `core.case_flow.decision_holds` compares it with what is current.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=24)  # approved | changes_requested
    aspects = models.JSONField(default=list)  # those it speaks of; none: the whole, as before there were any
    all_aspects = models.JSONField(
        default=list
    )  # the workspace's list, and how many people had to approve, then
    quorum = models.PositiveSmallIntegerField(default=1)
    note = models.TextField(blank=True)
    made_on = models.JSONField()  # [{"record", "chain", "slot", "version", "sha256", "cleaned_sha256"}]
    paper = models.TextField(blank=True)  # the signed line (core.decision_paper); empty before there were any
    by_kind = models.CharField(max_length=16)
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=120)
    by_workspace = models.CharField(max_length=120, blank=True)
    by_verified = models.BooleanField(default=True)
    decided_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "-decided_at"], name="reviews_decisions")]
