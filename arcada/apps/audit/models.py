"""AuditEvent: one line of who did what. No foreign keys, no names, no secrets; never changed, never deleted."""

import uuid

from django.db import models

from arcada.core.ledger_chain import GLOBAL_CHAIN


class AuditEvent(models.Model):
    """What is hashed stands in core.ledger_chain.CONTENT; `digest` is that hash, `hash` the link to the record before.

    On PostgreSQL the last three columns are filled when the transaction commits, by the database (decision 4).
    """

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
    case_id = models.UUIDField(null=True)
    object_kind = models.CharField(max_length=32, blank=True)
    object_id = models.UUIDField(null=True)
    ids = models.JSONField(default=dict)  # further ids and plain numbers
    session_hash = models.CharField(max_length=32, blank=True)
    ip_truncated = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=36, blank=True)
    chain = models.UUIDField(default=GLOBAL_CHAIN)  # the workspace, or the zero id
    digest = models.BinaryField(max_length=32, default=bytes)
    position = models.BigIntegerField(null=True)  # from 1, without gaps
    previous = models.BinaryField(max_length=32, null=True)
    hash = models.BinaryField(max_length=32, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace_id", "-seq"], name="audit_workspace"),
            models.Index(fields=["object_id", "-seq"], name="audit_object"),
            models.Index(fields=["patient_id", "-seq"], name="audit_patient"),
            models.Index(fields=["case_id", "-seq"], name="audit_case"),
            models.Index(fields=["actor_id", "-seq"], name="audit_actor"),
            models.Index(fields=["seq"], condition=models.Q(position=None), name="audit_unchained"),
        ]
        constraints = [models.UniqueConstraint(fields=["chain", "position"], name="audit_no_fork")]


class ChainHead(models.Model):
    """Where a chain ends: what the next record hangs on. Locked while one is appended.

    `stepped_back` is the place of a record that is older than the one before, until an event tells of it.
    """

    chain = models.UUIDField(primary_key=True)
    position = models.BigIntegerField()
    seq = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    stepped_back = models.BigIntegerField(null=True)


class Checkpoint(models.Model):
    """A signed line about all chains, as it went to the anchors; `places` says which of them took it."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    line = models.TextField()
    events = models.BigIntegerField()  # in all chains together
    places = models.JSONField(default=dict)  # place → "" when it was taken, else why not


class AuditPerson(models.Model):
    """A personal value that a record must point to (an address typed at sign-in): erased without touching a chain."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=32)
    value = models.CharField(max_length=254, blank=True)
    at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)
