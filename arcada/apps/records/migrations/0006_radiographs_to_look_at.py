"""Radiographs in JPG and PNG from before they were asked about: a person looks for a name before they are seen again.

Neither form can say that no name is written in the picture. The finding tells their own people that they wait.
"""

from typing import Any

from django.db import migrations


def ask(apps: Any, schema_editor: Any) -> None:
    Record, Found = (apps.get_model("records", name) for name in ("Record", "FoundInRecord"))
    unasked = Record.objects.filter(
        kind="radiograph", state="ready", picture_check="", facts__format__in=["jpeg", "png"]
    )
    waiting = list(unasked.values_list("pk", flat=True))
    Found.objects.bulk_create(
        [Found(record_id=pk, code="picture_to_check", severity="warning") for pk in waiting], batch_size=500
    )
    unasked.update(picture_check="needed")


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0005_restorations_to_measure'),
    ]

    operations = [
        migrations.RunPython(ask, migrations.RunPython.noop),
    ]
