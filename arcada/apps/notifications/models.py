"""Notification (for a person) and LiveEvent (for an open page)."""

import uuid

from django.db import models

from arcada.apps.accounts.models import User, Workspace


class Notification(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=48)  # case.decided, share.opened …
    case_id = models.UUIDField(null=True)
    object_id = models.UUIDField(null=True)
    words = models.JSONField(default=dict)  # codes and short names for the sentence, never a patient's
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "workspace", "-created_at"], name="notifications_of_user")]


class LiveEvent(models.Model):
    """Something changed; ids only, the page asks again with its own rights. Kept for a day."""

    id = models.BigAutoField(primary_key=True)
    workspace_id = models.UUIDField()
    topic = models.CharField(max_length=64)  # "record:<id>", "collection:<id>", "case:<id>"
    kind = models.CharField(max_length=32)
    ids = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["topic", "id"], name="live_topic")]
