"""What both document readers return."""

from dataclasses import dataclass

from arcada.core.anatomy import FileFormat
from arcada.core.deidentify import Removed
from arcada.core.findings import Finding


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """One document, strictly read. `cleaned` shows the same pages or words; `pages` is None for text."""

    format: FileFormat
    pages: int | None
    findings: tuple[Finding, ...]
    removed: tuple[Removed, ...]
    cleaned: bytes
