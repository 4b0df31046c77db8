#!/usr/bin/env bash
# Collect the words to translate into arcada/web/locale (needs Debian's gettext; only for whoever translates).
set -euo pipefail
cd "$(dirname "$0")/../arcada"
ARCADA_DATA=$(mktemp -d) ../.venv/bin/python -m django makemessages --settings arcada.config.settings \
  --locale pt_BR --locale es --no-location --no-wrap --ignore 'web/static/*' --extension html,txt,py
