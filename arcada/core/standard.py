"""An upload standard as values: its slots, its limits, its groups. Data, nothing else."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from arcada.core.anatomy import RecordKind
from arcada.core.file_formats import kinds_of
from arcada.core.findings import Severity
from arcada.core.slots import ATTACHMENT, ATTACHMENT_TITLE, SLOT_TITLES, find_slot


class Requirement(StrEnum):
    REQUIRED = "required"
    OPTIONAL = "optional"
    DISCOURAGED = "discouraged"


@dataclass(frozen=True, slots=True)
class SlotRule:
    """One place of a standard. `rules` pairs a rule's name with how much it weighs when it is not met."""

    code: str
    title: str
    kinds: tuple[RecordKind, ...]
    formats: tuple[str, ...]
    requirement: Requirement = Requirement.OPTIONAL
    reason: str | None = None
    max_files: int | None = None
    filled_by: str | None = None
    view: str | None = None
    outline: str | None = None
    rules: tuple[tuple[str, Severity], ...] = ()

    def weight(self, rule: str) -> Severity | None:
        return dict(self.rules).get(rule)

    def kind_for(self, family: str) -> RecordKind | None:
        """What a file of this family is in this place: the first kind of the place that it can be."""
        possible = kinds_of(family)
        return next((kind for kind in self.kinds if kind in possible), None)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a standard allows; None is no limit. Pixels and counts belong here, bytes to the platform."""

    image_megapixels: float | None = None
    set_megapixels: float | None = None
    max_photographs: int | None = None
    max_radiographs: int | None = None
    triangles_min: int | None = None
    triangles_max: int | None = None
    oversize: str = "refuse"


@dataclass(frozen=True, slots=True)
class SlotGroup:
    """Places of which one filled is enough."""

    slots: tuple[str, ...]
    requirement: Requirement = Requirement.REQUIRED
    title: str | None = None


@dataclass(frozen=True, slots=True)
class UploadStandard:
    name: str
    title: str
    version: int
    slots: tuple[SlotRule, ...]
    description: str | None = None
    limits: Limits = field(default_factory=Limits)
    one_of: tuple[SlotGroup, ...] = ()

    def slot(self, code: str) -> SlotRule | None:
        """The place by its code or by any other name people give it."""
        wanted = code if any(slot.code == code for slot in self.slots) else find_slot(code)
        return next((slot for slot in self.slots if slot.code == wanted), None)


DESIGN_PLACE: Final = SlotRule(
    "design", SLOT_TITLES["design"], (RecordKind.DESIGN,), ("stl", "ply", "obj"), outline="slot-upper"
)


# What belongs to a comment is no part of a record set: the platform's limits judge it, and no standard.
ATTACHMENTS: Final = UploadStandard(
    "attachments",
    ATTACHMENT_TITLE,
    1,
    (
        SlotRule(
            ATTACHMENT,
            ATTACHMENT_TITLE,
            (RecordKind.PHOTOGRAPH, RecordKind.RADIOGRAPH, RecordKind.DOCUMENT),
            ("jpg", "png", "dcm", "pdf", "txt"),
        ),
    ),
)


def with_design_place(standard: UploadStandard) -> UploadStandard:
    """For a design that a case brings: it has a place, whatever the standard of the collection asks for."""
    if standard.slot(DESIGN_PLACE.code) is not None:
        return standard
    return replace(standard, slots=(*standard.slots, DESIGN_PLACE))
