"""STL is read strictly: a mesh or a reason, whatever the bytes are; and it leaves without a name."""

import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from arcada.core.anatomy import FileFormat
from arcada.core.errors import Unreadable
from arcada.core.geometry.stl import read_stl
from tests.golden.meshes import golden
from tests.golden.meshes.make import COMPANIONS, GOLDEN, POINTS, TRIANGLES, stl, stl_text

WHOLE = ["binary.stl", "binary-attribute-words.stl", "text.stl", "text-comments.stl"]
ACCIDENTS = st.lists(
    st.tuples(
        st.sampled_from(["cut", "insert", "overwrite", "remove", "repeat"]),
        st.integers(0, 5000),
        st.binary(min_size=1, max_size=6)
        | st.sampled_from([b"\r", b"\n", b"\0", b"nan", b"1e999", b"#", b"-"]),
    ),
    min_size=1,
    max_size=4,
)


def test_the_golden_meshes_are_what_their_script_makes() -> None:
    made = {name: data for name, (data, _) in GOLDEN.items()} | COMPANIONS
    assert {name: (golden.FOLDER / name).read_bytes() for name in made} == made
    assert {name: golden.expected(name) for name in GOLDEN} == {
        name: facts for name, (_, facts) in GOLDEN.items()
    }


@pytest.mark.parametrize("name", golden.names(".stl"))
def test_each_golden_stl_is_judged_as_its_json_says(name: str) -> None:
    assert golden.said_of(name) == golden.expected(name)


@pytest.mark.parametrize("name", [name for name in golden.names(".stl") if golden.expected(name)["accepted"]])
def test_a_cleaned_stl_is_the_same_mesh_and_names_nobody(name: str) -> None:
    """DE-04."""
    scan = golden.read(name)
    assert golden.CANARY not in scan.cleaned
    golden.assert_clean(scan, read_stl)


def test_the_cube_comes_out_as_it_went_in() -> None:
    for data in (stl(), stl_text()):
        mesh = read_stl(data).mesh
        corners = mesh.points[mesh.triangles]
        assert np.array_equal(corners, np.array(POINTS, np.float32)[np.array(TRIANGLES)])


def test_a_binary_stl_is_known_by_its_size_and_never_by_the_word_solid() -> None:
    assert read_stl(stl(header=b"solid facet normal")).format is FileFormat.STL_BINARY
    assert read_stl(stl(header=b"solid facet normal")).cleaned[:5] != b"solid"


def test_cleaning_a_binary_stl_touches_the_header_and_the_attribute_words_only() -> None:
    """DE-04."""
    data = stl(header=b"Jane", attribute=0x7ABC, normal=(0.25, -1.0, 3.5))
    cleaned = read_stl(data).cleaned
    assert cleaned[80:] == stl(normal=(0.25, -1.0, 3.5))[80:]


def test_number_texts_stay_as_they_were() -> None:
    data = stl_text(name="Jane", number=lambda v: f"{v:+011.5E}")
    assert read_stl(data).cleaned == data.replace(b" Jane", b" scan")


def test_the_receipt_tells_lengths_and_never_values() -> None:
    removed = read_stl(stl_text("Jane Roe")).removed
    assert [(line.where, line.what, line.length, line.file) for line in removed] == [
        ("STL solid line", "name", 2 * len(" Jane Roe"), "main")
    ]


@pytest.mark.parametrize("claim", [1, 2, 5_000_000, 5_000_001, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_a_lying_count_reserves_nothing(claim: int) -> None:
    """UP-02."""
    data = stl([], count=claim) + bytes(49)
    tracemalloc.start()
    with pytest.raises(Unreadable) as trouble:
        read_stl(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert trouble.value.code in ("truncated", "lying_counts")
    assert peak < 100_000


def test_more_than_five_million_triangles_are_refused_before_they_are_read() -> None:
    count = 5_000_001
    data = memoryview(np.zeros(84 + 50 * count, np.uint8)).cast("B")
    data[80:84] = struct.pack("<I", count)
    with pytest.raises(Unreadable) as trouble:
        read_stl(data.toreadonly())
    assert trouble.value.code == "too_many_triangles"


@pytest.mark.parametrize("name", golden.few_or_full(".stl", WHOLE))
def test_a_stl_cut_at_any_byte_is_a_mesh_or_a_reason(name: str) -> None:
    data = (golden.FOLDER / name).read_bytes()
    for length in range(len(data)):
        try:
            scan = read_stl(data[:length])
        except Unreadable:
            continue
        # Only what follows a whole solid may be missing, never a part of one.
        assert len(scan.mesh.triangles) in (1, 2, 11, 12, 24), length


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(golden.names(".stl")), ACCIDENTS)
def test_a_damaged_stl_is_a_mesh_or_a_reason(name: str, accidents) -> None:
    data = golden.damaged((golden.FOLDER / name).read_bytes(), accidents)
    try:
        scan = read_stl(data)
    except Unreadable:
        return
    assert np.isfinite(scan.mesh.points).all()
    assert scan.mesh.triangles.max() < len(scan.mesh.points)
    golden.assert_clean(scan, read_stl)


FINITE = st.floats(width=32, allow_nan=False, allow_infinity=False)
SOUP = st.lists(st.tuples(*[FINITE] * 9), min_size=1, max_size=20)


def _kept(corners: np.ndarray) -> np.ndarray:
    """The (n, 3, 3) corners of triangles with three different points, -0 as 0."""
    corners = corners + np.float32(0)
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    same = (a == b).all(1) | (b == c).all(1) | (a == c).all(1)
    return corners[~same]


@settings(max_examples=150, deadline=None)
@given(SOUP, st.sampled_from(["%r", "%.9g", "%.17g", "%.8e", "%.30e"]))
@example([(0.0,) * 9], "%r")
def test_random_triangles_come_back_bit_by_bit_from_binary_and_text(soup, form) -> None:
    corners = np.array(soup, np.float32).reshape(-1, 3, 3)
    binary = stl(corners.tolist())
    lines = ["solid"]
    for triangle in corners.tolist():
        points = "".join("vertex " + " ".join(form % v for v in point) + "\n" for point in triangle)
        lines.append(f"facet normal 0 0 0\n outer loop\n{points} endloop\nendfacet")
    text = ("\n".join(lines) + "\nendsolid\n").encode()
    wanted = _kept(corners)
    if len(wanted) == 0:
        for data in (binary, text):
            with pytest.raises(Unreadable, match="not one triangle"):
                read_stl(data)
        return
    for data in (binary, text):
        mesh = read_stl(data).mesh
        assert mesh.points[mesh.triangles].tobytes() == wanted.tobytes()
        assert len(np.unique(mesh.points.view(np.uint32), axis=0)) == len(mesh.points)


def test_the_quick_way_through_a_facet_and_the_careful_one_agree() -> None:
    rng = np.random.default_rng(7)
    numbers = rng.uniform(-80, 80, (3000, 3)).tolist()
    facets = []
    for i in range(0, 3000, 3):
        points = "".join(
            "    vertex {:.6e} {:.7f} {:.12g}\n".format(*tuple(point)) for point in numbers[i : i + 3]
        )
        facets.append(f"  facet normal -5.0e-01 0.5 0\n    outer loop\n{points}    endloop\n  endfacet\n")
    plain = "solid\n" + "".join(facets) + "endsolid\n"
    careful = plain.replace("outer", "# careful\n outer").replace("endloop", " " * 40 + "endloop")
    assert read_stl(plain.encode()).mesh.points.tobytes() == read_stl(careful.encode()).mesh.points.tobytes()


def test_every_real_stl_is_read_or_refused(real_files) -> None:
    codes = []
    for path in sorted([*real_files.glob("bad-meshes/**/*"), *real_files.glob("scans/*.stl")]):
        if path.is_file():
            try:
                golden.assert_clean(read_stl(path.read_bytes()), read_stl)
                codes.append("read")
            except Unreadable as trouble:
                codes.append(trouble.code)
    assert codes.count("read") == 19
