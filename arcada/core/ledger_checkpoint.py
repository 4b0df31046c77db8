"""Checkpoints of the audit: a signed line that says how long every chain is and which hash it ends with."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from arcada.core.ledger_chain import canonical
from arcada.core.sealing import is_signed, public_half, sign

FORMAT: Final = 1
_DOMAIN: Final = b"arcada audit checkpoint\n"


@dataclass(frozen=True, slots=True)
class Head:
    """The end of one chain: how many records, the last one's seq, hash (32 bytes) and time."""

    chain: UUID
    count: int
    seq: int
    hash: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Checkpoint:
    number: int
    at: datetime
    heads: tuple[Head, ...]
    previous: str  # SHA-256 of the checkpoint line before, in hexadecimal digits


@dataclass(slots=True)
class Anchored:
    """What the lines of an anchor prove: for each chain, position → hash; and what is wrong with the lines."""

    known: dict[UUID, dict[int, bytes]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    count: int = 0
    last_at: datetime | None = None


def write_checkpoint(
    heads: Iterable[Head], *, number: int, at: datetime, previous_line: str, seed: bytes
) -> str:
    """One line of JSON, signed with Ed25519; heads in the order of their chains."""
    said: dict[str, Any] = {
        "arcada_checkpoint": FORMAT,
        "number": number,
        "at": at,
        "previous": line_hash(previous_line) if previous_line else "",
        "key": public_half(seed),
        "heads": [
            {
                "chain": head.chain,
                "count": head.count,
                "seq": head.seq,
                "hash": head.hash.hex(),
                "at": head.at,
            }
            for head in sorted(heads, key=lambda head: head.chain.int)
        ],
    }
    signature = sign(seed, _DOMAIN + canonical(said))
    return canonical({**said, "signature": base64.b64encode(signature).decode()}).decode()


def read_checkpoint(line: str, *, keys: Sequence[str]) -> Checkpoint:
    """The checkpoint of a line that one of `keys` signed; raises ValueError with the reason."""
    try:
        said = json.loads(line)
        signature = base64.b64decode(said.pop("signature"), validate=True)
        key = said["key"]
        checkpoint = Checkpoint(
            number=int(said["number"]),
            at=_time(said["at"]),
            heads=tuple(
                Head(
                    UUID(h["chain"]), int(h["count"]), int(h["seq"]), bytes.fromhex(h["hash"]), _time(h["at"])
                )
                for h in said["heads"]
            ),
            previous=str(said["previous"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as trouble:
        raise ValueError("it can't be read") from trouble
    if key not in keys:
        raise ValueError("it is signed with another key")
    if not is_signed(key, _DOMAIN + canonical(said), signature):
        raise ValueError("its signature does not fit: it was changed")
    return checkpoint


def read_anchor(lines: Iterable[str], *, keys: Sequence[str]) -> Anchored:
    """All checkpoints of an anchor, each with its signature checked, and none missing between two others."""
    found = Anchored()
    before: tuple[int, str] | None = None
    for number, raw in enumerate(lines, start=1):
        line = raw.strip()
        if not line:
            continue
        try:
            checkpoint = read_checkpoint(line, keys=keys)
        except ValueError as trouble:
            found.problems.append(f"line {number} of the anchor: {trouble}")
            before = None
            continue
        if before is not None and checkpoint.number == before[0] + 1 and checkpoint.previous != before[1]:
            found.problems.append(f"line {number} of the anchor: it does not follow the line before")
        if before is not None and checkpoint.number > before[0] + 1:
            found.problems.append(f"line {number} of the anchor: a checkpoint before it is missing")
        before = (checkpoint.number, line_hash(line))
        found.count += 1
        found.last_at = checkpoint.at if found.last_at is None else max(found.last_at, checkpoint.at)
        for head in checkpoint.heads:
            known = found.known.setdefault(head.chain, {})
            if known.setdefault(head.count, head.hash) != head.hash:
                found.problems.append(
                    f"line {number} of the anchor: chain {head.chain} has two different hashes at record {head.count}"
                )
    return found


def line_hash(line: str) -> str:
    return hashlib.sha256(line.strip().encode()).hexdigest()


def _time(said: Mapping[str, str] | str) -> datetime:
    found = datetime.fromisoformat(str(said))
    return found.astimezone(UTC)
