"""Every golden document is accepted or refused as the file beside it says, and nothing of it leaks."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arcada.core.documents.document import ReadDocument
from arcada.core.documents.pdf import MAX_PAGES, read_pdf
from arcada.core.documents.text import MAX_TEXT_BYTES, read_text
from arcada.core.errors import Unreadable
from tests.golden.documents.make import golden, pdf
from tests.golden.images.make import CANARY

FOLDER = Path(__file__).parents[2] / "golden" / "documents"
NAMES = sorted(path.name.removesuffix(".json") for path in FOLDER.glob("*.json"))
ACCEPTED = [name for name in NAMES if json.loads((FOLDER / f"{name}.json").read_text())["accepted"]]

IDENTIFYING = (CANARY, CANARY.hex().encode(), b"D:2025", b"example.org", b"/Info", b"/ID")
FOREIGN = (b"PK\x03\x04", b"/AcroForm", b"/JavaScript", b"/Metadata")


def read(name: str, data: bytes) -> ReadDocument:
    return read_pdf(data) if name.endswith(".pdf") else read_text(data)


def data_of(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def test_every_golden_document_has_its_expectation_beside_it():
    assert (
        set(golden())
        == set(NAMES)
        == {path.name for path in FOLDER.iterdir() if path.suffix in (".pdf", ".txt")}
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_golden_document_is_judged_as_expected(name):
    expected = json.loads((FOLDER / f"{name}.json").read_text())
    try:
        document = read(name, data_of(name))
    except Unreadable as refusal:
        assert expected == {"accepted": False, "code": refusal.code, "value": refusal.facts.get("value")}
    else:
        assert expected == {
            "accepted": True,
            "pages": document.pages,
            "findings": [finding.code for finding in document.findings],
            "removed": [line.where for line in document.removed],
        }


@pytest.mark.parametrize("name", ACCEPTED)
def test_two_cleanings_of_a_document_give_the_same_bytes(name):
    cleaned = read(name, data_of(name)).cleaned
    assert read(name, data_of(name)).cleaned == cleaned
    again = read(name, cleaned)
    assert (again.cleaned, again.removed, again.findings) == (cleaned, (), ())


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_cleaned_document_holds_no_name_no_date_and_no_address(name):
    cleaned = read(name, data_of(name)).cleaned
    assert [mark for mark in (*IDENTIFYING, *FOREIGN) if mark in cleaned] == []


@pytest.mark.parametrize("name", [name for name in ACCEPTED if name.endswith(".pdf")])
def test_a_cleaned_pdf_looks_as_before(name, tmp_path):
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is not on this machine (Debian: poppler-utils)")
    shown = []
    for step, data in (("before", data_of(name)), ("after", read_pdf(data_of(name)).cleaned)):
        (tmp_path / f"{step}.pdf").write_bytes(data)
        subprocess.run(["pdftoppm", "-r", "36", tmp_path / f"{step}.pdf", tmp_path / step], check=True)
        shown.append([path.read_bytes() for path in sorted(tmp_path.glob(f"{step}-*.ppm"))])
    assert shown[0] == shown[1] != [[]]


@pytest.mark.parametrize("name", [name for name in ACCEPTED if name.endswith(".pdf")])
def test_qpdf_finds_no_fault_in_a_cleaned_pdf(name, tmp_path):
    if shutil.which("qpdf") is None:
        pytest.skip("qpdf is not on this machine (Debian: qpdf)")
    (tmp_path / "cleaned.pdf").write_bytes(read_pdf(data_of(name)).cleaned)
    subprocess.run(["qpdf", "--check", tmp_path / "cleaned.pdf"], check=True, capture_output=True)


@pytest.mark.parametrize("name", NAMES)
def test_every_truncation_of_a_golden_document_is_accepted_or_refused(name):
    data = data_of(name)
    for length in range(0, len(data), 1 if len(data) < 1500 else 17):
        try:
            read(name, data[:length])
        except Unreadable as refusal:
            assert refusal.code


def test_too_many_pages_are_refused():
    kids = b"3 0 R " * (MAX_PAGES + 1)
    data = pdf().replace(b"/Count 1 /Kids [3 0 R]", b"/Count %d /Kids [%s]" % (MAX_PAGES + 1, kids))
    with pytest.raises(Unreadable) as refusal:
        read_pdf(data)
    assert refusal.value.code == "too_many_pages"


def test_a_megabyte_of_text_is_read_and_one_byte_more_is_not():
    assert len(read_text(b"x" * MAX_TEXT_BYTES).cleaned) == MAX_TEXT_BYTES
    with pytest.raises(Unreadable) as refusal:
        read_text(b"x" * (MAX_TEXT_BYTES + 1))
    assert (refusal.value.code, refusal.value.facts["limit"]) == ("text_too_long", MAX_TEXT_BYTES)


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_are_refused(data):
    try:
        cleaned = read_text(data).cleaned
    except Unreadable:
        return
    assert read_text(cleaned).cleaned == cleaned


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_pdf_with_wrong_bytes_is_read_or_refused(data):
    names = [name for name in ACCEPTED if name.endswith(".pdf")]
    changed = bytearray(data_of(data.draw(st.sampled_from(names))))
    for place in data.draw(st.lists(st.integers(0, len(changed) - 1), min_size=1, max_size=5)):
        changed[place] = data.draw(st.integers(0, 255))
    try:
        cleaned = read_pdf(bytes(changed)).cleaned
    except Unreadable:
        return
    assert read_pdf(cleaned).cleaned == cleaned
