"""The fence around the audit, inside the database: no UPDATE, no DELETE, no TRUNCATE, for nobody; and who appends.

Triggers hold also for the owner of the tables, which is what Arcada connects as. `lifted` takes them away for the
two that must empty the table (tests, resetting the demo) and puts them back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

_SQLITE: Final = [
    """CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit_auditevent
       BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
    """CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit_auditevent
       BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
]
_SQLITE_DOWN: Final = ["DROP TRIGGER IF EXISTS audit_no_update", "DROP TRIGGER IF EXISTS audit_no_delete"]

# A record that this very transaction wrote has no place yet; placing it is the only change there ever is.
_PG_FUNCTIONS: Final = [
    """CREATE OR REPLACE FUNCTION arcada_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'UPDATE' THEN
           IF OLD.position IS NULL AND NEW.position IS NOT NULL THEN RETURN NEW; END IF;
         END IF;
         RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'insufficient_privilege';
       END $$""",
    # Runs once, at the commit: everything that the transaction recorded gets its place, chain after chain in one
    # order, so that two transactions never wait for each other in a circle. It sees every chain (decision 5).
    """CREATE OR REPLACE FUNCTION arcada_audit_append() RETURNS trigger LANGUAGE plpgsql AS $$
       DECLARE
         event record; head audit_chainhead%ROWTYPE; linked bytea; said text := current_setting('arcada.scope', true);
       BEGIN
         PERFORM set_config('arcada.scope', 'system', true);
         FOR event IN SELECT seq, chain, digest, at FROM audit_auditevent
                      WHERE position IS NULL ORDER BY chain, seq LOOP
           SELECT * INTO head FROM audit_chainhead WHERE chain = event.chain FOR UPDATE;
           IF NOT FOUND THEN
             INSERT INTO audit_chainhead (chain, position, seq, hash, at)
               VALUES (event.chain, 0, 0, decode(repeat('00', 32), 'hex'), event.at) ON CONFLICT DO NOTHING;
             SELECT * INTO head FROM audit_chainhead WHERE chain = event.chain FOR UPDATE;
           END IF;
           linked := sha256(head.hash || int8send(head.position + 1) || int8send(event.seq) || event.digest);
           UPDATE audit_auditevent SET position = head.position + 1, previous = head.hash, hash = linked
             WHERE seq = event.seq;
           UPDATE audit_chainhead SET position = head.position + 1, seq = event.seq, hash = linked, at = event.at,
             stepped_back = CASE WHEN event.at < head.at - interval '1 minute' THEN head.position + 1
                                 ELSE head.stepped_back END
             WHERE chain = event.chain;
         END LOOP;
         PERFORM set_config('arcada.scope', COALESCE(said, ''), true);
         RETURN NULL;
       END $$""",
]
_PG: Final = [
    """CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit_auditevent
       FOR EACH ROW EXECUTE FUNCTION arcada_audit_refuse()""",
    """CREATE OR REPLACE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit_auditevent
       FOR EACH STATEMENT EXECUTE FUNCTION arcada_audit_refuse()""",
]
_PG_APPEND: Final = [
    "DROP TRIGGER IF EXISTS audit_append ON audit_auditevent",
    """CREATE CONSTRAINT TRIGGER audit_append AFTER INSERT ON audit_auditevent DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW WHEN (NEW.position IS NULL) EXECUTE FUNCTION arcada_audit_append()""",
]
_PG_DOWN: Final = [
    "DROP TRIGGER IF EXISTS audit_no_change ON audit_auditevent",
    "DROP TRIGGER IF EXISTS audit_no_truncate ON audit_auditevent",
]
TRIGGERS: Final = {
    "sqlite": {"audit_no_update", "audit_no_delete"},
    "postgresql": {"audit_no_change", "audit_no_truncate", "audit_append"},
}


def raise_fence(connection: BaseDatabaseWrapper) -> None:
    """Put every trigger where it belongs; safe to run again."""
    _run(connection, _SQLITE if connection.vendor == "sqlite" else [*_PG_FUNCTIONS, *_PG, *_PG_APPEND])


def missing_triggers(connection: BaseDatabaseWrapper) -> set[str]:
    """Triggers that should stand and do not, or were switched off: somebody could change the audit."""
    asked = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_auditevent'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgrelid = 'audit_auditevent'::regclass AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return TRIGGERS[connection.vendor] - {name for (name,) in cursor.fetchall()}


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Without the fence: for a table that is to be emptied as a whole."""
    _run(connection, _SQLITE_DOWN if connection.vendor == "sqlite" else _PG_DOWN)
    try:
        yield
    except BaseException:
        # A transaction that fails takes the lifting back by itself.
        if not connection.in_atomic_block:
            _run(connection, _SQLITE if connection.vendor == "sqlite" else _PG)
        raise
    _run(connection, _SQLITE if connection.vendor == "sqlite" else _PG)


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
