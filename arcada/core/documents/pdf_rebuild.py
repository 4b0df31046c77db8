"""Writes a PDF anew from its pages alone: what a page needs to be shown, in an order of its own."""

from collections import Counter, deque
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from arcada.core.deidentify import Removed
from arcada.core.documents.pdf_object import entry, written_length
from arcada.core.errors import Unreadable
from arcada.core.images.jpeg import strip_jpeg

MAX_DEPTH = 60
PAGE_KEYS = ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents", "/Group")
# Whatever else an annotation carries is a name, a date, a remark or an action.
ANNOTATION_KEYS = (
    "/Rect",
    "/AP",
    "/AS",
    "/F",
    "/C",
    "/IC",
    "/QuadPoints",
    "/L",
    "/Vertices",
    "/InkList",
    "/BS",
    "/BE",
    "/Border",
    "/CA",
    "/LE",
)
SHOWN_ANNOTATIONS = {
    "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight", "/Underline",
    "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Ink", "/Widget", "/Redact", "/Watermark",
}  # fmt: skip
DROPPED_KEYS = {
    "/Metadata": "metadata",
    "/PieceInfo": "a program's own data",
    "/LastModified": "time of change",
    "/Thumb": "thumbnail",
    "/Alternates": "alternate pictures",
    "/AF": "related files",
    "/OPI": "link to another file",
    "/Ref": "link to another file",
    "/Measure": "place on a map",
    "/StructParent": "",
    "/StructParents": "",
}
FILE_KEYS = ("/F", "/FFilter", "/FDecodeParms")  # a stream that claims to live in another file


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """`kept_images` counts embedded JPEGs that could not be cleaned and were left as they are."""

    cleaned: bytes
    removed: list[Removed]
    kept_images: int


def rebuild(version: bytes, pages: list[PageObject], layers: object) -> Rebuilt:
    """The new file: same version, pages in order, no date, no identifier, no object that no page needs."""
    return _Rebuild().run(version, pages, layers)


class _Rebuild:
    def __init__(self) -> None:
        self._numbers: dict[tuple[int, int], int] = {}
        self._waiting: deque[tuple[int, Any]] = deque()
        self._bodies: dict[int, bytes] = {}
        self._removed: Counter[tuple[str, str]] = Counter()
        self._kept_images = 0
        self._last = 0

    def run(self, version: bytes, pages: list[PageObject], layers: object) -> Rebuilt:
        catalogue, tree = self._next(), self._next()
        kids = [self._page(page, tree) for page in pages]
        shown = b""
        if isinstance(layers, DictionaryObject):
            shown = b" /OCProperties " + self._value(layers, 0)
        self._bodies[catalogue] = b"<< /Type /Catalog /Pages %d 0 R%s >>" % (tree, shown)
        listed = b" ".join(b"%d 0 R" % number for number in kids)
        self._bodies[tree] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), listed)
        while self._waiting:
            number, thing = self._waiting.popleft()
            self._bodies[number] = self._object(thing)
        removed = [Removed(where, what, length) for (where, what), length in sorted(self._removed.items())]
        return Rebuilt(self._file(version, catalogue), removed, self._kept_images)

    def _next(self) -> int:
        self._last += 1
        return self._last

    def _page(self, page: PageObject, tree: int) -> int:
        number = self._next()
        entries = [b"/Type /Page /Parent %d 0 R" % tree]
        for key in PAGE_KEYS:
            if key in page:
                entries.append(_name(key) + b" " + self._value(page.raw_get(key), 0))
        marks = self._annotations(entry(page, "/Annots"))
        if marks:
            entries.append(b"/Annots [" + b" ".join(marks) + b"]")
        self._note(page)
        self._bodies[number] = b"<< " + b" ".join(entries) + b" >>"
        return number

    def _annotations(self, listed: object) -> list[bytes]:
        marks = []
        for listing in listed if isinstance(listed, ArrayObject) else ():
            mark = listing.get_object()
            if not isinstance(mark, DictionaryObject):
                continue
            subtype = str(entry(mark, "/Subtype"))
            if subtype not in SHOWN_ANNOTATIONS or "/AP" not in mark:
                self._removed["PDF page", "links and remarks"] += written_length(mark)
                continue
            # A form field becomes a stamp with the field's own picture: shown alike, and nothing to fill in.
            shown = "/Stamp" if subtype == "/Widget" else subtype
            entries = [b"/Type /Annot /Subtype " + _name(shown)]
            entries += [
                _name(key) + b" " + self._value(mark.raw_get(key), 0)
                for key in ANNOTATION_KEYS
                if key in mark
            ]
            if any(key in mark for key in ("/T", "/M", "/Contents", "/NM", "/CreationDate", "/A")):
                self._removed["PDF page", "names and dates of remarks"] += written_length(mark)
            marks.append(b"<< " + b" ".join(entries) + b" >>")
        return marks

    def _object(self, thing: Any) -> bytes:
        if not isinstance(thing, StreamObject):
            return self._value(thing, 0)
        body = thing._data if isinstance(thing._data, bytes) else bytes(thing._data)
        filters = entry(thing, "/Filter")
        names = [str(name) for name in filters] if isinstance(filters, ArrayObject) else [str(filters)]
        if names == ["/DCTDecode"]:
            body = self._photograph(body)
        skipped = {"/Length", *FILE_KEYS}
        return b"%s\nstream\n%s\nendstream" % (
            self._dictionary(thing, 0, skipped, b" /Length %d" % len(body)),
            body,
        )

    def _photograph(self, body: bytes) -> bytes:
        try:
            cleaned = strip_jpeg(body)
        except Unreadable:
            self._kept_images += 1
            return body
        if len(cleaned) < len(body):
            self._removed["embedded photograph", "camera's data"] += len(body) - len(cleaned)
        return cleaned

    def _value(self, thing: Any, depth: int) -> bytes:
        if depth > MAX_DEPTH:
            raise Unreadable("The PDF is nested too deeply.", code="malformed", value="nesting")
        if isinstance(thing, IndirectObject):
            return self._reference(thing)
        if isinstance(thing, StreamObject):
            raise Unreadable("A PDF stream stands where it can't.", code="malformed", value="stream")
        if isinstance(thing, DictionaryObject):
            return self._dictionary(thing, depth, set(), b"")
        if isinstance(thing, ArrayObject):
            return b"[" + b" ".join(self._value(part, depth + 1) for part in thing) + b"]"
        if isinstance(thing, NameObject):
            return _name(str(thing))
        if isinstance(thing, BooleanObject):
            return b"true" if thing.value else b"false"
        if isinstance(thing, NumberObject):
            return b"%d" % int(thing)
        if isinstance(thing, FloatObject):
            return _number(float(thing))
        if isinstance(thing, TextStringObject | ByteStringObject):
            return b"<" + thing.original_bytes.hex().encode() + b">"
        if thing is None or isinstance(thing, NullObject):
            return b"null"
        raise Unreadable("The PDF holds an unknown kind of object.", code="malformed", value="object")

    def _dictionary(self, thing: DictionaryObject, depth: int, skipped: set[str], extra: bytes) -> bytes:
        self._note(thing)
        entries = [
            _name(key) + b" " + self._value(thing.raw_get(key), depth + 1)
            for key in sorted(thing)
            if key not in DROPPED_KEYS and key not in skipped
        ]
        return b"<< " + b" ".join(entries) + extra + b" >>"

    def _note(self, thing: DictionaryObject) -> None:
        for key in thing:
            if DROPPED_KEYS.get(key):
                self._removed["PDF page", DROPPED_KEYS[key]] += written_length(thing.raw_get(key))

    def _reference(self, thing: IndirectObject) -> bytes:
        key = (thing.idnum, thing.generation)
        if key not in self._numbers:
            target = thing.get_object()
            if target is None or isinstance(target, NullObject):
                return b"null"
            if isinstance(target, DictionaryObject) and entry(target, "/Type") in (
                "/Page",
                "/Pages",
                "/Catalog",
            ):
                return b"null"  # a way back into the old file's tree
            self._numbers[key] = self._next()
            self._waiting.append((self._numbers[key], target))
        return b"%d 0 R" % self._numbers[key]

    def _file(self, version: bytes, catalogue: int) -> bytes:
        pieces = [b"%PDF-" + (b"2.0" if version == b"2.0" else b"1.7") + b"\n%\xe2\xe3\xcf\xd3\n"]
        place, places = len(pieces[0]), []
        for number in range(1, self._last + 1):
            piece = b"%d 0 obj\n%s\nendobj\n" % (number, self._bodies[number])
            places.append(place)
            place += len(piece)
            pieces.append(piece)
        pieces.append(b"xref\n0 %d\n0000000000 65535 f \n" % (self._last + 1))
        pieces.extend(b"%010d 00000 n \n" % start for start in places)
        pieces.append(b"trailer\n<< /Size %d /Root %d 0 R >>\n" % (self._last + 1, catalogue))
        pieces.append(b"startxref\n%d\n%%%%EOF\n" % place)
        return b"".join(pieces)


def _name(name: str) -> bytes:
    return NameObject(name).renumber()


def _number(value: float) -> bytes:
    if value != value or abs(value) > 1e15:
        raise Unreadable("A PDF number is out of range.", code="malformed", value="number")
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return (text if text not in ("-0", "") else "0").encode()
