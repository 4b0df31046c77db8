"""Tasks for tests of the queue."""

import os
import signal
import time
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from arcada.apps.jobs.queue import when_dead
from arcada.apps.mail.models import OutgoingMail

given_up: list[tuple[str, str]] = []


@task()
def note(word: str) -> None:
    pass


@task()
def fail_with_word(word: str) -> None:
    raise ValueError(word)


@when_dead(fail_with_word)
def fail_given_up(word: str, *, reason: str) -> None:
    given_up.append((word, reason))


@task()
def append(file: str, text: str) -> None:
    with Path(file).open("a") as out:
        out.write(text)


@task()
def slow_then_append(pids: str, done: str) -> None:
    """Tells who does it, waits until it may go on, and has its effect at the end."""
    with Path(pids).open("a") as out:
        out.write(f"{os.getpid()}\n")
    go = Path(pids).with_name("go")
    while not go.exists():
        time.sleep(0.02)
    with Path(done).open("a") as out:
        out.write("done\n")


@task()
def commit_then_die(subject: str) -> None:
    """An effect that is its own proof of being done, and a death before anybody hears of it."""
    now = timezone.now()
    with transaction.atomic():
        if OutgoingMail.objects.filter(subject=subject).exists():
            return
        OutgoingMail.objects.create(
            kind="note", to="rosa@north-lab.example", subject=subject, text="-", state="sent", created_at=now
        )
    os.kill(os.getpid(), signal.SIGKILL)
