"""Many stored files as one ZIP, streamed in little memory; the same files give the same bytes every time."""

import json
import zipfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from arcada.apps.files.models import StoredFile
from arcada.apps.files.sealed import aread_range
from arcada.apps.files.serving import Rights, StillAllowed
from arcada.core.file_names import safe_name

MANIFEST: Final = "manifest.json"
_LONG_AGO: Final = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the oldest date a ZIP knows: when a file was made is nobody's business
_READ_BY_OWNER: Final = 0o600 << 16


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """A file and the name it goes out with; "/" in it makes folders."""

    name: str
    file: StoredFile


async def zip_stream(
    entries: Sequence[ZipEntry],
    *,
    about: Mapping[str, object] | None = None,
    still_allowed: StillAllowed | None = None,
) -> AsyncIterator[bytes]:
    """manifest.json, then every file, stored as it is. `about` goes into the manifest beside the hashes.

    A broken seal or an ended right raises in the middle: the archive then has no directory and does not open.
    """
    named = _unique_names(entries)
    out = _Outflow()
    rights = Rights(still_allowed)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_info(MANIFEST), manifest(named, about))
        for name, file in named:
            info = _info(name)
            info.file_size = file.bytes
            with archive.open(info, "w") as place:
                async for piece in aread_range(file, 0, file.bytes):
                    place.write(piece)
                    async for part in rights.watch(out.take()):
                        yield part
    yield out.take()


def manifest(named: Sequence[tuple[str, StoredFile]], about: Mapping[str, object] | None) -> bytes:
    """What is in the archive, with sizes and SHA-256s."""
    files = [{"name": name, "bytes": file.bytes, "sha256": file.sha256} for name, file in named]
    told = {**(about or {}), "files": files}
    return (json.dumps(told, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _unique_names(entries: Sequence[ZipEntry]) -> list[tuple[str, StoredFile]]:
    """Cleaned names, sorted; those that would fall together, also where case does not count, get a number."""
    taken = {MANIFEST}
    named = []
    for entry in sorted(entries, key=lambda entry: (entry.name, entry.file.sha256)):
        wanted = "/".join(
            safe_name(part) for part in entry.name.replace("\\", "/").split("/") if part.strip(". ")
        )
        name, number = wanted or "file", 1
        while name.casefold() in taken:
            number += 1
            stem, dot, extension = (wanted or "file").rpartition(".")
            name = f"{stem}-{number}.{extension}" if dot and stem else f"{wanted or 'file'}-{number}"
        taken.add(name.casefold())
        named.append((name, entry.file))
    return named


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=_LONG_AGO)
    info.create_system = 3  # the same on every platform
    info.external_attr = _READ_BY_OWNER
    return info


class _Outflow:
    """Where zipfile writes; it cannot be wound back, and is emptied after every piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
