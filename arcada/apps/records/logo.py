"""A workspace's logo: an image like any other, through the same intake, stored cleaned (UP-16)."""

from datetime import datetime

from django.db import transaction

from arcada.apps.accounts.models import Workspace
from arcada.apps.audit.actions import record as audit
from arcada.apps.files.models import StoredFile
from arcada.apps.files.sealed import store_bytes
from arcada.apps.records.judging import judge_in_child
from arcada.apps.records.limits import ChildFailed
from arcada.core.access import Actor
from arcada.core.anatomy import RecordKind
from arcada.core.errors import Refused
from arcada.core.prepared import Declared

LARGEST = 2_000_000  # bytes


def set_logo(actor: Actor, workspace: Workspace, *, name: str, data: bytes, now: datetime) -> StoredFile:
    """Keep the poster of the image as the workspace's logo; raises Refused when it is no good image."""
    refusal = Refused("A logo is a JPG or PNG image of 2 MB at most.", code="bad_logo")
    if not data or len(data) > LARGEST:
        raise refusal
    try:
        answer = judge_in_child(data, Declared(name=name))
    except ChildFailed:
        raise refusal from None
    poster = answer.blobs.get("rendition/poster.webp")
    if (
        not answer.accepted
        or answer.kind not in (RecordKind.PHOTOGRAPH, RecordKind.RADIOGRAPH)
        or poster is None
    ):
        raise refusal
    file = store_bytes(workspace.pk, poster, purpose="logo", media_type="image/webp", now=now)
    with transaction.atomic():
        file.save(force_insert=True)
        audit(
            actor,
            "workspace.logo_set",
            now=now,
            workspace_id=workspace.pk,
            about=workspace,
            ids={"file": file.pk},
        )
    return file
