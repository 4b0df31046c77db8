"""Rows as JSON lines, the same for both databases: written from one snapshot, read back in one transaction."""

import base64
import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.apps.registry import Apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models.functions import Cast

from arcada.apps.sealed_column import SealedText

BATCH = 1000
# What a new installation makes by itself, and sign-ins that end with the old one.
_LEFT_OUT = frozenset({"contenttypes.contenttype", "auth.permission", "auth.group", "sessions.session"})


@dataclass(frozen=True, slots=True)
class Table:
    label: str
    file: str
    rows: int


def kept_models(known: Apps = apps) -> list[type[models.Model]]:
    """Every table that is part of a backup, many-to-many tables too, as `known` has them."""
    found = [
        model
        for model in known.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label_lower not in _LEFT_OUT
    ]
    return sorted(
        (model for model in found if not model._meta.label_lower.startswith("auth.")),
        key=lambda model: model._meta.label_lower,
    )


@contextmanager
def one_point_in_time() -> Iterator[None]:
    """Every read inside sees the database as it was at the first one; writers are not held up."""
    if connection.vendor == "sqlite":
        # Django would begin with IMMEDIATE and lock out every writer for as long as this takes.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


def write_table(model: type[models.Model], folder: Path) -> Table:
    """One table as gzipped JSON lines: first the columns, then a list a row."""
    label = model._meta.label_lower
    columns = [field.attname for field in model._meta.concrete_fields]
    rows = 0
    file = folder / f"{label}.jsonl.gz"
    # The name and the time stay out of the gzip header: the same rows make the same bytes.
    with file.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as out:
        out.write(json.dumps(columns).encode() + b"\n")
        raw_texts = {f"sealed_{name}": Cast(name, models.TextField()) for name in _sealed_columns(model)}
        asked = [f"sealed_{name}" if f"sealed_{name}" in raw_texts else name for name in columns]
        found = model._base_manager.annotate(**raw_texts).order_by("pk").values_list(*asked)
        for row in found.iterator(chunk_size=BATCH):
            said = json.dumps([_plain(value) for value in row], ensure_ascii=False, separators=(",", ":"))
            out.write(said.encode() + b"\n")
            rows += 1
    return Table(label, file.name, rows)


def read_table(file: Path) -> Iterator[list[Any]]:
    """The lines of a table; the first is its columns. Raises ValueError, OSError, EOFError when it is damaged."""
    with gzip.open(file, "rb") as lines:
        for line in lines:
            yield json.loads(line)


def load_table(model: type[models.Model], file: Path) -> int:
    """All rows of the file into an empty table; returns how many. Call it inside a transaction."""
    lines = read_table(file)
    columns = next(lines)
    fields = {field.attname: field for field in model._meta.concrete_fields}
    if set(columns) != set(fields):
        raise ValueError(f"{file.name} has other columns than this version of Arcada.")
    count = 0
    waiting: list[models.Model] = []
    for line in lines:
        values = {name: _value(fields[name], value) for name, value in zip(columns, line, strict=True)}
        waiting.append(model(**values))
        if len(waiting) >= BATCH:
            count += _flush(model, waiting)
    return count + _flush(model, waiting)


def reset_numbers() -> None:
    """Tables that count their rows go on after the highest number."""
    statements = connection.ops.sequence_reset_sql(no_style(), kept_models())
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def applied_migrations() -> dict[str, list[str]]:
    from django.db.migrations.recorder import MigrationRecorder

    found: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        found.setdefault(app, []).append(name)
    return found


def _flush(model: type[models.Model], waiting: list[models.Model]) -> int:
    count = len(waiting)
    if waiting:
        model._base_manager.bulk_create(waiting)
        waiting.clear()
    return count


def _value(field: models.Field[Any, Any], value: Any) -> Any:
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, SealedText):
        return field.from_db_value(value)  # saving seals it again
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value)
    related = field.target_field if isinstance(field, models.ForeignKey) else field
    return related.to_python(value)


def _sealed_columns(model: type[models.Model]) -> list[str]:
    """Columns that Django would open while reading: a backup holds them as they lie in the database."""
    return [field.attname for field in model._meta.concrete_fields if isinstance(field, SealedText)]


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview | bytearray):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    return value
