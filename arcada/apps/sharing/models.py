"""Share, Recipient, Code, Pass, Visit, Download; UploadRequest; MailSent. Secrets are stored as hashes only."""

import uuid

from django.db import models

from arcada.apps.accounts.models import Workspace
from arcada.apps.cases.models import Case
from arcada.apps.records.models import Collection, Record


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
    max_downloads = models.PositiveIntegerField(null=True)  # of files and ZIPs; null: as many as one likes
    downloads = models.PositiveIntegerField(default=0)
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


class MailedProof(models.Model):
    """What one mail brings: a code and a link. 10 minutes, single use, bound to the browser that asked (SL-05)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    browser_hash = models.BinaryField(max_length=32)
    code_hash = models.BinaryField(max_length=32)
    link_hash = models.BinaryField(max_length=32, unique=True, null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Code(MailedProof):
    """For the recipient of a share."""

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="+")


class Pass(models.Model):
    """A browser that holds a share's cookie: swapped from the link, and what it proved since."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="+", null=True)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    name = models.CharField(max_length=120, blank=True)  # given by a visitor of an open link
    proven_at = models.DateTimeField(null=True)  # passcode or code was right, or an open link was accepted
    account_id = models.UUIDField(
        null=True
    )  # proven by this person's account, and open only while it is there
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


class Download(models.Model):
    """One download of a browser, in however many ranges (SL-08); the share's limit counts these (SL-09)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="+")
    pass_used = models.ForeignKey(Pass, on_delete=models.PROTECT, related_name="+")
    record_id = models.UUIDField(null=True)  # null: all as a ZIP
    bytes_left = models.BigIntegerField(default=0)  # what its further ranges may still ask for
    started_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["pass_used", "record_id", "-started_at"], name="sharing_downloads")]


class UploadRequest(models.Model):
    """“Send me your scan”: a link by which somebody without an account adds files to one collection."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=32)  # U-0007
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    brand_name = models.CharField(max_length=120)
    asked_by = models.UUIDField()
    asked_by_name = models.CharField(max_length=120)
    token_hash = models.BinaryField(max_length=32, unique=True)
    max_files = models.PositiveSmallIntegerField()
    files = models.PositiveSmallIntegerField(default=0)  # places taken, whatever became of the file
    consented_at = models.DateTimeField(null=True)  # the sender said that they may send these files
    first_opened_at = models.DateTimeField(null=True)
    last_file_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # when the asking side was last told of a file
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "code"], name="sharing_request_code_once")
        ]
        indexes = [
            models.Index(fields=["workspace", "-created_at", "id"], name="sharing_requests"),
            models.Index(fields=["collection", "-created_at"], name="sharing_requests_into"),
        ]


class RequestCode(MailedProof):
    """For the person who was asked to send files."""

    request = models.ForeignKey(UploadRequest, on_delete=models.PROTECT, related_name="+")


class RequestPass(models.Model):
    """A browser of that person, proven by a code or link from their mail."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(UploadRequest, on_delete=models.PROTECT, related_name="+")
    secret_hash = models.BinaryField(max_length=32, unique=True)
    proven_at = models.DateTimeField()


class MailSent(models.Model):
    """An act of a workspace that sent mails, one row for each address: what the hourly limits count (RL-02)."""

    id = models.BigAutoField(primary_key=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    act_id = models.UUIDField()  # the same for all addresses of one act
    sender_id = models.UUIDField()
    target_hash = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["sender_id", "-at"], name="sharing_mail_by_sender"),
            models.Index(fields=["target_hash", "-at"], name="sharing_mail_to_target"),
        ]
