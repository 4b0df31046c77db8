"""The chain: every record hangs on the one before; nobody changes one unseen, not even Arcada's own connection."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from tests.apps.audit.writers import faults, write_at_once
from tests.cast import NOW, Person
from tests.conftest import REPOSITORY


def verdict_of(chain: UUID, known: dict[int, bytes] | None = None):  # type: ignore[no-untyped-def]
    from arcada.apps.audit.verifying import verify_chains

    (checked,) = verify_chains(chain=chain, known={chain: known or {}})
    return checked.verdict


def test_every_record_hangs_on_the_one_before(write_chain: Callable[..., UUID]) -> None:
    """AU-04: positions from 1 without a gap, each hash over the one before, the head at the end."""
    from arcada.apps.audit.models import AuditEvent, ChainHead

    one, other = write_chain(5), write_chain(3)
    write_chain(2, chain=one)
    events = list(AuditEvent.objects.filter(chain=one).order_by("position"))
    assert [event.position for event in events] == [1, 2, 3, 4, 5, 6, 7]
    assert [bytes(event.previous) for event in events[1:]] == [bytes(event.hash) for event in events[:-1]]
    head = ChainHead.objects.get(chain=one)
    assert (head.position, bytes(head.hash), head.seq) == (7, bytes(events[-1].hash), events[-1].seq)
    for chain, count in ((one, 7), (other, 3)):
        found = verdict_of(chain)
        assert (found.good, found.bad) == (count, None)


def test_a_record_that_is_undone_leaves_no_gap(write_chain: Callable[..., UUID]) -> None:
    """AU-03, AU-07: the place of a record is decided with its transaction."""
    from arcada.apps.audit.actions import record
    from arcada.core.access import Actor

    chain = write_chain(2)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(Actor.system(), "case.edited", now=NOW, workspace_id=chain)
        raise ZeroDivisionError
    with transaction.atomic():
        record(Actor.system(), "case.edited", now=NOW, workspace_id=chain)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            record(Actor.system(), "case.closed", now=NOW, workspace_id=chain)
            raise ZeroDivisionError
    found = verdict_of(chain)
    assert (found.good, found.bad) == (3, None)


@pytest.mark.parametrize("statement", ["update", "delete", "truncate", "delete one"])
def test_au_04_the_apps_own_connection_is_refused_to_change_the_audit(
    write_chain: Callable[..., UUID], statement: str
) -> None:
    """AU-04: UPDATE, DELETE and TRUNCATE, by the very connection that writes events."""
    from arcada.apps.audit.models import AuditEvent

    chain = write_chain(3)
    tries: dict[str, Callable[[], object]] = {
        "update": lambda: AuditEvent.objects.filter(chain=chain).update(action="case.closed"),
        "delete": lambda: AuditEvent.objects.all().delete(),
        "truncate": lambda: _run(
            "TRUNCATE audit_auditevent"
            if connection.vendor == "postgresql"
            else "DELETE FROM audit_auditevent"
        ),
        "delete one": lambda: _run("DELETE FROM audit_auditevent WHERE position = 3"),
    }
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        tries[statement]()
    assert AuditEvent.objects.filter(chain=chain, action="case.viewed").count() == 3


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_fence_stands_after_the_migrations_and_after_a_flush(write_chain: Callable[..., UUID]) -> None:
    """AU-04: resetting the demo or a test lifts the fence and puts it back."""
    from django.core.management import call_command

    from arcada.apps.audit.fence import missing_triggers
    from arcada.apps.audit.models import AuditEvent

    assert missing_triggers(connection) == set()
    write_chain(2)
    call_command("flush", interactive=False, verbosity=0)
    assert AuditEvent.objects.count() == 0
    assert missing_triggers(connection) == set()


def test_a_production_audit_is_never_flushed(write_chain: Callable[..., UUID], settings) -> None:  # type: ignore[no-untyped-def]
    """AU-04: the one command that lifts the fence has no place in production."""
    from dataclasses import replace

    from django.core.management import CommandError, call_command

    from arcada.apps.audit.models import AuditEvent

    write_chain(1)
    env, settings.ENV = settings.ENV, replace(settings.ENV, mode="production")
    try:
        with pytest.raises(CommandError):
            call_command("flush", interactive=False, verbosity=0)
    finally:
        settings.ENV = env
    assert AuditEvent.objects.count() == 1


def test_au_07_a_hundred_writers_leave_no_gap_and_no_fork(transactional_db: None, tmp_path: Path) -> None:
    """AU-07: 100 writers at once, in two chains in opposite orders: contiguous, valid, none lost, no deadlock."""
    if connection.vendor == "postgresql":
        # The server of the tests takes 97 connections.
        assert write_at_once(connections_at_once=90) + faults() == []
    else:
        # Threads share the database of the tests, which lies in memory; a real one lies on the disk.
        surroundings = {k: v for k, v in os.environ.items() if not k.startswith("ARCADA_DATABASE")}
        ran = subprocess.run(
            [sys.executable, "-m", "tests.apps.audit.writers"], cwd=REPOSITORY, timeout=240, check=False,
            env=surroundings | {"ARCADA_DATA": str(tmp_path)}, capture_output=True, text=True,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout + ran.stderr
    print("100 writers × 2 transactions × 2 chains checked")


def test_au_09_erasing_a_person_leaves_every_hash_as_it_was(write_chain: Callable[..., UUID]) -> None:
    """AU-09: what was typed is gone from the database, the chain is whole and says that it was erased."""
    from arcada.apps.audit.actions import erase_person, keep_person, record
    from arcada.apps.audit.models import AuditEvent
    from arcada.core.access import Actor
    from tests.database_dump import dump

    chain = write_chain(2)
    typed = "zelia.canario@typed.example"
    with transaction.atomic():
        who = keep_person("typed_address", typed, now=NOW)
        record(Actor.system(), "session.refused", now=NOW, workspace_id=chain, ids={"typed": who})
    assert typed.encode() in dump()
    before = list(AuditEvent.objects.filter(chain=chain).order_by("seq").values_list("position", "hash"))
    with transaction.atomic():
        erase_person(Actor.system(), who, now=NOW)
    assert typed.encode() not in dump()
    after = list(AuditEvent.objects.filter(chain=chain).order_by("seq").values_list("position", "hash"))
    assert [(p, bytes(h)) for p, h in before] == [(p, bytes(h)) for p, h in after]
    assert verdict_of(chain).bad is None
    assert AuditEvent.objects.filter(action="audit.person_erased", ids__person=str(who)).count() == 1


def test_au_10_a_line_cannot_be_faked_by_what_somebody_sends(write_chain: Callable[..., UUID]) -> None:
    """AU-10: CR, LF, escape sequences and marks of direction are no part of any record."""
    from arcada.apps.audit.actions import keep_person, record
    from arcada.apps.audit.models import AuditEvent, AuditPerson
    from arcada.core.access import Actor

    chain = write_chain(1)
    nasty = "Mozilla\r\n2026-01-01 case.decided \x1b[31mred\x1b[0m \u202egnp\u2028"
    with transaction.atomic():
        record(
            Actor.system(), "case.viewed", now=NOW, workspace_id=chain, reason=nasty, ids={"said": [nasty]}
        )
        kept = keep_person("user_agent", nasty, now=NOW)
    event = AuditEvent.objects.filter(chain=chain).latest("position")
    for text in (event.reason, event.ids["said"][0], AuditPerson.objects.get(pk=kept).value):
        assert not set(text) & set("\r\n\x1b\u202e\u2028"), repr(text)
    assert verdict_of(chain).bad is None


def test_au_10_a_clock_that_steps_back_keeps_the_order_and_is_noted(write_chain: Callable[..., UUID]) -> None:
    """AU-10: an hour back; positions go on, the place is named, and an event tells of it once."""
    from datetime import timedelta

    from arcada.apps.audit.actions import note_clock_regress, record
    from arcada.apps.audit.models import AuditEvent
    from arcada.core.access import Actor

    chain = write_chain(3)
    for minutes in (-60, -59, 2):
        with transaction.atomic():
            record(Actor.system(), "case.viewed", now=NOW + timedelta(minutes=minutes), workspace_id=chain)
    found = verdict_of(chain)
    assert (found.good, found.bad, found.clock_regress) == (6, None, [4])
    assert note_clock_regress(now=NOW + timedelta(hours=1)) == 1
    assert note_clock_regress(now=NOW + timedelta(hours=1)) == 0
    (told,) = AuditEvent.objects.filter(action="audit.clock_regress")
    assert (told.chain, told.position, told.ids) == (chain, 7, {"position": 4})


def test_lines_from_before_the_chain_get_their_place_in_their_order(
    dr_ada: Person, transactional_db: None
) -> None:
    """The migration 0003 over rows as the first version left them."""
    from importlib import import_module

    from django.apps import apps

    from arcada.apps.audit.fence import lifted
    from arcada.apps.audit.models import AuditEvent, ChainHead

    with transaction.atomic():
        migration = import_module("arcada.apps.audit.migrations.0003_place_old_lines")
    count = AuditEvent.objects.count()
    assert count > 0
    with lifted(connection), transaction.atomic():
        AuditEvent.objects.update(
            chain=UUID(int=0), case_id=None, digest=b"", position=None, previous=None, hash=None
        )
        ChainHead.objects.all().delete()
        migration.place_old_lines(apps, None)
    chains = set(AuditEvent.objects.values_list("chain", flat=True))
    assert dr_ada.workspace.pk in chains
    assert sum(verdict_of(chain).good for chain in chains) == count
    assert all(verdict_of(chain).bad is None for chain in chains)
