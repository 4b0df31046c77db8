"""Write database and files, at one point in time, into a folder.

  arcada backup /mnt/backups/arcada

Arcada goes on working meanwhile. Each run makes a folder named by its time; files never change, so they lie once
in a pool that all backups of the folder share. Everything stays sealed: THE MASTER KEY IS NOT IN A BACKUP. Keep a
copy of it (ARCADA_KEY_FILE) in another place; without it no backup can be read. `sha256sum -c SHA256SUMS` in a
backup's folder checks it without Arcada.

exit code: 0 complete, 1 made but some files could not be had (each is named), 2 not made
"""

import argparse
import sys
import time
from pathlib import Path

from arcada.commands.setup_django import setup_django


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", metavar="DIR", type=Path, help="where backups lie, best on another machine's disk"
    )
    parser.add_argument(
        "--check-all", action="store_true", help="hash every file of the pool, not only new ones"
    )


def run(options: argparse.Namespace) -> int:
    setup_django()
    from django.conf import settings
    from django.utils import timezone

    from arcada.backup.last import note_backup
    from arcada.backup.making import make_backup

    folder, env = options.folder.resolve(), settings.ENV
    if env.key_file.resolve().is_relative_to(folder):
        print(
            "arcada backup: the master key lies in that folder; key and backups must be kept apart.",
            file=sys.stderr,
        )
        return 2
    began, now = time.monotonic(), timezone.now()
    try:
        made = make_backup(
            folder, lambda line: print(f"  {line}", flush=True), now=now, check_all=options.check_all
        )
    except OSError as trouble:
        print(f"arcada backup: not made: {trouble.strerror or trouble} ({trouble.filename})", file=sys.stderr)
        return 2
    note_backup(env.data, made, now=now)
    seconds = time.monotonic() - began
    print(
        f"{made.folder}: {made.rows:,} rows, {made.files:,} files, {made.bytes / 1e6:,.1f} MB, in {seconds:.1f} s"
    )
    if env.data.exists() and folder.stat().st_dev == env.data.stat().st_dev:
        print("  It lies on the same disk as the installation. Copy it to another one.")
    print(f"  The master key is not in it. Keep a copy of {env.key_file} in another place.")
    for problem in made.problems:
        print(f"  {problem}", file=sys.stderr)
    return 1 if made.problems else 0
