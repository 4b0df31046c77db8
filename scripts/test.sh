#!/usr/bin/env bash
# Everything that proves Arcada: checks, front end, core to browser on SQLite, apps and API again on PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
bash scripts/chromium.sh
make --no-print-directory check
(cd frontend && npm run --silent test)
# `make check` ran the core and the architecture already.
# Both databases are asked whatever the first says: who waits that long wants to hear all of it.
failed=0
python -m pytest -n 2 --dist loadgroup "$@" tests --ignore tests/core --ignore tests/architecture || failed=1
python scripts/postgres.py python -m pytest -n 2 --dist loadgroup "$@" tests/apps tests/api tests/web \
  tests/rough/test_bad_forms.py tests/rough/test_lost_update.py tests/rough/test_twice.py || failed=1
if [ -n "${ARCADA_FULL:-}" ]; then SECONDS_EACH=600 bash scripts/fuzz.sh; fi
exit "$failed"
