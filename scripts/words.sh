#!/usr/bin/env bash
# Collect the words to translate into arcada/web/locale (needs Debian's gettext; only for whoever translates).
set -euo pipefail
cd "$(dirname "$0")/../arcada"
# The first argument of an error is a sentence for a person, wherever it is raised.
ARCADA_DATA=$(mktemp -d) DJANGO_SETTINGS_MODULE=arcada.config.settings PYTHONPATH=.. ../.venv/bin/python - <<'PYTHON'
import django
from django.core.management import call_command
from django.core.management.commands.makemessages import Command

django.setup()
command = Command()
command.xgettext_options = [
    *Command.xgettext_options,
    *(f"--keyword={error}:1" for error in ("Refused", "Conflict", "NotFound", "Barred")),
]
call_command(
    command, locale=["pt_BR", "es"], no_location=True, no_wrap=True, ignore_patterns=["web/static/*"],
    extensions=["html,txt,py"],
)
PYTHON
