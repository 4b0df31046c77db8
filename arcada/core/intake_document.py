"""Intake of a document: read strictly, take out what identifies or acts; nothing is drawn."""

from arcada.core.anatomy import FileFormat
from arcada.core.documents.facts import DocumentFacts
from arcada.core.documents.pdf import read_pdf
from arcada.core.documents.text import read_text
from arcada.core.findings import blocks
from arcada.core.prepared import Parts, Task
from arcada.core.upload_standard import weigh


def prepare_document(task: Task) -> Parts:
    """Everything that follows from the bytes of one document; `Unreadable` where they hold none."""
    document = read_pdf(task.data) if task.format is FileFormat.PDF else read_text(task.data)
    facts = DocumentFacts(task.format, len(task.data), task.sha256, document.pages, task.kind.value)
    findings = tuple(
        weigh(task.place, [*task.findings, *document.findings], keep=bool(task.declared.keep_reason))
    )
    if blocks(findings):
        return Parts(facts, findings)
    return Parts(facts, findings, document.removed, document.cleaned)
