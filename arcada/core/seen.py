"""What a form showed when it was opened: a mark that says whether the thing still stands as it did."""

import hashlib
import json
from collections.abc import Mapping

from arcada.core.errors import Conflict

CHANGED_MEANWHILE = "changed_meanwhile"


def mark_of(values: Mapping[str, object]) -> str:
    """A mark of these values, alike for alike values."""
    said = json.dumps({name: str(value or "") for name, value in values.items()}, sort_keys=True)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def still_as_seen(seen: str | None, values: Mapping[str, object]) -> None:
    """Conflict when a form was opened on other values than these; a caller that saw none (None) overwrites."""
    if seen is not None and seen != mark_of(values):
        raise Conflict(
            "Somebody changed it while you typed. Nothing is lost: look at both, then keep one.",
            code=CHANGED_MEANWHILE,
        )
