"""The letters of a PDF: Source Sans (OFL) for Latin, Greek and Cyrillic, and a visible code for what it has not."""

import unicodedata
from functools import cache
from typing import Final

from font_source_sans_pro import font_files_ttf
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont

PLAIN: Final = "SourceSansPro"
BOLD: Final = "SourceSansProBold"
MONO: Final = "Courier"  # built into every reader, for hashes and keys


@cache
def _letters() -> dict[str, frozenset[int]]:
    """Registers the fonts at the first PDF of a process; which letters each one has."""
    has = {MONO: frozenset(map(ord, bytes(range(0x20, 0x100)).decode("cp1252", "ignore")))}
    for name in (PLAIN, BOLD):
        font = TTFont(name, font_files_ttf[name])
        registerFont(font)
        has[name] = frozenset(font.face.charToGlyph)
    return has


def writable(text: str, font: str) -> str:
    """The text as this font can write it; another letter stands as its code, [U+4E2D], and is never left out."""
    has = _letters()[font]
    composed = unicodedata.normalize("NFC", text)
    return "".join(one if ord(one) in has or one.isspace() else f"[U+{ord(one):04X}]" for one in composed)
