"""The chain of an audit: what is hashed, how one record hangs on the one before, where a chain is broken.

hash = SHA-256(previous hash ‖ position ‖ seq ‖ SHA-256(canonical JSON)); positions count from 1, without gaps.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

NO_HASH: Final = bytes(32)  # what the first record hangs on
GLOBAL_CHAIN: Final = UUID(int=0)  # events that belong to no workspace
STEP_BACK: Final = timedelta(minutes=1)  # a clock that is corrected by less than this is no news

# What a record says, and so what is hashed. A promise to every chain that stands: never taken away, only added to
# under a new version.
VERSION: Final = 1
CONTENT: Final = (
    "id", "at", "action", "outcome", "reason", "actor_kind", "actor_id", "on_behalf_of", "role", "workspace_id",
    "patient_id", "case_id", "object_kind", "object_id", "ids", "session_hash", "ip_truncated", "request_id", "chain",
)  # fmt: skip


def canonical(said: Mapping[str, object]) -> bytes:
    """One and the same bytes for the same content: sorted keys, UTF-8, no spaces, fixed forms of numbers and times."""
    text = json.dumps(
        _fixed(said), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return text.encode("utf-8")


def digest_of(content: Mapping[str, object]) -> bytes:
    """SHA-256 (32 bytes) of what a record says; `content` has the keys of CONTENT."""
    return hashlib.sha256(canonical({"v": VERSION, **{name: content[name] for name in CONTENT}})).digest()


def link(previous: bytes, *, position: int, seq: int, digest: bytes) -> bytes:
    """The hash (32 bytes) of the record at `position`, hung on `previous`."""
    placed = position.to_bytes(8, "big") + seq.to_bytes(8, "big")
    return hashlib.sha256(previous + placed + digest).digest()


@dataclass(frozen=True, slots=True)
class Row:
    """One record as the database has it."""

    position: int
    seq: int
    previous: bytes
    hash: bytes
    digest: bytes
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Bad:
    """The first record that is not as it was written; `code` is a key of REASONS."""

    position: int
    code: str
    seq: int | None = None
    since: int = 0  # for what only a checkpoint shows: the last position that is known to be right


REASONS: Final[dict[str, str]] = {
    "changed": "it was changed: it no longer says what was hashed",
    "missing": "a record before it was deleted",
    "inserted": "it was put between others later",
    "moved": "it does not hang on the record before it: records were swapped, put in or taken out",
    "unchained": "it is in no chain: it was not written by Arcada",
    "truncated": "the end was cut off: a checkpoint knows more records",
    "rewritten": "the chain was written anew: a checkpoint knows another hash at this place",
}


@dataclass(slots=True)
class Verdict:
    """How far a chain is sound: the number of good records, the first bad one, and where the clock stepped back."""

    good: int = 0
    head: bytes = NO_HASH
    bad: Bad | None = None
    clock_regress: list[int] = field(default_factory=list)


def check_chain(rows: Iterable[Row], *, known: Mapping[int, bytes] | None = None) -> Verdict:
    """Walk a chain in the order of its positions. `known` are checkpoints: position → hash.

    Stops at the first bad record. Without checkpoints a cut end and a chain written anew can't be seen.
    """
    known = known or {}
    seen = Verdict()
    latest: datetime | None = None
    anchored = 0
    for row in rows:
        seen.bad = _fault(row, expected=seen.good + 1, previous=seen.head)
        if seen.bad is None and known.get(row.position, row.hash) != row.hash:
            seen.bad = Bad(row.position, "rewritten", row.seq, since=anchored)
        if seen.bad is not None:
            return seen
        seen.good, seen.head = row.position, row.hash
        if row.position in known:
            anchored = row.position
        at = row.content["at"]
        if isinstance(at, datetime):
            if latest is not None and at < latest - STEP_BACK:
                seen.clock_regress.append(row.position)
            latest = at
    if known and max(known) > seen.good:
        seen.bad = Bad(seen.good + 1, "truncated", since=seen.good)
    return seen


def _fault(row: Row, *, expected: int, previous: bytes) -> Bad | None:
    if row.position > expected:
        return Bad(row.position, "missing", row.seq)
    if row.position < expected:
        return Bad(row.position, "inserted", row.seq)
    if row.previous != previous:
        return Bad(row.position, "moved", row.seq)
    if digest_of(row.content) != row.digest:
        return Bad(row.position, "changed", row.seq)
    if link(previous, position=row.position, seq=row.seq, digest=row.digest) != row.hash:
        return Bad(row.position, "changed", row.seq)
    return None


def _fixed(value: object) -> object:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        # A database may give 1e22 back as a whole number: both are written alike.
        return int(value) if math.isfinite(value) and value.is_integer() else value
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _fixed(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_fixed(inner) for inner in value]
    raise TypeError(f"{type(value).__name__} has no fixed form.")
