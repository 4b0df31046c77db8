"""Intake of one file: everything that is wrong at once, nothing of the patient in what goes out."""

import hashlib
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from arcada.core.anatomy import FileFormat, Jaw, RecordKind
from arcada.core.file_formats import FAMILY_OF_EXTENSION
from arcada.core.finding_texts import TEXTS, text_of
from arcada.core.findings import Severity
from arcada.core.geometry.facts import ScanFacts
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.specimen import faults, make_arch
from arcada.core.geometry.stream import decode_glb
from arcada.core.geometry.write import write_obj, write_obj_textured, write_ply, write_stl, write_stl_ascii
from arcada.core.images.facts import ImageFacts
from arcada.core.intake import Declared, FileFacts, Prepared, prepare, prepare_unread
from arcada.core.upload_standard import SHIPPED, ByteLimits, as_dict, load_standard
from tests.core.made_images import jpeg, png

ARCHIVE = SHIPPED["archive-3-2"]
CANARY = "Maria da Silva 1968-02-29"
GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="module")
def upper() -> Mesh:
    return make_arch(Jaw.MAXILLA, seed=3, triangles=24_000)


@pytest.fixture(scope="module")
def upper_stl(upper: Mesh) -> bytes:
    return write_stl(upper, header=CANARY)


def codes(prepared: Prepared) -> list[str]:
    return [finding.code for finding in prepared.findings]


def scaled(mesh: Mesh, factor: float) -> Mesh:
    return Mesh(np.ascontiguousarray(mesh.points * np.float32(factor)), mesh.triangles, mesh.colours)


# ---------------------------------------------------------------- a good scan


def test_a_good_scan_is_accepted_with_facts_streams_and_five_posters(upper: Mesh, upper_stl: bytes) -> None:
    prepared = prepare(upper_stl, Declared("case 7 upper.stl", "upper_jaw", ARCHIVE))
    assert prepared.accepted, codes(prepared)
    facts = prepared.facts
    assert isinstance(facts, ScanFacts)
    assert (facts.kind, facts.format, prepared.kind) == ("scan", FileFormat.STL_BINARY, RecordKind.SCAN)
    assert facts.sha256 == hashlib.sha256(upper_stl).hexdigest() and facts.bytes == len(upper_stl)
    assert facts.triangles == len(upper.triangles)
    assert (facts.unit, facts.components, facts.jaw) == ("mm", 1, Jaw.MAXILLA)
    assert sorted(prepared.renditions) == [
        "coarse.glb",
        "full.glb",
        "poster-front.webp",
        "poster-left.webp",
        "poster-lower.webp",
        "poster-right.webp",
        "poster-upper.webp",
    ]
    assert prepared.outgoing_suffix == ".stl"
    assert len(prepared.renditions["full.glb"]) < len(upper_stl) / 8


def test_the_stream_lies_where_the_scan_lies_in_millimetres(upper: Mesh) -> None:
    prepared = prepare(write_stl(scaled(upper, 1 / 25.4)), Declared("upper.stl", "upper_jaw", ARCHIVE))
    assert "unit_inches" in codes(prepared)
    streamed = decode_glb(prepared.renditions["full.glb"])
    assert np.allclose(streamed.points.min(axis=0), upper.points.min(axis=0), atol=0.01)
    assert np.allclose(streamed.points.max(axis=0), upper.points.max(axis=0), atol=0.01)


def test_the_cleaned_file_has_the_same_triangles_and_no_name(upper_stl: bytes) -> None:
    prepared = prepare(upper_stl, Declared("upper.stl", "upper_jaw", ARCHIVE))
    assert prepared.cleaned is not None
    assert prepared.cleaned[80:] == upper_stl[80:]
    assert b"Silva" not in prepared.cleaned
    assert [(line.where, line.what, line.length) for line in prepared.receipt] == [("STL header", "text", 80)]
    again = prepare(prepared.cleaned, Declared("upper.stl", "upper_jaw", ARCHIVE))
    assert again.cleaned == prepared.cleaned and again.receipt == ()


@pytest.mark.parametrize(
    ("name", "write", "fmt"),
    [
        ("upper.stl", lambda mesh: write_stl(mesh, header=CANARY), FileFormat.STL_BINARY),
        ("upper.stl", lambda mesh: write_stl_ascii(mesh, name=CANARY), FileFormat.STL_ASCII),
        ("upper.ply", lambda mesh: write_ply(mesh, endian="ascii", comments=[CANARY]), FileFormat.PLY_ASCII),
        ("upper.ply", lambda mesh: write_ply(mesh, comments=[CANARY]), FileFormat.PLY_LITTLE_ENDIAN),
        (
            "upper.ply",
            lambda mesh: write_ply(mesh, endian="big", comments=[CANARY]),
            FileFormat.PLY_BIG_ENDIAN,
        ),
        ("upper.obj", lambda mesh: write_obj(mesh, comments=[CANARY]), FileFormat.OBJ),
    ],
)
def test_no_output_of_intake_names_the_patient(
    upper: Mesh, name: str, write: Callable[[Mesh], bytes], fmt: FileFormat
) -> None:
    data = write(upper)
    assert CANARY.encode() in data
    prepared = prepare(data, Declared(f"{CANARY} {name}", "upper_jaw", ARCHIVE))
    assert prepared.accepted and prepared.facts.format is fmt and prepared.cleaned
    for content in (prepared.cleaned, *prepared.cleaned_companions.values(), *prepared.renditions.values()):
        assert b"Silva" not in content
    assert "Silva" not in repr((prepared.facts, prepared.findings, prepared.receipt))
    assert prepared.receipt


def test_the_same_surface_in_another_file_has_the_same_digest(upper: Mesh, upper_stl: bytes) -> None:
    first = prepare(upper_stl, Declared("a.stl"))
    second = prepare(write_stl_ascii(upper), Declared("b.stl"))
    assert isinstance(first.facts, ScanFacts) and isinstance(second.facts, ScanFacts)
    assert first.facts.sha256 != second.facts.sha256
    assert first.facts.geometry_digest == second.facts.geometry_digest != ""


def test_colours_reach_the_stream(upper: Mesh) -> None:
    prepared = prepare(write_obj(upper), Declared("upper.obj", "upper_jaw", SHIPPED["crown-and-bridge"]))
    assert isinstance(prepared.facts, ScanFacts) and prepared.facts.has_colour
    assert "no_colour" not in codes(prepared)
    assert decode_glb(prepared.renditions["full.glb"]).colours is not None


# ---------------------------------------------------------------- what is wrong with a scan


def test_a_scan_without_colour_is_told_where_colour_is_expected(upper_stl: bytes) -> None:
    crown = prepare(upper_stl, Declared("upper.stl", "upper_jaw", SHIPPED["crown-and-bridge"]))
    free = prepare(upper_stl, Declared("upper.stl", "upper_jaw"))
    assert "no_colour" in codes(crown) and "no_colour" not in codes(free)


def test_a_confirmed_unit_ends_the_guessing(upper: Mesh) -> None:
    data = write_stl(scaled(upper, 1 / 25.4))
    guessed = prepare(data, Declared("upper.stl", "upper_jaw", ARCHIVE))
    confirmed = prepare(data, Declared("upper.stl", "upper_jaw", ARCHIVE, unit="mm"))
    as_guessed = prepare(data, Declared("upper.stl", "upper_jaw", ARCHIVE, unit="inch"))
    assert "unit_inches" in codes(guessed) and "unit_inches" not in codes(as_guessed)
    assert isinstance(guessed.facts, ScanFacts) and isinstance(confirmed.facts, ScanFacts)
    assert (guessed.facts.unit, confirmed.facts.unit) == ("inch", "mm")
    assert not {"unit_inches", "unit_unknown"} & set(codes(confirmed))
    assert guessed.facts.extent_mm[0] == pytest.approx(confirmed.facts.extent_mm[0] * 25.4, rel=1e-5)


def test_several_faults_are_told_at_once(upper: Mesh) -> None:
    bad = faults.inverted(faults.with_fragment(faults.with_hole(upper, diameter_mm=4.0), seed=1))
    prepared = prepare(write_stl(bad), Declared("lower.stl", "upper_jaw", SHIPPED["crown-and-bridge"]))
    assert {"inverted", "fragments", "holes_inside", "no_colour"} <= set(codes(prepared))
    assert prepared.accepted, "warnings do not block"


def test_a_lower_jaw_in_the_upper_place_is_told() -> None:
    lower = write_stl(make_arch(Jaw.MANDIBLE, seed=3, triangles=24_000))
    prepared = prepare(lower, Declared("lower.stl", "upper_jaw", ARCHIVE))
    assert "wrong_jaw" in codes(prepared) and prepared.accepted


def test_a_box_in_a_jaws_place_is_not_an_arch() -> None:
    corners = np.array([[x, y, z] for x in (0, 9) for y in (0, 9) for z in (0, 9)], dtype=np.float32)
    faces = [
        [0, 1, 3],
        [0, 3, 2],
        [4, 7, 5],
        [4, 6, 7],
        [0, 5, 1],
        [0, 4, 5],
        [2, 3, 7],
        [2, 7, 6],
        [0, 2, 6],
        [0, 6, 4],
    ]
    box = Mesh(corners, np.array([*faces, [1, 5, 7], [1, 7, 3]], dtype=np.uint32))
    prepared = prepare(write_stl(box), Declared("upper.stl", "upper_jaw", ARCHIVE))
    assert {"not_an_arch", "too_coarse"} <= set(codes(prepared))


def test_a_rule_that_rejects_blocks_until_a_reason_is_given(upper_stl: bytes) -> None:
    content = as_dict(ARCHIVE)
    content["slots"][0]["rules"] = {"colour_expected": "reject"}
    strict = load_standard(content)
    refused = prepare(upper_stl, Declared("upper.stl", "upper_jaw", strict))
    kept = prepare(
        upper_stl, Declared("upper.stl", "upper_jaw", strict, keep_reason="The scanner has no colour")
    )
    assert not refused.accepted and refused.renditions == {} and refused.cleaned is None
    assert isinstance(refused.facts, ScanFacts), "a rejected file still tells what it is"
    assert kept.accepted and "kept_with_reason" in codes(kept)


def test_every_truncation_of_a_scan_is_refused_and_still_has_its_hash(upper_stl: bytes) -> None:
    small = write_stl(Mesh(np.eye(3, dtype=np.float32) * 30, np.array([[0, 1, 2]], dtype=np.uint32)))
    for end in range(len(small)):
        prepared = prepare(small[:end], Declared("upper.stl", "upper_jaw", ARCHIVE))
        assert not prepared.accepted
        assert prepared.facts.sha256 == hashlib.sha256(small[:end]).hexdigest()
    cut = prepare(upper_stl[:-1], Declared("upper.stl", "upper_jaw", ARCHIVE))
    assert codes(cut) == ["truncated"] and isinstance(cut.facts, FileFacts)
    assert cut.facts.format is FileFormat.STL_BINARY


def test_a_file_that_claims_four_billion_triangles_is_refused() -> None:
    """UP-02."""
    lying = bytes(80) + b"\xff\xff\xff\xff" + bytes(50)
    prepared = prepare(lying, Declared("upper.stl", "upper_jaw", ARCHIVE))
    assert codes(prepared) == ["lying_counts"] and not prepared.accepted


def test_a_coordinate_that_is_no_number_is_refused(upper: Mesh) -> None:
    data = bytearray(write_stl(upper))
    data[84 + 12 : 84 + 16] = np.float32(np.nan).tobytes()
    prepared = prepare(bytes(data), Declared("upper.stl", "upper_jaw", ARCHIVE))
    assert codes(prepared) == ["not_finite"]


# ---------------------------------------------------------------- what a file is


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("upper.stl", b"", ["empty_file"]),
        ("upper.3shape.dcm", b'<HPS version="1.1">\n <Packed_geometry>', ["scanner_vendor_format"]),
        ("rest.dcm", bytes(128) + b"DICM" + bytes(60), ["malformed"]),
        ("rest.gif", b"GIF89a" + bytes(60), ["format_not_accepted"]),
        ("rest.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", ["format_not_accepted"]),
        ("rest.jpg", b"<!DOCTYPE html><script>", ["format_not_accepted"]),
        ("rest.jpg", b"<?php phpinfo();", ["format_not_accepted"]),
        ("case.zip", b"PK\x03\x04" + bytes(60), ["format_not_accepted"]),
        ("model.off", b"OFF\n8 6 12\n", ["format_not_accepted"]),
        ("thing", b"\x01\x02\x03\x00" * 9, ["unknown_format"]),
        ("upper.mtl", b"newmtl a\nKd 1 0 0\n", ["companion_alone"]),
        ("rest.jpg", b"no picture at all", ["not_an_image"]),
    ],
)
def test_what_is_not_accepted_says_what_it_is(name: str, data: bytes, found: list[str]) -> None:
    prepared = prepare(data, Declared(name))
    assert codes(prepared) == found and not prepared.accepted
    assert prepared.facts.bytes == len(data)
    assert all(text_of(finding) for finding in prepared.findings)


def test_the_vendors_format_says_how_to_export() -> None:
    prepared = prepare(b'<HPS version="1.1">', Declared("x.3shape.dcm"))
    assert "Export the scan as STL or PLY." in text_of(prepared.findings[0])


def test_binary_stl_that_starts_with_solid_is_still_binary(upper: Mesh) -> None:
    prepared = prepare(write_stl(upper, header="solid exported"), Declared("upper.stl", "upper_jaw"))
    assert prepared.facts.format is FileFormat.STL_BINARY and prepared.accepted


@pytest.mark.parametrize(
    ("name", "found", "accepted"),
    [
        ("upper.stl", [], True),
        ("upper.ply", ["wrong_extension"], False),
        ("upper", ["extension_mismatch"], True),
        ("upper.png", ["wrong_extension"], False),
        ("upper.stl.php", ["wrong_extension"], False),
        ("upper.txt", ["wrong_extension"], False),
        ("upper.stl%00.png", ["hostile_name", "wrong_extension"], False),
        ("up\u202eper.stl", ["hostile_name"], False),
    ],
)
def test_the_content_decides_and_the_name_may_not_lie(
    upper_stl: bytes, name: str, found: list[str], accepted: bool
) -> None:
    prepared = prepare(upper_stl, Declared(name, "upper_jaw"))
    assert [
        c for c in codes(prepared) if c in {"extension_mismatch", "wrong_extension", "hostile_name"}
    ] == found
    assert prepared.accepted is accepted


def test_no_file_passes_under_the_name_of_another_format() -> None:
    """UP-02: every accepted format under every other format's extension, and under its own."""
    given = {
        "stl": write_stl(make_arch(Jaw.MAXILLA, seed=4, triangles=2_000)),
        "ply": (GOLDEN / "meshes" / "little-endian.ply").read_bytes(),
        "obj": (GOLDEN / "meshes" / "plain.obj").read_bytes(),
        "jpg": jpeg(300, 200),
        "png": png(300, 200),
        "pdf": (GOLDEN / "documents" / "plain.pdf").read_bytes(),
    }
    checked = 0
    for family, data in given.items():
        for extension in (*given, "jpeg", "JPG", "PNG", "Stl"):
            said = prepare(data, Declared(f"file.{extension}"))
            is_own = FAMILY_OF_EXTENSION[extension.lower()] == family
            found = set(codes(said))
            if is_own:
                assert said.facts.format is not None and "wrong_extension" not in found, (family, extension)
            else:
                # An OBJ begins with nothing of its own: it is read as what its name says, and is no such thing.
                assert not said.accepted and (family == "obj" or "wrong_extension" in found), (family, found)
                assert all(text_of(each) for each in said.findings)
            checked += 1
    assert checked == 60
    print(f"{checked} checked")


def test_a_place_that_does_not_exist_is_a_finding_and_not_a_crash(upper_stl: bytes) -> None:
    prepared = prepare(upper_stl, Declared("upper.stl", "left_ear", ARCHIVE))
    assert codes(prepared) == ["unknown_slot"] and not prepared.accepted


@pytest.mark.parametrize(
    ("name", "slot"),
    [
        ("Case-upperjaw.stl", "upper_jaw"),
        ("1234_shell_occlusion_l.stl", "lower_jaw"),
        ("1234_shell_occlusion_u.stl", "upper_jaw"),
        ("scan_l.stl", "lower_jaw"),
        ("mandible.stl", "lower_jaw"),
        ("Case-upperjaw-situ.stl", "other"),
        ("crown 26.stl", "other"),
        ("scan01.stl", "other"),
    ],
)
def test_without_a_place_the_name_proposes_one_of_the_standard(
    upper_stl: bytes, name: str, slot: str
) -> None:
    assert prepare(upper_stl, Declared(name, standard=ARCHIVE)).slot == slot


def test_a_scan_in_a_photographs_place_is_refused_with_what_the_place_takes(upper_stl: bytes) -> None:
    prepared = prepare(upper_stl, Declared("rest.stl", "EV15", ARCHIVE))
    assert "wrong_format_for_slot" in codes(prepared)
    assert "Frontal at rest: the file is STL; it takes JPG, PNG, DICOM." in " ".join(
        map(text_of, prepared.findings)
    )


# ---------------------------------------------------------------- size


def test_a_file_above_the_platforms_size_is_refused_or_kept_unread(upper_stl: bytes) -> None:
    small = ByteLimits(scan=1000)
    refused = prepare(upper_stl, Declared("upper.stl", "upper_jaw", ARCHIVE, byte_limits=small))
    kept = prepare(upper_stl, Declared("upper.stl", "upper_jaw", byte_limits=small))
    assert codes(refused) == ["too_large"] and not refused.accepted
    assert codes(kept) == ["stored_without_viewer"] and kept.accepted
    assert kept.cleaned is None and kept.renditions == {}


def test_a_file_that_is_never_loaded_is_judged_by_its_head(upper_stl: bytes) -> None:
    declared = Declared("upper.ply", "upper_jaw")
    prepared = prepare_unread(b"ply\nformat binary_little_endian 1.0\n", 900_000_000, "ab" * 32, declared)
    assert prepared.accepted and codes(prepared) == ["stored_without_viewer"]
    assert (prepared.facts.sha256, prepared.facts.bytes) == ("ab" * 32, 900_000_000)


# ---------------------------------------------------------------- images and documents


def test_a_photograph_is_accepted_with_poster_and_view() -> None:
    prepared = prepare(jpeg(1600, 1200, comment=CANARY), Declared("smile.jpg", "EV19", ARCHIVE))
    assert prepared.accepted and isinstance(prepared.facts, ImageFacts)
    facts = prepared.facts
    assert (facts.kind, facts.width, facts.height, facts.megapixels) == ("photograph", 1600, 1200, 1.92)
    assert sorted(prepared.renditions) == ["poster.webp", "view.webp"]
    assert prepared.cleaned is not None and b"Silva" not in prepared.cleaned
    assert prepared.receipt and prepared.outgoing_suffix == ".jpg"


def test_a_panoramic_is_a_radiograph() -> None:
    prepared = prepare(png(1200, 600), Declared("opg.png", "panoramic", ARCHIVE))
    assert prepared.kind is RecordKind.RADIOGRAPH and isinstance(prepared.facts, ImageFacts)
    assert prepared.facts.kind == "radiograph"


def test_too_many_pixels_are_refused_with_the_offer_and_kept_as_they_are() -> None:
    prepared = prepare(jpeg(2880, 2160), Declared("smile.jpg", "EV19", ARCHIVE))
    assert not prepared.accepted and prepared.renditions == {} and prepared.cleaned is None
    assert (
        text_of(prepared.findings[0])
        == "Too large: 6.22 megapixels, limit 2. We can reduce it to 1,632 × 1,224."
    )
    assert isinstance(prepared.facts, ImageFacts) and prepared.facts.width == 2880
    assert prepare(jpeg(2880, 2160), Declared("smile.jpg", "EV19")).accepted, "the limit is the standard's"


def test_a_bomb_of_74_bytes_dies_before_it_is_decoded() -> None:
    """UP-03."""
    header = b"\x00\x00\xea\x60\x00\x00\xea\x60\x08\x02\x00\x00\x00"
    data = png(1, 1)
    bomb = data[:16] + header + data[29:]
    bomb = bomb[:29] + zlib.crc32(bomb[12:29]).to_bytes(4, "big") + bomb[33:]
    for standard in (ARCHIVE, None):
        prepared = prepare(bomb, Declared("bomb.png", "EV15", standard))
        assert not prepared.accepted or prepared.renditions == {}
        assert {"too_many_pixels", "too_much_to_show"} & set(codes(prepared))


def test_an_intraoral_photograph_in_the_archive_is_a_warning_with_the_reason() -> None:
    prepared = prepare(jpeg(800, 600), Declared("front.jpg", "intraoral", ARCHIVE))
    (found,) = (finding for finding in prepared.findings if finding.code == "discouraged_slot")
    assert prepared.accepted and found.severity is Severity.WARNING
    assert "three dimensions" in text_of(found)


def test_a_text_note_is_a_document_of_the_free_collection_only() -> None:
    data = "Zähne 11 und 21 schonen.\n".encode()
    free = prepare(data, Declared("note.txt"))
    assert free.accepted and free.kind is RecordKind.DOCUMENT and free.renditions == {}
    assert free.cleaned == data and free.outgoing_suffix == ".txt"
    assert not prepare(data, Declared("note.txt", "EV15", ARCHIVE)).accepted


def test_a_textured_scan_takes_its_companions_and_misses_them_when_they_are_away(upper: Mesh) -> None:
    files = write_obj_textured(upper)
    obj = files.pop("scan.obj")
    whole = prepare(obj, Declared("upper.obj", "upper_jaw", companions=files))
    alone = prepare(obj, Declared("upper.obj", "upper_jaw"))
    assert isinstance(whole.facts, ScanFacts) and whole.facts.has_colour
    assert sorted(whole.cleaned_companions) == ["material.mtl", "texture.png"]
    assert "missing_companion" in codes(alone) and alone.accepted


# ---------------------------------------------------------------- whatever comes


def test_every_byte_flip_in_a_small_scan_is_accepted_or_refused_with_known_codes() -> None:
    mesh = Mesh(np.eye(3, dtype=np.float32) * 30, np.array([[0, 1, 2]], dtype=np.uint32))
    for write, name in ((write_stl, "a.stl"), (write_stl_ascii, "a.stl"), (write_obj, "a.obj")):
        data = write(mesh)  # type: ignore[operator]
        for place in range(0, len(data), 3):
            changed = bytearray(data)
            changed[place] ^= 0xFF
            prepared = prepare(bytes(changed), Declared(name))
            assert set(codes(prepared)) <= set(TEXTS)
