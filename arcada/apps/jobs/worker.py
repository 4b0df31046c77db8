"""The worker: claims one job at a time and runs it in a forked child, so that nothing can take it down."""

import logging
import os
import secrets
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import FrameType

from django.db import OperationalError, connections
from django.utils import timezone
from django.utils.module_loading import import_string

from arcada.apps.jobs import queue
from arcada.apps.jobs.kin import die_with
from arcada.apps.jobs.models import Job

log = logging.getLogger("arcada.jobs")

IDLE_S = 0.15
LONGEST_JOB_S = 900
BREATH_S = 5.0
REPORT_LIMIT = 4000


class Worker:
    """Runs until told to stop; a job under way is finished first (30 s at most), then given back."""

    def __init__(
        self,
        *,
        periodic: Mapping[str, timedelta] | None = None,
        preload: Callable[[], None] | None = None,
    ) -> None:
        # In containers every worker has the same process id, so that alone would not tell two apart.
        self.holder = f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._periodic = dict(periodic or {})
        self._next_round = timezone.now()
        self._stop_by: float | None = None
        self._preload = preload

    def run(self, *, until_idle: bool = False) -> None:
        """Work until a signal comes, or (in tests and `arcada demo`) until nothing is due."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        if self._preload:
            self._preload()
        parent = os.getppid()
        while self._stop_by is None:
            # A worker whose server was killed must not live on beside the next one.
            if not until_idle and os.getppid() != parent:
                return
            try:
                self._start_periodic()
                job = queue.claim(self.holder, now=timezone.now())
            except OperationalError as trouble:
                log.warning("The database does not answer: %s", type(trouble).__name__)
                connections.close_all()
                time.sleep(1)
                continue
            if job is not None:
                self._run_in_child(job)
            elif until_idle:
                return
            else:
                time.sleep(IDLE_S)

    def _run_in_child(self, job: Job) -> None:
        # A connection must not be shared between parent and child.
        connections.close_all()
        reading, writing = os.pipe()
        parent, child = os.getpid(), os.fork()
        if child == 0:
            os.close(reading)
            die_with(parent)
            _run_job(job, writing)
        os.close(writing)
        began = breathed = time.monotonic()
        while True:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                break
            clock = time.monotonic()
            too_long = clock - began > LONGEST_JOB_S
            if too_long or (self._stop_by is not None and clock > self._stop_by):
                os.kill(child, signal.SIGKILL)
            elif clock - breathed > BREATH_S:
                breathed = clock
                if not self._breathes(job):
                    os.kill(child, signal.SIGKILL)
            time.sleep(0.004)
        said = _read_report(reading)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0:
            self._settle(lambda: queue.finish(job, now=timezone.now()))
            return
        reason = said or _how_it_died(status)
        log.warning(
            "Job %s (%s) ended without success, attempt %d: %s",
            job.pk,
            job.task,
            job.attempts,
            reason.splitlines()[-1],
        )
        self._settle(lambda: queue.give_back(job, reason=reason, now=timezone.now()))

    def _breathes(self, job: Job) -> bool:
        """False when the lease is somebody else's; a database that is away takes nothing from us."""
        try:
            return queue.heartbeat(job, now=timezone.now())
        except OperationalError:
            connections.close_all()
            return True

    def _settle(self, tell: Callable[[], None]) -> None:
        """Say how the job ended, once the database answers; else its lease ends and it is done again."""
        for pause_s in (0.5, 2, 5, None):
            try:
                return tell()
            except OperationalError as trouble:
                log.warning("The database does not answer: %s", type(trouble).__name__)
                connections.close_all()
                if pause_s is not None:
                    time.sleep(pause_s)
        return None

    def _start_periodic(self) -> None:
        now = timezone.now()
        if now < self._next_round:
            return
        self._next_round = now + timedelta(seconds=20)
        for path, every in self._periodic.items():
            if not Job.objects.filter(task=path, created_at__gt=now - every).exists():
                queue.add_job(path)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stop_by = time.monotonic() + 30


def _run_job(job: Job, report: int) -> None:
    """In the child: do the work, say in one line what went wrong, and never return."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the parent decides when to stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    code = 1
    try:
        import_string(job.task).call(*job.args, **job.kwargs)
        code = 0
    except BaseException as trouble:
        # The last frames tell where; the message may hold a name, so only its type is kept.
        frames = traceback.extract_tb(trouble.__traceback__)[-3:]
        where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
        os.write(report, f"{type(trouble).__name__} at {where}".encode()[:REPORT_LIMIT])
    finally:
        connections.close_all()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _read_report(reading: int) -> str:
    """What the child said last; never waits, since a process it left behind may hold the pipe open."""
    os.set_blocking(reading, False)
    with os.fdopen(reading, "rb") as pipe:
        return (pipe.read(REPORT_LIMIT) or b"").decode(errors="replace")


def _how_it_died(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"The process was ended by {signal.Signals(os.WTERMSIG(status)).name}."
    return f"The process ended with {os.WEXITSTATUS(status)}."
