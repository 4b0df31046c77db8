"""Strict reader of PDFs: what acts is refused, what identifies goes, and the pages are written anew."""

import io
import logging
from typing import Any, cast

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from arcada.core.anatomy import FileFormat
from arcada.core.deidentify import Removed
from arcada.core.documents.document import ReadDocument
from arcada.core.documents.pdf_object import entry, written_length
from arcada.core.documents.pdf_rebuild import rebuild
from arcada.core.errors import Unreadable
from arcada.core.findings import Finding, Severity

MAX_PAGES = 2_000
MAX_OBJECTS = 500_000
END_MARK_WITHIN = 1024  # bytes from the end; some programs add line ends or padding

# pypdf quotes the file in its warnings, and a log must not hold what a patient's file says.
logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)

REFUSED_ACTIONS = {
    "/JavaScript": "script",
    "/Launch": "launch action",
    "/ImportData": "form action",
    "/SubmitForm": "form action",
    "/GoToE": "attachment",
    "/Rendition": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/RichMediaExecute": "media",
    "/GoTo3DView": "media",
}
REFUSED_ANNOTATIONS = {
    "/FileAttachment": "attachment",
    "/Movie": "media",
    "/Sound": "media",
    "/Screen": "media",
    "/3D": "media",
    "/RichMedia": "media",
}


def read_pdf(data: bytes | memoryview) -> ReadDocument:
    """Read one PDF; two cleanings of the same file, or of its cleaned file, give the same bytes."""
    data = bytes(data)
    if not data.startswith(b"%PDF-"):
        raise Unreadable("This is not a PDF.", code="not_a_pdf")
    if b"%%EOF" not in data[-END_MARK_WITHIN:]:
        raise Unreadable("The PDF ends before its end mark.", code="truncated")
    try:
        return _read(data)
    except Unreadable:
        raise
    except Exception as error:
        # A lenient parser fails on hostile files with nearly every type there is; all mean the same.
        raise Unreadable("The PDF breaks its format's rules.", code="malformed", value="PDF") from error


def _read(data: bytes) -> ReadDocument:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        raise Unreadable("The PDF is encrypted.", code="pdf_encrypted")
    refuse_what_acts(reader.trailer)
    if len(reader.pages) > MAX_PAGES:
        raise Unreadable(
            "The PDF has too many pages.", code="too_many_pages", value=len(reader.pages), limit=MAX_PAGES
        )
    pages = list(reader.pages)
    if not pages:
        raise Unreadable("The PDF has no page.", code="malformed", value="no page")
    root = cast(DictionaryObject, reader.trailer["/Root"])
    rebuilt = rebuild(data[5:8], pages, entry(root, "/OCProperties"))
    removed = [*_named(data, reader, root), *rebuilt.removed]
    findings = []
    if _is_signed(root):
        findings.append(Finding("signature_removed", Severity.WARNING))
    if rebuilt.kept_images:
        findings.append(Finding("embedded_image_kept", Severity.WARNING, value=rebuilt.kept_images))
    return ReadDocument(FileFormat.PDF, len(pages), tuple(findings), tuple(removed), rebuilt.cleaned)


def refuse_what_acts(trailer: DictionaryObject) -> None:
    """Look at every object that can be reached; refuse scripts, launch actions, attachments, media, XFA."""
    waiting: list[Any] = [trailer.raw_get("/Root")]
    seen: set[tuple[int, int]] = set()
    looked = 0
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, IndirectObject):
            if (thing.idnum, thing.generation) in seen:
                continue
            seen.add((thing.idnum, thing.generation))
            thing = thing.get_object()
        looked += 1
        if looked > MAX_OBJECTS:
            raise Unreadable("The PDF has too many objects.", code="malformed", value="too many objects")
        if isinstance(thing, DictionaryObject):
            acts = _what_acts(thing)
            if acts:
                raise Unreadable("The PDF holds something that acts.", code="pdf_active", value=acts)
            waiting.extend(value for value in thing.values() if _holds_more(value))
        elif isinstance(thing, ArrayObject):
            waiting.extend(value for value in thing if _holds_more(value))


def _holds_more(value: object) -> bool:
    return isinstance(value, IndirectObject | DictionaryObject | ArrayObject)


def _what_acts(thing: DictionaryObject) -> str | None:
    kind, subtype = entry(thing, "/S"), entry(thing, "/Subtype")
    if isinstance(kind, str) and kind in REFUSED_ACTIONS and "/K" not in thing:
        return REFUSED_ACTIONS[kind]
    if isinstance(subtype, str) and subtype in REFUSED_ANNOTATIONS and "/Rect" in thing:
        return REFUSED_ANNOTATIONS[subtype]
    if "/EF" in thing or entry(thing, "/Type") == "/EmbeddedFile":
        return "attachment"
    if "/XFA" in thing:
        return "XFA form"
    return None


def _named(data: bytes, reader: PdfReader, root: DictionaryObject) -> list[Removed]:
    """What of the document as a whole does not go along."""
    removed = []
    info = entry(reader.trailer, "/Info")
    if isinstance(info, DictionaryObject) and info:
        removed.append(Removed("PDF information", "author, program and dates", written_length(info)))
    metadata = entry(root, "/Metadata")
    if isinstance(metadata, StreamObject):
        removed.append(Removed("XMP", "metadata", len(metadata._data)))
    if "/ID" in reader.trailer:
        removed.append(Removed("PDF identifier", "identifier", written_length(entry(reader.trailer, "/ID"))))
    for key, what in (
        ("/Outlines", "bookmarks"),
        ("/AcroForm", "form"),
        ("/StructTreeRoot", "reading structure"),
        ("/PieceInfo", "a program's own data"),
        ("/Names", "names"),
    ):
        if key in root:
            removed.append(Removed("PDF catalogue", what, written_length(root.raw_get(key))))
    first_end = data.find(b"%%EOF") + len(b"%%EOF")
    if b"startxref" in data[first_end:] and b"/Linearized" not in data[:1024]:
        removed.append(Removed("PDF", "later changes and what they replaced", len(data) - first_end))
    return removed


def _is_signed(root: DictionaryObject) -> bool:
    form = entry(root, "/AcroForm")
    flags = entry(form, "/SigFlags") if isinstance(form, DictionaryObject) else 0
    return isinstance(flags, int) and bool(flags & 1)
