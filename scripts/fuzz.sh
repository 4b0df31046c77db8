#!/usr/bin/env bash
# Fuzz every reader, SECONDS_EACH seconds each (600 in `make test-full`); says how many inputs each one took.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${SECONDS_EACH:-30}
logs=$(mktemp -d); trap 'rm -rf "$logs"' EXIT
for target in tests/fuzz/fuzz_*.py; do
  name=$(basename "$target" .py)
  .venv/bin/python -m "tests.fuzz.$name" "$seconds" >"$logs/$name" 2>&1 || { tail -n 60 "$logs/$name" >&2; exit 1; }
  echo "$name: $(grep -a '^Done ' "$logs/$name")"
done
