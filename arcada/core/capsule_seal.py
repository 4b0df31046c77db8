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
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from arcada.core.capsule import FORMAT, Packing, read_text_of
from arcada.core.sealing import is_signed, public_half, sign

_DOMAIN: Final = b"arcada capsule\n"
_SEAL: Final = re.compile(rb'(<script type="application/json" id="seal">)([^<]*)(?=</script>)')
_CONTENTS: Final = re.compile(rb'<script type="application/json" id="contents">([^<]*)</script>')
_LETTERS: Final = re.compile(
    rb'(data-part="([a-z0-9.-]+)"(?:>| src="data:[^";]*;base64,))([A-Za-z0-9+/=]*)(?=["<])'
)
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
        parts = [
            (part["id"], part["bytes"], part["sha256"], Packing(part["packing"])) for part in told["parts"]
        ]
        is_capsule = told["format"] == FORMAT
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        is_capsule = False
    if not is_capsule:
        raise ValueError(
            "this is no capsule with a seal; one that was exported before there were seals has none"
        )
    text = frame.decode("utf-8", "replace")
    names = {id: html.unescape(name) for id, name in _ROW.findall(text)}
    letters = {id.decode(): packed for _, id, packed in _LETTERS.findall(page)}
    changed = []
    for id, size, sha256, packing in parts:
        data = (
            read_text_of(text, id) if packing is Packing.TEXT else _unpacked(letters.get(id), packing, size)
        )
        if data is None or (len(data), hashlib.sha256(data).hexdigest()) != (size, sha256):
            changed.append(names.get(id, id))
    try:
        is_whole = is_signed(key, _DOMAIN + hashlib.sha256(sealed).digest(), signature)
    except ValueError:
        is_whole = False
    return CheckedCapsule(told, key, tuple(changed), is_whole)


def _unpacked(letters: bytes | None, packing: Packing, size: int) -> bytes | None:
    """The part's bytes, and not many more than it should have; None where they can't be unpacked."""
    try:
        data = base64.b64decode(letters or b"", validate=True)
        return zlib.decompressobj(31).decompress(data, size + 1) if packing is Packing.GZIP else data
    except (binascii.Error, zlib.error, ValueError, TypeError):
        return None
