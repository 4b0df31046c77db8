"""Bytes in the store that no row knows of: what a kill left behind goes away after 24 hours."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from arcada.apps.files.models import StoredFile, Upload
from arcada.apps.files.storage import StoredObject, the_store
from arcada.core.errors import Refused

ORPHAN_AFTER: Final = timedelta(hours=24)
MANY: Final = 50
_BATCH = 500


def sweep_orphans(now: datetime, *, at_most_share: float = 0.1) -> int:
    """Remove what is older than 24 hours and belongs to no row; returns how many objects went.

    Raises Refused when that would be more than `at_most_share` of the store (and more than 50 objects):
    then the database is the wrong or an older one, and its files must not die for it.
    """
    store = the_store()
    seen = 0
    orphans: list[StoredObject] = []
    for batch in _batches(store.objects()):
        seen += len(batch)
        orphans += _unknown(batch, now)
    if len(orphans) > max(MANY, seen * at_most_share):
        raise Refused(
            "{value} of {limit} stored objects have no row; is this the right database?",
            code="too_many_orphans",
            value=len(orphans),
            limit=seen,
        )
    unfinished = [one for batch in _batches(store.unfinished()) for one in _left(batch, now)]
    # Asked once more: a row may have been committed while the store was being listed.
    orphans = [one for batch in _batches(iter(orphans)) for one in _unknown(batch, now)]
    for orphan in orphans:
        store.delete(orphan.key)
    for left in unfinished:
        store.drop(left)
    return len(orphans) + len(unfinished)


def _unknown(batch: list[StoredObject], now: datetime) -> list[StoredObject]:
    keys = [one.key for one in batch]
    known = set(StoredFile.objects.filter(object_key__in=keys).values_list("object_key", flat=True))
    uploads = Upload.objects.filter(state="open")
    known.update(uploads.filter(object_key__in=keys).values_list("object_key", flat=True))
    tails = uploads.filter(store_state__tail__key__in=keys).values_list("store_state__tail__key", flat=True)
    known.update(tails)
    return [one for one in batch if one.key not in known and one.changed_at <= now - ORPHAN_AFTER]


def _left(batch: list[StoredObject], now: datetime) -> list[StoredObject]:
    """Unfinished parts that no open upload goes on from, also those of a second try under the same key."""
    uploads = Upload.objects.filter(state="open", object_key__in=[one.key for one in batch])
    states = dict(uploads.values_list("object_key", "store_state__parts__multipart"))
    return [
        one
        for one in batch
        if one.changed_at <= now - ORPHAN_AFTER
        and (one.key not in states or one.handle != (states[one.key] or one.handle))
    ]


def _batches(objects: Iterator[StoredObject]) -> Iterator[list[StoredObject]]:
    while batch := list(islice(objects, _BATCH)):
        yield batch
