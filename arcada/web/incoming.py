"""The files of a collection that are not in the tray yet: waiting, being checked, refused, or to be confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext

from arcada.apps.files.queries import Upload, name_of_upload, open_uploads_of
from arcada.apps.files.sealed import original_name
from arcada.apps.records.actions import SCANNER_AWAY
from arcada.apps.records.queries import Record, RecordView
from arcada.apps.records.reduce import REDUCING
from arcada.core.case_flow import RecordState
from arcada.core.finding_texts import finding
from arcada.core.findings import Severity
from arcada.core.standard import UploadStandard
from arcada.core.upload_standard import RULE_OF_CODE
from arcada.web.finding_words import say, say_all
from arcada.web.tray import slot_title

UNITS = ("mm", "inch", "m", "µm")
_UNSURE_UNITS = frozenset({"unit_unknown", "unit_inches", "unit_metres", "unit_micrometres"})


@dataclass(frozen=True, slots=True)
class Row:
    """One file on its way in. `acts`: choose, reduce, keep, unit, retry, remove."""

    record_id: str
    slot: str
    name: str
    bytes: int
    place: str
    state: str  # awaiting | checking | refused | failed | asking
    grade: str
    what: str
    why: tuple[str, ...] = ()
    acts: frozenset[str] = field(default_factory=frozenset)
    offset: int = 0
    is_reducing: bool = False


def incoming_rows(standard: UploadStandard, views: Sequence[RecordView], *, may_see_names: bool) -> list[Row]:
    """Two queries more than `views`, however many there are."""
    awaiting = [view.record.pk for view in views if view.record.state == RecordState.AWAITING_FILE]
    uploads = open_uploads_of("record", awaiting) if awaiting else {}
    # A refused file that a newer one is about to replace needs nobody's attention.
    replaced = {view.record.supersedes_id for view in views}
    rows = []
    for view in views:
        record = view.record
        if record.pk in replaced:
            continue
        judged = _judge(view)
        if judged is None:
            continue
        place = record.title or slot_title(standard, record.slot)
        upload = uploads.get(record.pk)
        name, size = place, upload.size if upload else 0
        if record.original is not None:
            size = record.original.bytes
        if may_see_names:  # opened only for what is shown
            name = _name(record, upload) or place
        offset = upload.offset if upload else 0
        reducing = record.reason == REDUCING
        rows.append(Row(str(record.pk), record.slot, name, size, place, *judged, offset, reducing))
    return rows


def _name(record: Record, upload: Upload | None) -> str:
    """What the file was called when it was sent, for its own workspace."""
    if record.original is not None:
        return original_name(record.original)
    return name_of_upload(upload) if upload else ""


def unsure_of_unit(view: RecordView) -> bool:
    """True when the unit is a guess that nobody confirmed."""
    return not view.record.unit and any(found.code in _UNSURE_UNITS for found in view.findings)


def _judge(view: RecordView) -> tuple[str, str, str, tuple[str, ...], frozenset[str]] | None:
    record = view.record
    match record.state:
        case RecordState.AWAITING_FILE:
            why = gettext("Choose the same file again to go on from there.")
            return "awaiting", "", gettext("Interrupted"), (why,), frozenset({"choose", "remove"})
        case RecordState.QUEUED if record.reason == SCANNER_AWAY:
            why = gettext(
                "The malware scanner does not answer. The file is safe and is looked at when it does."
            )
            return "checking", "", gettext("Waits for the malware scanner"), (why,), frozenset()
        case RecordState.QUEUED | RecordState.PROCESSING:
            what = gettext("Checking: format, unit, jaw, holes, what names a person")
            return "checking", "", what, (gettext("You may leave this page."),), frozenset()
        case RecordState.REJECTED:
            return _refused(view)
        case RecordState.FAILED:
            said = say(finding("could_not_be_checked"))
            why = tuple(part for part in (said.measured, said.todo) if part)
            return "failed", "blocker", said.what, why, frozenset({"retry", "remove"})
    if unsure_of_unit(view):
        found = say(next(item for item in view.findings if item.code in _UNSURE_UNITS))
        return "asking", "warning", found.what, (found.measured,), frozenset({"unit", "remove"})
    discouraged = next((item for item in view.findings if item.code == "discouraged_slot"), None)
    if discouraged is not None and not record.keep_reason:
        said = say(discouraged)
        return "asking", "warning", said.what, (said.measured,), frozenset({"keep", "remove"})
    return None


def _refused(view: RecordView) -> tuple[str, str, str, tuple[str, ...], frozenset[str]]:
    blockers = [found for found in view.findings if found.severity is Severity.BLOCKER]
    said = say_all(blockers)
    what = said[0].what if said else gettext("Not accepted")
    why = tuple(
        " ".join(part for part in (found.what if number else "", found.measured, found.todo) if part)
        for number, found in enumerate(said)
    )
    acts = {"choose", "remove"}
    codes = {found.code for found in blockers}
    if codes == {"too_many_pixels"}:
        acts.add("reduce")
    if codes and codes <= set(RULE_OF_CODE):
        acts.add("keep")
    return "refused", "blocker", what, why, frozenset(acts)
