"""The seal of a capsule: `arcada verify` finds a byte that was changed anywhere, without a server, and says where."""

import argparse
import base64
import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from arcada.commands import verify
from tests.cast import NOW, Person, Visitor, body_of
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def saved(dr_ada: Person, shared_case: "Case", tmp_path: Path) -> Path:
    """A-1042 with a comment, as ada saved it."""
    from arcada.apps.reviews.actions import open_thread

    open_thread(dr_ada.actor, shared_case, text="The margin is open\r\n<at> 14", now=NOW)
    file = tmp_path / "A-1042_capsule.html"
    file.write_bytes(body_of(signed_in(dr_ada).get(f"/cases/{shared_case.pk}/capsule")))
    return file


def verified(file: Path, *more: str) -> int:
    parser = argparse.ArgumentParser()
    verify.arguments(parser)
    return verify.run(parser.parse_args([str(file), *more]))


def with_change(saved: Path, old: bytes, new: bytes) -> Path:
    page = saved.read_bytes()
    assert old in page and old != new
    other = saved.with_name("changed.html")
    other.write_bytes(page.replace(old, new, 1))
    return other


def letters_of(page: bytes, part: str) -> bytes:
    found = re.search(rb'data-part="' + part.encode() + rb'[^"]*"(?:>| src="[^,]*,)([A-Za-z0-9+/=]+)', page)
    assert found is not None
    return found[1]


def test_a_capsule_as_it_was_saved_is_good_and_says_who_signed_it(saved: Path, capsys: Any) -> None:
    from django.conf import settings

    from arcada.core.decision_paper import fingerprint
    from arcada.core.sealing import public_half

    assert verified(saved) == 0
    said = capsys.readouterr().out
    key = public_half(settings.ENV.audit_key())
    assert said.startswith(f"OK   It is as it was signed, with key {key}\n")
    assert "\n     The capsule of case A-1042 is as it was exported at " in said
    assert fingerprint(key) in said and settings.ENV.public_url in said and "/signing-key" in said
    assert verified(saved, "--key", key) == 0


def test_a_recipients_capsule_is_sealed_as_well(rosa: Visitor, tmp_path: Path) -> None:
    file = tmp_path / "rosas.html"
    file.write_bytes(body_of(rosa.browser.get(f"{rosa.base}/capsule")))
    assert verified(file) == 0


@pytest.mark.parametrize(
    ("part", "name"),
    [("full-", "full detail"), ("view-", "Frontal smile"), ("viewer", "the viewer"), ("manifest", "scene")],
)
def test_a_changed_byte_in_a_part_is_said_with_the_parts_name(
    saved: Path, capsys: Any, part: str, name: str
) -> None:
    """As a careful hand would do it: the part still unpacks, and has the size that it had."""
    old = letters_of(saved.read_bytes(), part)
    data = base64.b64decode(old)
    is_packed = data[:2] == b"\x1f\x8b"
    plain = bytearray(gzip.decompress(data) if is_packed else data)
    plain[len(plain) // 2] ^= 1
    new = base64.b64encode(gzip.compress(bytes(plain)) if is_packed else bytes(plain))
    assert verified(with_change(saved, old, new)) == 1
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("BAD") == 1
    assert name.lower() in said.err.lower() and "is not what was exported" in said.err


def test_a_part_that_cannot_be_unpacked_or_is_missing_is_said_too(saved: Path, capsys: Any) -> None:
    old = letters_of(saved.read_bytes(), "full-")
    for new in (old[: len(old) // 8 * 4], b"", b"!" + old[1:]):
        assert verified(with_change(saved, old, new)) == 1
        assert "full detail" in capsys.readouterr().err


def test_a_byte_that_no_part_needs_is_found_by_the_seal(saved: Path, capsys: Any) -> None:
    """The time in the head of a packed part: it unpacks to the same."""
    old = letters_of(saved.read_bytes(), "full-")
    data = bytearray(base64.b64decode(old))
    data[4] ^= 1
    assert verified(with_change(saved, old, base64.b64encode(data))) == 1
    assert "the signature does not fit" in capsys.readouterr().err


def test_a_changed_comment_is_said_as_comments(saved: Path, capsys: Any) -> None:
    assert verified(with_change(saved, b"The margin is open", b"The margin is shut")) == 1
    assert "“what was said, measured and decided” is not what was exported" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<h1 ", b"<h1  "),
        (b'"case":"A-1042"', b'"case":"A-1043"'),
        (b"exported by ", b"exported for "),
        (b"</body>", b"<p>approved</p></body>"),
        (b'<script type="module">', b'<script type="module">/**/'),
    ],
)
def test_a_changed_page_around_the_parts_is_found(saved: Path, capsys: Any, old: bytes, new: bytes) -> None:
    assert verified(with_change(saved, old, new)) == 1
    assert "the signature does not fit" in capsys.readouterr().err


def test_a_list_that_was_made_to_fit_a_changed_part_is_found(saved: Path, capsys: Any) -> None:
    page = saved.read_bytes()
    old = letters_of(page, "view-")
    plain = bytearray(base64.b64decode(old))
    plain[-1] ^= 1
    was = hashlib.sha256(base64.b64decode(old)).hexdigest().encode()
    now = hashlib.sha256(plain).hexdigest().encode()
    saved.write_bytes(page.replace(old, base64.b64encode(plain)).replace(was, now))
    assert verified(saved) == 1
    assert "the signature does not fit" in capsys.readouterr().err


def test_one_who_seals_it_again_has_another_key(saved: Path, capsys: Any) -> None:
    from arcada.core.capsule_seal import _SEAL, seal_of

    key = json.loads(_SEAL.findall(saved.read_bytes())[0][1])["key"]
    page = saved.read_bytes().replace(b"exported by ", b"exported for ")
    digest = hashlib.sha256(_SEAL.sub(rb"\1", page)).digest()
    saved.write_bytes(_SEAL.sub(lambda found: found[1] + seal_of(digest, seed=b"m" * 32).encode(), page))
    assert verified(saved) == 0
    assert verified(saved, "--key", key) == 1
    assert "signed with another key" in capsys.readouterr().err


def test_a_capsule_without_a_seal_is_no_sealed_capsule(saved: Path, capsys: Any) -> None:
    page = saved.read_bytes()
    for other in (
        re.sub(rb'<script type="application/json" id="seal">.*?</script>', b"", page),
        page + page,
        b"<!doctype html>",
    ):
        saved.write_bytes(other)
        assert verified(saved) == 1
        assert "no capsule with a seal" in capsys.readouterr().err


def test_an_original_is_told_from_another_file(
    saved: Path, ready_records: "dict[str, Record]", given_files: Any, capsys: Any
) -> None:
    original, other = saved.with_name("upper.stl"), saved.with_name("other.stl")
    original.write_bytes(given_files["upper_jaw"].data)
    other.write_bytes(b"solid")
    assert verified(saved, "--with", str(original)) == 0
    assert "upper.stl is upper_jaw, version 1, of this capsule" in capsys.readouterr().out
    assert verified(saved, "--with", str(other)) == 1
