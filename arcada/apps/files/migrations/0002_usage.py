from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def count_what_is_kept(apps: Any, schema_editor: Any) -> None:
    """The sum starts with what older versions put in."""
    files, usage = apps.get_model("files", "StoredFile"), apps.get_model("files", "Usage")
    counted = files.objects.filter(purpose__in=("original", "companion"))
    sums = counted.order_by().values("workspace_id").annotate(sum=models.Sum("bytes"))
    usage.objects.bulk_create(usage(workspace_id=row["workspace_id"], bytes=row["sum"]) for row in sums)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_plans'),
        ('files', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Usage',
            fields=[
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='accounts.workspace')),
                ('bytes', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RunPython(count_what_is_kept, migrations.RunPython.noop),
    ]
