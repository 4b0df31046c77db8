#!/usr/bin/env bash
# Pin requirements*.txt anew, with hashes and without any address.
set -euo pipefail
cd "$(dirname "$0")/.."
for name in requirements requirements-dev; do
  .venv/bin/uv pip compile --quiet --generate-hashes --no-header --universal --python-version 3.11 "$name.in" -o "$name.txt"
done
