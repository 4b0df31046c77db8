"""Keys: one per workspace, wrapped by the master key; one per file, wrapped by its workspace's."""

import os
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from arcada.apps.files.models import WorkspaceKey
from arcada.apps.row_scope import system_scope
from arcada.core.sealing import (
    KEY,
    NONCE,
    FileSealer,
    derive_key,
    open_value,
    seal_value,
    unwrap_key,
    wrap_key,
)

_known: dict[UUID, bytes] = {}


@system_scope()
def workspace_key(workspace_id: UUID) -> bytes:
    """The 32 bytes under which everything of a workspace is wrapped; made at the first need."""
    known = _known.get(workspace_id)
    if known is not None:
        return known
    row = WorkspaceKey.objects.filter(workspace_id=workspace_id).first() or _make(workspace_id)
    key = unwrap_key(_master_key(), bytes(row.wrapped), bound_to=_workspace(workspace_id))
    # A key made in a transaction that is rolled back must not live on in this process.
    transaction.on_commit(lambda: _known.__setitem__(workspace_id, key))
    return key


def forget_workspace_key(workspace_id: UUID) -> None:
    """Drop the key from this process's memory."""
    _known.pop(workspace_id, None)


def new_file_key(workspace_id: UUID, file_id: UUID) -> tuple[bytes, bytes]:
    """A fresh key for one file and one attempt, and the same wrapped for its row."""
    key = os.urandom(KEY)
    wrapped = wrap_key(workspace_key(workspace_id), key, bound_to=_file(file_id), nonce=os.urandom(NONCE))
    return key, wrapped


def file_key(workspace_id: UUID, file_id: UUID, wrapped: bytes | memoryview) -> bytes:
    """The key of one file; raises SealBroken."""
    return unwrap_key(workspace_key(workspace_id), bytes(wrapped), bound_to=_file(file_id))


def sealer_of(key: bytes, *, workspace_id: UUID, file_id: UUID) -> FileSealer:
    return FileSealer(key, workspace_id=workspace_id, file_id=file_id)


def tail_sealer_of(key: bytes, *, workspace_id: UUID, file_id: UUID) -> FileSealer:
    """For the unfinished end of an upload: a key of its own, so that it never passes as a part of the file."""
    return FileSealer(derive_key(key, "tail"), workspace_id=workspace_id, file_id=file_id)


def seal_name(workspace_id: UUID, file_id: UUID, name: str) -> bytes:
    key = derive_key(workspace_key(workspace_id), "file name")
    return seal_value(key, name, bound_to=_file(file_id), nonce=os.urandom(NONCE))


def open_name(workspace_id: UUID, file_id: UUID, sealed: bytes | memoryview) -> str:
    key = derive_key(workspace_key(workspace_id), "file name")
    return open_value(key, bytes(sealed), bound_to=_file(file_id))


def _make(workspace_id: UUID) -> WorkspaceKey:
    """Whoever inserts first wins; everybody uses the row that is there."""
    wrapped = wrap_key(
        _master_key(), os.urandom(KEY), bound_to=_workspace(workspace_id), nonce=os.urandom(NONCE)
    )
    try:
        with transaction.atomic():
            return WorkspaceKey.objects.create(
                workspace_id=workspace_id, wrapped=wrapped, created_at=timezone.now()
            )
    except IntegrityError:
        return WorkspaceKey.objects.get(workspace_id=workspace_id)


def _master_key() -> bytes:
    return _read_master_key(settings.ENV)


@lru_cache(maxsize=4)
def _read_master_key(env: object) -> bytes:
    key: bytes = env.master_key()  # type: ignore[attr-defined]
    return key


def _workspace(workspace_id: UUID) -> bytes:
    return b"workspace " + workspace_id.bytes


def _file(file_id: UUID) -> bytes:
    return b"file " + file_id.bytes
