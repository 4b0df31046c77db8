"""Session, KnownDevice, Totp, RecoveryCode, Passkey, Challenge, EmailChange, KeptForm, Failures."""

import uuid

from django.db import models

from arcada.apps.accounts.models import User
from arcada.apps.sealed_column import SealedText


class KnownDevice(models.Model):
    """A browser that a person signed in with before; it carries a signed cookie, the row only a hash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    token_hash = models.BinaryField(max_length=32)
    name = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "token_hash"], name="sign_in_one_device")]


class Session(models.Model):
    """One sign-in of one person in one browser, from the full authentication to its end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(KnownDevice, on_delete=models.PROTECT, null=True, related_name="+")
    key_hash = models.BinaryField(max_length=32)
    started_at = models.DateTimeField()
    fully_authenticated_at = models.DateTimeField()
    proven_at = models.DateTimeField()  # the last proof of the person, for what asks for a fresh one
    second_factor_at = models.DateTimeField(null=True)
    last_active_at = models.DateTimeField()  # written at most once a minute
    wrong_revalidations = models.PositiveSmallIntegerField(default=0)
    device_name = models.CharField(max_length=80, blank=True)
    ip_truncated = models.CharField(max_length=45, blank=True)
    level = models.CharField(max_length=24)  # of the person, as last seen by this session
    standing = models.CharField(max_length=16)
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=24, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "ended_at"], name="sign_in_sessions")]


class Totp(models.Model):
    """An authenticator app; counts from `confirmed_at` on. A step that was used never counts again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    secret = SealedText()  # base32
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """One of ten ways in without the phone; shown once, kept as a salted and keyed hash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    salt = models.BinaryField(max_length=16)
    code_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Passkey(models.Model):
    """A WebAuthn credential: the public half, and how often its device says it signed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    credential_id = models.BinaryField(max_length=1023, unique=True)
    credential = models.BinaryField()  # attested credential data
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)


class Challenge(models.Model):
    """What a passkey signs: once, within five minutes, in the browser that asked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=16)  # enrol | sign_in | prove
    challenge = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class EmailChange(models.Model):
    """Another mail address: the new one confirms, the old one may undo it for 72 hours."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    old_email = models.EmailField(max_length=254)
    new_email = models.EmailField(max_length=254)
    confirm_hash = models.BinaryField(max_length=32, unique=True)
    undo_hash = models.BinaryField(max_length=32, unique=True, null=True)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)


class KeptForm(models.Model):
    """What somebody had typed when their session had to be revalidated; given back once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=500)
    body = SealedText()  # JSON: [[name, value], …]
    created_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)


class Failures(models.Model):
    """Wrong guesses in a row under one key (an account, an address, everybody), for all processes."""

    key_hash = models.BinaryField(max_length=32, unique=True)
    count = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    next_at = models.DateTimeField()  # not before
    forgotten_at = models.DateTimeField()  # the row may go
