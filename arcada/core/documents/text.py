"""Strict reader of plain text: letters and lines, nothing that a terminal or a browser could act on."""

import codecs
import unicodedata

from arcada.core.anatomy import FileFormat
from arcada.core.deidentify import Removed
from arcada.core.documents.document import ReadDocument
from arcada.core.errors import Unreadable
from arcada.core.findings import Finding, Severity

MAX_TEXT_BYTES = 1_000_000
ALLOWED_CONTROLS = "\t\n\r\f"
# Characters that turn the reading direction of what follows show another text than is stored.
DIRECTION_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def read_text(data: bytes | memoryview) -> ReadDocument:
    """Read UTF-8, UTF-16 with its mark, or Windows Latin; the cleaned file is UTF-8 without a mark."""
    data = bytes(data)
    if len(data) > MAX_TEXT_BYTES:
        raise Unreadable("The text is too long.", code="text_too_long", value=len(data), limit=MAX_TEXT_BYTES)
    text, encoding, mark = _decode(data)
    for number, line in enumerate(text.split("\n"), start=1):
        for character in line:
            control = (
                unicodedata.category(character) in ("Cc", "Cs", "Cn") and character not in ALLOWED_CONTROLS
            )
            if control or character in DIRECTION_OVERRIDES:
                raise Unreadable(
                    "The text holds characters that are no text.",
                    code="malformed",
                    value=f"U+{ord(character):04X}",
                    where=f"line {number}",
                )
    findings = () if encoding == "UTF-8" else (Finding("text_converted", Severity.NOTE, value=encoding),)
    removed = (Removed("start of the text", "byte order mark", mark),) if mark else ()
    return ReadDocument(FileFormat.TEXT, None, findings, removed, text.encode("utf-8"))


def _decode(data: bytes) -> tuple[str, str, int]:
    """The text, the name of its encoding, and the length of a byte order mark."""
    try:
        for mark, encoding, name in (
            (codecs.BOM_UTF8, "utf-8", "UTF-8"),
            (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
            (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
        ):
            if data.startswith(mark):
                return data[len(mark) :].decode(encoding), name, len(mark)
    except UnicodeDecodeError as error:
        raise Unreadable("The text is damaged.", code="malformed", value=f"byte {error.start}") from error
    try:
        return data.decode("utf-8"), "UTF-8", 0
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "Windows Latin", 0
    except UnicodeDecodeError as error:
        raise Unreadable("This is not text.", code="malformed", value=f"byte {error.start}") from error
