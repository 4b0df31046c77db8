"""Rows by the million into Arcada's own tables, by COPY on PostgreSQL and without indexes on SQLite."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import repeat
from secrets import token_bytes
from typing import Any

from django.db import connection, models


def new_ids(count: int) -> list[str]:
    """Random UUIDs in hex: both databases take them so."""
    digits = token_bytes(16 * count).hex()
    return [digits[start : start + 32] for start in range(0, 32 * count, 32)]


def insert_many(
    model: type[models.Model], count: int, columns: Mapping[str, Sequence[Any]], **same: Any
) -> None:
    """`count` rows: `columns` by field name differ from row to row, `same` and the defaults do not."""
    fields = [field for field in model._meta.concrete_fields if not _counts_itself(field)]
    values: list[Any] = []
    for field in fields:
        if field.name in columns:
            values.append(columns[field.name])
        else:
            value = same.get(field.name, None if field.null else field.get_default())
            values.append(repeat(field.get_db_prep_save(value, connection), count))
    rows = zip(*values, strict=False)
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join("?" * len(fields))
            cursor.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)


@contextmanager
def quick_loading() -> Iterator[None]:
    """No index is kept up and no foreign key checked on the way; both stand again at the end."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = DEFAULT")
            cursor.execute("VACUUM ANALYZE")
            return
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("PRAGMA cache_size=-1500000")
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        indexes = cursor.fetchall()
        for name, _sql in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute("BEGIN")
        yield
        for _name, sql in indexes:
            cursor.execute(sql)
        cursor.execute("COMMIT")
        # No ANALYZE: an installation on SQLite does not run it either.
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _counts_itself(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.BigAutoField)
