"""Brings the demo's files in on the real way: offered, received, sealed, judged by the workers."""

import hashlib
import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import close_old_connections

from arcada.apps.files.actions import Received
from arcada.apps.files.models import StoredFile, Upload
from arcada.apps.files.receiving import Reception
from arcada.apps.records.actions import Offer, add_companion, add_record, companion_received, file_received
from arcada.apps.records.models import Collection, Record
from arcada.core.access import Actor
from arcada.core.case_flow import RecordState
from arcada.demo.made_files import Files

PATIENCE_S = 300
BETWEEN_FILES = timedelta(seconds=40)


def send(actor: Actor, upload: Upload, data: bytes, *, now: datetime) -> None:
    """All bytes of one upload at once, through the code that receives every upload."""

    def record(actor: Actor, upload: Upload, file: StoredFile) -> None:
        file_received(actor, upload, file, now=now)

    def companion(actor: Actor, upload: Upload, file: StoredFile) -> None:
        companion_received(actor, upload, file, now=now)

    received: Mapping[str, Received] = {"record": record, "companion": companion}
    reception = Reception(upload)
    try:
        reception.hash(data)
        reception.take(data)
        reception.complete(actor, received, now=now)
    finally:
        reception.close()


def deliver(actor: Actor, collection: Collection, files: Files, *, now: datetime) -> dict[str, Record]:
    """Every file into its slot; the records, still to be judged, by slot."""
    records = {}
    for place, (slot, (name, data)) in enumerate(files.items()):
        at = now + place * BETWEEN_FILES
        offer = add_record(
            actor,
            collection,
            slot=slot,
            name=name,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            now=at,
        )
        send(actor, offer.upload, data, now=at)
        records[slot] = offer.record
    return records


def deliver_with_companions(
    actor: Actor, collection: Collection, slot: str, files: Mapping[str, bytes], *, now: datetime
) -> Record:
    """An OBJ (the first of `files`) with its material and texture, which go first."""
    (name, data), *companions = files.items()
    offer = add_record(actor, collection, slot=slot, name=name, size=len(data), now=now)
    for other, content in companions:
        upload = add_companion(actor, offer.record, name=other, size=len(content), now=now)
        send(actor, upload, content, now=now)
    send(actor, offer.upload, data, now=now)
    return offer.record


def deliver_offer(actor: Actor, offer: Offer, data: bytes, *, now: datetime) -> Record:
    send(actor, offer.upload, data, now=now)
    return offer.record


def wait_until_judged(records: Iterable[Record]) -> None:
    """Until the workers have judged all of them; raises TimeoutError when no worker runs."""
    ids = [record.pk for record in records]
    deadline = time.monotonic() + PATIENCE_S
    while Record.objects.filter(pk__in=ids, state__in=[RecordState.QUEUED, RecordState.PROCESSING]).exists():
        if time.monotonic() > deadline:
            raise TimeoutError("The demo's files were not judged in time; does a worker run?")
        time.sleep(0.2)
        close_old_connections()
