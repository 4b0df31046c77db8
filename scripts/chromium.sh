#!/usr/bin/env bash
# The browser tests need Debian's chromium: installs it where one may, otherwise says the one line to run.
set -euo pipefail
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
  exit 0
fi
echo "The browser tests need chromium. Run:  sudo apt-get install -y chromium" >&2
exit 1
