"""Row policies on every table whose rows belong to a workspace; nothing on SQLite."""

from typing import Any

from django.db import migrations

from arcada.apps.audit.fence import raise_fence
from arcada.apps.row_policies.policies import drop_policies, raise_policies


def up(apps: Any, schema_editor: Any) -> None:
    raise_policies(schema_editor.connection)
    # The audit's own functions look at whole chains at the commit, whoever acts.
    raise_fence(schema_editor.connection)


def down(apps: Any, schema_editor: Any) -> None:
    drop_policies(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0003_plans"),
        ("audit", "0003_place_old_lines"),
        ("cases", "0001_initial"),
        ("conduct", "0001_initial"),
        ("files", "0002_usage"),
        ("idempotency", "0001_initial"),
        ("licences", "0001_initial"),
        ("notifications", "0001_initial"),
        ("patients", "0001_initial"),
        ("records", "0001_initial"),
        ("reviews", "0001_initial"),
        ("sharing", "0002_level_limits_and_requests"),
        ("sign_in", "0002_one_app_each"),
        ("support", "0001_initial"),
    ]

    operations = [migrations.RunPython(up, down)]
