"""Collection, Record, Companion, Rendition, Comparison, FoundInRecord, FoundInCollection, Tag, Standard."""

import uuid

from django.db import models

from arcada.apps.accounts.models import Workspace
from arcada.apps.files.models import StoredFile
from arcada.apps.patients.models import Patient
from arcada.core.anatomy import RecordKind
from arcada.core.case_flow import RecordState
from arcada.core.findings import Severity
from arcada.core.slots import ATTACHMENT


class Standard(models.Model):
    """An upload standard that a workspace imported; the shipped ones live in arcada.core.standards."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    content = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name", "version"], name="records_standard_once")
        ]


class Tag(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=48)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="records_tag_once")]


class Collection(models.Model):
    """A patient's record set at one time, measured against one version of an upload standard."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    taken_on = models.DateField()
    title = models.CharField(max_length=120, blank=True)
    description = models.TextField(blank=True)
    standard = models.JSONField()  # the whole standard as it was when the collection was opened
    standard_name = models.CharField(max_length=64)
    standard_version = models.PositiveIntegerField()
    set_state = models.CharField(max_length=16, default="not_checked")  # not_checked | checking | checked
    set_facts = models.JSONField(default=dict)
    tags = models.ManyToManyField(Tag, related_name="+")
    created_at = models.DateTimeField()
    revision = models.PositiveIntegerField(
        default=0
    )  # counts changes, so that check_set knows what it judged

    class Meta:
        indexes = [models.Index(fields=["patient", "-taken_on"], name="records_collections")]


class Record(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in RecordKind])
    slot = models.CharField(max_length=32)
    title = models.CharField(max_length=120, blank=True)
    description = models.TextField(blank=True)
    position = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=16, default=RecordState.AWAITING_FILE)
    reason = models.CharField(max_length=200, blank=True)  # why it failed or was rejected, a finding's code
    keep_reason = models.CharField(max_length=200, blank=True)  # why a discouraged record is kept
    unit = models.CharField(max_length=8, blank=True)  # confirmed by a person where the file left it open
    chain = models.UUIDField(default=uuid.uuid4)  # shared by all versions of one record
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True)
    is_current = models.BooleanField(default=True)  # false once a newer version was accepted
    is_removed = models.BooleanField(default=False)  # taken out of the tray; the files stay (N22)
    version = models.PositiveIntegerField(default=1)
    original = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True)
    cleaned = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True)
    facts = models.JSONField(default=dict)
    receipt = models.JSONField(default=list)
    picture_check = models.CharField(max_length=8, default="", blank=True)  # "", "needed" or "done" (DE-07)
    picture_checked_by = models.CharField(max_length=120, blank=True, default="")
    picture_checked_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    tags = models.ManyToManyField(Tag, related_name="+")
    added_by = models.UUIDField()
    added_by_name = models.CharField(max_length=120, blank=True)
    added_by_workspace = models.UUIDField(null=True)  # a participant's design keeps whose it is
    created_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["collection", "position"], name="records_of_collection"),
            models.Index(fields=["workspace", "-created_at"], name="records_of_workspace"),
            models.Index(fields=["chain", "version"], name="records_versions"),
        ]

    @property
    def is_attachment(self) -> bool:
        """It belongs to a comment: nothing is decided on it, and no standard asks for it."""
        return self.slot == ATTACHMENT

    @property
    def waits_for_a_look(self) -> bool:
        """Text may be written in the picture: until a person looked, nobody outside the workspace sees it (DE-07)."""
        return self.picture_check == "needed"


class Companion(models.Model):
    """A file that belongs to a record's main file: a material (MTL) or a texture."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    original = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True)
    cleaned = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True)
    outgoing_name = models.CharField(max_length=64, blank=True)


class Rendition(models.Model):
    """What intake made of a record for looking: levels, posters."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=32)  # full.glb, coarse.glb, poster-front.webp …
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "name"], name="records_rendition_once")]


class Comparison(models.Model):
    """One surface measured against another: contacts of two jaws or of a restoration and a jaw, or what changed
    since the version before.

    It belongs to the full levels with the hashes: whoever judges a record again gets another one. `beside` is the
    other jaw of a restoration's pair: which of the two it sits on cannot be told from one of them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)  # contacts | deviation
    record = models.ForeignKey(
        Record, on_delete=models.PROTECT, related_name="+"
    )  # whose vertices have a byte
    against = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    beside = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+", null=True)
    record_sha256 = models.CharField(max_length=64)
    against_sha256 = models.CharField(max_length=64)
    beside_sha256 = models.CharField(max_length=64, blank=True, default="")
    # | ready | not_in_occlusion | seated | no_antagonist | no_fit | failed
    state = models.CharField(max_length=24, default="waiting")
    reason = models.CharField(max_length=48, blank=True)  # why it failed, a code
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True)
    facts = models.JSONField(default=dict)  # spots, summary
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "record", "against", "record_sha256", "against_sha256", "beside_sha256"],
                name="records_comparison_made_once",
            )
        ]


class Found(models.Model):
    """A finding as it was judged: of one record, or of a collection as a whole."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=48)
    severity = models.CharField(max_length=8, choices=[(s.value, s.value) for s in Severity])
    value = models.JSONField(null=True)
    limit = models.JSONField(null=True)
    where = models.CharField(max_length=64, blank=True)

    class Meta:
        abstract = True


class FoundInRecord(Found):
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")


class FoundInCollection(Found):
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="+")
