"""Welding joins equal points and nothing else, in the order of the file, whatever the points are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from arcada.core.errors import Unreadable
from arcada.core.geometry import ply_kernels, text_kernels, weld_kernels
from arcada.core.geometry.read import as_byte_array
from arcada.core.geometry.weld import weld_binary_stl, weld_indexed_mesh, weld_loose_triangles
from tests.golden.meshes import golden
from tests.golden.meshes.make import stl

# Few different numbers, so that many points are equal and many triangles collapse.
CORNERS = st.integers(1, 40).flatmap(
    lambda n: arrays(np.float32, (3 * n, 3), elements=st.sampled_from([0.0, -0.0, 1.0, -1.0, 1e-45, 3e38]))
)


def plain_weld(corners: np.ndarray) -> tuple[list, list]:
    """The slow and obvious weld: points in the order of their first appearance."""
    number: dict[tuple, int] = {}
    triangles = []
    for triangle in corners.reshape(-1, 3, 3).tolist():
        triangle = [number.setdefault(tuple(v + 0.0 for v in point), len(number)) for point in triangle]
        if len(set(triangle)) == 3:
            triangles.append(triangle)
    return [list(point) for point in number], triangles


@settings(max_examples=300, deadline=None)
@given(CORNERS)
def test_every_weld_gives_what_the_obvious_one_gives(corners: np.ndarray) -> None:
    points, triangles = plain_weld(corners)
    faces = np.arange(len(corners), dtype=np.uint32).reshape(-1, 3)
    data = as_byte_array(stl(corners.reshape(-1, 3, 3).tolist()))
    ways = [
        lambda: weld_loose_triangles(corners),
        lambda: weld_indexed_mesh(corners, faces, None),
        lambda: weld_binary_stl(data, len(faces)),
    ]
    for weld in ways:
        if not triangles:
            with pytest.raises(Unreadable) as trouble:
                weld()
            assert trouble.value.code == "empty_mesh"
            continue
        welded = weld()
        assert welded.mesh.triangles.tolist() == triangles
        assert welded.mesh.points.tolist() == points
        assert not np.signbit(welded.mesh.points[welded.mesh.points == 0]).any()
        assert welded.degenerate == len(faces) - len(triangles)
        assert welded.mesh.points.flags.c_contiguous and welded.mesh.triangles.flags.c_contiguous


@pytest.mark.parametrize("way", ["loose", "indexed", "binary"])
def test_a_crowded_hash_table_gives_way_to_sorting_with_the_same_result(way: str, monkeypatch) -> None:
    rng = np.random.default_rng(3)
    corners = rng.integers(-3, 4, (600, 3)).astype(np.float32)
    faces = np.arange(600, dtype=np.uint32).reshape(-1, 3)
    data = as_byte_array(stl(corners.reshape(-1, 3, 3).tolist(), attribute=5))
    weld = {
        "loose": lambda: weld_loose_triangles(corners),
        "indexed": lambda: weld_indexed_mesh(corners, faces, np.arange(1800, dtype=np.uint8).reshape(-1, 3)),
        "binary": lambda: weld_binary_stl(data, len(faces)),
    }[way]
    quick = weld()
    for name in ("weld_records", "weld_corners", "weld_indexed"):
        monkeypatch.setattr(
            weld_kernels, name, lambda *arguments: (weld_kernels.CROWDED, 0, 0, 0)[: 3 + (way != "loose")]
        )
    sorted_ = weld()
    assert sorted_.mesh.points.tobytes() == quick.mesh.points.tobytes()
    assert sorted_.mesh.triangles.tobytes() == quick.mesh.triangles.tobytes()
    assert (sorted_.degenerate, sorted_.unused, sorted_.attributes) == (
        quick.degenerate,
        quick.unused,
        quick.attributes,
    )
    if quick.mesh.colours is not None:
        assert np.array_equal(sorted_.mesh.colours, quick.mesh.colours)


def colliding_points(count: int) -> np.ndarray:
    """Points whose hashes share their lower bits: found by trying, as an attacker would."""
    z = np.arange(1, 40 * count, dtype=np.uint32) + np.uint32(0x3F800000)
    with np.errstate(over="ignore"):
        mixed = (z.astype(np.uint64)) * np.uint64(0xD6E8FEB86659FD93)
    low = (mixed >> np.uint64(32)) & np.uint64(0xFFF)
    z = z[low < 64][:count]
    return np.stack([np.zeros_like(z), np.zeros_like(z), z], axis=1).view(np.float32)


def test_points_made_to_collide_are_welded_without_a_hang() -> None:
    points = colliding_points(60_000)
    corners = np.concatenate([points, points[::-1], np.roll(points, 1, axis=0)])[: len(points) // 3 * 9]
    corners = corners[: len(corners) // 3 * 3]
    bits = np.ascontiguousarray(corners).view(np.uint32)
    status, *_ = weld_kernels.weld_corners(
        bits, np.empty_like(bits), np.empty((len(bits) // 3, 3), np.uint32)
    )
    assert status == weld_kernels.CROWDED
    welded = weld_loose_triangles(corners)
    assert len(welded.mesh.points) == len(np.unique(bits, axis=0))


def test_of_points_that_become_one_the_first_colour_stays() -> None:
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0], [0, 0, 1]], np.float32)
    faces = np.array([[0, 1, 2], [3, 2, 4]], np.uint32)
    colours = np.arange(15, dtype=np.uint8).reshape(5, 3)
    mesh = weld_indexed_mesh(points, faces, colours).mesh
    assert mesh.triangles.tolist() == [[0, 1, 2], [0, 2, 3]]
    assert mesh.colours is not None and mesh.colours.tolist() == colours[[0, 1, 2, 4]].tolist()


def test_points_that_no_face_uses_are_left_out_and_counted() -> None:
    points = np.array([[9, 9, 9], [0, 0, 0], [1, 0, 0], [0, 1, 0], [8, 8, 8]], np.float32)
    welded = weld_indexed_mesh(points, np.array([[1, 2, 3]], np.uint32), None)
    assert (len(welded.mesh.points), welded.unused) == (3, 2)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_point_that_is_no_number_refuses_even_where_no_face_uses_it(bad: float) -> None:
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, bad, 0]], np.float32)
    with pytest.raises(Unreadable) as trouble:
        weld_indexed_mesh(points, np.array([[0, 1, 2]], np.uint32), None)
    assert trouble.value.code == "not_finite"


@pytest.mark.parametrize("index", [3, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_an_index_out_of_range_refuses(index: int) -> None:
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    with pytest.raises(Unreadable) as trouble:
        weld_indexed_mesh(points, np.array([[0, 1, index]], np.uint32), None)
    assert trouble.value.code == "index_out_of_range"


def test_after_warming_no_file_makes_a_kernel_compile_again() -> None:
    modules = (weld_kernels, text_kernels, ply_kernels)
    entries = ("read_stl", "read_ply", "read_obj", "read_binary", "weld_")
    for module in modules:
        module.warm()
    kernels = {
        f"{module.__name__}.{name}": kernel
        for module in modules
        for name, kernel in vars(module).items()
        if hasattr(kernel, "nopython_signatures") and name.startswith(entries)
    }
    assert len(kernels) == 7
    for ending in golden.READERS:
        for name in golden.names(ending):
            golden.said_of(name)
    golden.READERS[".stl"](memoryview(bytearray(stl())))
    assert {name: len(kernel.nopython_signatures) for name, kernel in kernels.items()} == dict.fromkeys(
        kernels, 1
    )
