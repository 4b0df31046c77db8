"""PLY is read strictly in its three forms; colours survive; what could identify does not."""

import itertools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arcada.core.errors import Unreadable
from arcada.core.geometry.ply import read_ply
from tests.core.geometry.test_stl import ACCIDENTS
from tests.golden.meshes import golden
from tests.golden.meshes.make import BIG, CANARY, COLOURS, LITTLE, POINTS, QUADS, TRIANGLES, ply

WHOLE = ["other-properties-text.ply", "other-element-first.ply", "squares-big-endian.ply", "text-colours.ply"]
FORMS = ["ascii", LITTLE, BIG]


@pytest.mark.parametrize("name", golden.names(".ply"))
def test_each_golden_ply_is_judged_as_its_json_says(name: str) -> None:
    assert golden.said_of(name) == golden.expected(name)


@pytest.mark.parametrize("name", [name for name in golden.names(".ply") if golden.expected(name)["accepted"]])
def test_a_cleaned_ply_is_the_same_mesh_and_names_nobody(name: str) -> None:
    """DE-05."""
    scan = golden.read(name)
    assert golden.CANARY not in scan.cleaned
    golden.assert_clean(scan, read_ply)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("colour", [None, "uchar", "float"])
@pytest.mark.parametrize("number", ["float", "double"])
def test_the_cube_comes_out_as_it_went_in(form: str, colour: str | None, number: str) -> None:
    mesh = read_ply(ply(form, colour=colour, number=number)).mesh
    assert np.array_equal(mesh.points[mesh.triangles], np.array(POINTS, np.float32)[np.array(TRIANGLES)])
    if colour:
        assert mesh.colours is not None
        assert np.array_equal(mesh.colours[mesh.triangles], np.array(COLOURS, np.uint8)[np.array(TRIANGLES)])


@pytest.mark.parametrize("form", FORMS)
def test_a_polygon_becomes_a_fan(form: str) -> None:
    mesh = read_ply(ply(form, faces=QUADS)).mesh
    assert np.array_equal(mesh.points[mesh.triangles], np.array(POINTS, np.float32)[np.array(TRIANGLES)])


@pytest.mark.parametrize("form", FORMS)
def test_cleaning_keeps_the_bytes_of_points_and_faces(form: str) -> None:
    noisy = ply(
        form,
        before=f"comment {CANARY}\n",
        extra=[("int", "quality", 7)],
        colour="uchar",
    )
    assert read_ply(noisy + b"\n").cleaned.split() == ply(form, colour="uchar").split()


def test_the_receipt_says_what_went_and_how_long_it_was() -> None:
    removed = read_ply(ply(LITTLE, before=f"comment {CANARY}\n", extra=[("int", "quality", 7)])).removed
    assert [(line.where, line.what, line.length) for line in removed] == [
        ("PLY comment", "text", len(f"comment {CANARY}")),
        ("PLY vertex properties", "unknown property", 8 * 4),
    ]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("element", ["vertex_count", "face_count"])
@pytest.mark.parametrize("claim", [9_999, 15_000_001, 0xFFFFFFFF, 2**63, 10**19])
def test_a_lying_count_reserves_nothing(form: str, element: str, claim: int) -> None:
    """UP-02."""
    data = ply(form, **{element: claim})
    tracemalloc.start()
    with pytest.raises(Unreadable) as trouble:
        read_ply(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert trouble.value.code in ("truncated", "lying_counts")
    assert peak < 200_000


def test_a_header_without_an_end_is_refused() -> None:
    head = b"ply\nformat ascii 1.0\n" + b"comment x\n" * 200_000
    with pytest.raises(Unreadable) as trouble:
        read_ply(head)
    assert trouble.value.code == "malformed"


@pytest.mark.parametrize("name", golden.few_or_full(".ply", WHOLE))
def test_a_ply_cut_at_any_byte_is_a_mesh_or_a_reason(name: str) -> None:
    data = (golden.FOLDER / name).read_bytes()
    for length in range(len(data)):
        try:
            scan = read_ply(data[:length])
        except Unreadable:
            continue
        # What follows the mesh may be missing, and the last digits of a text; of a binary body nothing.
        assert "after-the-end" in name or (b"ascii" in data and length >= len(data.rstrip()) - 1), length
        golden.assert_clean(scan, read_ply)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(golden.names(".ply")), ACCIDENTS)
def test_a_damaged_ply_is_a_mesh_or_a_reason(name: str, accidents) -> None:
    data = golden.damaged((golden.FOLDER / name).read_bytes(), accidents)
    try:
        scan = read_ply(data)
    except Unreadable:
        return
    assert np.isfinite(scan.mesh.points).all()
    assert scan.mesh.triangles.max() < len(scan.mesh.points)
    golden.assert_clean(scan, read_ply)


MESHES = st.integers(3, 12).flatmap(
    lambda n: st.tuples(
        st.lists(
            st.tuples(*[st.floats(width=32, allow_nan=False, allow_infinity=False)] * 3),
            min_size=n,
            max_size=n,
        ),
        st.lists(st.lists(st.integers(0, n - 1), min_size=0, max_size=6), min_size=1, max_size=12),
    )
)


@settings(max_examples=150, deadline=None)
@given(MESHES)
def test_random_polygons_are_the_same_mesh_in_all_three_forms(mesh) -> None:
    points, faces = mesh
    scans = []
    for form in FORMS:
        try:
            scans.append(read_ply(ply(form, points=points, faces=faces)))
        except Unreadable as trouble:
            scans.append(trouble.code)
    if "empty_mesh" in scans:
        assert scans == ["empty_mesh"] * 3
        return
    for other in scans[1:]:
        golden.assert_same_mesh(scans[0], other)
    fans = [(face[0], b, c) for face in faces for b, c in itertools.pairwise(face)]
    corners = np.array([[points[i] for i in fan] for fan in fans], np.float32) + np.float32(0)
    whole = [len({tuple(point) for point in fan}) == 3 for fan in corners.tolist()]
    read = scans[0].mesh
    assert read.points[read.triangles].tobytes() == corners[np.array(whole)].tobytes()


def test_every_real_ply_is_read_or_refused(real_files) -> None:
    codes = []
    for path in sorted([*real_files.glob("bad-meshes/**/*"), *real_files.glob("scans/*.ply")]):
        if path.is_file():
            try:
                scan = read_ply(path.read_bytes())
                golden.assert_clean(scan, read_ply)
                codes.append("read")
            except Unreadable as trouble:
                codes.append(trouble.code)
    assert codes.count("read") == 15
    assert scan.mesh.colours is not None and scan.mesh.colours.std() > 10
