"""Judges by an upload standard: an offer before its upload, the facts after it, the room that is left."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from typing import Final

from arcada.core.anatomy import FileFormat, Jaw, RecordKind
from arcada.core.documents.facts import DocumentFacts
from arcada.core.file_formats import (
    FAMILY_OF,
    FAMILY_OF_EXTENSION,
    IMAGE_FAMILIES,
    MESH_FAMILIES,
    shown_family,
)
from arcada.core.file_names import extension_of, why_hostile
from arcada.core.findings import Finding, Severity
from arcada.core.geometry.facts import ScanFacts
from arcada.core.images.facts import ImageFacts
from arcada.core.images.smaller import smaller_size
from arcada.core.slots import EXPECTED_JAW
from arcada.core.standard import Limits, Requirement, SlotGroup, SlotRule, UploadStandard
from arcada.core.standard_json import SCHEMA, as_dict, dump_standard, find_errors, load_standard

__all__ = [
    "DEFAULT_BYTE_LIMITS",
    "SCHEMA",
    "SHIPPED",
    "ByteLimits",
    "Facts",
    "Limits",
    "Requirement",
    "SlotGroup",
    "SlotRule",
    "UploadStandard",
    "as_dict",
    "check_facts",
    "check_offer",
    "dump_standard",
    "find_errors",
    "load_standard",
]


@dataclass(frozen=True, slots=True)
class ByteLimits:
    """The platform's sizes in bytes; the settings may change them."""

    scan: int = 500_000_000
    image: int = 50_000_000
    document: int = 100_000_000

    def of(self, family: str) -> int:
        if family in MESH_FAMILIES:
            return self.scan
        return self.image if family in IMAGE_FAMILIES else self.document


DEFAULT_BYTE_LIMITS: Final = ByteLimits()

# Findings that a standard re-weighs: the rule's name in the JSON, and the codes that say it is not met.
RULE_OF_CODE: Final[dict[str, str]] = {
    "no_colour": "colour_expected",
    "colour_radiograph": "greyscale_expected",
    "not_jpeg": "jpeg_expected",
    "wrong_jaw": "jaw_as_named",
    "not_an_arch": "arch_expected",
    "holes_inside": "no_holes",
    "fragments": "one_piece",
    "non_manifold": "manifold",
    "inverted": "faces_outward",
    "inconsistent_winding": "faces_outward",
    "unit_unknown": "known_unit",
    "unit_inches": "known_unit",
    "unit_metres": "known_unit",
    "unit_micrometres": "known_unit",
    "too_coarse": "fine_enough",
    "too_dense": "not_too_dense",
}


def _shipped() -> dict[str, UploadStandard]:
    folder = resources.files("arcada.core").joinpath("standards")
    names = ("archive-3-2", "abo-3-5", "crown-and-bridge", "aligner-8-1", "free-collection")
    return {name: load_standard(folder.joinpath(f"{name}.json").read_text("utf-8")) for name in names}


SHIPPED: Final[dict[str, UploadStandard]] = _shipped()

Facts = ScanFacts | ImageFacts | DocumentFacts


# ---------------------------------------------------------------- before the upload


def check_offer(
    standard: UploadStandard,
    slot: str,
    name: str,
    size: int,
    *,
    present: Mapping[str, int] | None = None,
    byte_limits: ByteLimits = DEFAULT_BYTE_LIMITS,
) -> list[Finding]:
    """What can be said of a file before it comes. `size` in bytes; `present` counts the records per slot."""
    place = standard.slot(slot)
    if place is None:
        return [*check_name(name), Finding("unknown_slot", Severity.BLOCKER, slot[:60], standard.title)]
    return [
        *check_name(name),
        *_check_extension(place, name),
        *check_size(standard, FAMILY_OF_EXTENSION.get(extension_of(name), "stl"), size, byte_limits),
        *check_room(standard, place, present or {}),
        *check_wanted(place),
    ]


def check_name(name: str) -> list[Finding]:
    """A name that hides what the file is, or would lead somewhere, is refused."""
    why = why_hostile(name)
    return [Finding("hostile_name", Severity.BLOCKER, why)] if why else []


def _check_extension(place: SlotRule, name: str) -> list[Finding]:
    extension = extension_of(name)
    if name.lower().endswith(".3shape.dcm"):
        return [Finding("scanner_vendor_format", Severity.BLOCKER, "3shape.dcm")]
    if extension == "mtl":
        return [Finding("companion_alone", Severity.BLOCKER, "MTL")]
    family = FAMILY_OF_EXTENSION.get(extension)
    if family is None:
        shown = "".join(character for character in extension if character.isalnum())[:12]
        return [Finding("format_not_accepted", Severity.BLOCKER, shown.upper() or None, formats_text(place))]
    return check_family(place, family)


def check_family(place: SlotRule, family: str) -> list[Finding]:
    """The format has to be one that the slot takes."""
    if family in place.formats:
        return []
    return [
        Finding("wrong_format_for_slot", Severity.BLOCKER, family.upper(), formats_text(place), place.code)
    ]


def formats_text(place: SlotRule) -> str:
    return ", ".join(shown_family(family) for family in place.formats)


def check_size(
    standard: UploadStandard, family: str, size: int, byte_limits: ByteLimits = DEFAULT_BYTE_LIMITS
) -> list[Finding]:
    """The platform's size limit for the format; a standard may keep larger files without a viewer."""
    if size <= 0:
        return [Finding("empty_file", Severity.BLOCKER, 0)]
    limit = byte_limits.of(family)
    if size <= limit:
        return []
    if standard.limits.oversize == "store":
        return [Finding("stored_without_viewer", Severity.NOTE, _megabytes(size), _megabytes(limit))]
    return [Finding("too_large", Severity.BLOCKER, _megabytes(size), _megabytes(limit))]


def is_stored_only(
    standard: UploadStandard, family: str, size: int, byte_limits: ByteLimits = DEFAULT_BYTE_LIMITS
) -> bool:
    """True for a file that is kept and downloadable but never read: it must not be loaded into memory."""
    return standard.limits.oversize == "store" and size > byte_limits.of(family)


def _megabytes(size: int) -> float:
    return math.ceil(size / 10_000) / 100


def check_room(standard: UploadStandard, place: SlotRule, present: Mapping[str, int]) -> list[Finding]:
    """Whether one more file fits into its slot and the collection's counts. `present`: slot → records."""
    findings = []
    here = present.get(place.code, 0)
    if place.max_files is not None and here >= place.max_files:
        findings.append(Finding("slot_full", Severity.BLOCKER, here, place.max_files, place.code))
    for kind, limit, code in (
        (RecordKind.PHOTOGRAPH, standard.limits.max_photographs, "too_many_photographs"),
        (RecordKind.RADIOGRAPH, standard.limits.max_radiographs, "too_many_radiographs"),
    ):
        if limit is not None and counts_as(place, kind):
            taken = count_kind(standard, kind, present)
            if taken >= limit:
                findings.append(Finding(code, Severity.BLOCKER, taken + 1, limit))
    return findings


def counts_as(place: SlotRule, kind: RecordKind) -> bool:
    """A discouraged photograph is allowed, so it does not use up the count of the wanted ones."""
    return place.kinds[0] is kind and place.requirement is not Requirement.DISCOURAGED


def count_kind(standard: UploadStandard, kind: RecordKind, present: Mapping[str, int]) -> int:
    return sum(present.get(slot.code, 0) for slot in standard.slots if counts_as(slot, kind))


def check_wanted(place: SlotRule) -> list[Finding]:
    """A discouraged slot takes the file and says why it would rather not."""
    if place.requirement is Requirement.DISCOURAGED:
        return [Finding("discouraged_slot", Severity.WARNING, place.reason, None, place.code)]
    return []


# ---------------------------------------------------------------- after the file was read


def check_facts(standard: UploadStandard, slot: str, facts: Facts) -> list[Finding]:
    """What the standard says of a file that was read: format, pixels, triangles, colour, jaw."""
    place = standard.slot(slot)
    if place is None:
        return [Finding("unknown_slot", Severity.BLOCKER, slot[:60], standard.title)]
    findings = [*check_family(place, FAMILY_OF[facts.format]), *check_wanted(place)]
    if isinstance(facts, ScanFacts):
        findings += check_scan(standard, place, facts)
    elif isinstance(facts, ImageFacts):
        findings += check_pixels(standard, facts.width, facts.height)
        findings += check_image(place, facts)
    return weigh(place, findings)


def weigh(place: SlotRule, findings: Iterable[Finding], *, keep: bool = False) -> list[Finding]:
    """The findings with the weight that the slot's rules give them; a reader's blocker is never lowered.

    `keep`: a person gave a reason to keep the file, so what a rule refuses becomes a warning.
    """
    weighed = [_weighed(place, finding) for finding in findings]
    if not keep:
        return weighed
    kept = [_lowered(finding) for finding in weighed]
    return kept if kept == weighed else [*kept, Finding("kept_with_reason", Severity.NOTE)]


def _weighed(place: SlotRule, finding: Finding) -> Finding:
    severity = place.weight(RULE_OF_CODE.get(finding.code, ""))
    if severity is None or finding.severity is Severity.BLOCKER:
        return finding
    return replace(finding, severity=severity)


def _lowered(finding: Finding) -> Finding:
    if finding.code in RULE_OF_CODE and finding.severity is Severity.BLOCKER:
        return replace(finding, severity=Severity.WARNING)
    if finding.code == "discouraged_slot":
        return replace(finding, severity=Severity.NOTE)
    return finding


def check_scan(standard: UploadStandard, place: SlotRule, facts: ScanFacts) -> list[Finding]:
    findings = []
    limits = standard.limits
    if (
        limits.triangles_min is not None
        and facts.triangles < limits.triangles_min
        and place.kinds[0] is RecordKind.SCAN
    ):
        findings.append(Finding("too_coarse", Severity.WARNING, facts.triangles, limits.triangles_min))
    if limits.triangles_max is not None and facts.triangles > limits.triangles_max:
        findings.append(Finding("too_dense", Severity.WARNING, facts.triangles, limits.triangles_max))
    if place.weight("colour_expected") and not facts.has_colour:
        findings.append(Finding("no_colour", Severity.WARNING))
    expected = EXPECTED_JAW.get(place.code)
    if expected is not None and facts.jaw not in (Jaw.UNKNOWN, expected):
        findings.append(Finding("wrong_jaw", Severity.WARNING, facts.jaw.value, expected.value, place.code))
    return findings


def check_pixels(standard: UploadStandard, width: int, height: int) -> list[Finding]:
    """The standard's pixel limit, with the size that the picture would be reduced to."""
    limit = standard.limits.image_megapixels
    if limit is None or width * height <= round(limit * 1_000_000):
        return []
    across, down = smaller_size(width, height, round(limit * 1_000_000))
    size = f"{across:,} × {down:,}"
    return [Finding("too_many_pixels", Severity.BLOCKER, width * height / 1e6, limit, size)]


def check_image(place: SlotRule, facts: ImageFacts) -> list[Finding]:
    findings = []
    if place.weight("colour_expected") and not facts.is_colour:
        findings.append(Finding("no_colour", Severity.WARNING))
    if place.weight("greyscale_expected") and facts.is_colour:
        findings.append(Finding("colour_radiograph", Severity.WARNING))
    if place.weight("jpeg_expected") and facts.format is not FileFormat.JPEG:
        findings.append(Finding("not_jpeg", Severity.WARNING, FAMILY_OF[facts.format].upper()))
    return findings
