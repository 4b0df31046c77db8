"""Reads a patient folder: its name is the patient's code, its dated subfolders are collections."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

LONGEST_CODE = 32
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ _-]+(.*?))?\s*(?:\[([A-Za-z0-9-]+)\])?")
_LEFT_BY_SYSTEMS = frozenset({"thumbs.db", "desktop.ini", "__macosx"})


class NotAPatientFolder(Exception):
    """The folder holds no dated subfolder, or a name that can't be a code; the text says which."""


@dataclass(frozen=True, slots=True)
class Visit:
    """`2026-03-17 Crown 14 [crown-and-bridge]`: date, title, standard ("" is the workspace's own)."""

    taken_on: date
    title: str
    standard: str
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class PatientFolder:
    code: str
    visits: tuple[Visit, ...]
    strays: tuple[Path, ...]  # files outside of dated folders: named, never sent


def read_folder(folder: Path, *, code: str = "") -> list[PatientFolder]:
    """One patient folder, or all patient folders in `folder`; raises NotAPatientFolder."""
    if _has_visits(folder):
        return [_patient(folder, code)]
    patients = [entry for entry in _entries(folder) if entry.is_dir() and _has_visits(entry)]
    if not patients:
        raise NotAPatientFolder(
            f"{folder} has no subfolder that begins with a date, such as “2026-03-17 Crown 14”."
        )
    if code and len(patients) > 1:
        raise NotAPatientFolder(f"{folder} holds {len(patients)} patients; a code can be given for one.")
    return [_patient(entry, code) for entry in patients]


def dated(name: str) -> tuple[date, str, str] | None:
    """Date, title and standard of a folder's name, or None."""
    found = _DATED.fullmatch(name.strip())
    if found is None:
        return None
    try:
        day = date.fromisoformat(found[1])
    except ValueError:
        return None
    return day, " ".join((found[2] or "").split()), (found[3] or "").lower()


def _patient(folder: Path, code: str) -> PatientFolder:
    named = " ".join((code or folder.resolve().name).split())
    if not 1 <= len(named) <= LONGEST_CODE:
        raise NotAPatientFolder(
            f"“{named[:60]}” can't be a patient's code: it has 1 to {LONGEST_CODE} characters."
        )
    visits, strays = [], []
    for entry in _entries(folder):
        said = dated(entry.name) if entry.is_dir() else None
        if said is not None:
            visits.append(Visit(*said, files=tuple(_files(entry))))
        else:
            strays += list(_files(entry)) if entry.is_dir() else [entry]
    return PatientFolder(named, tuple(sorted(visits, key=lambda visit: visit.taken_on)), tuple(strays))


def _has_visits(folder: Path) -> bool:
    return any(entry.is_dir() and dated(entry.name) for entry in _entries(folder))


def _entries(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if _is_wanted(entry))


def _files(folder: Path) -> Iterator[Path]:
    for entry in _entries(folder):
        if entry.is_dir():
            yield from _files(entry)
        else:
            yield entry


def _is_wanted(entry: Path) -> bool:
    """No hidden files, nothing a system leaves behind, and no link: it may lead out of the folder."""
    hidden = entry.name.startswith((".", "~$")) or entry.name.lower() in _LEFT_BY_SYSTEMS
    return not hidden and not entry.is_symlink()
