"""Rows of an earlier version: its tables are made anew, filled, and then brought forward by the migrations."""

from collections.abc import Mapping, Sequence

from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

Node = tuple[str, str]


def unknown_migrations(recorded: Mapping[str, Sequence[str]]) -> list[str]:
    """Steps of a backup that this version has never heard of: it was made by a later one."""
    known = MigrationExecutor(connection).loader.disk_migrations
    return [f"{app}.{name}" for app, names in recorded.items() for name in names if (app, name) not in known]


def tables_as_of(recorded: Mapping[str, Sequence[str]]) -> Apps:
    """Throw the tables of this (empty) installation away, make those of then, and return the models of then."""
    _drop_everything()
    executor = MigrationExecutor(connection)
    nodes = {(app, name) for app, names in recorded.items() for name in names}
    graph = executor.loader.graph
    last = sorted(
        node for node in nodes
        if not any(child.key in nodes and child.key[0] == node[0] for child in graph.node_map[node].children)
    )  # fmt: skip
    executor.migrate(last)
    return executor.loader.project_state(last).apps


def _drop_everything() -> None:
    quote = connection.ops.quote_name
    tables = [quote(name) for name in connection.introspection.table_names()]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            if tables:
                cursor.execute(f"DROP TABLE {', '.join(tables)} CASCADE")
            # Triggers went with their tables; what they called is made again by the migration that made it.
            cursor.execute(
                "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace "
                "AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
            )
            for (function,) in cursor.fetchall():
                cursor.execute(f"DROP FUNCTION {function} CASCADE")
    if connection.vendor == "sqlite":
        with connection.constraint_checks_disabled(), connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"DROP TABLE {table}")
