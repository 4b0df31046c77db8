"""The viewer's stream holds the scan: same place, same triangles, same colours, a fraction of the bytes."""

import gzip
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arcada.core.errors import Unreadable
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.stream import decode_glb, encode_glb
from tests.core.geometry.made_meshes import ball, numbered, numbers_of, open_arch, triangle_set

SCANS = Path(__file__).parents[4] / "shared" / "data" / "scans"


def pink(u, v):
    return 150 + 90 * u, 100 + 60 * v, 90 + 20 * u * v


def document_of(glb: bytes) -> dict:
    (length,) = struct.unpack_from("<I", glb, 12)
    return json.loads(glb[20 : 20 + length])


def assert_same_scan(mesh: Mesh, glb: bytes) -> None:
    """Known by its number, every vertex is where it was to 0.6 of a step an axis, in the same triangles."""
    back = decode_glb(glb)
    assert (back.points.dtype, back.triangles.dtype) == (np.float32, np.uint32)
    numbers = numbers_of(back)
    assert np.array_equal(triangle_set(numbers[back.triangles]), triangle_set(mesh.triangles))
    step = document_of(glb)["nodes"][0]["scale"]
    moved = np.abs(back.points.astype(np.float64) - mesh.points[numbers])
    in_float = np.spacing(np.abs(mesh.points).max()) / 2  # what float32 itself cannot tell apart
    assert (moved <= 0.6 * np.array(step) + in_float).all()


@pytest.mark.parametrize("bits", [16, 12])
def test_the_stream_holds_the_very_triangles_and_colours_and_no_point_moves_a_step(bits):
    mesh = numbered(open_arch(120, 40))
    glb = encode_glb(mesh, bits=bits)
    step = document_of(glb)["nodes"][0]["scale"][0]
    assert step == pytest.approx(np.ptp(mesh.points, axis=0).max() / (2**bits - 1))
    assert_same_scan(mesh, glb)


def test_a_scan_without_colours_comes_back_without_colours_and_in_the_same_shape():
    plain = open_arch(60, 20)
    back, coloured = decode_glb(encode_glb(plain, bits=16)), decode_glb(encode_glb(numbered(plain), bits=16))
    assert back.colours is None
    assert np.array_equal(back.points, coloured.points)
    assert np.array_equal(back.triangles, coloured.triangles)


def test_coordinates_far_from_the_origin_come_back_where_they_were():
    there = ball(24, radius=20.0, centre=(400.0, -250.0, 1000.0))
    back = decode_glb(encode_glb(there, bits=16))
    assert np.allclose(back.points.min(axis=0), there.points.min(axis=0), atol=0.001)
    assert np.allclose(back.points.max(axis=0), there.points.max(axis=0), atol=0.001)


def test_a_scan_in_inches_is_streamed_in_millimetres():
    inches = ball(24, radius=1.0, centre=(0.0, 3.0, 0.0))
    back = decode_glb(encode_glb(inches, bits=16, unit_factor_to_mm=25.4))
    assert back.points[:, 1].min() == pytest.approx(2 * 25.4, abs=0.001)
    assert back.points[:, 1].max() == pytest.approx(4 * 25.4, abs=0.001)


def test_a_vertex_that_no_triangle_uses_is_not_sent():
    mesh = ball(12)
    stray = Mesh(
        np.concatenate([[[500.0, 0.0, 0.0]], mesh.points]).astype(np.float32), mesh.triangles + np.uint32(1)
    )
    back = decode_glb(encode_glb(stray, bits=16))
    assert len(back.points) == len(mesh.points)
    assert back.points.max() <= 10.001


@pytest.mark.parametrize("vertices_over_a_short", [False, True])
def test_indexes_are_short_only_while_every_vertex_has_a_short_number(vertices_over_a_short):
    mesh = numbered(open_arch(260, 260 if vertices_over_a_short else 240))
    assert (len(mesh.points) > 65_535) == vertices_over_a_short
    glb = encode_glb(mesh, bits=16)
    indexes = document_of(glb)["accessors"][-1]
    assert indexes["componentType"] == (5125 if vertices_over_a_short else 5123)
    assert_same_scan(mesh, glb)


def test_the_file_says_what_other_tools_need_to_open_it():
    document = document_of(encode_glb(open_arch(20, 10, pink), bits=16))
    assert document["extensionsRequired"] == ["KHR_mesh_quantization", "EXT_meshopt_compression"]
    position, colour, indexes = document["accessors"]
    assert (position["componentType"], position["type"]) == (5123, "VEC3")
    assert max(position["max"]) == 65_535 and min(position["min"]) == 0
    assert (colour["componentType"], colour["normalized"]) == (5121, True)
    assert document["meshes"][0]["primitives"][0].get("mode", 4) == 4
    assert "NORMAL" not in document["meshes"][0]["primitives"][0]["attributes"]
    for view in document["bufferViews"]:
        packed = view["extensions"]["EXT_meshopt_compression"]
        assert packed["byteOffset"] % 4 == 0 and view["byteOffset"] % 4 == 0
        assert view["byteLength"] == packed["count"] * packed["byteStride"]
    stored, unpacked = document["buffers"]
    assert unpacked["extensions"]["EXT_meshopt_compression"] == {"fallback": True}
    last = document["bufferViews"][-1]
    assert last["byteOffset"] + last["byteLength"] <= unpacked["byteLength"]
    assert stored["byteLength"] % 4 == 0 and indexes["type"] == "SCALAR"


def test_the_same_scan_gives_the_same_bytes():
    assert encode_glb(open_arch(30, 12, pink), bits=16) == encode_glb(open_arch(30, 12, pink), bits=16)


@pytest.mark.parametrize(
    ("points", "triangles", "words"),
    [
        ([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 3]], "vertex that is not there"),
        ([[0, 0, 0], [1, 0, 0], [0, np.nan, 0]], [[0, 1, 2]], "finite"),
        ([[0, 0, 0], [1, 0, 0], [0, np.inf, 0]], [[0, 1, 2]], "finite"),
        ([[0, 0, 0]], np.empty((0, 3)), "at least one triangle"),
    ],
)
def test_a_mesh_no_reader_would_return_is_refused_before_it_reaches_the_encoder(points, triangles, words):
    broken = Mesh(np.array(points, dtype=np.float32), np.array(triangles, dtype=np.uint32))
    with pytest.raises(ValueError, match=words):
        encode_glb(broken, bits=16)


def test_a_scan_without_any_extent_still_streams():
    point = Mesh(np.full((3, 3), 7.0, dtype=np.float32), np.array([[0, 1, 2]], dtype=np.uint32))
    assert np.array_equal(decode_glb(encode_glb(point, bits=16)).points, point.points)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 40).flatmap(
        lambda vertices: st.tuples(
            st.lists(st.tuples(*[st.floats(-1e4, 1e4, width=32)] * 3), min_size=vertices, max_size=vertices),
            st.lists(st.tuples(*[st.integers(0, vertices - 1)] * 3), min_size=1, max_size=60),
        )
    )
)
def test_any_soup_of_triangles_survives_the_stream(soup):
    points, triangles = soup
    mesh = numbered(Mesh(np.array(points, dtype=np.float32), np.array(triangles, dtype=np.uint32)))
    glb = encode_glb(mesh, bits=16)
    assert_same_scan(mesh, glb)


def test_every_truncation_of_a_stream_is_refused():
    glb = encode_glb(ball(8), bits=12)
    for length in range(len(glb)):
        with pytest.raises(Unreadable):
            decode_glb(glb[:length])


def test_a_stream_that_claims_more_than_its_bytes_can_hold_is_refused_before_anything_is_allocated():
    glb = encode_glb(ball(8), bits=12)
    document = document_of(glb)
    claim = document["bufferViews"][0]["extensions"]["EXT_meshopt_compression"]
    text_length = struct.unpack_from("<I", glb, 12)[0]
    # As many digits more as the padding and the generator's name leave free.
    claim["count"] = 2_000_000_000
    document["asset"] = {"version": "2.0"}
    text = json.dumps(document, separators=(",", ":")).encode().ljust(text_length)
    assert len(text) == text_length
    with pytest.raises(Unreadable) as refused:
        decode_glb(glb[:20] + text + glb[20 + text_length :])
    assert "claims more" in str(refused.value.__cause__)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_stream_is_refused_or_read_and_never_worse(data):
    glb = bytearray(encode_glb(ball(8), bits=12))
    for _ in range(data.draw(st.integers(1, 4))):
        glb[data.draw(st.integers(0, len(glb) - 1))] = data.draw(st.integers(0, 255))
    try:
        mesh = decode_glb(bytes(glb))
    except Unreadable as refused:
        assert refused.code == "malformed"
    else:
        assert mesh.triangles.max() < len(mesh.points)


@pytest.mark.skipif(not SCANS.is_dir(), reason="the folder of real scans (../shared/data) is absent")
def test_a_real_scan_takes_a_fifteenth_of_its_stl():
    original = SCANS / "labscan-scan01.stl"
    count = (original.stat().st_size - 84) // 50
    facets = np.frombuffer(
        original.read_bytes(),
        dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("rest", "<u2")],
        offset=84,
    )
    points, numbers = np.unique(facets["corners"].reshape(-1, 3), axis=0, return_inverse=True)
    mesh = Mesh(np.ascontiguousarray(points), numbers.reshape(count, 3).astype(np.uint32))
    glb = encode_glb(mesh, bits=16)
    assert_same_scan(numbered(mesh), encode_glb(numbered(mesh), bits=16))
    assert len(glb) * 15 <= original.stat().st_size
    assert len(gzip.compress(glb)) * 19 <= original.stat().st_size
