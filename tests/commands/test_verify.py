"""`arcada verify` on files of somebody who has a key of their own: whatever they sign, it says who signed it."""

import argparse
import base64
import gzip
import hashlib
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from arcada.commands import verify
from arcada.core.capsule import FORMAT
from arcada.core.capsule_seal import seal_of
from arcada.core.decision_paper import fingerprint, write_paper
from arcada.core.sealing import public_half

MALLORY = b"m" * 32
KEY = public_half(MALLORY)
FALSE = "https://arcada.example with key REAL\n     Fingerprint of the key: AAAA BBBB\x1b[8m"
OVERLONG = "x" * 500
SCENE = b'{"teeth": []}'


def block(id: str, data: bytes) -> str:
    letters = base64.b64encode(gzip.compress(data)).decode()
    return f'<script type="application/octet-stream" data-part="{id}">{letters}</script>'


def part(data: bytes, **other: Any) -> dict[str, Any]:
    digest = hashlib.sha256(data).hexdigest()
    return {"id": "manifest", "bytes": len(data), "sha256": digest, "packing": "gzip", **other}


def told(**other: Any) -> dict[str, Any]:
    original = {"record": "r", "slot": "upper_jaw", "version": 1, "bytes": 5, "sha256": "0" * 64}
    return {
        "format": FORMAT, "version": 1, "case": "A-1042", "exported_at": "2026-03-17T09:30:00+00:00",
        "server": "https://arcada.example", "originals": [original], "parts": [part(SCENE)], **other,
    }  # fmt: skip


def capsule(contents: Any, *blocks: str, name: str = "scene") -> bytes:
    """As mallory writes and seals it."""
    listed = json.dumps(contents).replace("<", "\\u003c")
    row = f'<tr data-row="manifest"><th scope="row">{name}</th></tr>'
    page = f'<!doctype html>{row}{"".join(blocks)}<script type="application/json" id="contents">{listed}</script>'
    before, after = f'{page}<script type="application/json" id="seal">', "</script>"
    seal = seal_of(hashlib.sha256((before + after).encode()).digest(), seed=MALLORY)
    return (before + seal + after).encode()


def decision(**other: Any) -> bytes:
    said = {
        "id": "1", "server": "https://arcada.example", "verdict": "approved", "aspects": ["margin"],
        "all_aspects": ["margin"], "case": {"id": "2", "code": "A-1042", "workspace": "Lima Dental"},
        "quorum": 1, "note": "", "decided_at": "2026-03-17T09:30:00Z", "prescription": None,
        "by": {"id": "3", "name": "Dr Ada", "workspace": "Lima", "kind": "person", "is_verified": True},
        "files": [{"record": "r", "slot": "design", "version": 3, "sha256": "0" * 64, "cleaned_sha256": ""}],
        "viewer_build": "2" * 64, **other,
    }  # fmt: skip
    return write_paper(said, seed=MALLORY).encode()


@pytest.fixture
def verified(tmp_path: Path, capsys: Any) -> Callable[..., tuple[int, list[str], str]]:
    """The exit code, the lines on the screen, and what was said of faults."""

    def run(data: bytes) -> tuple[int, list[str], str]:
        file = tmp_path / "given"
        file.write_bytes(data)
        parser = argparse.ArgumentParser()
        verify.arguments(parser)
        code = verify.run(parser.parse_args([str(file)]))
        printed = capsys.readouterr()
        for line in (*printed.out.splitlines(), *printed.err.splitlines()):
            assert line.isprintable() and len(line) < 1000, line
        return code, printed.out.splitlines(), printed.err

    return run


def test_the_key_stands_before_anything_that_the_file_says(verified: Any) -> None:
    for data in (capsule(told(), block("manifest", SCENE)), decision()):
        code, lines, _ = verified(data)
        assert code == 0
        assert lines[0] == f"OK   It is as it was signed, with key {KEY}"
        assert lines[1] == f"     Fingerprint of the key: {fingerprint(KEY)}"
        assert sum("A-1042" in line for line in lines[2:]) == 1
        assert "https://arcada.example" in lines[-1]


@pytest.mark.parametrize("words", [FALSE, OVERLONG, "https://a.example   AAAA BBBB", "", 5, ["x"], None])
def test_an_address_or_a_time_that_is_not_one_printable_word_is_bad(verified: Any, words: Any) -> None:
    for data in (
        capsule(told(server=words), block("manifest", SCENE)),
        capsule(told(exported_at=words), block("manifest", SCENE)),
        decision(server=words),
        decision(decided_at=words),
    ):
        code, lines, faults = verified(data)
        assert (code, lines, faults.count("BAD")) == (1, [], 1)


@pytest.mark.parametrize(
    "name", [FALSE, "Dr\u202eAda", "Dr\u00a0Ada" + " " * 80 + "Fingerprint of the key: AAAA"]
)
def test_a_name_that_somebody_typed_makes_no_line_of_its_own(verified: Any, name: str) -> None:
    """A person's name may hold a sign that cannot be seen: the decision is good, and the sign stands as its code."""
    by = {"id": "3", "name": name, "workspace": name, "kind": "person", "is_verified": True}
    case = {"id": "2", "code": name, "workspace": name}
    for data, count in (
        (capsule(told(case=name), block("manifest", SCENE)), 5),
        (decision(by=by, case=case, aspects=[name], all_aspects=[name]), 7),
    ):
        code, lines, _ = verified(data)
        assert code == 0 and len(lines) == count
        assert sum(line.lstrip().startswith("Fingerprint") for line in lines) == 1
        assert all("  " not in line[5:] for line in lines)


def test_a_part_with_a_false_name_is_said_on_one_line(verified: Any) -> None:
    data = capsule(told(), block("manifest", b"other"), name=FALSE + OVERLONG)
    code, lines, faults = verified(data)
    assert (code, lines, len(faults.splitlines())) == (1, [], 1) and "\\x1b[8m" in faults


def test_letters_around_a_key_are_no_key(verified: Any) -> None:
    """A lenient reader of base 64 would skip what is none and find the key all the same."""
    page = capsule(told(), block("manifest", SCENE))
    code, lines, faults = verified(page.replace(KEY.encode(), b"\\n \\u001b[ ." + KEY.encode()))
    assert (code, lines) == (1, []) and "the signature does not fit" in faults


@pytest.mark.parametrize(
    "other",
    [
        {"case": OVERLONG}, {"case": None}, {"originals": None}, {"originals": ["x"]}, {"originals": [{}]},
        {"originals": [{"slot": ["x"], "version": 1, "sha256": "0" * 64}]},
        {"originals": [{"slot": "upper_jaw", "version": "1\n", "sha256": "0" * 64}]},
        {"originals": [{"slot": "upper_jaw", "version": 1, "sha256": ["x"]}]},
        {"parts": None}, {"parts": ["x"]}, {"parts": [part(SCENE), part(SCENE)]},
        *({"parts": [part(SCENE, **one)]} for one in (
            {"id": ["x"]}, {"id": "\x1b[8m"}, {"id": ""}, {"bytes": -1}, {"bytes": 2**70},
            {"bytes": "5"}, {"bytes": True},
            {"bytes": 13.0}, {"sha256": 5}, {"packing": ["x"]},
        )),
    ],
)  # fmt: skip
def test_a_list_of_another_form_is_no_capsule(verified: Any, other: dict[str, Any]) -> None:
    code, lines, faults = verified(capsule(told(**other), block("manifest", SCENE)))
    assert (code, lines) == (1, []) and "no capsule with a seal" in faults


@pytest.mark.parametrize("name", ["case", "exported_at", "originals", "server", "parts", "format"])
def test_a_list_without_one_of_its_fields_is_no_capsule(verified: Any, name: str) -> None:
    contents = told()
    del contents[name]
    code, lines, faults = verified(capsule(contents, block("manifest", SCENE)))
    assert (code, lines) == (1, []) and "no capsule with a seal" in faults
    for other in (None, [], "x", 5):
        assert verified(capsule(other))[0] == 1


@pytest.mark.parametrize("size", [2**50, 2**26 - 1, 5])
def test_a_part_that_unpacks_to_more_than_it_should_takes_no_memory(verified: Any, size: int) -> None:
    page = capsule(told(parts=[part(SCENE, bytes=size)]), block("manifest", bytes(2**26)))
    assert len(page) < 2**17
    tracemalloc.start()
    code, lines, faults = verified(page)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (code, lines) == (1, []) and "“scene” is not what was exported" in faults
    assert peak < 2**23, f"{peak:,} bytes"


def test_a_large_part_is_good_piece_by_piece(verified: Any) -> None:
    data = bytes(range(256)) * 20_000
    assert verified(capsule(told(parts=[part(data)]), block("manifest", data)))[0] == 0


def test_a_page_that_no_reader_of_html_understands_is_bad(verified: Any) -> None:
    text = part(b"said", id="said", packing="text")
    page = capsule(told(parts=[text]), '<section data-part="said">said</section><![x[')
    code, lines, faults = verified(page)
    assert (code, lines) == (1, []) and "“said” is not what was exported" in faults


@pytest.mark.parametrize(
    "other",
    [
        {"by": None}, {"by": []}, {"by": {}}, {"case": "A-1042"}, {"case": {"code": 5, "workspace": "x"}},
        {"aspects": [5]}, {"aspects": "margin"}, {"aspects": ["margin"] * 1000}, {"all_aspects": [OVERLONG]},
        {"quorum": "\n"},
        {"verdict": ["approved"]}, {"verdict": "refused"}, {"files": None}, {"files": [5]},
        {"files": [{"slot": "design"}]},
        {"files": [{"slot": "design", "version": 3, "sha256": "0" * 64, "cleaned_sha256": ["x"]}]},
    ],
)  # fmt: skip
def test_a_decision_of_another_form_is_bad(verified: Any, other: dict[str, Any]) -> None:
    code, lines, faults = verified(decision(**other))
    assert (code, lines) == (1, []) and "in a form that no decision has" in faults
