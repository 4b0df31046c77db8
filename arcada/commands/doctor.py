"""Say what is wrong or risky with this installation, and what to do about it.

exit code: 0 nothing is wrong (there may be warnings), 1 something is
"""

import argparse
import json
from collections.abc import Iterator

from arcada.commands.setup_django import setup_django
from arcada.doctor.finding import Diagnosis, Level

_MARKS = {Level.OK: "  ok      ", Level.WARNING: "  warning ", Level.PROBLEM: "  PROBLEM "}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for a monitor: a list of level, what, todo")


def run(options: argparse.Namespace) -> int:
    setup_django()
    found = list(_diagnoses())
    if options.json:
        print(
            json.dumps(
                [{"level": one.level.value, "what": one.what, "todo": one.todo} for one in found], indent=1
            )
        )
    else:
        for one in found:
            print(_MARKS[one.level] + one.what)
            if one.todo:
                print(" " * 10 + "→ " + one.todo)
    return 1 if any(one.level is Level.PROBLEM for one in found) else 0


def _diagnoses() -> Iterator[Diagnosis]:
    from django.conf import settings
    from django.utils import timezone

    from arcada.config.env import unknown_variables
    from arcada.doctor import house, machine

    env, now = settings.ENV, timezone.now()
    yield from machine.look_at_settings(env, unknown_variables())
    yield from machine.look_at_keys(env)
    yield from machine.look_at_permissions(env)
    yield from machine.look_at_disk(env)
    yield from machine.look_at_kernels(env)
    yield from machine.look_at_mail(env)
    yield from machine.look_at_backups(env, now=now)
    database = list(house.look_at_database())
    yield from database
    yield from house.look_at_store()
    if all(one.level is Level.OK for one in database):
        yield from house.look_at_durability()
        yield from house.look_at_scanner(env)
        yield from house.look_at_audit(env, now=now)
        yield from house.look_at_jobs(now=now)
        yield from house.look_at_mails(now=now)
