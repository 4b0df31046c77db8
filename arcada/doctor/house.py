"""Looks at database, store, jobs and mails of a running installation."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Sum

from arcada.anchor.places import AnchorFile, places_of
from arcada.apps.audit.fence import missing_triggers
from arcada.apps.audit.models import ChainHead, Checkpoint
from arcada.apps.files import malware
from arcada.apps.files.storage import StoreUnavailable, the_store
from arcada.apps.jobs.models import Job
from arcada.apps.mail.models import OutgoingMail
from arcada.apps.records.models import Record
from arcada.apps.row_policies.policies import bypasses, missing_policies
from arcada.config.env import Env
from arcada.core.case_flow import RecordState
from arcada.doctor.finding import Diagnosis, ok, problem, warning

UNTOUCHED = timedelta(minutes=10)
RECENT = timedelta(days=7)
ANCHOR_DUE = timedelta(minutes=90)


def look_at_database() -> Iterator[Diagnosis]:
    """Nothing else can be asked when this yields a problem."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as trouble:
        yield problem(
            f"The database does not answer ({type(trouble).__name__}).", "Check ARCADA_DATABASE_URL."
        )
        return
    if pending:
        names = ", ".join(f"{migration.app_label} {migration.name}" for migration, _ in pending[:5])
        yield problem(f"{len(pending)} migrations are pending: {names}.", "arcada migrate")
    else:
        yield ok(f"The database ({connection.vendor}) answers and is of this version.")


def look_at_durability() -> Iterator[Diagnosis]:
    """Whether an acknowledged write survives a power cut."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            is_durable = cursor.fetchone()[0] >= 2
        else:
            cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
            is_durable = "off" not in cursor.fetchone()
    if is_durable:
        yield ok("Committed rows survive a power cut.")
    else:
        yield problem(
            "The database acknowledges before rows are on disk.", "Turn fsync and synchronous_commit on."
        )


def look_at_store() -> Iterator[Diagnosis]:
    try:
        the_store().size("doctor/probe/none")
    except StoreUnavailable as trouble:
        yield problem(
            f"The store does not answer ({trouble.code}).", "Check ARCADA_STORAGE_URL, its keys and its disk."
        )
    else:
        yield ok("The store answers.")


def look_at_scanner(env: Env) -> Iterator[Diagnosis]:
    """While a scanner that is set up does not answer, every new file waits."""
    if not env.scanner_url:
        yield ok("No malware scanner is set up.")
    elif malware.answers():
        yield ok("The malware scanner answers.")
    else:
        yield problem(
            "The malware scanner does not answer; new files wait for it.",
            "Start it, or correct ARCADA_SCANNER_URL.",
        )


def look_at_row_policies() -> Iterator[Diagnosis]:
    """Whether the database itself keeps workspaces apart (decision 5)."""
    if connection.vendor != "postgresql":
        yield ok("Gates keep workspaces apart; row policies behind them are PostgreSQL's, SQLite has none.")
    elif bypasses(connection):
        yield problem(
            "Arcada connects as a role that no row policy holds.",
            "Let it connect as a role without SUPERUSER and BYPASSRLS that owns the database.",
        )
    elif missing := missing_policies(connection):
        yield problem(
            f"The database shows every workspace's rows of {', '.join(sorted(missing))}.",
            "Find out who took the policies away; then: arcada migrate",
        )
    else:
        yield ok("The database keeps workspaces apart, behind the gates.")


def look_at_audit(env: Env, *, now: datetime) -> Iterator[Diagnosis]:
    """Whether somebody could change the audit, and whether anybody would notice."""
    missing = missing_triggers(connection)
    if missing:
        yield problem(
            f"The audit can be changed: {', '.join(sorted(missing))} does not stand in the database.",
            "Find out who took it away; then: arcada audit verify",
        )
    else:
        yield ok("The database refuses changes to the audit.")
    try:
        places = places_of(env)
    except ValueError as trouble:
        yield problem(f"ARCADA_AUDIT_ANCHOR: {trouble}.", "docs/audit.md names the places.")
        return
    if not places:
        yield warning(
            "The audit has no anchor: who owns the database could write it anew and nobody would notice.",
            "Set ARCADA_AUDIT_ANCHOR to a file on another disk, an address or a bucket; docs/audit.md.",
        )
        return
    inside = [
        place.path for place in places if isinstance(place, AnchorFile) and _is_within(place.path, env.data)
    ]
    for path in inside:
        yield warning(
            f"The anchor {path} lies in the data folder.", "Let it lie where Arcada keeps nothing else."
        )
    events = ChainHead.objects.aggregate(all=Sum("position"))["all"] or 0
    newest = Checkpoint.objects.order_by("-number").first()
    for place in places:
        taken = next(
            (one for one in Checkpoint.objects.order_by("-number")[:50] if one.places.get(place.name) == ""),
            None,
        )
        if newest is not None and (taken is None or taken.number < newest.number):
            why = newest.places.get(place.name) or "it was not brought there yet"
            yield problem(f"{place.name} did not take the last checkpoint: {why}.", "arcada audit checkpoint")
        elif (newest is None and events) or (
            newest and events > newest.events and now - newest.at > ANCHOR_DUE
        ):
            yield warning(
                f"The last checkpoint for {place.name} is late.",
                "Start workers: arcada serve, or arcada worker",
            )
        else:
            yield ok(f"{place.name} has the last checkpoint.")


def _is_within(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def look_at_jobs(*, now: datetime) -> Iterator[Diagnosis]:
    dead = Job.objects.filter(state="dead", ended_at__gt=now - RECENT).order_by("-ended_at")
    for job in dead[:10]:
        said = job.reason.splitlines()[-1] if job.reason else "no reason"
        yield warning(
            f"{job.task.rsplit('.', 1)[-1]} was given up on {job.ended_at:%Y-%m-%d %H:%M} UTC: {said}",
            "Records that failed say so on their page and can be tried again there.",
        )
    late = Job.objects.filter(state="waiting", run_after__lt=now - UNTOUCHED).count()
    lost = Job.objects.filter(state="running", lease_until__lt=now - UNTOUCHED).count()
    stuck = Record.objects.filter(state__in=[RecordState.QUEUED, RecordState.PROCESSING])
    orphans = stuck.count() if not Job.objects.filter(state__in=["waiting", "running"]).exists() else 0
    if late or lost:
        yield problem(
            f"{late + lost} jobs wait for more than 10 minutes.",
            "Start workers: arcada serve, or arcada worker",
        )
    if orphans:
        yield problem(
            f"{orphans} records are to be checked and no job does it.", "Try them again on their page."
        )
    if not (dead or late or lost or orphans):
        yield ok("No job is late, none was given up.")


def look_at_mails(*, now: datetime) -> Iterator[Diagnosis]:
    failed = OutgoingMail.objects.filter(state="failed", created_at__gt=now - RECENT).count()
    late = OutgoingMail.objects.filter(state="queued", created_at__lt=now - UNTOUCHED).count()
    if failed:
        yield warning(
            f"{failed} mails of this week could not be sent.", "Check ARCADA_MAIL_URL and the mail server."
        )
    if late:
        yield warning(
            f"{late} mails wait for more than 10 minutes.", "Check the mail server; they are tried again."
        )
    if not failed and not late:
        yield ok("No mail waits.")
