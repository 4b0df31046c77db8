"""Stored surfaces compared as the job does it: cleaned file and stream in, bytes and a summary out."""

import json
from pathlib import Path

import pytest

from arcada.core.anatomy import Jaw
from arcada.core.comparing import (
    Compared,
    StoredSurface,
    compare_jaws,
    compare_restoration,
    compare_versions,
    find_pins,
)
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.obj import read_obj
from arcada.core.geometry.stream import encode_glb, read_grid
from arcada.core.geometry.write import write_stl
from arcada.core.heat_scale import CONTACTS, DEVIATION
from tests.core.geometry.test_occlusion import moved, pair
from tests.core.geometry.test_restoration import antagonist, inlay, prepared_jaw

SCANS = Path(__file__).parents[3] / "shared" / "data" / "scans"
needs_data = pytest.mark.skipif(not SCANS.is_dir(), reason="the folder of real files is absent")


def stored(mesh: Mesh, *, cleaned: bytes | None = None) -> StoredSurface:
    return StoredSurface(encode_glb(mesh), write_stl(mesh) if cleaned is None else cleaned, "stl_binary")


def test_each_jaw_gets_a_byte_for_every_vertex_of_its_stream_and_the_files_own_floats_are_used():
    upper, lower = (stored(mesh) for mesh in pair())
    above, below = compare_jaws(upper, lower)
    for surface, found in ((upper, above), (lower, below)):
        assert found.state is Compared.READY and found.values is not None
        assert len(found.values) == len(read_grid(surface.stream).cells)
        assert found.summary["measured_from"] == {"record": "file", "against": "file"}
        assert found.summary["in_occlusion"] and found.summary["spot_count"] == len(found.spots) > 5
        json.dumps([found.spots, found.summary])


def test_a_file_that_is_not_the_streams_is_told_and_the_stream_is_measured():
    upper, lower = pair()
    wrong = stored(lower, cleaned=write_stl(moved(lower, 0, 0.5, 0)))
    for surface in (wrong, stored(lower, cleaned=b"no scan at all")):
        above, below = compare_jaws(stored(upper), surface)
        assert below.summary["measured_from"] == {"record": "stream", "against": "file"}
        assert above.summary["measured_from"] == {"record": "file", "against": "stream"}
        assert above.state is Compared.READY


def test_jaws_apart_have_no_values_and_say_their_gap():
    upper, lower = pair()
    for found in compare_jaws(stored(moved(upper, 0, 5, 0)), stored(lower)):
        assert found.state is Compared.NOT_IN_OCCLUSION
        assert found.values is None and found.spots == ()
        assert found.summary["gap_mm"] > 2


@needs_data
def test_the_jaws_of_dentition_a_lie_in_frames_of_their_own_and_are_said_not_to_meet():
    jaws = [read_obj((SCANS / f"dentition-a-{jaw}.obj").read_bytes(), {}).mesh for jaw in ("upper", "lower")]
    for found in compare_jaws(*(stored(jaw) for jaw in jaws)):
        assert found.state is Compared.NOT_IN_OCCLUSION and found.values is None


def test_a_restoration_has_contacts_with_the_jaw_it_bites_on_and_none_with_the_jaw_it_sits_on():
    own, jaws = (
        stored(inlay(0.15)),
        {Jaw.MANDIBLE: stored(prepared_jaw()), Jaw.MAXILLA: stored(antagonist(0.1))},
    )
    made = compare_restoration(own, jaws)
    for surface, found in ((own, made.of_restoration), (jaws[Jaw.MAXILLA], made.of_jaw)):
        bitten, seated = found[Jaw.MAXILLA], found[Jaw.MANDIBLE]
        assert bitten.state is Compared.READY and bitten.values is not None
        assert len(bitten.values) == len(read_grid(surface.stream).cells)
        assert bitten.summary["seated_on"] == "mandible" and bitten.summary["penetration_mm"] == 0.05
        assert bitten.summary["measured_from"] == {"record": "file", "against": "file"}
        assert bitten.spots[0]["deepest_um"] == pytest.approx(-50, abs=1)
        assert min(value for value in bitten.values if value) == CONTACTS.zero - 5
        assert seated.state is Compared.SEATED and seated.values is None and seated.spots == ()
        json.dumps([bitten.spots, bitten.summary, seated.summary])


def test_where_it_is_not_told_what_a_restoration_bites_on_the_reason_is_kept_and_nothing_is_claimed():
    jaws = {Jaw.MAXILLA: stored(antagonist(0.1)), Jaw.MANDIBLE: stored(prepared_jaw())}
    away = stored(moved(inlay(0.0), 200, 0, 0))
    for surface, known, reason in (
        (away, jaws, "not_seated"),
        (stored(inlay(0.0)), {Jaw.MAXILLA: jaws[Jaw.MAXILLA]}, "one_jaw"),
    ):
        made = compare_restoration(surface, known)
        for found in (*made.of_restoration.values(), *made.of_jaw.values()):
            assert (found.state, found.values, found.spots) == (Compared.NO_ANTAGONIST, None, ())
            assert found.summary["why_none"] == reason


def test_between_jaws_apart_a_restoration_has_no_contacts_and_the_gap_is_said():
    jaws = {Jaw.MAXILLA: stored(antagonist(2.0)), Jaw.MANDIBLE: stored(prepared_jaw())}
    made = compare_restoration(stored(inlay(0.0)), jaws)
    for found in (*made.of_restoration.values(), *made.of_jaw.values()):
        assert (found.state, found.values) == (Compared.NOT_IN_OCCLUSION, None)
        assert found.summary["gap_mm"] == pytest.approx(2.0, abs=0.01)


@needs_data
def test_between_the_jaws_of_dentition_a_nothing_is_claimed_of_a_restoration():
    jaws = [read_obj((SCANS / f"dentition-a-{jaw}.obj").read_bytes(), {}).mesh for jaw in ("upper", "lower")]
    upper, lower = (stored(jaw) for jaw in jaws)
    made = compare_restoration(stored(inlay(0.0)), {Jaw.MAXILLA: upper, Jaw.MANDIBLE: lower})
    assert {found.state for found in made.of_restoration.values()} == {Compared.NOT_IN_OCCLUSION}


def test_a_version_is_compared_with_the_one_before_and_says_what_changed():
    lower = pair()[1]
    points = lower.points.copy()
    points[lower.points[:, 0] > 20] += [0, 0.2, 0]
    found = compare_versions(stored(Mesh(points, lower.triangles)), stored(lower))
    assert found.state is Compared.READY and found.values is not None
    assert len(found.values) == len(read_grid(stored(lower).stream).cells)
    assert found.summary["alignment"]["moved"] is False
    assert 0.05 < found.summary["changed_share"] < 0.4
    assert found.summary["greatest_um"] == pytest.approx(200, abs=20)
    assert max(found.values) - DEVIATION.zero == pytest.approx(200 / 8, abs=2)
    json.dumps(found.summary)


def test_pins_come_back_as_plain_values():
    lower = pair()[1]
    place = tuple(float(value) for value in lower.points[100])
    levels = encode_glb(lower), encode_glb(moved(lower, 0, 0.3, 0))
    (found,) = find_pins([(place, (0.0, 1.0, 0.0))], *levels) or []
    assert 0.0 < found["moved_mm"] <= 0.3
    json.dumps(found)
