"""Findings as a page says them: mark, what, measured, what to do, in the reader's language and numbers."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext

from arcada.core.finding_texts import parts_of
from arcada.core.findings import Finding, Severity

_ORDER = {Severity.BLOCKER: 0, Severity.WARNING: 1, Severity.NOTE: 2}


@dataclass(frozen=True, slots=True)
class Said:
    code: str
    grade: str
    what: str
    measured: str
    todo: str


def say(finding: Finding) -> Said:
    what, measured, todo = parts_of(finding, gettext, number)
    return Said(finding.code, finding.severity.value, what, measured, todo)


def say_all(findings: Iterable[Finding]) -> list[Said]:
    """The gravest first."""
    return [say(finding) for finding in sorted(findings, key=lambda finding: _ORDER[finding.severity])]


def worst(findings: Iterable[Finding]) -> Finding | None:
    """The finding that a single mark stands for; notes are worth no mark."""
    grave = [finding for finding in findings if finding.severity is not Severity.NOTE]
    return min(grave, key=lambda finding: _ORDER[finding.severity], default=None)


def number(value: float | int) -> str:
    """A number as the reader writes it: 118,178 or 118.178, and never more digits than it means."""
    if isinstance(value, int) or float(value).is_integer():
        return number_format(int(value), use_l10n=True, force_grouping=True)
    digits = 2 if abs(value) >= 0.01 else 6
    shown = f"{value:.{digits}f}"
    if float(shown).is_integer():  # 2.000001 against a limit of 2 must not read as 2
        shown = f"{value:.6f}"
    shown = shown.rstrip("0").rstrip(".")
    decimals = len(shown.partition(".")[2])
    return number_format(shown, decimal_pos=decimals, use_l10n=True, force_grouping=True)
