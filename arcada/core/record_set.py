"""Judges several files together: what is missing, doubled, swapped, too much in all, and whether the jaws meet."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from arcada.core.anatomy import Jaw, RecordKind
from arcada.core.errors import Unreadable
from arcada.core.finding_texts import finding
from arcada.core.findings import Finding, Severity, blocks
from arcada.core.geometry.facts import ScanFacts
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.occlusion import check_occlusion, find_occlusion_findings
from arcada.core.images.facts import ImageFacts
from arcada.core.prepared import AnyFacts
from arcada.core.standard import Requirement, UploadStandard
from arcada.core.upload_standard import count_kind

_LONGEST_WHERE: Final = 64
_BITES: Final = frozenset({"bite", "bite_right", "bite_left"})


@dataclass(frozen=True, slots=True)
class SetItem:
    """One record of the set. `mesh` gives a jaw's surface in millimetres; None where there is none to load."""

    record_id: str
    slot: str
    facts: AnyFacts
    mesh: Callable[[], Mesh] | None = None


@dataclass(frozen=True, slots=True)
class SetReport:
    """What is known of the set as a whole. `in_occlusion` is None where the check did not run."""

    findings: tuple[Finding, ...]
    filled: tuple[str, ...]
    missing: tuple[str, ...]
    in_occlusion: bool | None = None
    gap_mm: float | None = None
    megapixels: float = 0.0
    duplicates: tuple[tuple[str, ...], ...] = field(default=())  # record ids that hold the same thing

    @property
    def is_complete(self) -> bool:
        return not blocks(self.findings)

    def facts(self) -> dict[str, object]:
        """The report without its findings, as JSON values."""
        return {
            "filled": list(self.filled),
            "missing": list(self.missing),
            "in_occlusion": self.in_occlusion,
            "gap_mm": self.gap_mm,
            "megapixels": self.megapixels,
            "duplicates": [list(group) for group in self.duplicates],
            "is_complete": self.is_complete,
        }


def check_set(standard: UploadStandard, items: Sequence[SetItem]) -> SetReport:
    """Judge the current, accepted records of one collection; everything at once, nothing raised."""
    items = [_with_code(standard, item) for item in items]
    bite = _check_bite(items)
    present = Counter(item.slot for item in items)
    filled = {code for code, count in present.items() if count}
    if bite.in_occlusion:
        filled |= {slot.code for slot in standard.slots if slot.filled_by == "occlusion"}
    missing = _missing(standard, filled)
    doubled, duplicates = _duplicates(items)
    pixels = sum(item.facts.width * item.facts.height for item in items if isinstance(item.facts, ImageFacts))
    return SetReport(
        findings=(
            *missing,
            *_check_counts(standard, present),
            *_check_pixels(standard, pixels),
            *dict.fromkeys((*_check_swapped(items), *bite.findings)),
            *_bite_note(standard, present, bite),
            *doubled,
        ),
        filled=tuple(slot.code for slot in standard.slots if slot.code in filled),
        missing=tuple(found.where for found in missing if found.where),
        in_occlusion=bite.in_occlusion,
        gap_mm=bite.gap_mm,
        megapixels=pixels / 1e6,
        duplicates=duplicates,
    )


def _with_code(standard: UploadStandard, item: SetItem) -> SetItem:
    slot = standard.slot(item.slot)
    return SetItem(item.record_id, slot.code if slot else item.slot, item.facts, item.mesh)


def _missing(standard: UploadStandard, filled: set[str]) -> list[Finding]:
    findings = [
        finding("missing_slot", where=slot.code)
        for slot in standard.slots
        if slot.requirement is Requirement.REQUIRED and slot.code not in filled
    ]
    for group in standard.one_of:
        if group.requirement is Requirement.REQUIRED and not filled.intersection(group.slots):
            findings.append(finding("missing_one_of", ", ".join(group.slots), where=group.slots[0]))
    return findings


def _check_counts(standard: UploadStandard, present: Counter[str]) -> list[Finding]:
    """Two uploads at the same moment may both have found room: what came of it is told here."""
    findings = [
        finding("slot_full", present[slot.code], slot.max_files, slot.code)
        for slot in standard.slots
        if slot.max_files is not None and present[slot.code] > slot.max_files
    ]
    for kind, limit, code in (
        (RecordKind.PHOTOGRAPH, standard.limits.max_photographs, "too_many_photographs"),
        (RecordKind.RADIOGRAPH, standard.limits.max_radiographs, "too_many_radiographs"),
    ):
        count = count_kind(standard, kind, present)
        if limit is not None and count > limit:
            findings.append(finding(code, count, limit))
    return findings


def _check_pixels(standard: UploadStandard, pixels: int) -> list[Finding]:
    limit = standard.limits.set_megapixels
    if limit is None or pixels <= round(limit * 1_000_000):
        return []
    return [finding("set_megapixels", pixels / 1e6, limit)]


def _duplicates(items: Sequence[SetItem]) -> tuple[list[Finding], tuple[tuple[str, ...], ...]]:
    """The same bytes twice, and the same surface twice in different files."""
    by_hash: dict[str, list[SetItem]] = defaultdict(list)
    by_surface: dict[str, list[SetItem]] = defaultdict(list)
    for item in items:
        by_hash[item.facts.sha256].append(item)
    for same in by_hash.values():
        facts = same[0].facts
        if isinstance(facts, ScanFacts) and facts.geometry_digest:
            by_surface[facts.geometry_digest].append(same[0])
    findings, groups = [], []
    for code, found in (("duplicate_file", by_hash), ("duplicate_geometry", by_surface)):
        for same in found.values():
            if len(same) > 1:
                places = ", ".join(dict.fromkeys(item.slot for item in same))
                findings.append(finding(code, len(same), where=places[:_LONGEST_WHERE]))
                groups.append(tuple(item.record_id for item in same))
    return findings, tuple(groups)


def _jaws(items: Sequence[SetItem]) -> tuple[SetItem | None, SetItem | None]:
    """The newest upper and lower jaw: the last of each."""
    last = {item.slot: item for item in items}
    return last.get("upper_jaw"), last.get("lower_jaw")


def _check_swapped(items: Sequence[SetItem]) -> list[Finding]:
    upper, lower = _jaws(items)
    if upper is None or lower is None:
        return []
    jaws = tuple(item.facts.jaw for item in (upper, lower) if isinstance(item.facts, ScanFacts))
    return [finding("jaws_swapped")] if jaws == (Jaw.MANDIBLE, Jaw.MAXILLA) else []


@dataclass(frozen=True, slots=True)
class _Bite:
    findings: tuple[Finding, ...] = ()
    in_occlusion: bool | None = None
    gap_mm: float | None = None


def _check_bite(items: Sequence[SetItem]) -> _Bite:
    """Whether the jaws meet as they lie in their files; "not checked" where that can't be told."""
    upper, lower = _jaws(items)
    if upper is None or lower is None:
        return _Bite()
    not_checked = _Bite((finding("not_checked", "occlusion"),))
    if upper.mesh is None or lower.mesh is None or not (_has_unit(upper) and _has_unit(lower)):
        return not_checked
    try:
        facts = check_occlusion(upper.mesh(), lower.mesh())
    except Unreadable:
        return not_checked
    has_bite_scan = any(item.slot in _BITES for item in items)
    found = tuple(
        replace(each, severity=Severity.NOTE) if has_bite_scan and each.code == "not_in_occlusion" else each
        for each in find_occlusion_findings(facts)
    )
    return _Bite(found, facts.in_occlusion, facts.gap_mm)


def _has_unit(item: SetItem) -> bool:
    return isinstance(item.facts, ScanFacts) and item.facts.unit != "unknown"


def _bite_note(standard: UploadStandard, present: Counter[str], bite: _Bite) -> list[Finding]:
    asks = [slot for slot in standard.slots if slot.filled_by == "occlusion" and not present[slot.code]]
    return [finding("bite_by_occlusion", where=asks[0].code)] if asks and bite.in_occlusion else []
