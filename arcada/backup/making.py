"""Makes a backup: rows from one snapshot, then every sealed object that a row names, then the hashes of all."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction

from arcada import __version__
from arcada.apps.audit.actions import record as audit
from arcada.apps.files.models import StoredFile
from arcada.apps.files.storage import ObjectMissing, Store, the_store
from arcada.backup.rows import applied_migrations, kept_models, one_point_in_time, write_table
from arcada.core.access import Actor
from arcada.core.sealing import sealed_size

FORMAT: Final = 1
POOL: Final = "objects"
MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"
PARTIAL: Final = ".partial"
PIECE: Final = 8 << 20


@dataclass(slots=True)
class Made:
    """What was written, and what the store could not give."""

    folder: Path
    rows: int = 0
    files: int = 0
    bytes: int = 0
    copied: int = 0
    problems: list[str] = field(default_factory=list)


def make_backup(target: Path, say: Callable[[str], None], *, now: datetime, check_all: bool = False) -> Made:
    """A new folder in `target`, named by its time; objects lie in a pool that all backups of `target` share.

    Objects never change, so one that is in the pool is not copied again; `check_all` hashes those too.
    """
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = now.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    folder = target / (name + PARTIAL)
    (folder / "tables").mkdir(parents=True, mode=0o700)
    made = Made(target / name)
    sums: dict[str, str] = {}
    wanted = folder / "wanted.tmp"
    with one_point_in_time():
        tables = []
        for model in kept_models():
            table = write_table(model, folder / "tables")
            tables.append({"label": table.label, "file": table.file, "rows": table.rows})
            made.rows += table.rows
        migrations = applied_migrations()
        # Listed now and copied afterwards: a long read transaction would keep the database from tidying up.
        with wanted.open("w", encoding="ascii") as listed:
            rows = StoredFile.objects.order_by("object_key").values_list("object_key", "bytes")
            for key, size in rows.iterator(chunk_size=2000):
                listed.write(f"{sealed_size(size)} {key}\n")
    say(f"{made.rows:,} rows of {len(tables)} tables")
    for table_file in sorted((folder / "tables").iterdir()):
        sums[f"tables/{table_file.name}"] = _durable_sum(table_file)
    _copy_objects(made, target, wanted, sums, say, check_all=check_all)
    wanted.unlink()
    manifest: dict[str, Any] = {
        "format": FORMAT, "arcada": __version__, "made_at": now.astimezone(UTC).isoformat(),
        "database": connection.vendor, "migrations": migrations, "tables": tables,
        "rows": made.rows, "objects": made.files, "bytes": made.bytes, "problems": made.problems,
    }  # fmt: skip
    (folder / MANIFEST).write_text(
        json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    sums[MANIFEST] = _durable_sum(folder / MANIFEST)
    # The format of sha256sum, so that anybody can check a backup without Arcada.
    lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(sums.items()))
    (folder / SUMS).write_text(lines, encoding="utf-8")
    _durable_sum(folder / SUMS)
    folder.rename(made.folder)
    sync_folder(target)
    with transaction.atomic():
        audit(
            Actor.system(), "backup.made", now=now,
            ids={"rows": made.rows, "objects": made.files, "problems": len(made.problems)},
        )  # fmt: skip
    return made


def sums_of(folder: Path) -> dict[str, str]:
    """Path → SHA-256 as SHA256SUMS says; raises ValueError when a line is none."""
    found = {}
    for number, line in enumerate((folder / SUMS).read_text("utf-8").splitlines(), start=1):
        digest, gap, path = line[:64], line[64:66], line[66:]
        if gap != "  " or len(digest) != 64 or not path:
            raise ValueError(f"{SUMS}, line {number}, is damaged.")
        found[path] = digest
    return found


def backups_in(target: Path) -> list[Path]:
    """The finished backups of a folder, oldest first."""
    if not target.is_dir():
        return []
    return sorted(
        entry for entry in target.iterdir()
        if entry.is_dir() and not entry.name.endswith(PARTIAL) and (entry / MANIFEST).is_file()
    )  # fmt: skip


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def pieces_of(store: Store, key: str, size: int) -> Iterator[bytes]:
    """A stored object's sealed bytes as they are; raises ObjectMissing."""
    for start in range(0, size, PIECE):
        yield store.read(key, start, min(start + PIECE, size))


def _copy_objects(
    made: Made,
    target: Path,
    wanted: Path,
    sums: dict[str, str],
    say: Callable[[str], None],
    *,
    check_all: bool,
) -> None:
    store = the_store()
    known = _known_sums(target)
    with wanted.open(encoding="ascii") as listed:
        for line in listed:
            said, key = line.rstrip("\n").split(" ", 1)
            size, path = int(said), f"../{POOL}/{key}"
            made.files += 1
            made.bytes += size
            there = target / POOL / key
            digest = known.get(path)
            if digest and there.is_file() and there.stat().st_size == size and not check_all:
                sums[path] = digest
                continue
            if digest and there.is_file() and sha256_of(there) == digest:
                sums[path] = digest
                continue
            copied = _copy(store, key, size, there)
            if copied is None:
                made.problems.append(f"{key}: missing in the store, or shorter than its row says")
            else:
                sums[path] = copied
                made.copied += 1
                if made.copied % 500 == 0:
                    say(f"{made.copied:,} objects copied")


def _copy(store: Store, key: str, size: int, there: Path) -> str | None:
    """The object into the pool, durable, under its final name only when whole; its SHA-256, or None."""
    if store.size(key) != size:
        return None
    there.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = there.with_name(there.name + PARTIAL)
    digest = hashlib.sha256()
    try:
        with open(partial, "wb", opener=_private) as out:
            for piece in pieces_of(store, key, size):
                digest.update(piece)
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
    except ObjectMissing:
        partial.unlink(missing_ok=True)
        return None
    partial.rename(there)
    sync_folder(there.parent)
    return digest.hexdigest()


def _known_sums(target: Path) -> dict[str, str]:
    """What the newest backup says of the pool."""
    for folder in reversed(backups_in(target)):
        try:
            return sums_of(folder)
        except (OSError, ValueError):
            continue
    return {}


def _durable_sum(path: Path) -> str:
    path.chmod(0o600)
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
    return sha256_of(path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
