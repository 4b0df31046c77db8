from typing import Any

from django.db import migrations, models


def labs_are_no_archive(apps: Any, schema_editor: Any) -> None:
    """The archive is for licensed dentists; labs had its policy as a default that nothing read yet."""
    workspaces = apps.get_model("accounts", "Workspace").objects
    workspaces.exclude(kind="clinic").filter(retention_policy="archive").update(retention_policy="governed")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='suspended_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='is_staff',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='user',
            name='level',
            field=models.CharField(choices=[('email', 'email'), ('licence_checked', 'licence_checked'), ('licence_verified', 'licence_verified')], default='email', max_length=24),
        ),
        migrations.AddField(
            model_name='user',
            name='level_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='standing',
            field=models.CharField(choices=[('good', 'good'), ('warned', 'warned'), ('restricted', 'restricted'), ('suspended', 'suspended'), ('terminated', 'terminated')], default='good', max_length=16),
        ),
        migrations.AddField(
            model_name='workspace',
            name='recipients_need_account',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='workspace',
            name='second_factor',
            field=models.CharField(default='by_rule', max_length=16),
        ),
        migrations.AddField(
            model_name='workspace',
            name='session_policy',
            field=models.CharField(default='standard', max_length=16),
        ),
        migrations.AddField(
            model_name='workspace',
            name='standing',
            field=models.CharField(choices=[('good', 'good'), ('warned', 'warned'), ('restricted', 'restricted'), ('suspended', 'suspended'), ('terminated', 'terminated')], default='good', max_length=16),
        ),
        migrations.AddField(
            model_name='workspace',
            name='tier',
            field=models.CharField(choices=[('viewer', 'viewer'), ('trial', 'trial'), ('subscriber', 'subscriber')], default='subscriber', max_length=16),
        ),
        migrations.AddField(
            model_name='workspace',
            name='tier_ends_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(labs_are_no_archive, migrations.RunPython.noop),
    ]
