"""upload-requests: ask somebody without an account for files, into one collection, by its standard."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from arcada.api.pages import page_of
from arcada.api.v1.bodies import NewUploadRequest, UploadRequestChange
from arcada.api.v1.posting import posting
from arcada.api.v1.security import actor_in
from arcada.apps.accounts.access import workspace_for
from arcada.apps.patients.access import patient_for
from arcada.apps.records.access import collection_for
from arcada.apps.records.collections import open_collection
from arcada.apps.sharing.request_access import UploadRequest, request_for, requests_of, sent_records
from arcada.apps.sharing.upload_requests import ask_for_files, revoke_request
from arcada.core.access import Permission
from arcada.core.share_terms import DEFAULT_LIFE

router = Router(tags=["upload requests"])


@router.get("/upload-requests")
def list_upload_requests(
    request: HttpRequest, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    workspace = workspace_for(actor_in(request), Permission.SHARE)
    found, following = page_of(requests_of(workspace.pk), field="created_at", cursor=cursor, limit=limit)
    return {"items": [_shape(one) for one in found], "next": following}


@router.post("/upload-requests", response={201: dict})
@posting()
def create_upload_request(request: HttpRequest, body: NewUploadRequest) -> Any:
    """The answer holds the link, once; only its hash is stored."""
    actor, now = actor_in(request), timezone.now()
    workspace = workspace_for(actor, Permission.SHARE)
    with transaction.atomic():
        if body.collection is not None:
            collection = collection_for(actor, body.collection, Permission.ADD_RECORD)
        else:
            assert body.patient is not None  # the body saw to it
            patient = patient_for(actor, body.patient, Permission.ADD_RECORD)
            collection = open_collection(
                actor, patient, taken_on=timezone.localdate(),
                standard_name=body.standard or workspace.default_standard, now=now,
            )  # fmt: skip
        new = ask_for_files(
            actor, collection, email=body.email, name=body.name, note=body.note, max_files=body.max_files,
            expires_at=body.expires_at or now + DEFAULT_LIFE, now=now,
        )  # fmt: skip
    return {**_shape(new.request), "url": new.url}


@router.get("/upload-requests/{uuid:request_id}")
def show_upload_request(request: HttpRequest, request_id: UUID) -> dict[str, Any]:
    found = request_for(actor_in(request), request_id)
    return {**_shape(found), "records": [str(record.pk) for record in sent_records(found)]}


@router.patch("/upload-requests/{uuid:request_id}")
def change_upload_request(
    request: HttpRequest, request_id: UUID, body: UploadRequestChange
) -> dict[str, Any]:
    """End it at once; what came stays."""
    actor = actor_in(request)
    return _shape(revoke_request(actor, request_for(actor, request_id), now=timezone.now()))


def _shape(one: UploadRequest) -> dict[str, Any]:
    return {
        "id": str(one.pk), "code": one.code, "collection": str(one.collection_id), "email": one.email,
        "name": one.name, "note": one.note, "files": one.files, "max_files": one.max_files,
        "opened_at": one.first_opened_at, "consented_at": one.consented_at, "last_file_at": one.last_file_at,
        "created_at": one.created_at, "expires_at": one.expires_at, "revoked_at": one.revoked_at,
    }  # fmt: skip
