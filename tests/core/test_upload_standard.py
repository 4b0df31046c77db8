"""Upload standards: data that validates, goes out and comes back, and judges offers and facts."""

import json

import pytest

from arcada.core.anatomy import FileFormat, Jaw, RecordKind
from arcada.core.documents.facts import DocumentFacts
from arcada.core.errors import Refused
from arcada.core.findings import Finding, Severity, blocks
from arcada.core.geometry.facts import IDENTITY, ScanFacts
from arcada.core.images.facts import ImageFacts
from arcada.core.upload_standard import (
    SCHEMA,
    SHIPPED,
    ByteLimits,
    Requirement,
    as_dict,
    check_facts,
    check_offer,
    dump_standard,
    find_errors,
    is_stored_only,
    load_standard,
    weigh,
)

ARCHIVE = SHIPPED["archive-3-2"]
SLOTS = {
    "archive-3-2": "upper_jaw lower_jaw bite EV15 EV19 EV01 panoramic lateral_ceph intraoral",
    "abo-3-5": "EV01 EV15 EV19 IV07 IV01 IV18 IV25 IV27 panoramic lateral_ceph upper_jaw lower_jaw bite",
    "crown-and-bridge": "upper_jaw lower_jaw bite bite_right bite_left preparation pre_op gum_former scan_body "
    "shade_photo EV19 panoramic periapical",
    "aligner-8-1": "EV15 EV19 EV01 IV01 IV07 IV18 IV25 IV27 panoramic full_mouth_series lateral_ceph "
    "upper_jaw lower_jaw bite",
    "free-collection": "upper_jaw lower_jaw bite bite_right bite_left preparation pre_op gum_former scan_body "
    "shade_photo EV01 EV15 EV19 IV01 IV07 IV18 IV25 IV27 panoramic lateral_ceph periapical full_mouth_series "
    "intraoral design document other",
}


def scan(**changes: object) -> ScanFacts:
    facts: dict[str, object] = {
        "format": FileFormat.STL_BINARY,
        "bytes": 10_000_084,
        "sha256": "0" * 64,
        "triangles": 200_000,
        "vertices": 100_100,
        "unit": "mm",
        "extent_mm": (62.0, 20.0, 55.0),
        "has_colour": True,
        "jaw": Jaw.MAXILLA,
        "components": 1,
        "border_loops": 1,
        "orientation": IDENTITY,
    }
    return ScanFacts(**{**facts, **changes})  # type: ignore[arg-type]


def image(width: int, height: int, **changes: object) -> ImageFacts:
    facts: dict[str, object] = {
        "format": FileFormat.JPEG,
        "bytes": 900_000,
        "sha256": "1" * 64,
        "is_colour": True,
    }
    return ImageFacts(width=width, height=height, megapixels=width * height / 1e6, **{**facts, **changes})  # type: ignore[arg-type]


def codes(findings: object) -> list[str]:
    return [finding.code for finding in findings]  # type: ignore[attr-defined]


# ---------------------------------------------------------------- the shipped five


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_standard_has_exactly_its_slots(name: str) -> None:
    assert [slot.code for slot in SHIPPED[name].slots] == SLOTS[name].split()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_standard_comes_back_the_same_from_its_own_export(name: str) -> None:
    standard = SHIPPED[name]
    assert load_standard(dump_standard(standard)) == standard
    assert load_standard(as_dict(standard)) == standard
    assert find_errors(json.loads(dump_standard(standard))) == []


def test_every_photograph_slot_carries_its_view_code() -> None:
    for standard in SHIPPED.values():
        for slot in standard.slots:
            assert slot.view == (slot.code if slot.code[:2] in ("EV", "IV") else None)


def test_crown_and_bridge_takes_the_bite_from_right_left_or_full() -> None:
    group = SHIPPED["crown-and-bridge"].one_of[0]
    assert group.slots == ("bite", "bite_right", "bite_left")
    assert group.requirement is Requirement.REQUIRED


def test_aligner_asks_for_one_radiograph_of_three_kinds() -> None:
    assert [group.slots for group in SHIPPED["aligner-8-1"].one_of] == [
        ("panoramic", "full_mouth_series", "lateral_ceph")
    ]


def test_the_archive_has_the_limits_of_its_name() -> None:
    limits = ARCHIVE.limits
    assert (limits.image_megapixels, limits.set_megapixels) == (2, 10)
    assert (limits.max_photographs, limits.max_radiographs) == (3, 2)


def test_the_free_collection_sets_no_limit_of_its_own() -> None:
    free = SHIPPED["free-collection"]
    assert free.limits.image_megapixels is None and free.limits.set_megapixels is None
    assert all(slot.max_files is None and slot.requirement is Requirement.OPTIONAL for slot in free.slots)
    assert check_offer(free, "document", "consent.pdf", 40_000) == []
    assert check_offer(free, "other", "note.txt", 400) == []


# ---------------------------------------------------------------- import


def test_a_wrong_standard_is_told_everything_that_is_wrong_at_once() -> None:
    wrong = {
        "name": "My Standard",
        "version": 0,
        "slots": [
            {"code": "upper_jaw", "title": "Upper jaw", "kinds": ["scann"], "formats": ["stl"]},
            {"code": "x y", "title": "", "kinds": ["scan"], "formats": [], "requirement": "discouraged"},
        ],
        "colour": "blue",
    }
    with pytest.raises(Refused) as refusal:
        load_standard(json.dumps(wrong))
    errors = refusal.value.facts["errors"]
    assert refusal.value.code == "invalid_standard"
    assert errors == [
        "standard: 'title' is missing",
        "standard: 'colour' is not known here",
        "name: 'My Standard' does not have the form ^[a-z0-9]+(-[a-z0-9]+)*$",
        "slots[0].kinds[0]: 'scann' is not one of scan, photograph, radiograph, document, design",
        "slots[1]: 'reason' is missing",
        "slots[1].code: 'x y' does not have the form ^[A-Za-z][A-Za-z0-9_]{0,31}$",
        "slots[1].formats: needs at least 1 of them",
        "slots[1].title: is empty",
        "version: 0 is too small, the least is 1",
    ]


def test_contradictions_that_a_schema_cannot_see_are_told_too() -> None:
    scan_slot = {"code": "a", "title": "A", "kinds": ["scan"], "formats": ["stl", "pdf"]}
    errors = find_errors(
        {
            "name": "mine",
            "title": "Mine",
            "version": 1,
            "slots": [scan_slot, scan_slot],
            "one_of": [{"slots": ["a", "b"]}],
            "limits": {"triangles_min": 5, "triangles_max": 4},
        }
    )
    assert errors == [
        "slots[0].formats: no scan is kept as pdf",
        "slots[1].code: 'a' is there twice",
        "slots[1].formats: no scan is kept as pdf",
        "one_of[0].slots: 'b' is not a slot of this standard",
        "limits: triangles_min is above triangles_max",
    ]


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "[" * 100_000, '{"name": NaN}', "x" * 300_000, b"\xff\xfe\x00", "7"]
)
def test_what_is_no_standard_at_all_is_refused_in_words(text: str | bytes) -> None:
    with pytest.raises(Refused, match="This is not an upload standard"):
        load_standard(text)


def test_the_published_schema_is_itself_valid() -> None:
    import jsonschema

    jsonschema.Draft202012Validator.check_schema(SCHEMA)


# ---------------------------------------------------------------- an offer


@pytest.mark.parametrize(
    ("slot", "name", "size", "found"),
    [
        ("upper_jaw", "upper.stl", 10_000_084, []),
        ("upper", "upper.PLY", 1000, []),
        ("maxilla", "upper.obj", 1000, []),
        ("upper-jaw", "upper.stl", 1000, []),
        ("EV15", "rest.jpeg", 1000, []),
        ("upper_jaw", "upper.png", 1000, ["wrong_format_for_slot"]),
        ("EV15", "rest.stl", 1000, ["wrong_format_for_slot"]),
        ("EV15", "rest.tif", 1000, ["format_not_accepted"]),
        ("upper_jaw", "upper.jpg.php", 1000, ["format_not_accepted"]),
        ("upper_jaw", "upper", 1000, ["format_not_accepted"]),
        ("upper_jaw", "case.3shape.dcm", 1000, ["scanner_vendor_format"]),
        ("EV15", "rest.dcm", 1000, []),
        ("upper_jaw", "upper.mtl", 1000, ["companion_alone"]),
        ("upper_jaw", "upper.stl", 0, ["empty_file"]),
        ("upper_jaw", "upper.stl", 500_000_001, ["too_large"]),
        ("EV15", "rest.jpg", 50_000_001, ["too_large"]),
        ("intraoral", "front.jpg", 1000, ["discouraged_slot"]),
        ("periapical", "tooth 11.jpg", 1000, ["unknown_slot"]),
        ("nowhere", "crown.stl", 1000, ["unknown_slot"]),
    ],
)
def test_an_offer_to_the_archive(slot: str, name: str, size: int, found: list[str]) -> None:
    assert codes(check_offer(ARCHIVE, slot, name, size)) == found


@pytest.mark.parametrize(
    "name",
    [
        "../upper.stl",
        "..\\upper.stl",
        "upper.stl\0.txt",
        "upper.stl%00.png",
        "upper.stl.",
        "upper.stl ",
        "upper\u202elts.exe.stl",
        "upper\r\nSet-Cookie: a.stl",
        "u" * 300 + ".stl",
        "\ud800.stl",
    ],
)
def test_a_hostile_name_is_refused_before_a_byte_is_sent(name: str) -> None:
    findings = check_offer(ARCHIVE, "upper_jaw", name, 1000)
    assert "hostile_name" in codes(findings) and blocks(findings)


@pytest.mark.parametrize(
    "name", ["=cmd.stl", "CON.stl", "Müller upper.stl", "сканирование.stl", "a'b\"c.stl"]
)
def test_an_odd_name_is_only_data(name: str) -> None:
    assert check_offer(ARCHIVE, "upper_jaw", name, 1000) == []


def test_a_taken_slot_a_fourth_photograph_and_a_third_radiograph_are_refused() -> None:
    full = {"EV15": 1, "EV19": 1, "EV01": 1, "panoramic": 1, "lateral_ceph": 1}
    assert codes(check_offer(ARCHIVE, "EV15", "a.jpg", 9, present=full)) == [
        "slot_full",
        "too_many_photographs",
    ]
    assert codes(check_offer(ARCHIVE, "panoramic", "a.jpg", 9, present=full)) == [
        "slot_full",
        "too_many_radiographs",
    ]
    assert check_offer(ARCHIVE, "EV01", "a.jpg", 9, present={"EV15": 1, "EV19": 1}) == []


def test_a_discouraged_photograph_is_not_blocked_by_the_count_of_the_wanted_ones() -> None:
    findings = check_offer(ARCHIVE, "intraoral", "a.jpg", 9, present={"EV15": 1, "EV19": 1, "EV01": 1})
    assert codes(findings) == ["discouraged_slot"] and not blocks(findings)
    assert "three dimensions" in str(findings[0].value)


def test_a_free_collection_keeps_a_file_that_is_too_large_to_show() -> None:
    free = SHIPPED["free-collection"]
    findings = check_offer(free, "upper_jaw", "upper.stl", 900_000_000)
    assert codes(findings) == ["stored_without_viewer"] and not blocks(findings)
    assert is_stored_only(free, "stl", 900_000_000) and not is_stored_only(free, "stl", 9)
    assert not is_stored_only(ARCHIVE, "stl", 900_000_000)


def test_the_platform_may_set_other_sizes() -> None:
    assert codes(check_offer(ARCHIVE, "upper_jaw", "u.stl", 11, byte_limits=ByteLimits(scan=10))) == [
        "too_large"
    ]


# ---------------------------------------------------------------- facts


def test_two_million_pixels_pass_and_one_more_is_refused() -> None:
    assert check_facts(ARCHIVE, "EV15", image(2000, 1000)) == []
    findings = check_facts(ARCHIVE, "EV15", image(2_000_001, 1))
    assert codes(findings) == ["too_many_pixels"] and blocks(findings)


def test_too_many_pixels_come_with_the_size_that_would_fit() -> None:
    (found,) = check_facts(ARCHIVE, "EV19", image(2880, 2160))
    assert (found.value, found.limit, found.where) == (6.2208, 2, "1,632 × 1,224")


def test_a_lower_jaw_in_the_upper_slot_is_a_warning() -> None:
    (found,) = check_facts(ARCHIVE, "upper_jaw", scan(jaw=Jaw.MANDIBLE))
    assert (found.code, found.severity) == ("wrong_jaw", Severity.WARNING)
    assert check_facts(ARCHIVE, "upper_jaw", scan(jaw=Jaw.UNKNOWN)) == []


def test_the_same_missing_colour_weighs_what_the_standard_says() -> None:
    (in_archive,) = check_facts(ARCHIVE, "upper_jaw", scan(has_colour=False))
    (in_crown,) = check_facts(SHIPPED["crown-and-bridge"], "upper_jaw", scan(has_colour=False))
    assert (in_archive.code, in_archive.severity) == ("no_colour", Severity.NOTE)
    assert (in_crown.code, in_crown.severity) == ("no_colour", Severity.WARNING)
    assert check_facts(SHIPPED["free-collection"], "upper_jaw", scan(has_colour=False)) == []


def test_a_coarse_and_a_dense_scan_are_told_with_the_numbers() -> None:
    (coarse,) = check_facts(ARCHIVE, "upper_jaw", scan(triangles=1999))
    (dense,) = check_facts(ARCHIVE, "upper_jaw", scan(triangles=4_000_000))
    assert (coarse.code, coarse.value, coarse.limit) == ("too_coarse", 1999, 20_000)
    assert (dense.code, dense.value, dense.limit) == ("too_dense", 4_000_000, 1_500_000)


def test_abo_asks_for_jpeg_and_grey_radiographs() -> None:
    abo = SHIPPED["abo-3-5"]
    assert codes(check_facts(abo, "panoramic", image(2000, 1000, format=FileFormat.PNG))) == [
        "colour_radiograph",
        "not_jpeg",
    ]
    assert check_facts(abo, "panoramic", image(2000, 1000, is_colour=False, kind="radiograph")) == []


def test_a_document_in_a_photograph_slot_is_refused() -> None:
    facts = DocumentFacts(FileFormat.PDF, 1000, "2" * 64, 1)
    assert codes(check_facts(ARCHIVE, "EV15", facts)) == ["wrong_format_for_slot"]


def test_a_standard_may_reject_what_others_only_mention_and_a_reason_keeps_the_file() -> None:
    strict = as_dict(ARCHIVE)
    strict["slots"][0]["rules"] = {"colour_expected": "reject"}
    standard = load_standard(strict)
    findings = check_facts(standard, "upper_jaw", scan(has_colour=False))
    assert blocks(findings)
    kept = weigh(standard.slots[0], findings, keep=True)
    assert not blocks(kept)
    assert codes(kept) == ["no_colour", "kept_with_reason"]


def test_a_rule_never_lowers_what_a_reader_refused() -> None:
    refused = Finding("not_an_arch", Severity.BLOCKER)
    assert weigh(ARCHIVE.slots[0], [refused]) == [refused]


def test_a_reason_never_lifts_a_pixel_limit() -> None:
    findings = check_facts(ARCHIVE, "EV15", image(4000, 3000))
    assert blocks(weigh(ARCHIVE.slots[3], findings, keep=True))


def test_the_kind_of_a_file_is_the_first_that_its_slot_and_format_allow() -> None:
    other = SHIPPED["free-collection"].slot("other")
    assert other is not None
    assert other.kind_for("stl") is RecordKind.SCAN
    assert other.kind_for("png") is RecordKind.PHOTOGRAPH
    assert other.kind_for("pdf") is RecordKind.DOCUMENT
    panoramic = ARCHIVE.slot("pano")
    assert panoramic is not None and panoramic.kind_for("jpg") is RecordKind.RADIOGRAPH
