"""Everything the doctor looks at, in its order."""

from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from arcada.config.env import unknown_variables
from arcada.doctor import house, machine
from arcada.doctor.finding import Diagnosis, Level


def diagnoses() -> Iterator[Diagnosis]:
    """What is fine, risky or wrong here; of a database that is broken, nothing more is asked."""
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
        yield from house.look_at_row_policies()
        yield from house.look_at_audit(env, now=now)
        yield from house.look_at_jobs(now=now)
        yield from house.look_at_mails(now=now)
