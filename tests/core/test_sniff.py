"""What a file is, by content: the accepted formats, and the names of what is refused."""

import io
import struct
import warnings
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcada.core.anatomy import FileFormat
from arcada.core.intake import prepare
from arcada.core.prepared import Declared
from arcada.core.sniff import sniff
from tests.golden.documents.make import pdf
from tests.golden.images.make import HTML, ZIP, jpeg, png

OTHER_EXTENSIONS = """
    php php5 phtml asp aspx jsp js mjs html htm xhtml svg xml exe dll com bat cmd ps1 vbs sh py rb pl cgi jar
    class war apk msi scr lnk url zip rar 7z tar gz bz2 iso dmg doc docx xls xlsx ppt odt rtf gif webp bmp tif
    tiff heic avif psd ai eps mp4 mov mp3 wav 3mf csv json
    """.split()  # noqa: SIM905 - one line for each would say no more
TRIANGLE = struct.pack("<12fH", 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0)
ASCII_STL = (
    b"solid upper\nfacet normal 0 0 1\nouter loop\n"
    b"vertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n"
)


def binary_stl(header: bytes = b"", count: int = 2) -> bytes:
    return header.ljust(80, b"\x00") + struct.pack("<I", count) + TRIANGLE * count


def ply(form: bytes) -> bytes:
    return b"ply\nformat " + form + b" 1.0\nelement vertex 0\nend_header\n"


@pytest.mark.parametrize(
    ("data", "name", "format"),
    [
        (binary_stl(), "a.stl", FileFormat.STL_BINARY),
        (binary_stl(b"solid exported by a scanner"), "a.stl", FileFormat.STL_BINARY),
        (binary_stl(b"solid facet endsolid"), "", FileFormat.STL_BINARY),
        (ASCII_STL + b"endsolid upper\n", "a.stl", FileFormat.STL_ASCII),
        (b"\r\n  SOLID\r\nfacet ", "a.stl", FileFormat.STL_ASCII),
        (b"solid\nendsolid\n", "", FileFormat.STL_ASCII),
        (ply(b"ascii"), "a.ply", FileFormat.PLY_ASCII),
        (ply(b"binary_little_endian"), "a.ply", FileFormat.PLY_LITTLE_ENDIAN),
        (ply(b"binary_big_endian").replace(b"\n", b"\r\n"), "", FileFormat.PLY_BIG_ENDIAN),
        (b"# made by a scanner\nmtllib a.mtl\nv 0 0 0\nv 1 0 0\nf 1 2 1\n", "a.obj", FileFormat.OBJ),
        (b"v 0 0 0 1 0.5 0.5\n", "", FileFormat.OBJ),
        (b"# material\nnewmtl tooth\nKd 1 1 1\n", "a.mtl", FileFormat.MTL),
        (b"newmtl tooth\nKd 1 1 1\n", "", FileFormat.MTL),
        (jpeg(), "a.jpg", FileFormat.JPEG),
        (png(), "a.png", FileFormat.PNG),
        (pdf(), "a.pdf", FileFormat.PDF),
        (b"Zahn 26: Krone, A3\n", "a.txt", FileFormat.TEXT),
        ("Observação".encode("utf-16"), "a.txt", FileFormat.TEXT),
    ],
)
def test_each_accepted_format_is_known_by_its_content(data, name, format):
    assert sniff(data, name).format is format


@pytest.mark.parametrize(
    ("data", "code", "seen"),
    [
        (b"", "empty_file", None),
        (b'<HPS version="1.1">\n <Packed_geometry>', "scanner_vendor_format", "3shape.dcm"),
        (b'<?xml version="1.0"?>\r\n<HPS version="1.0">', "scanner_vendor_format", "3shape.dcm"),
        (ZIP, "format_not_accepted", "ZIP"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "format_not_accepted", "SVG"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><svg/>', "format_not_accepted", "SVG"),
        (b"<!-- a remark --><html>", "format_not_accepted", "HTML"),
        (HTML, "format_not_accepted", "HTML"),
        (b"<?xml version='1.0'?><dentalProject/>", "format_not_accepted", "XML"),
        (b"<?php system($_GET['x']); ?>", "format_not_accepted", "PHP"),
        (b"#!/bin/sh\nrm -rf /\n", "format_not_accepted", "script"),
        (b"GIF89a\x01\x00\x01\x00", "format_not_accepted", "GIF"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "format_not_accepted", "WebP"),
        (b"II*\x00\x08\x00\x00\x00", "format_not_accepted", "TIFF"),
        (b"BM\x9a\x00\x00\x00\x00\x00", "format_not_accepted", "BMP"),
        (b"\x00\x00\x00\x18ftypheic\x00", "format_not_accepted", "HEIC"),
        (b"\x00\x00\x00\x18ftypavif\x00", "format_not_accepted", "AVIF"),
        (b"MZ\x90\x00\x03\x00", "format_not_accepted", "EXE"),
        (b"\x7fELF\x02\x01\x01", "format_not_accepted", "ELF"),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x34", "format_not_accepted", "Java or macOS program"),
        (b"%!PS-Adobe-3.0", "format_not_accepted", "PostScript"),
        (b"Rar!\x1a\x07\x00", "format_not_accepted", "RAR"),
        (bytes(range(256)), "unknown_format", None),
    ],
)
@pytest.mark.parametrize("name", ["", "x.stl", "x.txt", "x.dcm"])
def test_what_is_refused_is_named(data, code, seen, name):
    """UP-06."""
    sniffed = sniff(data, name)
    if code == "unknown_format" and name:
        assert sniffed.format is not None  # then the reader says what is wrong
    else:
        assert (sniffed.format, sniffed.refusal, sniffed.seen) == (None, code, seen)


@pytest.mark.parametrize(
    "name",
    [
        "a.jpg.php", "a.php", "a.jpg.exe", "a.html", "a.svg", "a.stl%00.png", "a.jpg.", "a.jpg ", "a.png\u202egpj.jpg",
        "a\x00.jpg", "../a.jpg", "..\\a.jpg", "a.pdf", "a.stl", "a.txt", "a.gif", "a.jpg\n",
    ],
)  # fmt: skip
def test_a_photograph_under_a_name_that_disagrees_or_deceives_is_refused(name):
    """UP-01."""
    assert not prepare(jpeg(), Declared(name)).accepted


def test_sixty_other_extensions_are_refused():
    """UP-01."""
    assert len(OTHER_EXTENSIONS) >= 60
    assert [end for end in OTHER_EXTENSIONS if prepare(jpeg(), Declared(f"a.{end}")).accepted] == []


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (HTML, "a.jpg"), (b"<svg/>", "a.png"), (pdf(), "a.jpg"), (ZIP, "a.stl"), (b"MZ\x00\x00" + jpeg(), "a.jpg"),
        (b"GIF89a" + ZIP, "a.png"), (HTML + jpeg(), "a.jpg"), (ZIP + png(), "a.png"), (b"\n" + png(), "a.png"),
    ],
)  # fmt: skip
def test_a_file_that_is_two_things_is_refused_when_the_first_is_not_what_the_name_says(data, name):
    """UP-05."""
    assert not prepare(data, Declared(name)).accepted


@given(st.binary(max_size=200), st.sampled_from(["", "a.stl", "a.obj", "a.jpg", "a.txt", "a.dcm", "a"]))
def test_any_bytes_are_a_format_or_a_named_refusal(data, name):
    sniffed = sniff(data, name)
    assert (sniffed.format is None) == (sniffed.refusal is not None)
    assert sniff(memoryview(data), name) == sniffed


def hostile_archives() -> list[bytes]:
    """Archives that would harm whoever unpacks them: Arcada unpacks none."""
    made = []
    for names in (
        ["../../etc/cron.d/a"],
        ["/etc/passwd"],
        ["a.stl", "a.stl"],
        [f"{n}.stl" for n in range(300)],
    ):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name in names:
                archive.writestr(name, bytes(100_000))
        made.append(held.getvalue())
    link = zipfile.ZipInfo("upper.stl")
    link.external_attr = 0o120777 << 16
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("inner.zip", made[0])
    made.append(held.getvalue())
    # Sizes that lie, and two entries over the same bytes.
    made.append(made[0].replace(struct.pack("<I", 100_000), struct.pack("<I", 2**32 - 1)))
    made.append(made[2] + made[2])
    return made


def test_up_09_no_archive_is_taken_under_any_name_so_none_is_ever_unpacked():
    """UP-09: ZIP is no way in; what carries one inside is cleaned of it (UP-05)."""
    checked = 0
    for data in hostile_archives():
        for name in ("a.zip", "a.stl", "a.ply", "a.obj", "a.jpg", "a.png", "a.pdf", "a.txt", "a", "a.3oxz"):
            prepared = prepare(data, Declared(name))
            assert not prepared.accepted and not prepared.renditions, name
            checked += 1
    print(f"{checked} archives checked")
