"""Is every record as it was written? Walks each chain, and holds it against what the anchors know."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from arcada.apps.audit.appending import content_of
from arcada.apps.audit.models import AuditEvent, ChainHead
from arcada.core.ledger_chain import Bad, Row, Verdict, check_chain

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Checked:
    """One chain and what was found in it; `anchored` is the last position that an anchor knows."""

    chain: UUID
    verdict: Verdict
    anchored: int


def verify_chains(
    *, chain: UUID | None = None, known: Mapping[UUID, Mapping[int, bytes]] | None = None
) -> Iterator[Checked]:
    """Every chain in turn, or one. `known` is what checkpoints say: chain → position → hash."""
    anchors = known or {}
    ends = {head.chain: head for head in ChainHead.objects.all()}
    there = set(AuditEvent.objects.order_by().values_list("chain", flat=True).distinct())
    wanted = {chain} if chain else there | set(ends) | set(anchors)
    for one in sorted(wanted, key=lambda found: found.int):
        told = dict(anchors.get(one, {}))
        anchored = max(told, default=0)
        if one in ends:
            told.setdefault(ends[one].position, bytes(ends[one].hash))
        verdict = check_chain(_rows(one), known=told)
        if verdict.bad is None:
            stray = AuditEvent.objects.filter(chain=one, position=None).order_by("seq").first()
            if stray is not None:
                verdict.bad = Bad(verdict.good + 1, "unchained", stray.seq)
        yield Checked(one, verdict, anchored)


def _rows(chain: UUID) -> Iterator[Row]:
    events = AuditEvent.objects.filter(chain=chain, position__isnull=False).order_by("position", "seq")
    for event in events.iterator(chunk_size=_BATCH):
        assert event.position is not None  # the filter says so
        yield Row(
            position=event.position,
            seq=event.seq,
            previous=bytes(event.previous or b""),
            hash=bytes(event.hash or b""),
            digest=bytes(event.digest),
            content=content_of(event),
        )
