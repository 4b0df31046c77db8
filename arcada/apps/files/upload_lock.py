"""One writer per upload, across processes; the lock dies with its holder, also at kill -9."""

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection

from arcada.apps.files.storage import StoreUnavailable


class Busy(Exception):
    """Another request writes to this upload at the moment."""


class UploadLock:
    """Held from `take` to `release`. With PostgreSQL it holds between machines, too."""

    def __init__(self, upload_id: UUID) -> None:
        self._path: Path = settings.ENV.data / "locks" / upload_id.hex
        self._number = struct.unpack(">q", upload_id.bytes[:8])[0]
        self._descriptor = -1
        self._session: object | None = None

    def take(self) -> "UploadLock":
        """Raises Busy at once when somebody else has it."""
        try:
            self._take_file()
            if connection.vendor == "postgresql":
                self._take_in_database()
        except OSError as error:
            self.release()
            raise StoreUnavailable("The folder of locks cannot be written.") from error
        except BaseException:
            self.release()
            raise
        return self

    def release(self) -> None:
        if self._session is not None:
            # Said aloud: after a mere close the server keeps the lock for a moment longer.
            with suppress(DatabaseError), self._session.cursor() as cursor:  # type: ignore[attr-defined]
                cursor.execute("SELECT pg_advisory_unlock(%s)", [self._number])
            self._session.close()  # type: ignore[attr-defined]
            self._session = None
        if self._descriptor >= 0:
            # Removed while still held, so that nobody can hold a lock on a name that is gone.
            with suppress(OSError):
                self._path.unlink()
            os.close(self._descriptor)
            self._descriptor = -1

    def _take_file(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._path.stat().st_ino == os.fstat(descriptor).st_ino:
                    self._descriptor = descriptor
                    return
            except BlockingIOError:
                os.close(descriptor)
                raise Busy from None
            except FileNotFoundError:
                pass
            os.close(descriptor)  # the last holder removed the name between our open and our lock

    def _take_in_database(self) -> None:
        """A connection of its own: the lock belongs to the session, not to a transaction."""
        session = connection.copy()
        session.inc_thread_sharing()
        self._session = session
        with session.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [self._number])
            if not cursor.fetchone()[0]:
                raise Busy


@contextmanager
def locked(upload_id: UUID) -> Iterator[None]:
    lock = UploadLock(upload_id).take()
    try:
        yield
    finally:
        lock.release()
