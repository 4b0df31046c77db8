"""collections/{id}/records, records/{id}, its renditions, its original and its cleaned file."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from ninja import Router

from arcada.api.record_files import (
    answer_cleaned,
    answer_collection_zip,
    answer_comparison,
    answer_export,
    answer_original,
    answer_rendition,
)
from arcada.api.v1.bodies import NewCompanion, NewRecord, RecordChange, Retry
from arcada.api.v1.posting import posting
from arcada.api.v1.security import actor_in
from arcada.api.v1.shapes import offer_shape, record_shape, upload_shape
from arcada.apps.cases.access import visible_record_for
from arcada.apps.files.queries import open_upload_of
from arcada.apps.records import actions
from arcada.apps.records.access import collection_for, record_for
from arcada.apps.records.queries import records_of, views_of
from arcada.core.access import Permission
from arcada.core.case_flow import RecordState

router = Router(tags=["records"])


@router.get("/collections/{uuid:collection_id}/records")
def list_records(request: HttpRequest, collection_id: UUID) -> dict[str, Any]:
    actor = actor_in(request)
    collection = collection_for(actor, collection_id)
    return {
        "items": [record_shape(view, actor=actor) for view in views_of(records_of(collection)[:200])],
        "next": None,
    }


@router.post("/collections/{uuid:collection_id}/records", response={201: dict})
@posting()
def create_record(request: HttpRequest, collection_id: UUID, body: NewRecord) -> Any:
    """The record that waits for its file, and the resumable upload (tus 1.0) that takes the bytes."""
    actor = actor_in(request)
    collection = collection_for(actor, collection_id, Permission.ADD_RECORD)
    offer = actions.add_record(
        actor,
        collection,
        slot=body.slot,
        name=body.name,
        size=body.size,
        sha256=body.sha256 or "",
        title=body.title,
        supersedes=record_for(actor, body.supersedes, Permission.ADD_RECORD) if body.supersedes else None,
        keep_reason=body.keep_reason,
        unit=body.unit,
        now=timezone.now(),
    )
    return offer_shape(offer, actor=actor)


@router.get("/records/{uuid:record_id}")
def show_record(request: HttpRequest, record_id: UUID) -> dict[str, Any]:
    actor = actor_in(request)
    record = visible_record_for(actor, record_id)
    shape = record_shape(views_of([record])[0], actor=actor)
    if record.state == RecordState.AWAITING_FILE:
        upload = open_upload_of("record", record.pk)
        shape["upload"] = upload_shape(upload) if upload else None
    return shape


@router.patch("/records/{uuid:record_id}")
def change_record(request: HttpRequest, record_id: UUID, body: RecordChange) -> dict[str, Any]:
    actor = actor_in(request)
    record = record_for(actor, record_id, Permission.EDIT_RECORD)
    now = timezone.now()
    if body.title is not None or body.description is not None or body.tags is not None:
        actions.describe_record(
            actor, record, title=body.title, description=body.description, tags=body.tags, now=now
        )
    if body.slot is not None:
        record = actions.move_record(actor, record, slot=body.slot, now=now)
    return record_shape(views_of([record])[0], actor=actor)


@router.post("/records/{uuid:record_id}/companions", response={201: dict})
@posting()
def create_companion(request: HttpRequest, record_id: UUID, body: NewCompanion) -> Any:
    """A material (MTL) or texture; send it before the main file."""
    actor = actor_in(request)
    record = record_for(actor, record_id, Permission.ADD_RECORD)
    upload = actions.add_companion(
        actor, record, name=body.name, size=body.size, sha256=body.sha256 or "", now=timezone.now()
    )
    return {"upload": upload_shape(upload)}


@router.post("/records/{uuid:record_id}/retries", response={201: dict})
@posting()
def retry_record(request: HttpRequest, record_id: UUID, body: Retry) -> Any:
    """Judge the stored file again, with a confirmed unit or a reason to keep it."""
    actor = actor_in(request)
    record = record_for(actor, record_id, Permission.EDIT_RECORD)
    record = actions.retry_record(
        actor, record, unit=body.unit, keep_reason=body.keep_reason, now=timezone.now()
    )
    return record_shape(views_of([record])[0], actor=actor)


@router.post("/records/{uuid:record_id}/picture-checks", response={201: dict})
@posting()
def check_picture(request: HttpRequest, record_id: UUID) -> Any:
    """A person looked: no name is written in the picture, so it may leave the workspace (DE-07)."""
    actor = actor_in(request)
    record = record_for(actor, record_id, Permission.EDIT_RECORD)
    return record_shape(
        views_of([actions.confirm_picture(actor, record, now=timezone.now())])[0], actor=actor
    )


@router.post("/records/{uuid:record_id}/removals", response={201: dict})
@posting()
def remove_record(request: HttpRequest, record_id: UUID) -> Any:
    """Out of the tray; the file stays stored (N22)."""
    actor = actor_in(request)
    record = record_for(actor, record_id, Permission.EDIT_RECORD)
    return {"id": str(actions.remove_record(actor, record, now=timezone.now()).pk), "removed": True}


@router.post("/records/{uuid:record_id}/restorations", response={201: dict})
@posting()
def restore_record(request: HttpRequest, record_id: UUID) -> Any:
    actor = actor_in(request)
    record = record_for(actor, record_id, Permission.EDIT_RECORD)
    return {"id": str(actions.restore_record(actor, record, now=timezone.now()).pk), "removed": False}


@router.get("/records/{uuid:record_id}/renditions/{name}")
async def show_rendition(request: HttpRequest, record_id: UUID, name: str) -> HttpResponseBase:
    return await answer_rendition(request, actor_in(request), record_id, name)


@router.get("/comparisons/{uuid:comparison_id}/values")
async def show_comparison(request: HttpRequest, comparison_id: UUID) -> HttpResponseBase:
    """One byte a vertex of the record's full level; the manifest says what a byte means."""
    return await answer_comparison(request, actor_in(request), comparison_id)


@router.get("/records/{uuid:record_id}/original")
async def show_original(request: HttpRequest, record_id: UUID) -> HttpResponseBase:
    """The stored original, byte-exact; to its own workspace only (DE-13)."""
    return await answer_original(request, actor_in(request), record_id)


@router.get("/records/{uuid:record_id}/cleaned")
async def show_cleaned(request: HttpRequest, record_id: UUID) -> HttpResponseBase:
    """Geometry and pixels identical to the original, nothing that identifies."""
    return await answer_cleaned(request, actor_in(request), record_id)


@router.get("/records/{uuid:record_id}/exports/{name}")
async def export_record(request: HttpRequest, record_id: UUID, name: str) -> HttpResponseBase:
    """A scan as plain GLB (`glb`) or as DICOM Encapsulated STL (`dcm`); as cleaned as its cleaned file."""
    return await answer_export(actor_in(request), record_id, name)


@router.get("/collections/{uuid:collection_id}/files.zip")
async def show_collection_zip(
    request: HttpRequest, collection_id: UUID, originals: bool = False
) -> HttpResponseBase:
    return await answer_collection_zip(actor_in(request), collection_id, originals=originals)
