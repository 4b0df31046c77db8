"""The gates to uploads: an upload belongs to whoever opened it, from the workspace it was opened from."""

from uuid import UUID

from arcada.apps.files.models import Upload
from arcada.core.access import Actor, Permission
from arcada.core.errors import NotFound


def upload_for(actor: Actor, upload_id: UUID) -> Upload:
    """The upload, or NotFound for missing and foreign alike."""
    upload = Upload.objects.filter(pk=upload_id, actor_id=actor.id).first()
    if upload is None or upload.store_state.get("opened_in") != opened_in(actor):
        raise NotFound
    return upload


def upload_to_fill(actor: Actor, upload_id: UUID) -> Upload:
    """`upload_for`, and Barred while a licence, plan or sanction keeps the actor from adding bytes (LV-06)."""
    upload = upload_for(actor, upload_id)
    is_own = upload.workspace_id == actor.workspace_id
    actor.has(Permission.ADD_RECORD if is_own else Permission.ADD_DESIGN)
    return upload


def opened_in(actor: Actor) -> str:
    """What an upload remembers of the place it was opened from."""
    return str(actor.workspace_id or "")
