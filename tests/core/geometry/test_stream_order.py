"""A scan's own floats in the order of its stream: matched by cell, and never taken on trust."""

import numpy as np

from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.stream import decode_glb, encode_glb
from arcada.core.geometry.stream_order import in_stream_order
from tests.core.geometry.made_meshes import ball, open_arch


def shuffled(mesh: Mesh) -> Mesh:
    """The same surface, its vertices in another order, and one vertex that no triangle uses."""
    order = np.random.default_rng(4).permutation(len(mesh.points))
    number = np.argsort(order).astype(np.uint32)
    points = np.concatenate([mesh.points[order], [[0, 0, 0]]]).astype(np.float32)
    return Mesh(points, np.ascontiguousarray(number[mesh.triangles]))


def test_every_vertex_of_the_stream_has_its_own_float():
    mesh = shuffled(open_arch(60, 20))
    stream = encode_glb(mesh)
    found = in_stream_order(mesh, stream)
    coarse = decode_glb(stream)
    assert found.is_exact
    assert {tuple(p) for p in found.mesh.points.tolist()} == {tuple(p) for p in mesh.points[:-1].tolist()}
    # Half a step of the grid, and what a float of the stream itself is off by.
    step = float(np.ptp(mesh.points, axis=0).max()) / 65535
    assert np.abs(found.mesh.points - coarse.points).max() <= step / 2 + 1e-5
    assert np.array_equal(found.mesh.triangles, coarse.triangles)


def test_a_scan_in_inches_is_matched_in_millimetres():
    mesh = Mesh(open_arch(30, 10).points / np.float32(25.4), open_arch(30, 10).triangles)
    found = in_stream_order(mesh, encode_glb(mesh, unit_factor_to_mm=25.4))
    assert found.is_exact
    assert float(np.ptp(found.mesh.points, axis=0).max()) > 50


def test_another_surface_than_the_streams_is_noticed_and_the_stream_is_used():
    mesh = ball()
    moved = Mesh(mesh.points.copy(), mesh.triangles)
    moved.points[7] += np.float32(0.01)
    stream = encode_glb(mesh)
    for other in (moved, ball(radius=10.5), open_arch(30, 10), None):
        found = in_stream_order(other, stream)
        assert not found.is_exact
        assert np.array_equal(found.mesh.points, decode_glb(stream).points)
