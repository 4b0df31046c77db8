"""Several files judged together: missing, doubled, swapped, too much in all, and whether the jaws meet."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from arcada.core.anatomy import FileFormat, Jaw
from arcada.core.finding_texts import text_of
from arcada.core.findings import Severity
from arcada.core.geometry.facts import IDENTITY, ScanFacts
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.obj import read_obj
from arcada.core.geometry.specimen import make_pair
from arcada.core.images.facts import ImageFacts
from arcada.core.intake import Declared, prepare
from arcada.core.prepared import AnyFacts
from arcada.core.record_set import SetItem, SetReport, check_set
from arcada.core.upload_standard import SHIPPED

ARCHIVE, CROWN, ALIGNER = SHIPPED["archive-3-2"], SHIPPED["crown-and-bridge"], SHIPPED["aligner-8-1"]
FREE = SHIPPED["free-collection"]
SCANS = Path(__file__).parents[3] / "shared/data/scans"


@pytest.fixture(scope="module")
def jaws() -> tuple[Mesh, Mesh]:
    return make_pair(5, triangles=60_000, colours=False)


def scan(slot: str, mesh: Mesh | None = None, **changes: object) -> SetItem:
    facts = ScanFacts(
        format=FileFormat.STL_BINARY,
        bytes=10,
        sha256=f"scan {slot}",
        triangles=60_000,
        vertices=30_000,
        unit="mm",
        extent_mm=(60.0, 20.0, 50.0),
        has_colour=False,
        jaw={"upper_jaw": Jaw.MAXILLA, "lower_jaw": Jaw.MANDIBLE}.get(slot, Jaw.UNKNOWN),
        components=1,
        border_loops=1,
        orientation=IDENTITY,
    )
    facts = replace(facts, **changes)  # type: ignore[arg-type]
    return SetItem(f"record {slot}", slot, facts, None if mesh is None else lambda: mesh)


def photo(slot: str, width: int = 1600, height: int = 1200, **changes: object) -> SetItem:
    facts: AnyFacts = ImageFacts(
        FileFormat.JPEG, 10, f"photo {slot}", width, height, width * height / 1e6, True
    )
    return SetItem(f"record {slot}", slot, replace(facts, **changes))  # type: ignore[arg-type]


def codes(report: SetReport) -> list[str]:
    return [finding.code for finding in report.findings]


def moved(mesh: Mesh, *by: float) -> Mesh:
    return Mesh(mesh.points + np.array(by, dtype=np.float32), mesh.triangles)


PHOTOS = [photo(slot) for slot in ("EV15", "EV19", "EV01", "panoramic", "lateral_ceph")]


# ---------------------------------------------------------------- missing


def test_an_empty_archive_misses_everything_it_requires_and_nothing_else() -> None:
    report = check_set(ARCHIVE, [])
    assert codes(report) == ["missing_slot"] * 8
    assert report.missing == (
        "upper_jaw",
        "lower_jaw",
        "bite",
        "EV15",
        "EV19",
        "EV01",
        "panoramic",
        "lateral_ceph",
    )
    assert not report.is_complete and report.in_occlusion is None
    assert text_of(report.findings[0]) == "Upper jaw is missing. Add it to complete the collection."


def test_a_free_collection_misses_nothing() -> None:
    assert check_set(FREE, []).findings == ()


def test_jaws_found_in_occlusion_fill_the_bite(jaws: tuple[Mesh, Mesh]) -> None:
    report = check_set(ARCHIVE, [scan("upper_jaw", jaws[0]), scan("lower_jaw", jaws[1]), *PHOTOS])
    assert codes(report) == ["bite_by_occlusion"]
    assert report.in_occlusion and report.is_complete and "bite" in report.filled
    assert report.gap_mm is not None and report.gap_mm < 0.3


def test_a_bite_scan_fills_the_bite_when_the_jaws_do_not_meet(jaws: tuple[Mesh, Mesh]) -> None:
    items = [scan("upper_jaw", moved(jaws[0], 0, 8, 0)), scan("lower_jaw", jaws[1]), *PHOTOS]
    apart = check_set(ARCHIVE, items)
    assert codes(apart) == ["missing_slot", "not_in_occlusion"] and apart.missing == ("bite",)
    assert apart.findings[1].severity is Severity.WARNING
    with_bite = check_set(ARCHIVE, [*items, scan("bite")])
    assert with_bite.is_complete
    assert [(f.code, f.severity) for f in with_bite.findings] == [("not_in_occlusion", Severity.NOTE)]


@pytest.mark.parametrize("slot", ["bite", "bite_right", "bite_left"])
def test_one_bite_scan_of_three_kinds_is_enough_for_a_crown(slot: str) -> None:
    required = ["upper_jaw", "lower_jaw", "preparation", "pre_op"]
    items = [scan(code) for code in required] + [photo("shade_photo"), photo("EV19")]
    without = check_set(CROWN, items)
    assert "missing_one_of" in codes(without)
    assert "One is missing of: Bite · Bite, right · Bite, left." in " ".join(map(text_of, without.findings))
    assert check_set(CROWN, [*items, scan(slot)]).is_complete


def test_one_radiograph_of_three_kinds_is_enough_for_aligners(jaws: tuple[Mesh, Mesh]) -> None:
    items = [scan("upper_jaw", jaws[0]), scan("lower_jaw", jaws[1])]
    items += [photo(code) for code in ("EV15", "EV19", "EV01", "IV01", "IV07", "IV18", "IV25", "IV27")]
    assert codes(check_set(ALIGNER, items)) == ["missing_one_of", "bite_by_occlusion"]
    assert check_set(ALIGNER, [*items, photo("full_mouth_series")]).is_complete


# ---------------------------------------------------------------- the bite


def test_jaws_that_run_into_each_other_are_told_how_deep(jaws: tuple[Mesh, Mesh]) -> None:
    report = check_set(FREE, [scan("upper_jaw", moved(jaws[0], 0, -0.8, 0)), scan("lower_jaw", jaws[1])])
    (found,) = (f for f in report.findings if f.code == "interpenetrating")
    assert isinstance(found.value, float) and 0.5 < found.value < 1.2


def test_jaws_in_each_others_place_are_told(jaws: tuple[Mesh, Mesh]) -> None:
    items = [scan("upper_jaw", jaws[1], jaw=Jaw.MANDIBLE), scan("lower_jaw", jaws[0], jaw=Jaw.MAXILLA)]
    assert codes(check_set(FREE, items)).count("jaws_swapped") == 1
    without_surface = [replace(item, mesh=None) for item in items]
    assert "jaws_swapped" in codes(check_set(FREE, without_surface))


@pytest.mark.parametrize("unit", ["unknown"])
def test_a_bite_that_cannot_be_judged_reads_not_checked(jaws: tuple[Mesh, Mesh], unit: str) -> None:
    no_unit = check_set(FREE, [scan("upper_jaw", jaws[0], unit=unit), scan("lower_jaw", jaws[1])])
    no_surface = check_set(FREE, [scan("upper_jaw"), scan("lower_jaw")])
    for report in (no_unit, no_surface):
        assert codes(report) == ["not_checked"] and report.in_occlusion is None
        assert text_of(report.findings[0]).startswith("Not checked: whether the jaws meet.")


def test_one_jaw_alone_is_not_a_bite(jaws: tuple[Mesh, Mesh]) -> None:
    assert check_set(FREE, [scan("upper_jaw", jaws[0])]).findings == ()


def test_the_newest_jaw_of_several_is_the_one_that_counts(jaws: tuple[Mesh, Mesh]) -> None:
    items = [scan("upper_jaw", moved(jaws[0], 0, 9, 0)), scan("upper_jaw", jaws[0], sha256="newer")]
    assert check_set(FREE, [*items, scan("lower_jaw", jaws[1])]).in_occlusion


@pytest.mark.skipif(not SCANS.is_dir(), reason="the folder of real scans (../shared/data) is not here")
def test_the_two_jaws_of_dentition_a_are_reported_as_not_in_occlusion() -> None:
    items = []
    for slot, name in (("upper_jaw", "dentition-a-upper.obj"), ("lower_jaw", "dentition-a-lower.obj")):
        data = (SCANS / name).read_bytes()
        prepared = prepare(data, Declared(name, slot, ARCHIVE))
        assert prepared.accepted
        mesh = read_obj(data).mesh
        items.append(SetItem(name, slot, prepared.facts, lambda mesh=mesh: mesh))  # type: ignore[misc]
    report = check_set(ARCHIVE, items)
    assert "not_in_occlusion" in codes(report) and report.in_occlusion is False
    assert "bite" in report.missing


# ---------------------------------------------------------------- doubles and sums


def test_the_same_file_and_the_same_surface_are_told_once_each() -> None:
    same_file = [scan("upper_jaw", sha256="a"), scan("preparation", sha256="a")]
    same_surface = [scan("upper_jaw", geometry_digest="d"), scan("pre_op", geometry_digest="d")]
    first, second = check_set(FREE, same_file), check_set(FREE, same_surface)
    assert codes(first) == ["duplicate_file"] and codes(second) == ["duplicate_geometry"]
    assert "In: Upper jaw · Preparation." in text_of(first.findings[0])
    assert first.duplicates == (("record upper_jaw", "record preparation"),)


def test_ten_megapixels_in_all_pass_and_one_pixel_more_does_not() -> None:
    ten = [photo(slot, 2000, 1000) for slot in ("EV15", "EV19", "EV01", "panoramic", "lateral_ceph")]
    assert "set_megapixels" not in codes(check_set(ARCHIVE, ten))
    report = check_set(ARCHIVE, [*ten, photo("intraoral", 1, 1)])
    assert "set_megapixels" in codes(report) and report.megapixels == 10.000001


def test_more_photographs_and_radiographs_than_the_archive_takes_are_told() -> None:
    items = [*PHOTOS, photo("EV15", sha256="x"), photo("panoramic", sha256="y")]
    found = [finding for finding in check_set(ARCHIVE, items).findings if finding.code != "missing_slot"]
    assert [(f.code, f.value, f.limit) for f in found] == [
        ("slot_full", 2, 1),
        ("slot_full", 2, 1),
        ("too_many_photographs", 4, 3),
        ("too_many_radiographs", 3, 2),
        ("set_megapixels", 13.44, 10),
    ]


def test_the_report_is_plain_json_values() -> None:
    import json

    report = check_set(ARCHIVE, PHOTOS)
    assert json.loads(json.dumps(report.facts()))["missing"] == ["upper_jaw", "lower_jaw", "bite"]
