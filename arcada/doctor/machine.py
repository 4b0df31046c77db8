"""Looks at the machine: keys, permissions, disk, kernels, the mail's way out. Needs no database."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from arcada.backup.last import last_backup
from arcada.config.env import Env
from arcada.doctor.finding import Diagnosis, ok, problem, warning

BACKUP_DUE = timedelta(hours=26)
LOW_BYTES, VERY_LOW_BYTES = 10 << 30, 2 << 30
LOW_SHARE = 0.1


def look_at_settings(env: Env, unknown: list[str]) -> Iterator[Diagnosis]:
    if env.is_production:
        yield ok("Settings are fit for production.")
    else:
        yield warning(
            "This is a development installation.",
            "Set ARCADA_MODE=production before real patients are in it; docs/operations.md.",
        )
    for name in unknown:
        yield warning(
            f"{name} is no setting of Arcada.", "Look for a slip of the keyboard; docs/settings.md lists all."
        )


def look_at_keys(env: Env) -> Iterator[Diagnosis]:
    for name, path in (("ARCADA_KEY_FILE", env.key_file), ("ARCADA_SECRET_KEY_FILE", env.secret_key_file)):
        if not path.is_file():
            yield problem(
                f"{name}: {path} is not there.",
                "Put the key back; without the master key no file can be read.",
            )
        elif path.stat().st_mode & 0o077:
            yield problem(f"{name}: {path} can be read by others.", f"chmod 600 {path}")
        else:
            yield ok(f"{name} can be read by its owner only.")


def look_at_permissions(env: Env) -> Iterator[Diagnosis]:
    # What lies in a closed folder is closed.
    folders = _folders(env)
    found = [
        path
        for path in folders
        if path.exists() and path.stat().st_mode & 0o007 and not any(map(_is_closed, path.parents))
    ]
    for path in found:
        yield warning(f"{path} is open to everybody on this machine.", f"chmod o-rwx {path}")
    if not found:
        yield ok("Data, database and files are closed to others.")


def look_at_disk(env: Env) -> Iterator[Diagnosis]:
    seen: set[int] = set()
    for path in _folders(env):
        if not path.exists() or path.stat().st_dev in seen:
            continue
        seen.add(path.stat().st_dev)
        usage = shutil.disk_usage(path)
        said = f"{usage.free / 1e9:,.1f} GB of {usage.total / 1e9:,.1f} GB are free under {path}."
        if usage.free < VERY_LOW_BYTES:
            yield problem(said, "Make room now: uploads will be refused when nothing is left.")
        elif usage.free < LOW_BYTES and usage.free < usage.total * LOW_SHARE:
            yield warning(said, "Make room, or add a disk.")
        else:
            yield ok(said)


def look_at_kernels(env: Env) -> Iterator[Diagnosis]:
    cached = list(env.kernel_cache.rglob("*.nbi")) if env.kernel_cache.is_dir() else []
    if cached:
        yield ok(f"{len(cached)} compiled kernels lie in {env.kernel_cache}.")
    elif _is_writable(env.kernel_cache):
        yield warning("The kernels are not compiled; the first scan would wait for it.", "arcada warm")
    else:
        yield problem(
            f"The kernels are not compiled, and {env.kernel_cache} can't be written.",
            "Let ARCADA_KERNEL_CACHE name a folder that Arcada may write, then run: arcada warm",
        )


def look_at_backups(env: Env, *, now: datetime) -> Iterator[Diagnosis]:
    last = last_backup(env.data)
    if last is None:
        yield warning("There is no backup.", "arcada backup DIR, every night; docs/operations.md.")
        return
    age = now - last["at"]
    when = f"The last backup is of {last['at']:%Y-%m-%d %H:%M} UTC"
    if last["problems"]:
        yield problem(f"{when} and misses {last['problems']} files.", "Run it again and read what it names.")
    if age > BACKUP_DUE:
        yield warning(f"{when}, {age.days} days old.", "arcada backup DIR, every night; docs/operations.md.")
    elif not Path(last["folder"]).is_dir():
        yield warning(
            f"{when}, but {last['folder']} is not there now.", "Check the disk that holds the backups."
        )
    else:
        yield ok(f"{when}, in {last['folder']}.")


def look_at_mail(env: Env) -> Iterator[Diagnosis]:
    scheme = urlsplit(env.mail_url).scheme
    if scheme in ("smtp", "smtps"):
        yield ok(f"Mails leave by {urlsplit(env.mail_url).hostname}.")
    else:
        yield warning(
            "Mails go into a folder and reach nobody.", "Set ARCADA_MAIL_URL=smtp://user:password@host:587"
        )


def _folders(env: Env) -> list[Path]:
    folders = [env.data]
    storage, database = urlsplit(env.storage_url), urlsplit(env.database_url)
    if storage.scheme == "file":
        folders.append(Path(unquote(storage.path)).resolve())
    if database.scheme == "sqlite":
        folders.append(Path(unquote(database.path)).resolve())
    return folders


def _is_closed(folder: Path) -> bool:
    return not folder.stat().st_mode & 0o001


def _is_writable(folder: Path) -> bool:
    there = folder
    while not there.exists():
        there = there.parent
    return os.access(there, os.W_OK)
