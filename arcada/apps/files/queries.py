"""Reads of files and uploads."""

from collections.abc import Iterable
from uuid import UUID

from arcada.apps.files.keys import open_name
from arcada.apps.files.models import StoredFile, Upload, Usage


def open_upload_of(subject_kind: str, subject_id: UUID) -> Upload | None:
    """The upload that still waits for bytes of a record or companion."""
    rows = Upload.objects.filter(subject_kind=subject_kind, subject_id=subject_id, state="open")
    return rows.order_by("-created_at").first()


def open_uploads_of(subject_kind: str, subject_ids: Iterable[UUID]) -> dict[UUID, Upload]:
    """The uploads that still wait for bytes, by what they are for."""
    rows = Upload.objects.filter(subject_kind=subject_kind, subject_id__in=list(subject_ids), state="open")
    return {upload.subject_id: upload for upload in rows.order_by("created_at")}


def name_of_upload(upload: Upload) -> str:
    """The name the file was sent with; for its own workspace only."""
    return open_name(upload.workspace_id, upload.id, upload.sealed_name)


def newest_file(workspace_id: UUID, purpose: str) -> StoredFile | None:
    """The newest file of one purpose, such as a workspace's logo."""
    return (
        StoredFile.objects.filter(workspace_id=workspace_id, purpose=purpose).order_by("-created_at").first()
    )


def bytes_kept(workspace_id: UUID) -> int:
    """All that a workspace has put in, in bytes."""
    found = Usage.objects.filter(workspace_id=workspace_id).first()
    return found.bytes if found else 0
