"""Tooth labels that lie on an older version, from before they were found again: the job looks for them once."""

from typing import Any

from django.db import migrations
from django.utils import timezone

FIND_PINS = "arcada.apps.reviews.jobs.find_pins"


def ask(apps: Any, schema_editor: Any) -> None:
    Case, Record, Job = (
        apps.get_model(*name) for name in (("cases", "Case"), ("records", "Record"), ("jobs", "Job"))
    )
    labels = [label for case in Case.objects.only("teeth").iterator() for label in case.teeth]
    older = Record.objects.filter(pk__in={label["record"] for label in labels}, is_current=False)
    newest = Record.objects.filter(chain__in=list(older.values_list("chain", flat=True)), is_current=True)
    now = timezone.now()
    for record_id in newest.filter(state="ready").values_list("pk", flat=True):
        Job.objects.create(task=FIND_PINS, args=[str(record_id)], priority=4, run_after=now, created_at=now)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0002_scene'),
        ('jobs', '0001_initial'),
        ('records', '0003_comparison'),
        ('reviews', '0007_attached'),
    ]

    operations = [
        migrations.RunPython(ask, migrations.RunPython.noop),
    ]
