from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reviews', '0004_presence'),
    ]

    operations = [
        migrations.AddField(
            model_name='decision',
            name='all_aspects',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='decision',
            name='aspects',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='decision',
            name='paper',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='decision',
            name='quorum',
            field=models.PositiveSmallIntegerField(default=1),
        ),
    ]
