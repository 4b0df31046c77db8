"""Where the files of one drop belong: a place of the standard by name, companions beside their OBJ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from arcada.core.file_formats import FAMILY_OF_EXTENSION, group_of
from arcada.core.file_names import base_name, extension_of, slot_in_name
from arcada.core.findings import Finding, Severity, blocks
from arcada.core.standard import SlotRule, UploadStandard
from arcada.core.upload_standard import DEFAULT_BYTE_LIMITS, ByteLimits, check_name, check_offer

COMPANION_EXTENSIONS: Final = frozenset({"mtl", "jpg", "jpeg", "png"})
_SEPARATORS: Final = " _-."


@dataclass(frozen=True, slots=True)
class Offered:
    """One file of a drop. `slot` is a person's own choice; `is_version` replaces what lies there."""

    name: str
    size: int
    slot: str | None = None
    is_version: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """Where it would go: `slot` None is nowhere yet; a companion names its main file by position."""

    slot: str | None
    companion_of: int | None
    findings: tuple[Finding, ...]

    @property
    def can_start(self) -> bool:
        return self.companion_of is not None or (self.slot is not None and not blocks(self.findings))


def sort_drop(
    standard: UploadStandard,
    files: Sequence[Offered],
    *,
    present: Mapping[str, int],
    byte_limits: ByteLimits = DEFAULT_BYTE_LIMITS,
) -> list[Placed]:
    """A place for every file, in their order. `present` counts the records per slot before the drop."""
    counted = dict(present)
    mains = [place for place, file in enumerate(files) if extension_of(file.name) == "obj"]
    placed = []
    for number, file in enumerate(files):
        main = _main_of(number, files, mains)
        if main is not None:
            placed.append(Placed(None, main, tuple(check_name(base_name(file.name)))))
            continue
        slot = file.slot or propose_slot(standard, file.name, counted)
        room = {**counted, slot: max(0, counted.get(slot, 0) - 1)} if slot and file.is_version else counted
        found = _findings(standard, slot, file, room, byte_limits)
        if slot is not None and not file.is_version and not blocks(found):
            counted[slot] = counted.get(slot, 0) + 1
        placed.append(Placed(slot, None, found))
    return placed


def propose_slot(standard: UploadStandard, name: str, present: Mapping[str, int]) -> str | None:
    """The place that the name points to; where it points nowhere, the only one that would do."""
    said = slot_in_name(name)
    family = FAMILY_OF_EXTENSION.get(extension_of(name), "")
    for code in (said, "bite" if said in ("bite_right", "bite_left") else None):
        place = standard.slot(code) if code else None
        if place is not None and family in place.formats:
            return place.code
    fitting = [place for place in standard.slots if family in place.formats]
    if len(fitting) == 1:
        return fitting[0].code
    return next((place.code for place in fitting if place.code == "other"), None)


def fitting_places(standard: UploadStandard, name: str) -> list[SlotRule]:
    """The places that take a file of this name's format, as a person may choose among them."""
    family = FAMILY_OF_EXTENSION.get(extension_of(name), "")
    return [place for place in standard.slots if family in place.formats]


def _findings(
    standard: UploadStandard,
    slot: str | None,
    file: Offered,
    present: Mapping[str, int],
    byte_limits: ByteLimits,
) -> tuple[Finding, ...]:
    name = base_name(file.name)
    if slot is not None:
        return tuple(check_offer(standard, slot, name, file.size, present=present, byte_limits=byte_limits))
    if fitting_places(standard, name):
        return tuple(check_name(name))
    if FAMILY_OF_EXTENSION.get(extension_of(name)):
        return (Finding("format_not_accepted", Severity.BLOCKER, extension_of(name).upper()),)
    # No place takes what this is: any of them says why.
    first = standard.slots[0].code
    return tuple(check_offer(standard, first, name, file.size, present={}, byte_limits=byte_limits))


def _main_of(number: int, files: Sequence[Offered], mains: Sequence[int]) -> int | None:
    """The OBJ that this file belongs to: same base name, or an image whose name goes on from it."""
    file = files[number]
    extension = extension_of(file.name)
    if extension not in COMPANION_EXTENSIONS or file.slot is not None:
        return None
    stem = _stem(file.name)
    for main in mains:
        own = _stem(files[main].name)
        if stem == own or (
            group_of(FAMILY_OF_EXTENSION.get(extension, "")) == "image"
            and stem.startswith(own)
            and stem[len(own)] in _SEPARATORS
        ):
            return main
    return None


def _stem(name: str) -> str:
    return base_name(name).rpartition(".")[0].casefold()
