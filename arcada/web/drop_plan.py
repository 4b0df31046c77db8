"""Where the files of a drop would go, as the page's script asks for it before anything is stored."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from arcada.apps.records.queries import Collection, present_per_slot, records_of, standard_of
from arcada.core.case_flow import RecordState
from arcada.core.drop_sorting import Offered, Placed, fitting_places, sort_drop
from arcada.core.errors import Refused
from arcada.core.findings import blocks
from arcada.core.standard import SlotRule, UploadStandard
from arcada.web.finding_words import say_all
from arcada.web.tray import title

MOST_FILES = 500
LONGEST_BODY = 500_000


@dataclass(frozen=True, slots=True)
class Asked:
    offered: Offered
    supersedes: str


def read_drop(body: bytes) -> list[Asked]:
    """The files of a question; Refused when it can't be read."""
    try:
        if len(body) > LONGEST_BODY:
            raise ValueError
        files = json.loads(body)["files"]
        asked = [_asked(file) for file in files]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused("The list of files can't be read.", code="bad_list") from None
    if len(asked) > MOST_FILES:
        raise Refused("{limit} files at most in one drop.", code="too_many_files", limit=MOST_FILES)
    return asked


def plan_of(collection: Collection, asked: Sequence[Asked]) -> dict[str, Any]:
    """For each file: its place, the places it could take, and what is wrong with it there."""
    standard = standard_of(collection)
    present = present_per_slot(collection)
    current = {
        record.slot: str(record.pk)
        for record in records_of(collection)
        if record.is_current and record.state == RecordState.READY
    }
    placed = sort_drop(standard, [item.offered for item in asked], present=present)
    files = [_file(standard, item, place, current) for item, place in zip(asked, placed, strict=True)]
    return {"files": files}


def _asked(file: Mapping[str, Any]) -> Asked:
    name, size = str(file["name"])[:1024], int(file["size"])
    slot = str(file.get("slot") or "")[:64] or None
    supersedes = str(file.get("supersedes") or "")
    if supersedes:
        UUID(supersedes)
    return Asked(Offered(name, max(0, min(size, 1 << 50)), slot, bool(supersedes)), supersedes)


def _file(
    standard: UploadStandard, asked: Asked, place: Placed, current: Mapping[str, str]
) -> dict[str, Any]:
    supersedes = asked.supersedes
    findings = place.findings
    codes = {finding.code for finding in findings if blocks([finding])}
    slot = place.slot
    # A full place that holds one file: the newcomer can only be its next version, so that is proposed.
    if slot in current and not supersedes and codes and codes <= {"slot_full", *_TOO_MANY}:
        supersedes = current[slot]
        findings = tuple(finding for finding in findings if finding.code not in codes)
    return {
        "companion_of": place.companion_of,
        "slot": slot,
        "supersedes": supersedes,
        "choices": _choices(standard, asked.offered.name, current) if place.companion_of is None else [],
        "findings": [
            {"grade": said.grade, "what": said.what, "why": f"{said.measured} {said.todo}".strip()}
            for said in say_all(findings)
        ],
        "can_start": place.companion_of is not None or (slot is not None and not blocks(findings)),
    }


_TOO_MANY = frozenset({"too_many_photographs", "too_many_radiographs"})


def _choices(standard: UploadStandard, name: str, current: Mapping[str, str]) -> list[dict[str, str]]:
    choices = []
    for place in fitting_places(standard, name):
        choices.append({"slot": place.code, "supersedes": "", "title": title(place)})
        if place.code in current:
            version = {"slot": place.code, "supersedes": current[place.code], "title": _next_version(place)}
            if place.max_files == 1:
                choices[-1] = version
            else:
                choices.append(version)
    return choices


def _next_version(place: SlotRule) -> str:
    return _("%(place)s, new version") % {"place": title(place)}
