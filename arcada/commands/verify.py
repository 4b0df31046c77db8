"""Check a signed decision or a capsule, offline.

  arcada verify A-1042_capsule.html            every part, its list and the page around them
  arcada verify A-1042_decision_v3_1f0c77aa.json
  arcada verify decision.json --key KEY        only when this key signed it
  arcada verify decision.json --with crown.stl whether the decision was made on exactly this file

The file names its own key, so that it can be checked anywhere. Whose key that is no file can say of itself: compare the
fingerprint with the one on the page /signing-key of the server, or on the phone with whoever runs it (there: arcada
audit key), then name the key with --key.

exit code: 0 it is as it was signed, 1 it is not, 2 it could not be read
"""

import argparse
import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from arcada.core.capsule_seal import CheckedCapsule, check_capsule
from arcada.core.decision_paper import fingerprint, read_paper

_LONGEST_NAME = 200


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the JSON file of a decision, or a capsule")
    parser.add_argument("--key", default=None, metavar="KEY", help="the public key that must have signed it")
    parser.add_argument(
        "--with", dest="others", action="append", type=Path, default=[], metavar="FILE",
        help="a scan or design that the decision must be bound to, or an original of the capsule; repeat",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    try:
        data = options.file.read_bytes()
        digests = {other: _digest(other) for other in options.others}
    except OSError as trouble:
        print(f"arcada verify: {trouble.filename} can't be read: {trouble.strerror}.", file=sys.stderr)
        return 2
    try:
        if data[:15].lower() == b"<!doctype html>":
            return _check_capsule(check_capsule(data), options, digests)
        said = read_paper(data, key=options.key)
    except ValueError as trouble:
        _say("BAD", f"{options.file.name}: {trouble}.")
        return 1
    _say_signed(said["key"], is_compared=options.key is not None)
    for line in _told(said):
        _say("", line)
    return _check_files(said["files"], digests, whose="decision")


def _check_capsule(capsule: CheckedCapsule, options: argparse.Namespace, digests: dict[Path, str]) -> int:
    told, name = capsule.told, options.file.name
    faults = [f"the part “{part[:_LONGEST_NAME]}” is not what was exported" for part in capsule.changed]
    if not capsule.is_signed and not faults:
        faults = ["it was changed: the signature does not fit the page and its list of parts"]
    if capsule.is_signed and options.key not in (None, capsule.key):
        faults.append(
            f"it is signed with another key: {fingerprint(capsule.key)}, not {fingerprint(options.key)}"
        )
    for fault in faults:
        _say("BAD", f"{name}: {fault}.")
    if faults:
        return 1
    _say_signed(capsule.key, is_compared=options.key is not None)
    count = len(told["parts"])
    _say(
        "",
        f"The capsule of case {told['case']} is as it was exported at {told['exported_at']}: {count} parts.",
    )
    _say("", f"It says that it is from {told['server']}")
    return _check_files(told["originals"], digests, whose="capsule")


def _told(said: dict[str, Any]) -> Iterable[str]:
    by, case = said["by"], said["case"]
    verdict = "approved" if said["verdict"] == "approved" else "asked for changes of"
    where = f", {by['workspace']}" if by["workspace"] else ""
    known = "" if by["is_verified"] else " (a name that nobody verified)"
    whose = f"{case['code']} of {case['workspace']}"
    yield f"{by['name']}{where}{known} {verdict} case {whose} at {said['decided_at']}."
    yield f"Aspects: {', '.join(said['aspects'])} (of {', '.join(said['all_aspects'])}); needs {said['quorum']}."
    for file in said["files"]:
        yield f"{file['slot']}, version {file['version']}: {file['sha256']}"
    yield f"It says that it is from {said['server']}"


def _say_signed(key: str, *, is_compared: bool) -> None:
    """First of all, and before a word of the file: anybody can sign any words with a key of their own."""
    _say("OK", f"It is as it was signed, with key {key}")
    _say("", f"Fingerprint of the key: {fingerprint(key)}")
    if not is_compared:
        _say(
            "",
            "Whose key it is: compare the fingerprint with /signing-key of the server, then name it with --key.",
        )


def _say(mark: str, text: str) -> None:
    """One line, whatever a file or its name holds: a sign that cannot be seen stands as its code."""
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    line = " ".join(line.split())  # a run of blanks would push what follows to where a line begins
    print(f"{mark:5}{line}", file=sys.stderr if mark == "BAD" else sys.stdout)


def _check_files(files: list[dict[str, Any]], digests: dict[Path, str], *, whose: str) -> int:
    bound = {file[name]: file for file in files for name in ("sha256", "cleaned_sha256") if file.get(name)}
    code = 0
    for other, digest in digests.items():
        if (file := bound.get(digest)) is not None:
            _say("OK", f"{other.name} is {file['slot']}, version {file['version']}, of this {whose}.")
        else:
            _say("BAD", f"{other.name} is none of the files of this {whose}.")
            code = 1
    return code


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
