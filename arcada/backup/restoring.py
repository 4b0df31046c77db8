"""Brings a backup back: verified first, every fault named; then files, then rows in one transaction."""

import base64
import hashlib
import json
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.apps.registry import Apps
from django.db import transaction

from arcada import __version__
from arcada.apps.accounts.models import User, Workspace
from arcada.apps.audit.actions import record as audit
from arcada.apps.files.models import StoredFile, Upload
from arcada.apps.files.storage import Store, the_store
from arcada.backup.earlier import tables_as_of, unknown_migrations
from arcada.backup.making import (
    FORMAT,
    MANIFEST,
    POOL,
    SUMS,
    backups_in,
    pieces_of,
    sha256_of,
    sums_of,
)
from arcada.backup.rows import applied_migrations, kept_models, load_table, read_table, reset_numbers
from arcada.core.access import Actor
from arcada.core.sealing import SEALED_CHUNK, SealBroken, sealed_size, unwrap_key

FILES = "files.storedfile"
KEYS = "files.workspacekey"


class NotRestored(Exception):
    """Nothing was changed; `problems` names each fault."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def find_backup(folder: Path) -> Path:
    """The backup itself, or the newest one of a folder of backups; raises NotRestored."""
    if (folder / MANIFEST).is_file():
        return folder
    found = backups_in(folder)
    if not found:
        raise NotRestored([f"{folder} holds no finished backup."])
    return found[-1]


def verify(folder: Path, *, master_key: bytes) -> list[str]:
    """Every fault of a backup by name: missing, changed, cut short, or sealed under another master key."""
    try:
        sums = sums_of(folder)
    except FileNotFoundError:
        return [f"{SUMS}: missing"]
    except (ValueError, OSError) as trouble:
        return [f"{SUMS}: {trouble}"]
    problems = []
    for path, digest in sums.items():
        file = folder / path
        shown = path.removeprefix("../")
        if not file.is_file():
            problems.append(f"{shown}: missing")
        elif sha256_of(file) != digest:
            problems.append(f"{shown}: changed, it is not the file that was written")
    if MANIFEST not in sums or any(line.startswith(MANIFEST) for line in problems):
        return [*problems, f"{MANIFEST}: without it nothing more can be checked"]
    manifest = _manifest(folder)
    if manifest["format"] != FORMAT:
        return [*problems, f"{MANIFEST}: format {manifest['format']}, this version reads {FORMAT}"]
    broken = {line.split(":", 1)[0] for line in problems}
    for table in manifest["tables"]:
        if f"tables/{table['file']}" not in sums:
            problems.append(f"tables/{table['file']}: not in {SUMS}")
        elif f"tables/{table['file']}" not in broken:
            problems += _table_problems(folder, table)
    if f"tables/{FILES}.jsonl.gz" not in broken and f"tables/{KEYS}.jsonl.gz" not in broken:
        problems += _key_problems(folder, master_key)
        problems += _missing_objects(folder, sums, set(manifest["problems"]))
    return problems


def restore(
    folder: Path,
    say: Callable[[str], None],
    *,
    master_key: bytes,
    migrate: Callable[[], None],
    now: datetime,
) -> dict[str, Any]:
    """Into an empty installation; raises NotRestored before anything was changed. Returns the manifest.

    A backup of an earlier version is loaded into the tables of then; `migrate` brings them to those of today.
    """
    if Workspace.objects.exists() or User.objects.exists():
        raise NotRestored(["This installation is not empty; a backup is restored into a new one."])
    say("Verifying the backup …")
    problems = verify(folder, master_key=master_key)
    if problems:
        raise NotRestored(problems)
    manifest = _manifest(folder)
    if unknown := unknown_migrations(manifest["migrations"]):
        raise NotRestored([
            f"The backup was made by a later Arcada ({manifest['arcada']}); this one is {__version__} and does not "
            f"know {', '.join(unknown[:3])}. Update first, then restore."
        ])  # fmt: skip
    store = the_store()
    say(f"Putting {manifest['objects']:,} files back …")
    for path, digest in sums_of(folder).items():
        if path.startswith(f"../{POOL}/"):
            _put_back(store, path.removeprefix(f"../{POOL}/"), folder / path, digest)
    say(f"Putting {manifest['rows']:,} rows back …")
    is_earlier = manifest["migrations"] != applied_migrations()
    known = tables_as_of(manifest["migrations"]) if is_earlier else None
    with transaction.atomic():
        _load_rows(folder, manifest["tables"], known)
    if is_earlier:
        say(f"Bringing them from {manifest['arcada']} to {__version__} …")
        migrate()
    with transaction.atomic():
        reset_numbers()
        # Bytes of unfinished uploads are not in a backup: whoever sent them begins anew.
        Upload.objects.filter(state="open").update(state="ended", reason="restored", store_state={})
        audit(Actor.system(), "backup.restored", now=now, ids={"made_at": manifest["made_at"]})
    return manifest


def dangling() -> list[str]:
    """Rows whose object is not in the store with its size: none after a restore."""
    store = the_store()
    rows = StoredFile.objects.values_list("object_key", "bytes").iterator(chunk_size=2000)
    return [key for key, size in rows if store.size(key) != sealed_size(size)]


def _load_rows(folder: Path, tables: list[dict[str, Any]], earlier: Apps | None) -> None:
    """Every table of the backup, into today's models or those of an earlier version."""
    models = {model._meta.label_lower: model for model in kept_models(earlier or apps)}
    for table in tables:
        model = models[table["label"]]
        model._base_manager.all().delete()  # what a fresh installation may have queued for itself
        count = load_table(model, folder / "tables" / table["file"])
        if count != table["rows"]:
            raise NotRestored([f"{table['label']}: {count} rows instead of {table['rows']}"])


def _put_back(store: Store, key: str, file: Path, digest: str) -> None:
    size = file.stat().st_size
    if store.size(key) is not None:
        if store.size(key) == size and _stored_sum(store, key, size) == digest:
            return  # an earlier attempt brought it
        store.delete(key)
    writer = store.write(key)
    try:
        with file.open("rb") as stream:
            while piece := stream.read(store.part_chunks * SEALED_CHUNK):
                writer.append(piece)
        writer.finish()
    except BaseException:
        writer.abandon()
        raise
    finally:
        writer.close()


def _stored_sum(store: Store, key: str, size: int) -> str:
    digest = hashlib.sha256()
    for piece in pieces_of(store, key, size):
        digest.update(piece)
    return digest.hexdigest()


def _manifest(folder: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    return said


def _table_problems(folder: Path, table: dict[str, Any]) -> list[str]:
    try:
        rows = sum(1 for _ in read_table(folder / "tables" / table["file"])) - 1
    except (OSError, EOFError, ValueError, zlib.error) as trouble:
        return [f"tables/{table['file']}: can't be read ({type(trouble).__name__})"]
    if rows != table["rows"]:
        return [f"tables/{table['file']}: {rows} rows instead of {table['rows']}"]
    return []


def _rows_of(folder: Path, label: str) -> Iterator[dict[str, Any]]:
    lines = read_table(folder / "tables" / f"{label}.jsonl.gz")
    columns = next(lines)
    for line in lines:
        yield dict(zip(columns, line, strict=True))


def _key_problems(folder: Path, master_key: bytes) -> list[str]:
    """Whether this installation's master key opens the workspaces' keys and those the files' keys."""
    keys: dict[str, bytes] = {}
    wrong = 0
    for row in _rows_of(folder, KEYS):
        bound = b"workspace " + UUID(row["workspace_id"]).bytes
        try:
            keys[row["workspace_id"]] = unwrap_key(
                master_key, base64.b64decode(row["wrapped"]), bound_to=bound
            )
        except SealBroken:
            wrong += 1
    if wrong:
        return [
            f"master key: it does not open the keys of {wrong} workspaces. Put the key of the old installation "
            "where ARCADA_KEY_FILE points to."
        ]
    problems = []
    for row in _rows_of(folder, FILES):
        bound = b"file " + UUID(row["id"]).bytes
        try:
            unwrap_key(keys[row["workspace_id"]], base64.b64decode(row["wrapped_key"]), bound_to=bound)
        except (SealBroken, KeyError):
            problems.append(f"{POOL}/{row['object_key']}: its key can't be opened")
    return problems


def _missing_objects(folder: Path, sums: dict[str, str], told: set[str]) -> list[str]:
    """Objects that a row names and the backup does not list, apart from those it was honest about."""
    honest = {line.split(":", 1)[0] for line in told}
    return [
        f"{POOL}/{row['object_key']}: missing"
        for row in _rows_of(folder, FILES)
        if f"../{POOL}/{row['object_key']}" not in sums and row["object_key"] not in honest
    ]
