"""Restorations from before they were measured against their antagonist: the check of their set asks for it once."""

from typing import Any

from django.db import migrations
from django.utils import timezone

CHECK_COLLECTION = "arcada.apps.records.jobs.check_collection"


def ask(apps: Any, schema_editor: Any) -> None:
    Record, Job = apps.get_model("records", "Record"), apps.get_model("jobs", "Job")
    designs = Record.objects.filter(kind="design", state="ready", is_current=True, is_removed=False)
    now = timezone.now()
    for collection_id in designs.order_by().values_list("collection", flat=True).distinct():
        Job.objects.create(
            task=CHECK_COLLECTION, args=[str(collection_id)], priority=5, run_after=now, created_at=now
        )


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0001_initial'),
        ('records', '0004_restoration_contacts'),
    ]

    operations = [
        migrations.RunPython(ask, migrations.RunPython.noop),
    ]
