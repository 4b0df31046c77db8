"""Answered: what a request with an Idempotency-Key was answered, kept for a day."""

import uuid

from django.db import models

from arcada.apps.sealed_column import SealedText


class Answered(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    actor_id = models.UUIDField()
    key = models.CharField(max_length=128)
    request_hash = models.BinaryField(max_length=32)  # method, path and body: the same key must mean the same
    status = models.PositiveSmallIntegerField(null=True)  # null while the first request is still running
    body = SealedText(blank=True)  # may hold what is shown once: a link, a secret
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_id", "key"], name="idempotency_once")]
