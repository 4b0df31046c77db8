"""A finding: expected trouble as data. Code, severity and numbers; the words live in `finding_texts`."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    BLOCKER = "blocker"  # the file is not accepted
    WARNING = "warning"  # accepted, and somebody should look
    NOTE = "note"  # worth knowing


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in one file or set. `value` is what was measured, `limit` what the rule allows.

    `where` names a region ("right molar"), a line ("line 12") or a file's role, never a patient's data.
    """

    code: str
    severity: Severity
    value: float | int | str | None = None
    limit: float | int | str | None = None
    where: str | None = None


def blocks(findings: "tuple[Finding, ...] | list[Finding]") -> bool:
    """True when at least one finding keeps the file from being accepted."""
    return any(finding.severity is Severity.BLOCKER for finding in findings)
