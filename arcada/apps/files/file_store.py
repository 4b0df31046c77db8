"""The store in a local folder: parts in tmp/, whole objects in objects/, durable before they are told of."""

import ctypes
import errno
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from arcada.apps.files.steps import Step, reached
from arcada.apps.files.storage import (
    AlreadyStored,
    ObjectMissing,
    StoredObject,
    StoreFull,
    StoreUnavailable,
    WriteLost,
)
from arcada.core.errors import Conflict

_KEY = re.compile(r"[0-9a-z-]+(?:/[0-9a-z-]+){1,3}")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
KEPT_IN_MEMORY: Final = 64 << 20  # bytes of a new file that stay in the page cache: intake reads them at once
_BETWEEN = "_"  # stands for "/" in the name of a part; no key holds one


@contextmanager
def _faults_named() -> Iterator[None]:
    """An OSError leaves as StoreFull, ObjectMissing or StoreUnavailable."""
    try:
        yield
    except FileNotFoundError:
        raise ObjectMissing("The stored file is not in its place.") from None
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull("The disk that holds the files is full.") from error
        raise StoreUnavailable("The disk that holds the files does not answer.") from error


class FileStore:
    part_chunks = 1

    def __init__(self, folder: Path) -> None:
        self._objects = folder / "objects"
        self._parts = folder / "tmp"

    def write(self, key: str, state: dict[str, Any] | None = None) -> "FilePartWriter":
        part, final = self._part(key), self._object(key)
        with _faults_named():
            _make_folders(self._parts)
            if not state:
                with suppress(FileNotFoundError):
                    if part.stat().st_nlink > 1:
                        raise AlreadyStored
                if final.exists():
                    raise AlreadyStored
                descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                os.ftruncate(descriptor, 0)
                _sync_folder(self._parts)
                return FilePartWriter(descriptor, part, final, 0)
            try:
                descriptor = os.open(part, os.O_RDWR | os.O_CLOEXEC)
            except FileNotFoundError:
                if final.exists():
                    raise AlreadyStored from None
                raise
            about = os.fstat(descriptor)
            if about.st_nlink > 1 or about.st_size < state["bytes"]:
                os.close(descriptor)
                # Linked twice: the kill came after the final name was made and before tmp's was removed.
                if about.st_nlink > 1:
                    raise AlreadyStored
                raise FileNotFoundError(part)
            os.ftruncate(descriptor, state["bytes"])
            return FilePartWriter(descriptor, part, final, state["bytes"])

    def put(self, key: str, data: bytes | bytearray) -> None:
        try:
            writer = self.write(key)
        except AlreadyStored:
            raise Conflict("A stored file is never overwritten.") from None
        try:
            writer.append(data)
            writer.finish()
        except StoreUnavailable:
            writer.abandon()
            raise
        finally:
            writer.close()

    def settle(self, key: str) -> None:
        with _faults_named():
            _sync_folder(self._object(key).parent)
            self._part(key).unlink(missing_ok=True)

    def read(self, key: str, start: int, stop: int) -> bytes:
        with _faults_named():
            descriptor = os.open(self._object(key), os.O_RDONLY | os.O_CLOEXEC)
            try:
                data = os.pread(descriptor, stop - start, start)
                while len(data) < stop - start:
                    more = os.pread(descriptor, stop - start - len(data), start + len(data))
                    if not more:
                        raise ObjectMissing("The stored file is shorter than its row says.")
                    data += more
                return data
            finally:
                os.close(descriptor)

    def size(self, key: str) -> int | None:
        with _faults_named(), suppress(FileNotFoundError):
            return self._object(key).stat().st_size
        return None

    def delete(self, key: str) -> None:
        path = self._object(key)
        with _faults_named():
            with suppress(FileNotFoundError):
                path.unlink()
                _sync_folder(path.parent)
            with suppress(OSError):
                path.parent.rmdir()

    def abandon(self, key: str, state: dict[str, Any]) -> None:
        with _faults_named():
            self._part(key).unlink(missing_ok=True)

    def objects(self) -> Iterator[StoredObject]:
        for path, about in _walk(self._objects):
            yield _seen(path.relative_to(self._objects).as_posix(), about)

    def unfinished(self) -> Iterator[StoredObject]:
        for path, about in _walk(self._parts):
            yield _seen(path.name.replace(_BETWEEN, "/"), about)

    def drop(self, unfinished: StoredObject) -> None:
        self.abandon(unfinished.key, {})

    def _object(self, key: str) -> Path:
        return self._objects / _checked(key)

    def _part(self, key: str) -> Path:
        return self._parts / _checked(key).replace("/", _BETWEEN)


class FilePartWriter:
    """One descriptor writes and syncs, so that no write error can pass unseen."""

    def __init__(self, descriptor: int, part: Path, final: Path, written: int) -> None:
        self._descriptor = descriptor
        self._part = part
        self._final = final
        self._began = self._written = written
        self._failed = False

    def append(self, data: bytes | bytearray) -> None:
        self._demand_whole()
        view = memoryview(data)
        start = self._written
        with _faults_named():
            while view:
                done = os.pwrite(self._descriptor, view, self._written)
                self._written += done
                view = view[done:]
        _begin_writing_out(self._descriptor, start, len(data))

    def sync(self) -> dict[str, Any]:
        self._demand_whole()
        with _faults_named():
            try:
                os.fdatasync(self._descriptor)
            except OSError as error:
                # After a failed sync the kernel may call lost pages clean: asking again would lie.
                self._failed = True
                if error.errno in _FULL:
                    raise
                raise WriteLost("The disk that holds the files failed.") from error
        if self._written // KEPT_IN_MEMORY > self._began // KEPT_IN_MEMORY:
            # A large upload takes its turns in the same memory instead of pushing everything else out.
            self._no_need(0, self._written)
        return {"bytes": self._written}

    def finish(self) -> None:
        self.sync()
        with _faults_named():
            for is_last_try in (False, True):
                _make_folders(self._final.parent)
                try:
                    os.link(self._part, self._final)
                    break
                except FileExistsError:
                    if not self._part.samefile(self._final):
                        raise Conflict("A stored file is never overwritten.") from None
                    break
                except FileNotFoundError:  # another's delete took the empty folder meanwhile
                    if is_last_try:
                        raise
            reached(Step.LINKED)
            _sync_folder(self._final.parent)
            self._part.unlink(missing_ok=True)

    def abandon(self) -> None:
        with _faults_named():
            self._part.unlink(missing_ok=True)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _no_need(self, start: int, count: int) -> None:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(self._descriptor, start, count, os.POSIX_FADV_DONTNEED)

    def _demand_whole(self) -> None:
        if self._failed:
            raise WriteLost("An earlier write did not reach the disk.")


def _begin_writing_out(descriptor: int, start: int, count: int) -> None:
    """Let Linux write to the disk at once, so that the sync at the end finds little left to wait for.

    A wish only: whether the bytes arrived, the sync says. posix_fadvise would ask for the same and then wait
    for every processor to empty its queues.
    """
    if _sync_file_range is not None:
        _sync_file_range(descriptor, start, count, 2)  # SYNC_FILE_RANGE_WRITE


def _find_sync_file_range() -> Callable[[int, int, int, int], int] | None:
    try:
        found = ctypes.CDLL(None).sync_file_range
    except (AttributeError, OSError, TypeError):  # not Linux
        return None
    found.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)
    return found


_sync_file_range = _find_sync_file_range()


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is not the key of a stored file.")
    return key


def _make_folders(folder: Path) -> None:
    """mkdir -p, each new name durable in its parent."""
    if folder.is_dir():
        return
    _make_folders(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _walk(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Every file under `folder`; one that goes away meanwhile is passed over."""
    with _faults_named():
        for root, _folders, names in os.walk(folder):
            for name in names:
                path = Path(root) / name
                with suppress(FileNotFoundError):
                    yield path, path.stat()


def _seen(key: str, about: os.stat_result) -> StoredObject:
    return StoredObject(key, about.st_size, datetime.fromtimestamp(about.st_mtime, UTC))
