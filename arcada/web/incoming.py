"""The files of a collection that are not in the tray yet: waiting, being checked, refused, or to be confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext

from arcada.apps.files.queries import name_of_upload, open_uploads_of
from arcada.apps.files.sealed import original_name
from arcada.apps.records.queries import RecordView
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
        place = record.title or slot_title(standard, record.slot)
        name, size, offset = place, 0, 0
        if record.original is not None:
            size = record.original.bytes
            name = original_name(record.original) if may_see_names else place
        upload = uploads.get(record.pk)
        if upload is not None:
            size, offset = upload.size, upload.offset
            name = name_of_upload(upload) if may_see_names else place
        judged = _judge(view)
        if judged is not None:
            state, grade, what, why, acts = judged
            rows.append(
                Row(
                    str(record.pk), record.slot, name, size, place, state, grade, what, why, acts, offset,
                    record.reason == REDUCING,
                )
            )  # fmt: skip
    return rows


def unsure_of_unit(view: RecordView) -> bool:
    """True when the unit is a guess that nobody confirmed."""
    return not view.record.unit and any(found.code in _UNSURE_UNITS for found in view.findings)


def _judge(view: RecordView) -> tuple[str, str, str, tuple[str, ...], frozenset[str]] | None:
    record = view.record
    match record.state:
        case RecordState.AWAITING_FILE:
            why = gettext("Choose the same file again to go on from there.")
            return "awaiting", "", gettext("Interrupted"), (why,), frozenset({"choose", "remove"})
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
