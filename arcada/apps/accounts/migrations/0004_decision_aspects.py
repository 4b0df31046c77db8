from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_plans'),
    ]

    operations = [
        migrations.AddField(
            model_name='workspace',
            name='decision_aspects',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='workspace',
            name='decision_quorum',
            field=models.PositiveSmallIntegerField(default=1),
        ),
    ]
