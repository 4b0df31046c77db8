#!/usr/bin/env bash
# Everything that proves Arcada: checks, front end, core to browser on SQLite, apps and API again on PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
bash scripts/chromium.sh
make --no-print-directory check
(cd frontend && npm run --silent test)
# `make check` ran the core and the architecture already.
python -m pytest -n 2 --dist loadgroup "$@" tests --ignore tests/core --ignore tests/architecture
python scripts/postgres.py python -m pytest -n 2 --dist loadgroup "$@" tests/apps tests/api tests/web \
  tests/rough/test_bad_forms.py tests/rough/test_lost_update.py tests/rough/test_twice.py
if [ -n "${ARCADA_FULL:-}" ]; then SECONDS_EACH=600 bash scripts/fuzz.sh; fi
