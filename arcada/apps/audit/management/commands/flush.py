"""Empties the whole database, the audit too: for tests and for resetting the demo, never in production."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import flush
from django.db import connections

from arcada.apps.audit.fence import lifted


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        if settings.ENV.is_production:
            raise CommandError("The audit of a production installation is never emptied.")
        with lifted(connections[options["database"]]):
            super().handle(**options)
