"""Looks at database, store, jobs and mails of a running installation."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from arcada.apps.files.storage import StoreUnavailable, the_store
from arcada.apps.jobs.models import Job
from arcada.apps.mail.models import OutgoingMail
from arcada.apps.records.models import Record
from arcada.core.case_flow import RecordState
from arcada.doctor.finding import Diagnosis, ok, problem, warning

UNTOUCHED = timedelta(minutes=10)
RECENT = timedelta(days=7)


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
