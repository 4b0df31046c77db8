"""A capsule's own rules: its parts, how each stands in the page, the list of their hashes, what the page may do."""

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from html.parser import HTMLParser
from typing import Any, Final

FORMAT: Final = "arcada-capsule"
VERSION: Final = 1


class Packing(StrEnum):
    """How a part stands in the page."""

    GZIP = "gzip"  # compressed, then base64, in a block
    PICTURE = "picture"  # base64, as the address of a picture
    TEXT = "text"  # what is read in a section; line breaks and indents do not count


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a capsule holds: its bytes before packing, and their hash."""

    id: str
    media_type: str
    bytes: int
    sha256: str
    packing: Packing


def part_of(data: bytes, *, id: str, media_type: str, packing: Packing) -> Part:
    return Part(id, media_type, len(data), hashlib.sha256(data).hexdigest(), packing)


def contents_list(parts: Sequence[Part], *, about: Mapping[str, Any]) -> bytes:
    """The capsule's list as JSON; its SHA-256 names the capsule and stands in the audit."""
    told = {"format": FORMAT, "version": VERSION, **about, "parts": [asdict(part) for part in parts]}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # Inside a script element no tag may begin.
    return text.replace("<", "\\u003c").encode()


def policy(*, script: str, style: str) -> str:
    """The page's content security policy: these two texts, what the script itself makes, and no network."""
    return "; ".join(
        (
            "default-src 'none'",
            # The viewer runs from a blob once its hash was found right; meshopt's decoder is WebAssembly.
            f"script-src {_source(script)} blob: 'wasm-unsafe-eval'",
            "worker-src blob:",
            f"style-src {_source(style)}",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


class Packer:
    """Bytes in pieces to the ASCII that stands in the page."""

    def __init__(self, packing: Packing) -> None:
        self._gzip = zlib.compressobj(9, zlib.DEFLATED, 31) if packing is Packing.GZIP else None
        self._rest = b""

    def feed(self, piece: bytes) -> bytes:
        return self._letters(self._gzip.compress(piece) if self._gzip else piece)

    def finish(self) -> bytes:
        last = self._letters(self._gzip.flush() if self._gzip else b"")
        return last + base64.b64encode(self._rest)

    def _letters(self, data: bytes) -> bytes:
        """Base64 of whole triples; what is left over waits."""
        waiting = self._rest + data
        whole = len(waiting) - len(waiting) % 3
        self._rest = waiting[whole:]
        return base64.b64encode(waiting[:whole])


def read_text(html: str, *, part: str = "") -> bytes:
    """What a reader sees of some HTML, or of the section in it that is `part`, on one line; the browser takes the
    same of the section."""
    reader = _Reader(part)
    reader.feed(html)
    reader.close()
    return re.sub(r"[ \t\n\r\f]+", " ", "".join(reader.said)).strip(" ").encode()


class _Reader(HTMLParser):
    """Gathers all text, or that of the section that is the part."""

    def __init__(self, part: str) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._part = part
        self._depth = 0  # sections within the one that is read, itself counted

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section" and (self._depth or ("data-part", self._part) in attrs):
            self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "section" and self._depth:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._depth or not self._part:
            self.said.append(data)
