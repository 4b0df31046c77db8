"""Writes to records: add, receive its file, judge, supersede, and put the tray in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from arcada.apps.audit.actions import record as audit
from arcada.apps.files.actions import open_upload
from arcada.apps.files.models import StoredFile, Upload
from arcada.apps.jobs.queue import add_job
from arcada.apps.notifications.live import tell
from arcada.apps.patients.actions import touch
from arcada.apps.records.collections import collection_changed, next_position, tags_named
from arcada.apps.records.finding_rows import finding_columns
from arcada.apps.records.models import (
    Collection,
    Companion,
    FoundInRecord,
    Record,
    Rendition,
)
from arcada.apps.records.queries import present_per_slot, record_values, standard_of
from arcada.apps.row_scope import system_scope
from arcada.core.access import Actor
from arcada.core.anatomy import RecordKind
from arcada.core.case_flow import RECORD_FLOW, RecordState, RecordVerb, next_state
from arcada.core.errors import Conflict, NotFound, Refused
from arcada.core.file_names import extension_of
from arcada.core.findings import Finding, blocks
from arcada.core.seen import still_as_seen
from arcada.core.slots import find_slot
from arcada.core.standard import UploadStandard, with_design_place
from arcada.core.upload_standard import check_offer
from arcada.core.words import gettext_noop

SCANNER_AWAY = "scanner_away"  # why a record is held
PROCESS_RECORD = "arcada.apps.records.jobs.process_record"
FIND_PINS = "arcada.apps.reviews.jobs.find_pins"


@dataclass(frozen=True, slots=True)
class Offer:
    """A record that waits for its bytes, and where they go."""

    record: Record
    upload: Upload
    findings: tuple[Finding, ...]


class OfferRefused(Refused):
    """The file can't be taken, known before a byte was sent; `findings` say why, all of them."""

    code = "offer_refused"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(gettext_noop("This file can't be added here."))
        self.findings = tuple(findings)


@transaction.atomic
def add_record(
    actor: Actor,
    collection: Collection,
    *,
    slot: str,
    name: str,
    size: int,
    now: datetime,
    sha256: str = "",
    kind: RecordKind | None = None,
    title: str = "",
    supersedes: Record | None = None,
    keep_reason: str = "",
    unit: str = "",
    standard: UploadStandard | None = None,
) -> Offer:
    """A place for a file in the collection, and the upload that fills it; raises OfferRefused.

    `standard` takes the place of the collection's own.
    """
    code = find_slot(slot) or slot
    standard = standard or standard_of(collection)
    if RecordKind.DESIGN in (kind, supersedes.kind if supersedes else None):
        standard = with_design_place(standard)
    # The lock makes "three photographs, no more" hold when twenty arrive at once (UP-04).
    Collection.objects.select_for_update().get(pk=collection.pk)
    if supersedes is not None:
        if supersedes.collection_id != collection.pk or supersedes.is_removed:
            raise Conflict("The record to replace is not in this collection.", code="other_collection")
        code = supersedes.slot
    # What lies there counts, also for whoever may not see it: a sender of files, a laboratory with a design.
    with system_scope():
        present = present_per_slot(collection)
        last = next_position(collection.pk)
    if supersedes is not None:
        present[code] = max(0, present.get(code, 0) - 1)
    findings = check_offer(standard, code, name, size, present=present)
    if blocks(findings):
        raise OfferRefused(findings)
    rule = standard.slot(code)
    record = Record.objects.create(
        workspace_id=collection.workspace_id,
        collection=collection,
        kind=(kind or (rule.kinds[0] if rule else RecordKind.DOCUMENT)).value,
        slot=code,
        title=(" ".join(title.split()) or (supersedes.title if supersedes else ""))[:120],
        position=supersedes.position if supersedes else last,
        keep_reason=keep_reason[:200],
        unit=unit,
        version=supersedes.version + 1 if supersedes else 1,
        supersedes=supersedes,
        added_by=actor.id,
        added_by_name=actor.name[:120],
        added_by_workspace=actor.workspace_id,
        created_at=now,
    )
    if supersedes is not None:
        record.chain = supersedes.chain
        record.save(update_fields=["chain"])
    upload = open_upload(
        actor, workspace_id=collection.workspace_id, subject_kind="record", subject_id=record.pk,
        name=name, size=size, sha256=sha256, now=now,
    )  # fmt: skip
    _audit(actor, "record.added", record, now=now, ids={"slot": code, "bytes": size})
    return Offer(record, upload, tuple(findings))


@transaction.atomic
def add_companion(
    actor: Actor, record: Record, *, name: str, size: int, now: datetime, sha256: str = ""
) -> Upload:
    """A place for a material or texture of a record that still waits for its main file."""
    if record.state != RecordState.AWAITING_FILE:
        raise Conflict("Add materials and textures before the main file.", code="wrong_state")
    if size > 50_000_000 or extension_of(name) not in ("mtl", "jpg", "jpeg", "png"):
        raise Refused("A companion is an MTL, JPG or PNG file of 50 MB at most.", code="not_a_companion")
    companion = Companion.objects.create(record=record)
    _audit(actor, "companion.added", record, now=now, ids={"companion": companion.pk})
    return open_upload(
        actor, workspace_id=record.workspace_id, subject_kind="companion", subject_id=companion.pk,
        name=name, size=size, sha256=sha256, now=now,
    )  # fmt: skip


def file_received(actor: Actor, upload: Upload, file: StoredFile, *, now: datetime) -> None:
    """The last byte is here and its hash agrees; runs in the upload's own transaction."""
    record = Record.objects.select_for_update().get(pk=upload.subject_id)
    record.state = next_state(RECORD_FLOW, RecordState(record.state), RecordVerb.RECEIVE_FILE)
    record.original = file
    record.save(update_fields=["state", "original"])
    touch(record.collection.patient_id, now=now)
    _audit(
        actor,
        "record.received",
        record,
        now=now,
        ids={"file": file.pk, "sha256": file.sha256, "bytes": file.bytes},
    )
    _tell(record, now=now)
    add_job(PROCESS_RECORD, str(record.pk))


def companion_received(actor: Actor, upload: Upload, file: StoredFile, *, now: datetime) -> None:
    companion = Companion.objects.select_related("record__collection").get(pk=upload.subject_id)
    companion.original = file
    companion.save(update_fields=["original"])
    _audit(
        actor, "companion.received", companion.record, now=now, ids={"file": file.pk, "sha256": file.sha256}
    )


@transaction.atomic
def upload_ended(upload: Upload, *, now: datetime) -> None:
    """An upload that can never complete leaves no record waiting: its place is free again, and says why."""
    if upload.subject_kind != "record":
        return
    record = Record.objects.filter(pk=upload.subject_id, state=RecordState.AWAITING_FILE).first()
    if record is not None:
        fail_record(record.pk, reason="upload_ended", now=now)


@transaction.atomic
def start_processing(record_id: UUID, *, now: datetime) -> Record:
    """Claim a record for intake; a worker that died before is simply followed by this one."""
    record = (
        Record.objects.select_for_update(of=("self",))
        .select_related("collection", "original")
        .get(pk=record_id)
    )
    record.state = next_state(RECORD_FLOW, RecordState(record.state), RecordVerb.START)
    record.attempts += 1
    record.save(update_fields=["state", "attempts"])
    _tell(record, now=now)
    return record


@dataclass(frozen=True, slots=True)
class Judged:
    """What intake found and made, with everything it made already in the store but not yet in a row."""

    accepted: bool
    kind: RecordKind | None
    facts: Mapping[str, object]
    findings: tuple[Finding, ...]
    receipt: tuple[Mapping[str, object], ...]
    cleaned: StoredFile | None
    cleaned_companions: Mapping[str, StoredFile]
    renditions: Mapping[str, StoredFile]


@transaction.atomic
def save_prepared(record_id: UUID, judged: Judged, *, attempt: int, now: datetime) -> Record:
    """One short transaction: ready or rejected, with findings, receipt and renditions.

    `attempt` must be the newest one: when two workers judged the same record, one effect remains (DU-06).
    """
    record = Record.objects.select_for_update(of=("self",)).select_related("collection").get(pk=record_id)
    if record.attempts != attempt or record.state != RecordState.PROCESSING:
        raise Conflict("Another worker judged this record meanwhile.", code="overtaken")
    for file in (judged.cleaned, *judged.cleaned_companions.values(), *judged.renditions.values()):
        if file is not None:
            file.save(force_insert=True)
    if not (judged.accepted and judged.facts.get("picture_check")):
        record.picture_check = ""
    elif record.picture_check != "done":
        record.picture_check = "needed"
    verb = RecordVerb.ACCEPT if judged.accepted else RecordVerb.REJECT
    record.state = next_state(RECORD_FLOW, RecordState(record.state), verb)
    record.kind = (judged.kind or RecordKind(record.kind)).value
    record.facts = dict(judged.facts)
    record.receipt = [dict(line) for line in judged.receipt]
    record.cleaned = judged.cleaned
    record.reason = (
        "" if judged.accepted else next((f.code for f in judged.findings if blocks([f])), "rejected")
    )
    record.ready_at = now if judged.accepted else None
    record.save()
    FoundInRecord.objects.filter(record=record).delete()
    FoundInRecord.objects.bulk_create(
        FoundInRecord(record=record, **finding_columns(f)) for f in judged.findings
    )
    Rendition.objects.filter(record=record).delete()
    Rendition.objects.bulk_create(
        Rendition(record=record, name=name, file=file) for name, file in judged.renditions.items()
    )
    Companion.objects.filter(record=record, original=None).delete()
    Companion.objects.filter(record=record).exclude(outgoing_name="").delete()
    Companion.objects.bulk_create(
        Companion(record=record, cleaned=file, outgoing_name=name)
        for name, file in judged.cleaned_companions.items()
    )
    if judged.accepted and record.supersedes_id:
        Record.objects.filter(chain=record.chain, version__lt=record.version).update(is_current=False)
        _audit(
            Actor.system(),
            "record.superseded",
            record,
            now=now,
            ids={"by": record.pk, "version": record.version},
        )
        add_job(FIND_PINS, str(record.pk))
    event = "record.accepted" if judged.accepted else "record.rejected"
    _audit(
        Actor.system(),
        event,
        record,
        now=now,
        ids={"reason": record.reason, "findings": len(judged.findings)},
    )
    _tell(record, now=now, is_settled=True)
    collection_changed(record.collection_id)
    return record


@transaction.atomic
def fail_record(record_id: UUID, *, reason: str, now: datetime, attempt: int | None = None) -> Record:
    """Intake could not finish: the original is safe, the owner sees why, and may try again."""
    record = Record.objects.select_for_update(of=("self",)).select_related("collection").get(pk=record_id)
    if attempt is not None and record.attempts != attempt:
        return record
    record.state = next_state(RECORD_FLOW, RecordState(record.state), RecordVerb.FAIL)
    record.reason = reason[:200]
    record.save(update_fields=["state", "reason"])
    _audit(Actor.system(), "record.failed", record, now=now, ids={"reason": record.reason})
    _tell(record, now=now, is_settled=True)
    return record


@transaction.atomic
def hold_record(record_id: UUID, *, attempt: int, now: datetime) -> Record:
    """The malware scanner is away: the file waits, seen by nobody; said once in the audit."""
    record = Record.objects.select_for_update(of=("self",)).select_related("collection").get(pk=record_id)
    if record.attempts != attempt:
        raise Conflict("Another worker is at this file.", code="wrong_state")
    record.state = next_state(RECORD_FLOW, RecordState(record.state), RecordVerb.HOLD)
    if record.reason != SCANNER_AWAY:
        record.reason = SCANNER_AWAY
        _audit(Actor.system(), "record.held", record, now=now, ids={"reason": record.reason})
    record.save(update_fields=["state", "reason"])
    _tell(record, now=now)
    return record


@transaction.atomic
def retry_record(
    actor: Actor, record: Record, *, now: datetime, unit: str | None = None, keep_reason: str | None = None
) -> Record:
    """Judge the stored file again, after a failure or with what a person confirmed (unit, reason to keep)."""
    record = Record.objects.select_for_update(of=("self",)).select_related("collection").get(pk=record.pk)
    if record.original_id is None:
        raise Conflict("The file never arrived. Send it again.", code="no_file")
    record.state = next_state(RECORD_FLOW, RecordState(record.state), RecordVerb.RETRY)
    record.unit = record.unit if unit is None else unit
    record.keep_reason = record.keep_reason if keep_reason is None else keep_reason[:200]
    record.reason = ""
    record.save(update_fields=["state", "unit", "keep_reason", "reason"])
    _audit(actor, "record.retried", record, now=now)
    add_job(PROCESS_RECORD, str(record.pk))
    return record


@transaction.atomic
def confirm_picture(actor: Actor, record: Record, *, now: datetime) -> Record:
    """A person looked and found no name written in the picture: it may leave the workspace (DE-07)."""
    record = Record.objects.select_for_update(of=("self",)).select_related("collection").get(pk=record.pk)
    if not record.waits_for_a_look or record.state != RecordState.READY:
        raise Conflict(gettext_noop("There is no picture here that waits for a look."), code="wrong_state")
    record.picture_check, record.picture_checked_by, record.picture_checked_at = "done", actor.name[:120], now
    record.save(update_fields=["picture_check", "picture_checked_by", "picture_checked_at"])
    sha256 = record.original.sha256 if record.original else ""
    _audit(actor, "record.picture_checked", record, now=now, ids={"sha256": sha256})
    _tell(record, now=now, is_settled=True)
    return record


@transaction.atomic
def move_record(actor: Actor, record: Record, *, slot: str, now: datetime) -> Record:
    """Into another slot of the same collection; the new place judges it again."""
    code = find_slot(slot) or slot
    if record.is_attachment:
        raise Refused("A file that was sent with a comment stays with it.", code="is_attachment")
    if standard_of(record.collection).slot(code) is None:
        raise Refused("The standard of this collection has no such place.", code="unknown_slot")
    if code == record.slot:
        return record
    Record.objects.filter(chain=record.chain).update(slot=code)
    _audit(actor, "record.moved", record, now=now, ids={"from": record.slot, "to": code})
    record.refresh_from_db()
    if record.original_id:
        return retry_record(actor, record, now=now)
    return record


@transaction.atomic
def describe_record(
    actor: Actor, record: Record, *, now: datetime, title: str | None = None, description: str | None = None,
    tags: Sequence[str] | None = None, seen: str | None = None,
) -> Record:  # fmt: skip
    """Rename, describe, tag: what is None stays. Conflict when `seen` is the mark of values that no longer stand."""
    still_as_seen(seen, record_values(Record.objects.select_for_update(of=("self",)).get(pk=record.pk)))
    if title is not None:
        record.title = " ".join(title.split())[:120]
    if description is not None:
        record.description = description[:4000]
    record.save(update_fields=["title", "description"])
    if tags is not None:
        record.tags.set(tags_named(record.workspace_id, list(tags)))
    _audit(actor, "record.described", record, now=now)
    return record


@transaction.atomic
def tag_records(actor: Actor, records: Sequence[Record], *, add: Sequence[str], now: datetime) -> None:
    for record in records:
        record.tags.add(*tags_named(record.workspace_id, list(add)))
        _audit(actor, "record.tagged", record, now=now)


@transaction.atomic
def reorder_records(
    actor: Actor, collection: Collection, *, record_ids: Sequence[UUID], now: datetime
) -> None:
    """Put the records in this order; those not named keep their place after them. NotFound for another collection's."""
    if Record.objects.filter(collection=collection, pk__in=record_ids).count() != len(set(record_ids)):
        raise NotFound
    known = list(
        Record.objects.filter(collection=collection, is_removed=False).order_by("position", "created_at")
    )
    wanted = {record_id: place for place, record_id in enumerate(record_ids)}
    known.sort(key=lambda record: wanted.get(record.pk, len(wanted) + record.position))
    for place, record in enumerate(known):
        record.position = place
    Record.objects.bulk_update(known, ["position"])
    audit(
        actor, "collection.reordered", now=now, workspace_id=collection.workspace_id,
        patient_id=collection.patient_id, about=collection,
    )  # fmt: skip


@transaction.atomic
def remove_record(actor: Actor, record: Record, *, now: datetime) -> Record:
    """Take it out of the tray; its file stays stored as long as its retention class says (N22)."""
    Record.objects.filter(chain=record.chain).update(is_removed=True)
    record.is_removed = True
    _audit(actor, "record.removed", record, now=now)
    collection_changed(record.collection_id)
    return record


@transaction.atomic
def restore_record(actor: Actor, record: Record, *, now: datetime) -> Record:
    """Undo of a removal."""
    Record.objects.filter(chain=record.chain).update(is_removed=False)
    record.is_removed = False
    _audit(actor, "record.restored", record, now=now)
    collection_changed(record.collection_id)
    return record


@transaction.atomic
def move_to_collection(actor: Actor, record: Record, collection: Collection, *, now: datetime) -> Record:
    """Into another collection of the same patient, judged by that one's standard."""
    if collection.patient_id != record.collection.patient_id:
        raise Refused("A record stays with its patient.", code="other_patient")
    old = record.collection_id
    if standard_of(collection).slot(record.slot) is None:
        raise Refused("The other collection has no place for this record.", code="unknown_slot")
    Record.objects.filter(chain=record.chain).update(collection=collection)
    record.refresh_from_db()
    _audit(actor, "record.moved", record, now=now, ids={"from": old, "to": collection.pk})
    collection_changed(old)
    return retry_record(actor, record, now=now) if record.original_id else record


def _audit(
    actor: Actor, action: str, record: Record, *, now: datetime, ids: Mapping[str, object] | None = None
) -> None:
    audit(
        actor, action, now=now, workspace_id=record.workspace_id, patient_id=record.collection.patient_id,
        about=record, ids={"collection": record.collection_id, **(ids or {})},
    )  # fmt: skip


def _tell(record: Record, *, now: datetime, is_settled: bool = False) -> None:
    """The tray follows every step; who has the record open, or a case with it, hears of the end."""
    topics = [f"collection:{record.collection_id}"] + [f"record:{record.pk}"] * is_settled
    for topic in topics:
        tell(record.workspace_id, topic, "record", ids={"record": record.pk}, now=now)
