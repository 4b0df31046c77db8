"""Taking a stored file away for good: only what no retention rule keeps."""

from contextlib import suppress
from typing import Final

from django.db import transaction

from arcada.apps.files.models import StoredFile
from arcada.apps.files.storage import StoreUnavailable, the_store

REMOVABLE: Final = frozenset({"evidence"})


def remove_file(file: StoredFile) -> None:
    """The row goes with the caller's transaction, the bytes after it; call it inside one.

    What the store cannot remove then is an object without a row, which the sweep takes a day later.
    """
    if file.purpose not in REMOVABLE:
        raise ValueError(f"A file of purpose {file.purpose!r} is never removed.")
    key = file.object_key
    file.delete()
    transaction.on_commit(lambda: _remove(key))


def _remove(key: str) -> None:
    with suppress(StoreUnavailable):
        the_store().delete(key)
