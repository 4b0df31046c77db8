import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_decision_aspects'),
        ('reviews', '0005_decision_aspects'),
    ]

    operations = [
        migrations.AddField(
            model_name='comment',
            name='asks',
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name='comment',
            name='mentions',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='comment',
            name='view',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='thread',
            name='asked',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace'),
        ),
        migrations.AddField(
            model_name='thread',
            name='asked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='thread',
            name='asked_by',
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name='thread',
            name='asked_name',
            field=models.CharField(blank=True, max_length=120),
        ),
    ]
