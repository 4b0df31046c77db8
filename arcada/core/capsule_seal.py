"""The seal of a capsule: its whole page is signed, but for the block that the signature stands in.

So a byte that was changed anywhere is found without a server; the list of hashes says which part it is in.
"""

import base64
import binascii
import hashlib
import html
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from arcada.core.capsule import FORMAT, Packing, read_text
from arcada.core.sealing import is_signed, public_half, sign
from arcada.core.signed_words import are_files, is_count, is_name, is_word

_DOMAIN: Final = b"arcada capsule\n"
_SEAL: Final = re.compile(rb'(<script type="application/json" id="seal">)([^<]*)(?=</script>)')
_CONTENTS: Final = re.compile(rb'<script type="application/json" id="contents">([^<]*)</script>')
_LETTERS: Final = re.compile(
    rb'(data-part="([a-z0-9.-]+)"(?:>| src="data:[^";]*;base64,))([A-Za-z0-9+/=]*)(?=["<])'
)
_ID: Final = re.compile(r"[a-z0-9.-]{1,100}")
_PIECE: Final = 1 << 20  # bytes that a part is unpacked to at once
_ROW: Final = re.compile(r'data-row="([a-z0-9.-]+)"><th scope="row">([^<]*)</th>')


@dataclass(frozen=True, slots=True)
class CheckedCapsule:
    """`told` is the list of contents, `changed` the names of parts that are not what was exported."""

    told: Mapping[str, Any]
    key: str
    changed: tuple[str, ...]
    is_signed: bool


def seal_of(page_sha256: bytes, *, seed: bytes) -> str:
    """What stands in the page's block `seal`, from the hash (32 bytes) of the page while that is empty."""
    signature = sign(seed, _DOMAIN + page_sha256)
    return json.dumps({"key": public_half(seed), "signature": base64.b64encode(signature).decode()})


def check_capsule(page: bytes) -> CheckedCapsule:
    """Every part against the list, and the whole page against the seal; ValueError for no sealed capsule."""
    try:
        ((_, seal),) = _SEAL.findall(page)
        said = json.loads(seal)
        key, signature = str(said["key"]), base64.b64decode(said["signature"], validate=True)
        sealed = _SEAL.sub(rb"\1", page)
        frame = _LETTERS.sub(rb"\1", sealed)
        (contents,) = _CONTENTS.findall(frame)
        told = json.loads(contents)
        parts = {
            part["id"]: (Packing(part["packing"]), part["bytes"], part["sha256"]) for part in told["parts"]
        }
        is_capsule = told["format"] == FORMAT and _is_formed(told) and len(parts) == len(told["parts"])
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        is_capsule = False
    if not is_capsule:
        raise ValueError(
            "this is no capsule with a seal; one that was exported before there were seals has none"
        )
    try:
        is_whole = is_signed(key, _DOMAIN + hashlib.sha256(sealed).digest(), signature)
    except ValueError:
        is_whole = False
    text = frame.decode("utf-8", "replace")
    names = {id: html.unescape(name) for id, name in _ROW.findall(text)}
    letters = {id.decode(): packed for _, id, packed in _LETTERS.findall(page)}
    changed = []
    for id, (packing, size, sha256) in parts.items():
        is_text = packing is Packing.TEXT
        pieces = _said(text, id) if is_text else _unpacked(letters.get(id, b""), packing)
        if not _is_as_listed(pieces, size, sha256):
            changed.append(names.get(id, id))
    return CheckedCapsule(told, key, tuple(changed), is_whole)


def _is_formed(told: Mapping[str, Any]) -> bool:
    """What is told of it can be printed and counted, whoever sealed it."""
    return (
        is_name(told["case"])
        and is_word(told["exported_at"])
        and is_word(told["server"])
        and are_files(told["originals"])
        and all(
            _ID.fullmatch(part["id"]) and is_count(part["bytes"]) and is_word(part["sha256"])
            for part in told["parts"]
        )
    )


def _is_as_listed(pieces: Iterator[bytes], size: int, sha256: str) -> bool:
    count, digest = 0, hashlib.sha256()
    try:
        for piece in pieces:
            count += len(piece)
            if count > size:
                return False
            digest.update(piece)
    except (ValueError, zlib.error, AssertionError):  # the last is what html.parser says of broken markup
        return False
    return (count, digest.hexdigest()) == (size, sha256)


def _said(page: str, id: str) -> Iterator[bytes]:
    yield read_text(page, part=id)


def _unpacked(letters: bytes, packing: Packing) -> Iterator[bytes]:
    """The part's bytes, piece by piece: a few letters can unpack to more than there is memory."""
    data = base64.b64decode(letters, validate=True)
    if packing is Packing.PICTURE:
        yield data
        return
    unpacker = zlib.decompressobj(31)
    while data:
        yield unpacker.decompress(data, _PIECE)
        data = unpacker.unconsumed_tail
    yield unpacker.flush()
