"""Where a record gets its place in its chain: here at once on SQLite, in the database at the commit on PostgreSQL."""

from django.db import connection

from arcada.apps.audit.models import AuditEvent, ChainHead
from arcada.apps.row_scope import system_scope
from arcada.core.ledger_chain import CONTENT, NO_HASH, STEP_BACK, digest_of, link


def content_of(event: AuditEvent) -> dict[str, object]:
    """What is hashed of an event."""
    return {name: getattr(event, name) for name in CONTENT}


@system_scope()
def append(event: AuditEvent) -> AuditEvent:
    """Write the event. Its place is final with the transaction: no gap when it is undone, no fork beside another."""
    event.digest = digest_of(content_of(event))
    if connection.vendor == "sqlite":
        _place(event)
    # On PostgreSQL the trigger audit_append does the same at the commit, so that nobody holds the head of a chain
    # for as long as an action takes.
    event.save(force_insert=True)
    return event


def place_now() -> None:
    """Place what this transaction recorded without waiting for its commit: for whoever reads places within it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS audit_append IMMEDIATE")
            cursor.execute("SET CONSTRAINTS audit_append DEFERRED")


def _place(event: AuditEvent) -> None:
    # SQLite has one writer, and a transaction that records is it (BEGIN IMMEDIATE).
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'audit_auditevent'")
        last = cursor.fetchone()
    event.seq = (last[0] if last else 0) + 1
    head = ChainHead.objects.filter(chain=event.chain).first()
    event.previous = bytes(head.hash) if head else NO_HASH
    event.position = head.position + 1 if head else 1
    event.hash = link(event.previous, position=event.position, seq=event.seq, digest=bytes(event.digest))
    end = {"position": event.position, "seq": event.seq, "hash": event.hash, "at": event.at}
    if head is not None and event.at < head.at - STEP_BACK:
        end["stepped_back"] = event.position
    if head is None:
        ChainHead.objects.create(chain=event.chain, **end)
    else:
        ChainHead.objects.filter(chain=event.chain).update(**end)
