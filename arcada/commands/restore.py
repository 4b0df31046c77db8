"""Bring a backup back into an empty installation, verified.

  arcada restore /mnt/backups/arcada                        the newest backup of the folder
  arcada restore /mnt/backups/arcada/2026-03-17T020000Z     this one
  arcada restore --verify /mnt/backups/arcada               only say whether it is whole

Put the master key of the old installation where ARCADA_KEY_FILE points to, first. Everything is verified before
anything is changed; each missing or changed file is named. Database and store may be others than before.

exit code: 0 restored (or whole), 1 not restored, every reason is named
"""

import argparse
import sys
from pathlib import Path

from arcada.commands.setup_django import setup_django


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", type=Path, help="a backup, or a folder of backups")
    parser.add_argument("--verify", action="store_true", help="change nothing")


def run(options: argparse.Namespace) -> int:
    setup_django()
    from django.conf import settings
    from django.utils import timezone

    from arcada.backup import restoring
    from arcada.commands.migrate import migrate_database

    def say(line: str) -> None:
        print(f"  {line}", flush=True)

    try:
        folder = restoring.find_backup(options.folder)
        print(folder)
        key = settings.ENV.master_key()
        if options.verify:
            problems = restoring.verify(folder, master_key=key)
            if problems:
                raise restoring.NotRestored(problems)
            print("  Whole: every row, file and key is as it was written.")
            return 0
        migrate_database(quiet=True)
        manifest = restoring.restore(
            folder, say, master_key=key, migrate=lambda: migrate_database(quiet=True), now=timezone.now()
        )
    except restoring.NotRestored as refusal:
        for problem in refusal.problems:
            print(f"  {problem}", file=sys.stderr)
        print("arcada restore: nothing was changed.", file=sys.stderr)
        return 1
    lost = restoring.dangling()
    for key_of in lost:
        print(f"  {key_of}: was missing when the backup was made", file=sys.stderr)
    print(
        f"  As of {manifest['made_at']}: {manifest['rows']:,} rows, {manifest['objects']:,} files, {len(lost)} missing."
    )
    return 1 if lost else 0
