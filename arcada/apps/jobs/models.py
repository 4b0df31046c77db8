"""Job: one piece of work with a lease. Whoever holds the lease works; a lease that ends is given again."""

import uuid

from django.db import models


class Job(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField(max_length=200)  # dotted path of the task
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    queue = models.CharField(max_length=32, default="default")
    priority = models.SmallIntegerField(default=0)
    key = models.CharField(max_length=128, blank=True)  # at most one waiting job a key
    state = models.CharField(max_length=16, default="waiting")  # waiting | running | done | dead
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    run_after = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease_holder = models.CharField(max_length=64, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    reason = models.TextField(blank=True)  # why the last attempt ended, without any content
    result = models.JSONField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "queue", "-priority", "run_after"], name="jobs_claim"),
            models.Index(fields=["state", "lease_until"], name="jobs_lease"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=models.Q(state="waiting") & ~models.Q(key=""),
                name="jobs_one_waiting_a_key",
            )
        ]
