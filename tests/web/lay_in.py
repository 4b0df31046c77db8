"""Puts a file into a collection as an upload and a worker would: stored, received, judged in its limited child."""

import functools
from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync
from django.db import transaction

from tests.cast import NOW, Person

if TYPE_CHECKING:
    from arcada.apps.records.models import Collection, Record


def lay_in(
    who: Person,
    collection: "Collection",
    slot: str,
    name: str,
    data: bytes,
    *,
    supersedes: "Record | None" = None,
) -> "Record":
    """The record after it was judged."""
    from arcada.apps.files.models import Upload
    from arcada.apps.files.sealed import store_bytes
    from arcada.apps.records import actions

    offer = actions.add_record(
        who.actor, collection, slot=slot, name=name, size=len(data), now=NOW, supersedes=supersedes
    )
    with transaction.atomic():
        file = store_bytes(
            collection.workspace_id,
            data,
            purpose="original",
            media_type="application/octet-stream",
            name=name,
            now=NOW,
        )
        file.save(force_insert=True)
        Upload.objects.filter(pk=offer.upload.pk).update(state="complete", offset=len(data))
        actions.file_received(who.actor, offer.upload, file, now=NOW)
    judge(offer.record)
    offer.record.refresh_from_db()
    return offer.record


def judge(record: "Record") -> "Record":
    """What the worker does with a queued record."""
    from arcada.apps.records.jobs import process_record

    _warm()
    process_record.call(str(record.pk))
    record.refresh_from_db()
    return record


def body_of(answer: Any) -> bytes:
    """All bytes of an answer that streams as it does under ASGI."""

    async def all_of() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])

    return async_to_sync(all_of)()


@functools.cache
def _warm() -> None:
    """As a worker does before its first file: the child can neither compile nor import."""
    from arcada.core import kernels

    kernels.warm()
