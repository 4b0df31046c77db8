#!/usr/bin/env bash
# Fuzz every reader, one after the other; SECONDS_EACH=600 for the long run.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${SECONDS_EACH:-30}
for target in tests/fuzz/fuzz_*.py; do
  echo "== $(basename "$target" .py), $seconds s"
  .venv/bin/python -m "tests.fuzz.$(basename "$target" .py)" "$seconds"
done
