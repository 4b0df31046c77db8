"""Bring the database to this version of Arcada; safe to run again."""

import argparse

from arcada.commands.setup_django import setup_django


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="say nothing when nothing changed")


def run(options: argparse.Namespace) -> int:
    setup_django()
    migrate_database(quiet=options.quiet)
    return 0


def migrate_database(*, quiet: bool) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from arcada.apps.row_policies.policies import missing_policies, raise_policies

    settings.ENV.data.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0 if quiet else 1, interactive=False)
    call_command("createcachetable", verbosity=0)
    if missing_policies(connection):
        raise_policies(connection)
