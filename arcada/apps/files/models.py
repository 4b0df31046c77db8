"""StoredFile, Upload and the workspace's key. Bytes are written once and never overwritten."""

import uuid

from django.db import models

from arcada.apps.accounts.models import Workspace
from arcada.core.retention import RetentionClass


class WorkspaceKey(models.Model):
    """The key that wraps the keys of a workspace's files, itself wrapped by the master key."""

    workspace = models.OneToOneField(Workspace, on_delete=models.PROTECT, related_name="+", primary_key=True)
    wrapped = models.BinaryField(max_length=64)
    created_at = models.DateTimeField()


class StoredFile(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=16)  # original | companion | cleaned | rendition | logo
    object_key = models.CharField(max_length=160, unique=True)  # workspace / file id / attempt
    wrapped_key = models.BinaryField(max_length=64)
    sealed_name = models.BinaryField(max_length=1100, null=True)  # as it was uploaded; own workspace only
    media_type = models.CharField(max_length=100)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    retention_class = models.CharField(
        max_length=16, default=RetentionClass.RECORD, choices=[(c.value, c.value) for c in RetentionClass]
    )
    retain_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "sha256"], name="files_same"),
            models.Index(fields=["workspace", "purpose", "-created_at"], name="files_purpose"),
        ]


class Upload(models.Model):
    """A resumable upload (tus 1.0): what was promised, how far it is, what it became."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    actor_id = models.UUIDField()
    subject_kind = models.CharField(max_length=16)  # record | companion | logo
    subject_id = models.UUIDField()
    sealed_name = models.BinaryField(max_length=1100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)  # promised by the client, compared at the end
    offset = models.BigIntegerField(default=0)
    state = models.CharField(max_length=16, default="open")  # open | complete | failed | ended
    reason = models.CharField(max_length=64, blank=True)
    store_state = models.JSONField(default=dict)  # what the store needs to go on: multipart id, part tags …
    wrapped_key = models.BinaryField(max_length=64, null=True)
    object_key = models.CharField(max_length=160, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "expires_at"], name="files_upload_expiry")]


class Usage(models.Model):
    """What a workspace has put in, in bytes: the sum of its originals and companions, kept beside them."""

    workspace = models.OneToOneField(Workspace, on_delete=models.PROTECT, related_name="+", primary_key=True)
    bytes = models.BigIntegerField(default=0)
