#!/usr/bin/env bash
# Makes .venv and the front end ready; does nothing when nothing changed. Needs Python 3.11 or newer.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p .cache/setup

python=${PYTHON:-}
if [ -z "$python" ]; then
  for candidate in python3.11 python3.12 python3.13 python3; do
    if command -v "$candidate" >/dev/null 2>&1; then python=$candidate; break; fi
  done
fi
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Arcada needs Python 3.11 or newer; set PYTHON=/path/to/python3.11." >&2; exit 1; }

# step NAME FILES… : true when one of the files changed since the step was done
changed() {
  local name=$1; shift
  local now; now=$(cat "$@" | sha256sum)
  [ "$(cat ".cache/setup/$name" 2>/dev/null || true)" != "$now" ]
}
done_with() { local name=$1; shift; cat "$@" | sha256sum >".cache/setup/$name"; }

if [ ! -x .venv/bin/python ]; then rm -rf .venv .cache/setup/*; "$python" -m venv .venv; fi

if changed python requirements-dev.txt pyproject.toml; then
  echo "Installing Python packages …"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
  done_with python requirements-dev.txt pyproject.toml
fi

if [ -f frontend/package.json ]; then
  # A system Node that is new enough is used; otherwise the one that came as a Python package.
  if ! node -e 'const [a,b]=process.versions.node.split(".").map(Number); process.exit(a>22||(a===22&&b>=12)||(a===20&&b>=19)?0:1)' 2>/dev/null; then
    export PATH="$PWD/.venv/bin:$PATH"
  fi
  if changed npm frontend/package-lock.json; then
    echo "Installing front-end packages …"
    (cd frontend && npm ci --no-audit --no-fund --loglevel=error)
    done_with npm frontend/package-lock.json
  fi
  sources=$(find frontend/src frontend/vite.config.ts frontend/vite.capsule.config.ts frontend/tsconfig.json frontend/package-lock.json -type f | LC_ALL=C sort)
  # shellcheck disable=SC2086 - file names of this repository have no spaces
  if changed build $sources || [ ! -f arcada/web/static/build/manifest.json ] || [ ! -f arcada/web/static/build/capsule/open.js ]; then
    echo "Building the front end …"
    (cd frontend && npm run --silent build)
    done_with build $sources
  fi
fi

kernels=$(find arcada/core/geometry arcada/core/images -name '*.py' | LC_ALL=C sort)
# shellcheck disable=SC2086
if changed kernels $kernels requirements.txt; then
  echo "Compiling kernels …"
  .venv/bin/arcada warm --quiet
  done_with kernels $kernels requirements.txt
fi

languages=$(find arcada/web/locale -name '*.po' | LC_ALL=C sort)
# shellcheck disable=SC2086
if [ -n "$languages" ] && changed languages $languages; then
  .venv/bin/python -m arcada.web.compile_words $languages
  done_with languages $languages
fi
