"""Findings as rows, and rows as findings."""

from dataclasses import asdict

from arcada.apps.records.models import FoundInCollection, FoundInRecord
from arcada.core.findings import Finding, Severity


def as_finding(row: FoundInRecord | FoundInCollection) -> Finding:
    return Finding(row.code, Severity(row.severity), row.value, row.limit, row.where or None)


def finding_columns(finding: Finding) -> dict[str, object]:
    columns = asdict(finding)
    columns["severity"] = finding.severity.value
    columns["where"] = (finding.where or "")[:64]
    return columns
