"""The GLB for other tools, read by another reader (trimesh)."""

import io
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import trimesh

from arcada.core.anatomy import FileFormat, Jaw
from arcada.core.geometry.convert import convert_scan
from arcada.core.geometry.dicom_stl import Naming
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.plain_glb import write_plain_glb
from arcada.core.geometry.ply import read_ply
from arcada.core.geometry.specimen import make_arch
from arcada.core.geometry.write import write_ply
from arcada.core.outgoing import ExportFormat

NAMING = Naming("A-1042", "study", "series", "record", 1, "Upper jaw", "0.1.0")


@pytest.fixture(scope="module")
def arch() -> Mesh:
    """As a scanner's file would be read: a PLY in colour."""
    return read_ply(write_ply(make_arch(Jaw.MAXILLA, seed=3, triangles=3000))).mesh


def read(data: bytes) -> tuple[Any, npt.NDArray[np.float64]]:
    """The one geometry as it is stored, and where the scene puts it."""
    scene = trimesh.load_scene(io.BytesIO(data), file_type="glb", process=False)
    (node,) = scene.graph.nodes_geometry
    transform, name = scene.graph[node]
    return scene.geometry[name], np.asarray(transform)


def test_every_coordinate_is_the_files_own_float_and_the_node_makes_metres(arch: Mesh) -> None:
    found, transform = read(write_plain_glb(arch))
    assert found.vertices.astype(np.float32).tobytes() == arch.points.tobytes()
    assert found.faces.astype(np.uint32).tobytes() == arch.triangles.tobytes()
    assert np.allclose(transform, np.diag([0.001, 0.001, 0.001, 1.0]))


def test_inches_become_metres(arch: Mesh) -> None:
    data = convert_scan(
        write_ply(arch), FileFormat.PLY_LITTLE_ENDIAN, ExportFormat.GLB,
        unit="inch", naming=NAMING, companions={},
    )  # fmt: skip
    assert np.allclose(np.diag(read(data)[1])[:3], 0.0254)


def test_colours_are_linear_light_and_every_sRGB_step_stays_apart() -> None:
    count = 256
    points = np.zeros((count, 3), np.float32)
    points[:, 0] = np.arange(count)
    points[1::2, 1] = 1
    triangles = np.stack([np.arange(count - 2), np.arange(1, count - 1), np.arange(2, count)], 1).astype(
        np.uint32
    )
    greys = np.repeat(np.arange(count, dtype=np.uint8)[:, None], 3, axis=1)
    found, _ = read(write_plain_glb(Mesh(points, triangles, greys)))
    stored = np.asarray(found.visual.vertex_attributes["color"])[:, 0].astype(float)
    stored = stored / 65_535 if stored.max() > 1.5 else stored
    srgb = np.arange(count) / 255
    light = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    assert np.abs(stored - light).max() < 2 / 65_535
    assert len(set(stored.tolist())) == count


def test_a_face_without_an_area_still_leaves_normals_of_length_one() -> None:
    points = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0], [0, 0, 5]], np.float32)
    mesh = Mesh(points, np.array([[0, 1, 2]], np.uint32))
    found, _ = read(write_plain_glb(mesh))
    assert np.allclose(np.linalg.norm(found.vertex_normals, axis=1), 1)
