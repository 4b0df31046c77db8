"""Remembers the last backup beside the data, for `arcada doctor`."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from arcada.backup.making import Made

NAME = "last-backup.json"


def note_backup(data: Path, made: Made, *, now: datetime) -> None:
    said = {
        "at": now.isoformat(), "folder": str(made.folder), "rows": made.rows, "files": made.files,
        "problems": len(made.problems),
    }  # fmt: skip
    (data / NAME).write_text(json.dumps(said) + "\n", encoding="utf-8")


def last_backup(data: Path) -> dict[str, Any] | None:
    """What was noted last, with `at` as a time; None when there is nothing to read."""
    try:
        said: dict[str, Any] = json.loads((data / NAME).read_text("utf-8"))
        said["at"] = datetime.fromisoformat(said["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return said
