"""What happens to uploads: opened, completed, failed, ended, expired."""

import re
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from arcada.apps.audit.actions import record
from arcada.apps.files.access import opened_in
from arcada.apps.files.keys import new_file_key, seal_name
from arcada.apps.files.models import StoredFile, Upload
from arcada.apps.files.sealed import new_object_key
from arcada.apps.files.storage import StoreUnavailable, the_store
from arcada.apps.files.upload_lock import Busy, locked
from arcada.apps.files.usage import count_in, require_room
from arcada.core.access import Actor
from arcada.core.errors import Conflict, Refused
from arcada.core.file_names import safe_name

UPLOAD_LIFE: Final = timedelta(hours=24)
LARGEST_UPLOAD: Final = 20 << 30
PURPOSE_OF_SUBJECT: Final = {"record": "original", "companion": "companion", "logo": "logo"}
_SHA256 = re.compile(r"[0-9a-f]{64}")

Received = Callable[[Actor, Upload, StoredFile], None]


@transaction.atomic
def open_upload(
    actor: Actor,
    *,
    workspace_id: UUID,
    subject_kind: str,
    subject_id: UUID,
    name: str,
    size: int,
    sha256: str = "",
    now: datetime,
) -> Upload:
    """Promise a place for `size` bytes; they come by tus to /api/v1/uploads/{id} within 24 hours."""
    if subject_kind not in PURPOSE_OF_SUBJECT:
        raise ValueError(f"{subject_kind!r} is nothing that an upload can become.")
    if size < 1:
        raise Refused("The file is empty.", code="empty_file", value=size)
    if size > LARGEST_UPLOAD:
        raise Refused("The file is too large.", code="file_too_large", value=size, limit=LARGEST_UPLOAD)
    promised = sha256.lower()
    if promised and not _SHA256.fullmatch(promised):
        raise Refused("A SHA-256 has 64 hexadecimal digits.", code="malformed_sha256")
    require_room(workspace_id, size, now=now)
    upload_id = uuid.uuid4()  # becomes the file's id: name and key are bound to it
    _, wrapped_key = new_file_key(workspace_id, upload_id)
    return Upload.objects.create(
        id=upload_id,
        workspace_id=workspace_id,
        actor_id=actor.id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        sealed_name=seal_name(workspace_id, upload_id, safe_name(name)),
        size=size,
        sha256=promised,
        store_state={"opened_in": opened_in(actor)},
        wrapped_key=wrapped_key,
        object_key=new_object_key(workspace_id, upload_id),
        created_at=now,
        expires_at=now + UPLOAD_LIFE,
    )


def complete_upload(
    actor: Actor, upload: Upload, *, sha256: str, received: Mapping[str, Received], now: datetime
) -> StoredFile:
    """The stored object becomes a file: row, upload, audit line and what it was for, in one transaction."""
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if upload.state == "complete" and upload.file is not None:
            return upload.file
        if upload.state != "open":
            raise Conflict("The upload has ended.", code="upload_ended")
        file = StoredFile(
            id=upload.id,
            workspace_id=upload.workspace_id,
            purpose=PURPOSE_OF_SUBJECT[upload.subject_kind],
            object_key=upload.object_key,
            wrapped_key=upload.wrapped_key,
            sealed_name=upload.sealed_name,
            media_type="application/octet-stream",  # what it is, intake finds out
            bytes=upload.size,
            sha256=sha256,
            created_at=now,
        )
        file.save(force_insert=True)
        count_in(upload.workspace_id, file)
        upload.state = "complete"
        upload.offset = upload.size
        upload.file = file
        upload.store_state = {"opened_in": upload.store_state.get("opened_in", "")}
        upload.save(update_fields=["state", "offset", "file", "store_state"])
        record(
            actor,
            "upload.completed",
            now=now,
            workspace_id=upload.workspace_id,
            about=upload,
            ids={"subject": upload.subject_id, "sha256": sha256, "bytes": upload.size},
        )
        received[upload.subject_kind](actor, upload, file)
    return file


def fail_upload(actor: Actor, upload: Upload, *, reason: str, now: datetime) -> Upload:
    """The bytes cannot become a file; nothing of them stays."""
    return _close(actor, upload, state="failed", reason=reason, verb="upload.failed", now=now)


def end_upload(actor: Actor, upload: Upload, *, now: datetime) -> Upload:
    """Its owner gives it up; nothing of it stays. Raises Conflict when it is complete already."""
    if upload.state == "complete":
        raise Conflict("The upload is complete.", code="upload_complete")
    return _close(actor, upload, state="ended", reason="by_owner", verb="upload.ended", now=now)


def expire_uploads(now: datetime, *, at_most: int = 1000) -> list[Upload]:
    """End the open uploads whose time is over, and return them; one that is being written waits."""
    due = Upload.objects.filter(state="open", expires_at__lte=now).order_by("expires_at")[:at_most]
    ended = []
    for upload in due:
        with suppress(Busy), locked(upload.id):
            closed = _close(
                Actor.system(), upload, state="ended", reason="expired", verb="upload.expired", now=now
            )
            if closed.reason == "expired":
                ended.append(closed)
    return ended


def _close(actor: Actor, upload: Upload, *, state: str, reason: str, verb: str, now: datetime) -> Upload:
    with transaction.atomic():
        current = Upload.objects.select_for_update().get(pk=upload.pk)
        if current.state != "open":
            return current
        left = current.store_state
        current.state, current.reason = state, reason
        current.store_state = {"opened_in": left.get("opened_in", "")}
        current.save(update_fields=["state", "reason", "store_state"])
        record(
            actor,
            verb,
            now=now,
            workspace_id=current.workspace_id,
            about=current,
            ids={"subject": current.subject_id},
            outcome="failed" if state == "failed" else "done",
            reason=reason,
        )
        transaction.on_commit(lambda: _remove_bytes(current, left))
    return current


def _remove_bytes(upload: Upload, left: dict[str, object]) -> None:
    """What cannot be removed now is an orphan for the sweep."""
    store = the_store()
    with suppress(StoreUnavailable):
        parts, tail = left.get("parts"), left.get("tail")
        store.abandon(upload.object_key, parts if isinstance(parts, dict) else {})
        store.delete(upload.object_key)
        if isinstance(tail, dict):
            store.delete(str(tail["key"]))
