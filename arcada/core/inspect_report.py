"""What intake found, as plain JSON values: the shape of `arcada inspect --json` and of the API's record."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from enum import Enum
from typing import Any

from arcada.core.deidentify import Removed
from arcada.core.finding_texts import text_of
from arcada.core.findings import Finding
from arcada.core.prepared import AnyFacts, Prepared

_DIGITS = 6  # of a float in a report: 2.000001 megapixels are not 2


def report_of(prepared: Prepared, translate: Callable[[str], str] = str) -> dict[str, Any]:
    """`accepted`, `slot`, `facts`, `findings`, `receipt`, `renditions` as JSON values."""
    return {
        "accepted": prepared.accepted,
        "slot": prepared.slot,
        "facts": facts_dict(prepared.facts),
        "findings": [finding_dict(finding, translate) for finding in prepared.findings],
        "receipt": receipt_list(prepared.receipt),
        "renditions": {name: len(data) for name, data in prepared.renditions.items()},
    }


def facts_dict(facts: AnyFacts) -> dict[str, Any]:
    """The facts as JSON values, numbers rounded to what they mean."""
    values: dict[str, Any] = _plain(asdict(facts))
    return values


def finding_dict(finding: Finding, translate: Callable[[str], str] = str) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "value": _plain(finding.value),
        "limit": _plain(finding.limit),
        "where": finding.where,
        "text": text_of(finding, translate),
    }


def receipt_list(receipt: Iterable[Removed]) -> list[dict[str, Any]]:
    """What was removed, from where, in which file; never the removed value."""
    return [
        {"file": line.file, "where": line.where, "what": line.what, "length": line.length} for line in receipt
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return round(value, _DIGITS) if isinstance(value, float) else value
