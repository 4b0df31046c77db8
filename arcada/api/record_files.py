"""Answering with a record's bytes: gate, audit line, then the stream; the same for members and recipients."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from arcada.api.auth import is_going_on
from arcada.apps.audit.actions import record as audit
from arcada.apps.audit.queries import names_record
from arcada.apps.cases.access import case_for, comparison_for, shown_code, visible_record_for
from arcada.apps.cases.queries import current_records
from arcada.apps.files.sealed import original_name
from arcada.apps.files.serving import answer_file, as_attachment
from arcada.apps.files.zip_stream import ZipEntry, zip_stream
from arcada.apps.patients.access import patient_for
from arcada.apps.records.access import collection_for, record_for
from arcada.apps.records.exporting import can_be_exported, exported_bytes
from arcada.apps.records.queries import all_records_of_patient, records_of, rendition_of, views_of
from arcada.core.access import Actor, ActorKind, Permission
from arcada.core.case_flow import RecordState
from arcada.core.errors import NotFound
from arcada.core.outgoing import ExportFormat, outgoing_name, outgoing_stem

if TYPE_CHECKING:
    from arcada.apps.files.models import StoredFile
    from arcada.apps.records.models import Comparison, Record

StillAllowed = Callable[[], bool]
MEDIA_TYPES: Final = {ExportFormat.GLB: "model/gltf-binary", ExportFormat.DICOM: "application/dicom"}


async def answer_rendition(
    request: HttpRequest,
    actor: Actor,
    record_id: UUID,
    name: str,
    *,
    still_allowed: StillAllowed | None = None,
) -> HttpResponseBase:
    """A level, a poster, a view. Named by its page's event in `?view=`, it writes no second one."""
    file, record = await sync_to_async(_rendition)(actor, record_id, name, request.GET.get("view", ""))
    # What was shown for a time stays in no browser.
    is_for_a_time = actor.kind in (ActorKind.RECIPIENT, ActorKind.SUPPORT)
    return await answer_file(
        request,
        file,
        filename=f"{record.slot.replace('_', '-')}-{name}",
        media_type=file.media_type,
        inline=True,
        cache="no-store" if is_for_a_time else "private-immutable",
        still_allowed=still_allowed or _rechecked(actor, record_id, Permission.VIEW),
    )


async def answer_comparison(
    request: HttpRequest, actor: Actor, comparison_id: UUID, *, still_allowed: StillAllowed | None = None
) -> HttpResponseBase:
    """A byte a vertex, as `core.heat_scale` defines it; its page's event in `?view=` is enough, as for a rendition."""
    file, name = await sync_to_async(_comparison)(actor, comparison_id, request.GET.get("view", ""))
    is_for_a_time = actor.kind in (ActorKind.RECIPIENT, ActorKind.SUPPORT)
    return await answer_file(
        request, file, filename=name, media_type=file.media_type, inline=True,
        cache="no-store" if is_for_a_time else "private-immutable",
        still_allowed=still_allowed or (lambda: still_has(actor, lambda: _both_there(actor, comparison_id))),
    )  # fmt: skip


async def answer_original(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponseBase:
    file, name = await sync_to_async(_original)(actor, record_id)
    return await answer_file(
        request, file, filename=name, media_type=file.media_type, inline=False, cache="no-store",
        still_allowed=_rechecked(actor, record_id, Permission.ORIGINAL),
    )  # fmt: skip


async def answer_cleaned(
    request: HttpRequest, actor: Actor, record_id: UUID, *, still_allowed: StillAllowed | None = None
) -> HttpResponseBase:
    file, name = await sync_to_async(_cleaned)(actor, record_id)
    return await answer_file(
        request, file, filename=name, media_type=file.media_type, inline=False, cache="no-store",
        still_allowed=still_allowed or _rechecked(actor, record_id, Permission.DOWNLOAD),
    )  # fmt: skip


async def answer_export(actor: Actor, record_id: UUID, name: str) -> HttpResponseBase:
    """A ready scan as `name`: glb or dcm. Made whole, then sent: what is asked again is made again."""
    data, filename, media_type = await sync_to_async(_exported)(actor, record_id, name)
    return as_attachment(HttpResponse(data, content_type=media_type), filename)


async def answer_case_zip(
    actor: Actor, case_id: UUID, *, still_allowed: StillAllowed | None = None
) -> HttpResponseBase:
    packed = await sync_to_async(_case_parts)(actor, case_id)
    allowed = still_allowed or (
        lambda: still_has(actor, lambda: case_for(actor, case_id, Permission.DOWNLOAD))
    )
    return _answer_zip(packed, allowed)


async def answer_collection_zip(
    actor: Actor, collection_id: UUID, *, originals: bool = False, only: frozenset[UUID] | None = None
) -> HttpResponseBase:
    """All accepted records, or `only` those named; an id of another collection is not found."""
    packed = await sync_to_async(_collection_parts)(actor, collection_id, originals, only)
    return _answer_zip(
        packed, lambda: still_has(actor, lambda: collection_for(actor, collection_id, Permission.DOWNLOAD))
    )


async def answer_patient_zip(actor: Actor, patient_id: UUID, *, originals: bool = False) -> HttpResponseBase:
    packed = await sync_to_async(_patient_parts)(actor, patient_id, originals)
    return _answer_zip(
        packed, lambda: still_has(actor, lambda: patient_for(actor, patient_id, Permission.DOWNLOAD))
    )


def _answer_zip(packed: Packed, still_allowed: StillAllowed) -> HttpResponseBase:
    answer = StreamingHttpResponse(
        zip_stream(packed.parts, about=packed.about, still_allowed=still_allowed),
        content_type="application/zip",
    )
    return as_attachment(answer, packed.filename)


@dataclass(frozen=True, slots=True)
class Packed:
    parts: list[ZipEntry]
    filename: str
    about: dict[str, object]


def checked_record(actor: Actor, record_id: UUID, permission: Permission = Permission.VIEW) -> Record:
    """Outside its own workspace a file is there only while intake stands by it (UP-15)."""
    record = visible_record_for(actor, record_id, permission)
    if record.state != RecordState.READY and actor.workspace_id != record.workspace_id:
        raise NotFound
    return record


@transaction.atomic
def _rendition(actor: Actor, record_id: UUID, name: str, view: str) -> tuple[StoredFile, Record]:
    record = checked_record(actor, record_id)
    rendition = rendition_of(record, name)
    if not names_record(view, actor_id=actor.id, record_id=record.pk):
        _audit(actor, "record.rendition_viewed", record, now=timezone.now(), rendition=name)
    return rendition.file, record


def _both_there(actor: Actor, comparison_id: UUID) -> tuple[Comparison, Record]:
    comparison, record, against = comparison_for(actor, comparison_id)
    if any(r.state != RecordState.READY and actor.workspace_id != r.workspace_id for r in (record, against)):
        raise NotFound
    return comparison, record


@transaction.atomic
def _comparison(actor: Actor, comparison_id: UUID, view: str) -> tuple[StoredFile, str]:
    comparison, record = _both_there(actor, comparison_id)
    if comparison.file is None:
        raise NotFound
    if not names_record(view, actor_id=actor.id, record_id=record.pk):
        _audit(actor, "record.comparison_viewed", record, now=timezone.now(), comparison=comparison.pk)
    return comparison.file, f"{record.slot.replace('_', '-')}-{comparison.kind}.bin"


@transaction.atomic
def _original(actor: Actor, record_id: UUID) -> tuple[StoredFile, str]:
    record = record_for(actor, record_id, Permission.ORIGINAL)
    if record.original is None:
        raise NotFound
    _audit(actor, "record.original_downloaded", record, now=timezone.now(), file=record.original.pk)
    return record.original, original_name(record.original)


@transaction.atomic
def _cleaned(actor: Actor, record_id: UUID) -> tuple[StoredFile, str]:
    record = checked_record(actor, record_id, Permission.DOWNLOAD)
    if record.cleaned is None:
        raise NotFound
    _audit(actor, "record.downloaded", record, now=timezone.now(), file=record.cleaned.pk)
    return record.cleaned, outgoing_name(
        shown_code(actor, record), record.slot, record.facts.get("format", ""), version=record.version
    )


def _exported(actor: Actor, record_id: UUID, name: str) -> tuple[bytes, str, str]:
    record = exportable_record(actor, record_id, name)
    to = ExportFormat(name)
    code = shown_code(actor, record)
    data = exported_bytes(record, to, code=code)
    with transaction.atomic():
        # What took its time goes only to who may still have it.
        record = exportable_record(actor, record_id, name)
        sha256 = hashlib.sha256(data).hexdigest()
        _audit(actor, "record.exported", record, now=timezone.now(), format=to.value, sha256=sha256)
    stem = outgoing_stem(code, record.slot, version=record.version)
    return data, f"{stem}.{to.value}", MEDIA_TYPES[to]


def exportable_record(actor: Actor, record_id: UUID, name: str) -> Record:
    """The record, when `actor` may download it and it is a scan that can go out as `name`."""
    record = checked_record(actor, record_id, Permission.DOWNLOAD)
    if name not in MEDIA_TYPES or not can_be_exported(record):
        raise NotFound
    return record


@transaction.atomic
def _case_parts(actor: Actor, case_id: UUID) -> Packed:
    case = case_for(actor, case_id, Permission.DOWNLOAD)
    records = [r for r in current_records(case, actor=actor) if r.state == RecordState.READY]
    audit(
        actor, "case.exported", now=timezone.now(), workspace_id=case.workspace_id, patient_id=case.patient_id,
        about=case, ids={"records": [record.pk for record in records]},
    )  # fmt: skip
    return Packed(
        _cleaned_parts(records, case.code), f"{outgoing_stem(case.code, 'files')}.zip", {"case": case.code}
    )


@transaction.atomic
def _collection_parts(
    actor: Actor, collection_id: UUID, originals: bool, only: frozenset[UUID] | None
) -> Packed:
    collection = collection_for(
        actor, collection_id, Permission.ORIGINAL if originals else Permission.DOWNLOAD
    )
    there = list(records_of(collection))
    if only is not None and not only <= {record.pk for record in there}:
        raise NotFound
    records = [
        record
        for record in there
        if record.state == RecordState.READY and record.is_current and (only is None or record.pk in only)
    ]
    code = collection.patient.code
    audit(
        actor, "collection.exported", now=timezone.now(), workspace_id=collection.workspace_id,
        patient_id=collection.patient_id, about=collection,
        ids={"records": [record.pk for record in records], "originals": originals},
    )  # fmt: skip
    parts = _cleaned_parts(records, code) + (_original_parts(records) if originals else [])
    stem = outgoing_stem(code, collection.taken_on.isoformat())
    return Packed(parts, f"{stem}.zip", {"patient": code, "taken_on": collection.taken_on.isoformat()})


@transaction.atomic
def _patient_parts(actor: Actor, patient_id: UUID, originals: bool) -> Packed:
    patient = patient_for(actor, patient_id, Permission.ORIGINAL if originals else Permission.DOWNLOAD)
    records = all_records_of_patient(patient)
    audit(
        actor, "patient.exported", now=timezone.now(), workspace_id=patient.workspace_id, patient_id=patient.pk,
        about=patient, ids={"records": [record.pk for record in records], "originals": originals},
    )  # fmt: skip
    by_day: dict[str, list[Record]] = {}
    for record in records:
        by_day.setdefault(record.collection.taken_on.isoformat(), []).append(record)
    parts: list[ZipEntry] = []
    for day, found in by_day.items():
        parts += _in_folder(day, _cleaned_parts(found, patient.code))
        if originals:
            parts += _in_folder(day, _original_parts(found))
    return Packed(parts, f"{outgoing_stem(patient.code, 'all')}.zip", {"patient": patient.code})


def _cleaned_parts(records: Iterable[Record], code: str) -> list[ZipEntry]:
    parts: list[ZipEntry] = []
    for view in views_of(records):
        record = view.record
        if record.cleaned is None:
            continue
        file_format = str(record.facts.get("format", ""))
        name = outgoing_name(code, record.slot, file_format, version=record.version)
        parts.append(ZipEntry(name, record.cleaned))
        for companion in view.companions:
            if companion.cleaned is not None:
                name = outgoing_name(
                    code, record.slot, "", version=record.version, part=companion.outgoing_name
                )
                parts.append(ZipEntry(name, companion.cleaned))
    return parts


def _original_parts(records: Iterable[Record]) -> list[ZipEntry]:
    files = [record.original for record in records if record.original is not None]
    return _in_folder("originals", [ZipEntry(original_name(file), file) for file in files])


def _in_folder(folder: str, parts: Iterable[ZipEntry]) -> list[ZipEntry]:
    return [ZipEntry(f"{folder}/{part.name}", part.file) for part in parts]


def _rechecked(actor: Actor, record_id: UUID, permission: Permission) -> StillAllowed:
    return lambda: still_has(actor, lambda: checked_record(actor, record_id, permission))


def still_has(actor: Actor, gate: Callable[[], object]) -> bool:
    """The session goes on, and the gate still opens."""
    if not is_going_on(actor):
        return False
    try:
        gate()
    except NotFound:
        return False
    return True


def _audit(actor: Actor, action: str, record: Record, *, now: datetime, **ids: object) -> None:
    audit(
        actor, action, now=now, workspace_id=record.workspace_id, patient_id=record.collection.patient_id,
        about=record, ids=ids,
    )  # fmt: skip
