"""A decision as a signed line of JSON: what is in it, how it is checked without the server (decision 6).

The line is canonical: one and the same bytes for the same content. A reader compares the bytes of the file with the
canonical form of what it read, so that neither a field nor a space can be changed unseen.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from arcada.core.ledger_chain import canonical
from arcada.core.sealing import is_signed, public_half, same, sign
from arcada.core.signed_words import are_files, are_names, is_count, is_word

FORMAT: Final = 1
_DOMAIN: Final = b"arcada decision\n"
# A promise to every paper that was given away: never taken away, only added to under a new format.
FIELDS: Final = frozenset(
    {
        "arcada_decision", "id", "server", "case", "verdict", "aspects", "all_aspects", "quorum", "note", "by",
        "decided_at", "files", "prescription", "viewer_build", "key",
    }
)  # fmt: skip


def write_paper(said: Mapping[str, object], *, seed: bytes) -> str:
    """The content of a decision as one line of JSON, signed with Ed25519; `said` has FIELDS but format and key."""
    whole = {"arcada_decision": FORMAT, **said, "key": public_half(seed)}
    if whole.keys() != FIELDS:
        raise ValueError(f"A decision has other fields: {sorted(whole.keys() ^ FIELDS)}")
    signature = sign(seed, _DOMAIN + canonical(whole))
    return canonical({**whole, "signature": base64.b64encode(signature).decode()}).decode()


def read_paper(data: bytes, *, key: str | None = None) -> dict[str, Any]:
    """The content of a signed decision; raises ValueError with the reason.

    With `key` (a public key in base 64) only that key's signature is good; else the one the paper names.
    """
    line = data.removesuffix(b"\n").removesuffix(b"\r")
    try:
        said = json.loads(line)
        signature = base64.b64decode(said["signature"], validate=True)
        written = canonical(said)
        key_named = said["key"]
        is_ours = said["arcada_decision"] == FORMAT
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        raise ValueError("this is no decision that Arcada signed, or a part of it is missing") from None
    # Also says no to a field that stands there twice, and to a signature written in another way.
    if written != line or not same(base64.b64encode(signature), said["signature"]):
        raise ValueError("it was changed: these are not the bytes that were signed")
    if not is_ours or said.keys() - {"signature"} != FIELDS:
        raise ValueError("it is of a format that this version does not know")
    if key is not None and key_named != key:
        raise ValueError(
            f"it is signed with another key: {fingerprint(str(key_named))}, not {fingerprint(key)}"
        )
    content = {name: value for name, value in said.items() if name != "signature"}
    try:
        is_good = is_signed(key_named, _DOMAIN + canonical(content), signature)
    except (ValueError, TypeError):
        is_good = False
    if not is_good:
        raise ValueError("it was changed: the signature does not fit what it says")
    if not _is_formed(content):
        raise ValueError("it says things in a form that no decision has")
    return content


def _is_formed(said: Mapping[str, Any]) -> bool:
    """What is told of it can be printed, whoever signed it."""
    by, case = said["by"], said["case"]
    return (
        is_word(said["server"])
        and is_word(said["decided_at"])
        and said["verdict"] in ("approved", "changes_requested")
        and isinstance(by, dict)
        and isinstance(case, dict)
        and are_names([by.get("name"), by.get("workspace"), case.get("code"), case.get("workspace")])
        and isinstance(by.get("is_verified"), bool)
        and are_names(said["aspects"])
        and are_names(said["all_aspects"])
        and is_count(said["quorum"])
        and are_files(said["files"])
    )


def fingerprint(key: str) -> str:
    """A public key in a form that two people can compare on the phone: 8 groups of 4 hexadecimal digits of its hash."""
    digits = hashlib.sha256(key.encode()).hexdigest()[:32].upper()
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))
