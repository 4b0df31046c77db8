"""The named steps of storing a file, so that a test can stop the machine at each of them."""

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    CHUNK_WRITTEN = "chunk_written"  # sealed bytes are with the store, not yet durable
    SYNCED = "synced"  # durable, the offset is not yet in the database
    OFFSET_KEPT = "offset_kept"  # the offset is in the database, the client has no answer yet
    HASH_AGREED = "hash_agreed"  # all bytes durable and equal to what was promised
    LINKED = "linked"  # under its final name, the folder is not yet durable
    STORED = "stored"  # under its final name, no row yet
    COMMITTED = "committed"  # row and upload are committed, the client has no answer yet


def _nothing(step: Step) -> None:
    pass


_observer: Callable[[Step], None] = _nothing


def observe(observer: Callable[[Step], None] | None) -> None:
    """Call `observer` at each step from now on; None ends it."""
    global _observer
    _observer = observer or _nothing


def reached(step: Step) -> None:
    _observer(step)
