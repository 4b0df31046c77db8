"""Share, SharedRecord, Recipient, Code, Pass, Visit. Secrets are stored as hashes only."""

import uuid

from django.db import models

from arcada.apps.accounts.models import Workspace
from arcada.apps.cases.models import Case
from arcada.apps.records.models import Record


class Share(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=32)  # S-0312
    level = models.CharField(max_length=16)  # core.share_terms.AccessLevel
    token_hash = models.BinaryField(
        max_length=32, unique=True, null=True
    )  # the link for anyone; null: named only
    passcode_hash = models.CharField(max_length=160, blank=True)
    passcode_tries = models.PositiveSmallIntegerField(default=0)
    permissions = models.JSONField(default=list)
    whole_case = models.BooleanField(default=True)  # false: only its SharedRecords
    note = models.TextField(blank=True)
    brand_name = models.CharField(max_length=120)
    shared_by = models.UUIDField()
    shared_by_name = models.CharField(max_length=120)
    view_count = models.PositiveIntegerField(default=0)
    last_viewed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "code"], name="sharing_code_once")]
        indexes = [
            models.Index(fields=["workspace", "-created_at", "id"], name="sharing_of_workspace"),
            models.Index(fields=["case", "-created_at"], name="sharing_of_case"),
        ]


class SharedRecord(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["share", "record"], name="sharing_record_once")]


class Recipient(models.Model):
    """A named recipient with a link of their own, so that the owner sees who opened what."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120, blank=True)
    company = models.CharField(max_length=120, blank=True)
    token_hash = models.BinaryField(max_length=32, unique=True)
    first_viewed_at = models.DateTimeField(null=True)
    last_viewed_at = models.DateTimeField(null=True)
    view_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["share", "email"], name="sharing_recipient_once")]


class Code(models.Model):
    """A mailed code: 8 characters, 10 minutes, single use, bound to the browser that asked (SL-05)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="+")
    browser_hash = models.BinaryField(max_length=32)
    code_hash = models.BinaryField(max_length=32)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Pass(models.Model):
    """A browser that holds a share's cookie: swapped from the link, and what it proved since."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="+", null=True)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    name = models.CharField(max_length=120, blank=True)  # given by a visitor of an open link
    proven_at = models.DateTimeField(null=True)  # passcode or code was right, or an open link was accepted
    created_at = models.DateTimeField()


class Visit(models.Model):
    """One consented open (SL-08): counted once a pass, never for a HEAD, a bot or the owner."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="+")
    pass_used = models.OneToOneField(Pass, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="+", null=True)
    opened_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["share", "-opened_at"], name="sharing_visits")]
