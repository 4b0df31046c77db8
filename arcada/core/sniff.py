"""What a file is, by its content; the name only decides where the bytes could be two things."""

import re
from dataclasses import dataclass
from typing import Final

from arcada.core.anatomy import FileFormat
from arcada.core.file_names import extension_of

_HEAD: Final = 4096

# Formats that are known and not accepted: what the person should be told they have sent.
_REFUSED_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"8BPS", "PSD"),
    (b"glTF", "glTF"),
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"\x7fELF", "ELF"),
    (b"{\\rtf", "RTF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE"),
    (b"\x1aE\xdf\xa3", "Matroska"),
    (b"\xca\xfe\xba\xbe", "Java or macOS program"),
    (b"\xcf\xfa\xed\xfe", "macOS program"),
    (b"\xce\xfa\xed\xfe", "macOS program"),
    (b"\x00asm", "WebAssembly"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "Windows shortcut"),
    (b"#!", "script"),
    (b"%!PS", "PostScript"),
    (b"\xc5\xd0\xd3\xc6", "PostScript"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"(\xb5/\xfd", "Zstandard"),
    (b"SQLite format 3\x00", "SQLite"),
)
_SOLID: Final = re.compile(rb"\s*solid\b", re.IGNORECASE)
_ASCII_STL: Final = re.compile(rb"\s*solid\b.*?\b(?:facet|endsolid)\b", re.IGNORECASE | re.DOTALL)
_OBJ_LINE: Final = re.compile(
    rb"(?:^|[\r\n])[ \t]*(?:v[ \t]+[-+.\d]|f[ \t]+-?\d|mtllib[ \t]|vn[ \t]+[-+.\d]|vt[ \t]+[-+.\d])"
)
_MTL_LINE: Final = re.compile(rb"(?:^|[\r\n])[ \t]*newmtl[ \t]")
_PLY: Final = re.compile(rb"ply\s*[\r\n]")
_PLY_FORMAT: Final = re.compile(rb"[\r\n]\s*format\s+(ascii|binary_little_endian|binary_big_endian)\b")
_MARKUP: Final = re.compile(rb"\s*<(?:!doctype|!--|html|svg|script|\?|[a-z][\w:.-]*[\s>/])", re.IGNORECASE)
_MARKUP_NAMES: Final = (
    (b"<?php", "PHP"),
    (b"<svg", "SVG"),
    (b"<html", "HTML"),
    (b"<!doctype html", "HTML"),
    (b"<script", "HTML"),
)


@dataclass(frozen=True, slots=True)
class Sniffed:
    """`format` is what the bytes are, or None: then `refusal` is a finding's code, `seen` its name."""

    format: FileFormat | None
    refusal: str | None = None
    seen: str | None = None


def sniff(data: bytes | memoryview, name: str = "") -> Sniffed:
    """The format of `data`. Reads the first 4 KiB, and the last only through the reader that follows."""
    if len(data) == 0:
        return Sniffed(None, "empty_file")
    head = bytes(data[:_HEAD])
    extension = extension_of(name)
    return (
        _by_magic(head)
        or _by_stl(data, head, extension)
        or _refused(head)
        or _by_text(data, head, extension)
        or _by_extension(extension)
        or _by_unknown_extension(extension)
    )


def _by_magic(head: bytes) -> Sniffed | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Sniffed(FileFormat.PNG)
    if head.startswith(b"\xff\xd8\xff"):
        return Sniffed(FileFormat.JPEG)
    if head.startswith(b"%PDF-"):
        return Sniffed(FileFormat.PDF)
    if _PLY.match(head):
        return Sniffed(_ply_format(head))
    if head[128:132] == b"DICM":
        return Sniffed(FileFormat.DICOM)
    if re.match(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<HPS\b", head):
        return Sniffed(None, "scanner_vendor_format", "3shape.dcm")
    return None


def _ply_format(head: bytes) -> FileFormat:
    found = _PLY_FORMAT.search(head)
    word = found[1] if found else b"ascii"
    if word == b"binary_little_endian":
        return FileFormat.PLY_LITTLE_ENDIAN
    return FileFormat.PLY_BIG_ENDIAN if word == b"binary_big_endian" else FileFormat.PLY_ASCII


def _by_stl(data: bytes | memoryview, head: bytes, extension: str) -> Sniffed | None:
    # Some scanners write "solid" into binary headers, so the byte count decides before any word does.
    if len(data) >= 84:
        claimed = int.from_bytes(head[80:84], "little")
        if len(data) == 84 + 50 * claimed and (claimed > 0 or extension == "stl"):
            return Sniffed(FileFormat.STL_BINARY)
    if _ASCII_STL.match(head) or (extension == "stl" and _SOLID.match(head) and _is_text(head)):
        return Sniffed(FileFormat.STL_ASCII)
    return None


def _refused(head: bytes) -> Sniffed | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Sniffed(None, "format_not_accepted", "WebP")
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        heif = brand in (b"heic", b"heix", b"mif1", b"hevc", b"msf1")
        seen = "AVIF" if brand in (b"avif", b"avis") else "HEIC" if heif else "MP4"
        return Sniffed(None, "format_not_accepted", seen)
    if head[:2] == b"MZ" and b"\x00" in head:
        return Sniffed(None, "format_not_accepted", "EXE")
    for magic, seen in _REFUSED_MAGIC:
        # Two letters alone may begin a text, so a zero byte must show that it is none.
        if head.startswith(magic) and (len(magic) > 2 or magic == b"#!" or b"\x00" in head[:64]):
            return Sniffed(None, "format_not_accepted", seen)
    if _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        lowered = head.lower()
        seen = next((name for mark, name in _MARKUP_NAMES if mark in lowered), "XML")
        return Sniffed(None, "format_not_accepted", seen)
    return None


def _by_text(data: bytes | memoryview, head: bytes, extension: str) -> Sniffed | None:
    if not _is_text(head):
        return None
    if extension in ("obj", "txt"):
        return _by_extension(extension)
    if extension == "mtl" or (extension == "" and _MTL_LINE.search(head)):
        return Sniffed(FileFormat.MTL)
    # A long comment block may come before the first vertex of an exported scan.
    if extension == "" and _OBJ_LINE.search(bytes(data[: 16 * _HEAD])):
        return Sniffed(FileFormat.OBJ)
    return None


def _by_extension(extension: str) -> Sniffed | None:
    """What the name promises: the strict reader then says exactly what is wrong with it."""
    promised = {
        "stl": FileFormat.STL_BINARY,
        "ply": FileFormat.PLY_ASCII,
        "obj": FileFormat.OBJ,
        "mtl": FileFormat.MTL,
        "jpg": FileFormat.JPEG,
        "jpeg": FileFormat.JPEG,
        "png": FileFormat.PNG,
        "dcm": FileFormat.DICOM,
        "dicom": FileFormat.DICOM,
        "pdf": FileFormat.PDF,
        "txt": FileFormat.TEXT,
    }.get(extension)
    return Sniffed(promised) if promised else None


def _by_unknown_extension(extension: str) -> Sniffed:
    shown = "".join(character for character in extension if character.isalnum())[:12].upper()
    return Sniffed(None, "format_not_accepted", shown) if shown else Sniffed(None, "unknown_format")


def _is_text(head: bytes) -> bool:
    return b"\x00" not in head
