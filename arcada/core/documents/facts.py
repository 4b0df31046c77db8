"""What is known of a document (PDF, plain text) once its file was read."""

from dataclasses import dataclass

from arcada.core.anatomy import FileFormat


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    format: FileFormat
    bytes: int
    sha256: str
    pages: int | None  # None for text
    kind: str = "document"
