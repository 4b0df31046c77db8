"""One PATCH from its lock to its answer: all of it that waits for a disk, a database or a store."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.utils import timezone

from arcada.apps.files.access import upload_to_fill
from arcada.apps.files.actions import Received, fail_upload
from arcada.apps.files.models import Upload
from arcada.apps.files.receiving import Reception
from arcada.apps.files.request_body import BodyEnded
from arcada.apps.files.storage import AlreadyStored, WriteLost
from arcada.apps.files.tus_words import Answer, gone, read_patch, told
from arcada.apps.files.upload_lock import UploadLock
from arcada.core.access import Actor
from arcada.core.errors import ArcadaError
from arcada.core.sealing import same

Failed = Callable[[Actor, Upload], None]


class Patching:
    """Holds the upload's lock until `end`, `end_with` or `close`; each of these must be the last call."""

    def __init__(self, actor: Actor, upload_id: UUID, headers: Mapping[str, str]) -> None:
        """Raises Answer when the body will not be read, NotFound, Barred, Busy, StoreUnavailable."""
        self._actor = actor
        self._patch = read_patch(upload_to_fill(actor, upload_id), headers)
        self._lock = UploadLock(upload_id).take()
        try:
            # Read again: until the lock was ours another request may have written.
            self.upload = upload_to_fill(actor, upload_id)
            refusal = refusal_of(self.upload)
            if refusal is None and self._patch.offset != self.upload.offset:
                at = told(self.upload, self.upload.offset).headers
                refusal = Answer(409, at, "offset_conflict", f"It is at {self.upload.offset}.")
            if refusal is None and self.upload.state == "complete":
                refusal = told(self.upload, self.upload.offset)
            if refusal is not None:
                raise refusal
            self.reception = Reception(self.upload)
        except BaseException:
            self._lock.release()
            raise

    @property
    def counts_whole_only(self) -> bool:
        """A chunk with a checksum counts whole or not at all."""
        return self._patch.check is not None

    def take(self, data: bytes) -> None:
        self.reception.take(data)
        if self._patch.check is not None:
            self._patch.check.update(data)

    def end(
        self, ended: BodyEnded | None, received: Mapping[str, Received], failed: Mapping[str, Failed]
    ) -> Answer:
        """Everything that came is taken: it counts, or it does not. The answer is true after a power cut."""
        try:
            return self._settle(ended, received)
        except (AlreadyStored, ArcadaError) as fault:
            return self._answer_to(fault, received, failed)
        finally:
            self.close()

    def end_with(
        self, fault: Exception, received: Mapping[str, Received], failed: Mapping[str, Failed]
    ) -> Answer:
        """The body was not taken to its end because of `fault`, which is raised again unless it is an answer."""
        try:
            return self._answer_to(fault, received, failed)
        finally:
            self.close()

    def close(self) -> None:
        try:
            self.reception.close()
        finally:
            self._lock.release()

    def _settle(self, ended: BodyEnded | None, received: Mapping[str, Received]) -> Answer:
        if self._patch.check is not None:
            if ended is not None:
                return Answer(408 if ended.is_slow else 400, {}, "body_ended", "The body ended early.")
            if not same(self._patch.check.digest(), self._patch.promised):
                return Answer(460, {}, "checksum_mismatch", "The chunk arrived changed; send it again.")
        reception = self.reception
        if reception.is_last_byte_here:
            reception.complete(self._actor, received, now=timezone.now())
        elif reception.received > reception.kept:
            reception.keep()
        if ended is not None and ended.is_slow:
            slow = told(self.upload, reception.kept).headers
            return Answer(408, slow, "too_slow", "The body came too slowly.")
        return told(self.upload, reception.received)

    def _answer_to(
        self, fault: Exception, received: Mapping[str, Received], failed: Mapping[str, Failed]
    ) -> Answer:
        if isinstance(fault, AlreadyStored):
            self.reception.go_on_from_stored(self._actor, received, now=timezone.now())
            return told(self.upload, self.upload.size)
        if isinstance(fault, ArcadaError):
            if isinstance(fault, WriteLost):
                fail_upload(self._actor, self.upload, reason=fault.code, now=timezone.now())
            upload = Upload.objects.get(pk=self.upload.id)
            tell = failed.get(upload.subject_kind)
            if upload.state == "failed" and tell is not None:
                tell(self._actor, upload)
        raise fault


def refusal_of(upload: Upload) -> Answer | None:
    """Why nothing can be said of this upload any more, if so."""
    if upload.state == "open" and upload.expires_at <= timezone.now():
        return Answer(410, {}, "upload_expired", "The upload's time is over; begin a new one.")
    return None if upload.state in ("open", "complete") else gone(upload)
