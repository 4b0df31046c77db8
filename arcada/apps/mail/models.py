"""OutgoingMail: a mail is a row first, so that nothing is lost when the mail server is."""

import uuid

from django.db import models

from arcada.apps.sealed_column import SealedText


class OutgoingMail(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=48)  # which template
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    text = SealedText()  # holds links and codes
    html = models.TextField(blank=True)
    state = models.CharField(max_length=16, default="queued")  # queued | sent | failed
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    # After a while only these two and kind, state and times stay; see `emptying`.
    fingerprint = models.CharField(max_length=64, blank=True)  # keyed SHA-256 of whom and what
    emptied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"], name="mail_state")]
