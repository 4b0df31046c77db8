"""How much a workspace has put in, and whether one more file fits: exact also when thirty come at once."""

from datetime import datetime
from uuid import UUID

from django.db.models import F, Sum

from arcada.apps.accounts.models import Workspace
from arcada.apps.accounts.plans import limits_of
from arcada.apps.accounts.queries import has_verified_dentist
from arcada.apps.files.models import StoredFile, Upload, Usage
from arcada.apps.row_scope import system_scope
from arcada.core.errors import Refused
from arcada.core.plans import quota_left

COUNTED = ("original", "companion")


@system_scope()
def require_room(workspace_id: UUID, size: int, *, now: datetime) -> None:
    """Refused when `size` bytes no longer fit beside what is kept and what is on its way."""
    workspace = Workspace.objects.get(pk=workspace_id)
    limits = limits_of(workspace)
    is_unmetered = limits.quota_bytes is None or has_verified_dentist(workspace_id, now=now)
    if is_unmetered:
        return
    usage = _locked(workspace_id)
    coming = Upload.objects.filter(workspace_id=workspace_id, state="open").aggregate(sum=Sum("size"))["sum"]
    left = quota_left(limits, used_bytes=usage.bytes + (coming or 0), has_verified_dentist=False)
    if left is not None and size > left:
        raise Refused(
            "The plan has no room for this file. Change the plan under Settings, Plan; nothing was lost.",
            code="quota_full", value=size, limit=left,
        )  # fmt: skip


@system_scope()
def count_in(workspace_id: UUID, file: StoredFile) -> None:
    """One more file is kept; in the transaction that keeps it."""
    if file.purpose in COUNTED:
        changed = Usage.objects.filter(workspace_id=workspace_id).update(bytes=F("bytes") + file.bytes)
        if not changed:
            _locked(workspace_id)
            Usage.objects.filter(workspace_id=workspace_id).update(bytes=F("bytes") + file.bytes)


def counted_anew(workspace_id: UUID) -> int:
    """The sum over the files themselves; `arcada doctor` compares it with what is kept beside them."""
    rows = StoredFile.objects.filter(workspace_id=workspace_id, purpose__in=COUNTED)
    return rows.aggregate(sum=Sum("bytes"))["sum"] or 0


def _locked(workspace_id: UUID) -> Usage:
    Usage.objects.get_or_create(workspace_id=workspace_id)
    return Usage.objects.select_for_update().get(workspace_id=workspace_id)
