"""The connection: it knows what it told the database, and forgets it whenever a transaction is undone."""

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from arcada.apps.row_scope import RowScope, current_scope


class DatabaseWrapper(base.DatabaseWrapper):
    """Each statement runs in the scope of the work that sends it, whoever used the connection before."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._scope: RowScope | None = None
        self._told: dict[str, str] = {}
        self.execute_wrappers.append(self._in_scope)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._forget()
        return super().get_new_connection(conn_params)

    def _in_scope(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        scope = current_scope()
        if scope != self._scope:
            self._tell(scope)
        return execute(sql, params, many, context)

    def _tell(self, scope: RowScope) -> None:
        # In a transaction that has failed nothing can be told; all that it takes is its end.
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            return
        wanted = scope.settings()
        said = {name: value for name, value in wanted.items() if self._told.get(name) != value}
        before, self._scope = self._told, None
        self._told = {}
        # SET looks at no row, so a transaction may still be told afterwards what it is (read only, repeatable).
        # The values are fixed words and UUIDs that Python has made to text.
        if said:
            self._send(";".join(f"SET {name} = '{value}'" for name, value in said.items()))
        self._scope, self._told = scope, before | said

    def _send(self, words: str) -> None:
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(words, prepare=False)

    def _forget(self) -> None:
        self._scope, self._told = None, {}

    # What was told in a transaction is undone with it.

    def _rollback(self) -> Any:
        self._forget()
        return super()._rollback()

    def _savepoint_rollback(self, sid: str) -> None:
        try:
            super()._savepoint_rollback(sid)
        finally:
            self._forget()

    def _commit(self) -> Any:
        try:
            return super()._commit()
        except BaseException:
            self._forget()
            raise
