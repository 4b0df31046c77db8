"""Was anything written? Every table before and after, asked only when a request sent a writing statement."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection

# What remembers requests and people at work, and no work: sessions, counted guesses and mails, kept answers.
NOT_WORK = frozenset(
    {
        "django_session", "sign_in_session", "sign_in_failures", "sign_in_challenge", "sign_in_keptform",
        "idempotency_answered", "audit_auditevent", "audit_chainhead", "arcada_cache",
    }
)  # fmt: skip
_WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)


class Watch:
    """The tables as they were at first; `changed` says which differ now, among those that were written to."""

    def __init__(self) -> None:
        self._tables = [
            model._meta.db_table
            for model in apps.get_models(include_auto_created=True)
            if model._meta.db_table not in NOT_WORK
        ]
        self._first = {table: _content(table) for table in self._tables}
        self._written: set[str] = set()

    @contextmanager
    def on(self) -> Iterator[None]:
        self._written = set()

        def seen(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            found = _WRITES.match(sql)
            if found:
                self._written.add(found[1])
            return execute(sql, *rest)

        with connection.execute_wrapper(seen):
            yield

    def now(self) -> dict[str, str]:
        """What every table of work holds now."""
        return {table: _content(table) for table in self._tables}

    def changed(self) -> list[str]:
        suspects = self._written & self._first.keys()
        return sorted(table for table in suspects if _content(table) != self._first[table])


def _content(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        rows = sorted(repr(row) for row in cursor.fetchall())
    return hashlib.sha256("\n".join(rows).encode("utf-8", "surrogatepass")).hexdigest()
