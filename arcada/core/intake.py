"""The one call that judges one file: sniff, read, measure, check, orient, clean, levels, stream, posters."""

import hashlib
from typing import Final

from arcada.core.anatomy import FileFormat, RecordKind
from arcada.core.errors import Unreadable
from arcada.core.file_formats import (
    DOCUMENT_FAMILIES,
    FAMILIES,
    FAMILY_OF,
    FAMILY_OF_EXTENSION,
    IMAGE_FAMILIES,
    kinds_of,
    shown_family,
)
from arcada.core.file_names import extension_of, slot_in_name
from arcada.core.finding_texts import TEXTS, finding
from arcada.core.findings import Finding, Severity, blocks
from arcada.core.intake_dicom import prepare_dicom
from arcada.core.intake_document import prepare_document
from arcada.core.intake_image import prepare_image
from arcada.core.intake_scan import prepare_scan
from arcada.core.prepared import Declared, FileFacts, Parts, Prepared, Task
from arcada.core.sniff import Sniffed, sniff
from arcada.core.upload_standard import (
    SHIPPED,
    SlotRule,
    UploadStandard,
    check_family,
    check_name,
    check_size,
    check_wanted,
)

__all__ = ["Declared", "FileFacts", "Prepared", "prepare", "prepare_unread"]

# A place for files that nobody has put anywhere yet: the standard's limits hold, no place's rules.
_NO_PLACE: Final = "other"
# What a reader refuses only because it is too much to show: a standard that stores oversize files keeps it.
_TOO_MUCH: Final = frozenset({"too_many_triangles", "too_many_pixels"})


def prepare(data: bytes, declared: Declared) -> Prepared:
    """Judge one file. Pure; all that is wrong with it comes back as findings at once, never as an exception."""
    return _judge(data, hashlib.sha256(data).hexdigest(), len(data), declared)


def prepare_unread(head: bytes, size: int, sha256: str, declared: Declared) -> Prepared:
    """Judge a file that is too large to be read, from its first 4 KiB (`head`), `size` in bytes and hash."""
    return _judge(head, sha256, size, declared)


def _judge(data: bytes, sha256: str, size: int, declared: Declared) -> Prepared:
    standard = declared.standard or SHIPPED["free-collection"]
    sniffed = sniff(data, declared.name)
    family = FAMILY_OF[sniffed.format] if sniffed.format else ""
    place = _place(standard, declared, family)
    kind = _kind(place, family)
    facts = FileFacts(sniffed.format, size, sha256, kind.value if kind else "")
    slot = place.code if place else (declared.slot or "")[:60]

    findings = check_name(declared.name) if declared.name else []
    if place is None:
        findings.append(finding("unknown_slot", slot, standard.title))
    findings += _check_format(sniffed, family, declared.name)
    if sniffed.format is None or family not in FAMILIES:
        return _outcome(slot, kind, Parts(facts, tuple(findings)))
    if place is not None:
        findings += [*check_family(place, family), *check_wanted(place)]
    oversize = check_size(standard, family, size, declared.byte_limits)
    findings += oversize
    if oversize or place is None or kind is None:
        return _outcome(slot, kind, Parts(facts, tuple(findings)))

    task = Task(data, sniffed.format, sha256, declared, standard, place, kind, tuple(findings))
    return _outcome(slot, kind, _read(task, family, facts))


def _place(standard: UploadStandard, declared: Declared, family: str) -> SlotRule | None:
    if declared.slot:
        return standard.slot(declared.slot)
    named = slot_in_name(declared.name)
    proposed = next((slot for slot in standard.slots if slot.code == named), None)
    if proposed is not None and family in proposed.formats:
        return proposed
    return standard.slot(_NO_PLACE) or SlotRule(
        code=_NO_PLACE,
        title="Other",
        kinds=tuple(RecordKind),
        formats=tuple(sorted({family for slot in standard.slots for family in slot.formats})),
    )


def _kind(place: SlotRule | None, family: str) -> RecordKind | None:
    possible = kinds_of(family)
    return (place.kind_for(family) if place else None) or (possible[0] if possible else None)


def _check_format(sniffed: Sniffed, family: str, name: str) -> list[Finding]:
    """The content decides; a name that promises anything else is refused, one that promises nothing is not (UP-02)."""
    if sniffed.format is None:
        return [finding(sniffed.refusal or "unknown_format", sniffed.seen)]
    if sniffed.format is FileFormat.MTL:
        return [finding("companion_alone", "MTL")]
    extension = extension_of(name)
    if not name or FAMILY_OF_EXTENSION.get(extension) == family:
        return []
    if not extension:
        return [finding("extension_mismatch", shown_family(family))]
    shown = "".join(character for character in extension if character.isalnum())[:12].upper()
    return [finding("wrong_extension", shown_family(family), f".{shown}")]


def _read(task: Task, family: str, facts: FileFacts) -> Parts:
    try:
        if task.format is FileFormat.DICOM:
            return prepare_dicom(task)
        if family in IMAGE_FAMILIES:
            return prepare_image(task)
        return prepare_document(task) if family in DOCUMENT_FAMILIES else prepare_scan(task)
    except Unreadable as trouble:
        if trouble.code in _TOO_MUCH and task.standard.limits.oversize == "store":
            too_much = finding("too_much_to_show", *_numbers(trouble))
            return Parts(facts, (*task.findings, too_much))
        return Parts(facts, (*task.findings, _finding_of(trouble)))


def _finding_of(trouble: Unreadable) -> Finding:
    code = trouble.code if trouble.code in TEXTS else "malformed"
    where = trouble.facts.get("where")
    return Finding(code, Severity.BLOCKER, *_numbers(trouble), str(where) if where else None)


def _numbers(trouble: Unreadable) -> tuple[float | int | str | None, float | int | str | None]:
    value, limit = (trouble.facts.get(name) for name in ("value", "limit"))
    if trouble.code == "too_many_pixels" and isinstance(value, int) and isinstance(limit, int):
        value, limit = value / 1e6, limit / 1e6
    return (
        value if isinstance(value, int | float | str) else None,
        limit if isinstance(limit, int | float | str) else None,
    )


def _outcome(slot: str, kind: RecordKind | None, parts: Parts) -> Prepared:
    kind = parts.kind or kind
    if blocks(parts.findings):
        return Prepared(False, slot, kind, parts.facts, parts.findings)
    return Prepared(
        accepted=True,
        slot=slot,
        kind=kind,
        facts=parts.facts,
        findings=parts.findings,
        receipt=parts.receipt,
        cleaned=parts.cleaned,
        cleaned_companions=parts.cleaned_companions,
        renditions=parts.renditions,
        outgoing_suffix=f".{FAMILY_OF[parts.facts.format]}" if parts.facts.format else "",
    )
