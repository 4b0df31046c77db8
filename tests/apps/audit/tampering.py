"""Six ways to tamper with a chain by somebody who owns the database, knows the format and can lift the fence."""

import random
from collections.abc import Callable
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import F

from arcada.apps.audit.appending import content_of
from arcada.apps.audit.fence import lifted
from arcada.apps.audit.models import AuditEvent, ChainHead
from arcada.core.ledger_chain import NO_HASH, digest_of, link

FAR = 1_000_000  # positions that are free while others are moved


def edit(chain: UUID, chance: random.Random) -> int:
    """Another action in one record; half of the time with its own hashes made to fit."""
    place = chance.randint(1, _count(chain))
    event = AuditEvent.objects.get(chain=chain, position=place)
    event.action = "case.exported"
    fits = chance.random() < 0.5
    if fits:
        _rehash(event)
    event.save()
    # One that fits itself is given away by the next record, the last one by the head of the chain.
    return place + 1 if fits and place < _count(chain) else place


def delete(chain: UUID, chance: random.Random) -> int:
    """One record is gone; half of the time those after it are numbered anew."""
    place = chance.randint(1, _count(chain) - 1)
    AuditEvent.objects.get(chain=chain, position=place).delete()
    if chance.random() < 0.5:
        _shift(chain, after=place, by=-1)
        return place
    return place + 1


def insert(chain: UUID, chance: random.Random) -> int:
    """A record that fits the one before it; those after it move up. The first that does not fit is the next."""
    place = chance.randint(1, _count(chain))
    event = AuditEvent.objects.get(chain=chain, position=place)
    _shift(chain, after=place - 1, by=1)
    event.pk, event.id, event.actor_id, event.position = FAR + place, uuid4(), uuid4(), place
    _rehash(event)
    event.save(force_insert=True)
    return place + 1


def swap(chain: UUID, chance: random.Random) -> int:
    """Two records change places, half of the time with hashes made to fit."""
    first, second = sorted(chance.sample(range(1, _count(chain) + 1), 2))
    one = AuditEvent.objects.get(chain=chain, position=first)
    other = AuditEvent.objects.get(chain=chain, position=second)
    AuditEvent.objects.filter(pk=one.pk).update(position=FAR)
    AuditEvent.objects.filter(pk=other.pk).update(position=first)
    AuditEvent.objects.filter(pk=one.pk).update(position=second)
    if chance.random() < 0.5:
        other.position, other.previous = first, one.previous
        _rehash(other)
        other.save()
        return first + 1
    return first


def truncate(chain: UUID, chance: random.Random) -> int:
    """The last records are gone, and the head says so too."""
    left = chance.randint(0, _count(chain) - 1)
    AuditEvent.objects.filter(chain=chain, position__gt=left).delete()
    _set_head(chain)
    return left + 1


def rewrite(chain: UUID, chance: random.Random) -> int:
    """One record is changed and every hash after it made to fit: nothing inside the database gives it away."""
    place = chance.randint(1, _count(chain))
    last: bytes | None = None
    for event in AuditEvent.objects.filter(chain=chain, position__gte=place).order_by("position"):
        if last is None:
            event.patient_id = uuid4()
        else:
            event.previous = last
        _rehash(event)
        event.save()
        last = bytes(event.hash or b"")
    _set_head(chain)
    return place


TAMPERINGS: dict[str, Callable[[UUID, random.Random], int]] = {
    "edit": edit,
    "delete": delete,
    "insert": insert,
    "swap": swap,
    "truncate": truncate,
    "rewrite": rewrite,
}
SEEN_BY_ANCHORS_ONLY = ("truncate", "rewrite")


def tamper(way: str, chain: UUID, seed: int) -> int:
    """Tamper; the first record that can't be right any more."""
    with lifted(connection):
        return TAMPERINGS[way](chain, random.Random(seed))


def _count(chain: UUID) -> int:
    return AuditEvent.objects.filter(chain=chain).count()


def _rehash(event: AuditEvent) -> None:
    event.digest = digest_of(content_of(event))
    assert event.position is not None
    event.hash = link(
        bytes(event.previous or b""), position=event.position, seq=event.seq, digest=bytes(event.digest)
    )


def _shift(chain: UUID, *, after: int, by: int) -> None:
    later = AuditEvent.objects.filter(chain=chain, position__gt=after)
    later.update(position=F("position") + FAR)
    AuditEvent.objects.filter(chain=chain, position__gt=FAR).update(position=F("position") - FAR + by)


def _set_head(chain: UUID) -> None:
    last = AuditEvent.objects.filter(chain=chain).order_by("-position").first()
    ChainHead.objects.filter(chain=chain).update(
        position=last.position if last else 0,
        hash=last.hash if last else NO_HASH,
        seq=last.seq if last else 0,
    )
