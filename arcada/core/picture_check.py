"""Text burned into a picture: when a person has to look before the picture leaves its workspace (DE-07)."""

from arcada.core.anatomy import RecordKind
from arcada.core.finding_texts import finding
from arcada.core.findings import Finding


def needs_picture_check(kind: RecordKind, burned_in: str) -> bool:
    """Text that the file admits, and on a radiograph also text that it does not rule out."""
    return burned_in == "yes" or (burned_in == "unknown" and kind is RecordKind.RADIOGRAPH)


def picture_findings(kind: RecordKind, burned_in: str) -> list[Finding]:
    if not needs_picture_check(kind, burned_in):
        return []
    return [finding("burned_in_text") if burned_in == "yes" else finding("picture_to_check")]
