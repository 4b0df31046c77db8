"""I1 to I8 of storing a file, looked at from inside an installation: what clients were told against what is there."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone

from arcada.apps.audit.models import AuditEvent
from arcada.apps.files.models import StoredFile, Upload, Usage
from arcada.apps.files.sealed import Verdict, verify_file
from arcada.apps.files.storage import the_store
from arcada.apps.files.sweep import sweep_orphans
from arcada.apps.files.usage import counted_anew
from arcada.apps.jobs.models import Job
from arcada.apps.records.models import Record
from arcada.core.sealing import sealed_size

Claim = dict[str, Any]  # upload, sha256, offset (acknowledged), is_complete (acknowledged)


def look_for_breaches(claims: list[Claim], seen: dict[str, Any], *, is_after_a_day: bool) -> dict[str, Any]:
    """Every broken promise by its number. `seen` is what an earlier look said of stored objects (I7)."""
    if is_after_a_day:
        sweep_orphans(timezone.now() + timedelta(hours=25), at_most_share=1)
    objects = dict(_objects())
    breaches = [f"{claim['upload']}: {said}" for claim in claims for said in _of_claim(claim)]
    breaches += [*_of_files(), *_of_quotas()]
    if is_after_a_day:
        breaches += _left_over(objects)
    breaches += [
        f"I7 {key} was written again" for key, mark in seen.items() if objects.get(key, mark) != mark
    ]
    return {"breaches": breaches, "seen": objects, "states": {c["upload"]: _state(c) for c in claims}}


def _state(claim: Claim) -> list[Any]:
    found = Upload.objects.filter(pk=claim["upload"]).first()
    return [found.state, found.reason] if found else ["missing", ""]


def _of_claim(claim: Claim) -> Iterator[str]:
    """What was acknowledged to one client is there, once, and nothing that is not finished is seen."""
    upload = Upload.objects.filter(pk=claim["upload"]).first()
    if upload is None:
        yield "I1 an acknowledged upload is gone"
        return
    file = StoredFile.objects.filter(pk=upload.pk).first()
    record = Record.objects.get(pk=upload.subject_id)
    is_complete = upload.state == "complete"
    if claim["is_complete"] and not is_complete:
        yield f"I1 acknowledged as complete, and is {upload.state}"
    if upload.state == "open" and upload.offset < claim["offset"]:
        yield f"I1 acknowledged to {claim['offset']}, and is at {upload.offset}"
    if is_complete and (file is None or file.sha256 != claim["sha256"] or verify_file(file) != Verdict.WHOLE):
        yield "I1 complete, and cannot be read as it was sent"
    if not is_complete and (file is not None or record.original_id is not None):
        yield "I4 a part is seen as a file"
    if is_complete and record.original_id != upload.pk:
        yield "I4 complete, and its record does not have it"
    for action, about in (("upload.completed", upload.pk), ("record.received", record.pk)):
        events = AuditEvent.objects.filter(action=action, object_id=about).count()
        if events != int(is_complete):
            yield f"I6 {events} events {action} of an upload that is {upload.state}"
    added = AuditEvent.objects.filter(action="record.added", object_id=record.pk).count()
    if added != 1:
        yield f"I6 {added} events record.added"
    jobs = Job.objects.filter(task__endswith="process_record", args=[str(record.pk)]).count()
    if jobs != int(is_complete):
        yield f"I6 {jobs} jobs for a record whose upload is {upload.state}"


def _of_files() -> Iterator[str]:
    store = the_store()
    for file in StoredFile.objects.all():
        size = store.size(file.object_key)
        if size != sealed_size(file.bytes):
            yield f"I2 {file.pk} has a row of {file.bytes} bytes and a stored object of {size}"


def _of_quotas() -> Iterator[str]:
    """What is held against a workspace's plan is what it has, to the byte."""
    kept = dict(Usage.objects.values_list("workspace_id", "bytes"))
    for workspace in {*kept, *StoredFile.objects.values_list("workspace_id", flat=True)}:
        if kept.get(workspace, 0) != counted_anew(workspace):
            yield f"I5 {kept.get(workspace, 0)} bytes are held against files of {counted_anew(workspace)}"


def _left_over(objects: dict[str, Any]) -> Iterator[str]:
    """After a day and its sweep only what a row knows is left."""
    known = set(StoredFile.objects.values_list("object_key", flat=True))
    still_open = Upload.objects.filter(state="open")
    known |= set(still_open.values_list("object_key", flat=True))
    known |= {tail["key"] for tail in still_open.values_list("store_state__tail", flat=True) if tail}
    for key in objects.keys() - known:
        yield f"I3 {key} belongs to nobody and is still there after a day"
    for part in the_store().unfinished():
        if part.key not in known:
            yield f"I3 the part {part.key} belongs to nobody and is still there after a day"


def _objects() -> Iterator[tuple[str, list[Any]]]:
    for one in the_store().objects():
        yield one.key, [one.bytes, one.changed_at.isoformat()]
