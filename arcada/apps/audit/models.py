"""AuditEvent: one line of who did what. No foreign keys, no names, no secrets; never changed, never deleted."""

import uuid

from django.db import models


class AuditEvent(models.Model):
    seq = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField()
    action = models.CharField(max_length=64)
    outcome = models.CharField(max_length=16, default="done")  # done | denied | failed
    reason = models.CharField(max_length=64, blank=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.UUIDField()
    on_behalf_of = models.UUIDField(null=True)
    role = models.CharField(max_length=32, blank=True)
    workspace_id = models.UUIDField(null=True)
    patient_id = models.UUIDField(null=True)  # the pseudonym, never a name
    object_kind = models.CharField(max_length=32, blank=True)
    object_id = models.UUIDField(null=True)
    ids = models.JSONField(default=dict)  # further ids and plain numbers
    session_hash = models.CharField(max_length=32, blank=True)
    ip_truncated = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=36, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace_id", "-seq"], name="audit_workspace"),
            models.Index(fields=["object_id", "-seq"], name="audit_object"),
        ]
