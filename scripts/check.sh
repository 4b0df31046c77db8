#!/usr/bin/env bash
# Cheap first: format, lint, imports, types, migrations, lock files, core tests.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
data=$(mktemp -d); trap 'rm -rf "$data"' EXIT
export ARCADA_DATA=$data
ruff format --check -q .
ruff check -q .
lint-imports --config pyproject.toml >"$data/imports" 2>&1 || { cat "$data/imports"; exit 1; }
mypy
python -m django makemigrations --check --dry-run --settings arcada.config.settings
if grep -nE '"resolved"|https?://[^ ]*(index|simple|registry|files)' requirements*.txt frontend/package-lock.json; then
  echo "A lock file holds an address." >&2; exit 1
fi
# reach.py is SQL from fixed words, nothing that anybody typed.
bandit -q -ll -r arcada -x arcada/apps/row_policies/reach.py
(cd frontend && npm run --silent check)
python -m pytest -q tests/core tests/architecture -m 'not full' -n 2
