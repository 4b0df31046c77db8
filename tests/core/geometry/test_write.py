"""What is written as STL, PLY or OBJ comes back through the readers as the same surface."""

import numpy as np
import pytest

from arcada.core.anatomy import FileFormat, Jaw
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.obj import read_obj
from arcada.core.geometry.ply import read_ply
from arcada.core.geometry.specimen import make_arch
from arcada.core.geometry.stl import read_stl
from arcada.core.geometry.write import write_obj, write_obj_textured, write_ply, write_stl, write_stl_ascii


@pytest.fixture(scope="module")
def arch() -> Mesh:
    return make_arch(Jaw.MANDIBLE, seed=2, triangles=4_000)


def corners(mesh: Mesh) -> np.ndarray:  # (n, 3, 3)
    return mesh.points[mesh.triangles]


def test_both_stl_dialects_give_every_corner_back_bit_by_bit(arch):
    binary, ascii_file = read_stl(write_stl(arch)), read_stl(write_stl_ascii(arch, name="arch"))
    assert (binary.format, ascii_file.format) == (FileFormat.STL_BINARY, FileFormat.STL_ASCII)
    for scan in (binary, ascii_file):
        assert np.array_equal(corners(scan.mesh), corners(arch))
        assert len(scan.mesh.points) == len(arch.points)


def test_an_stl_header_is_eighty_bytes_whatever_is_asked(arch):
    data = write_stl(arch, header="Exportado por João " * 9)
    assert len(data) == 84 + 50 * len(arch.triangles)
    assert data.startswith("Exportado por João".encode())


@pytest.mark.parametrize("endian", ["little", "big", "ascii"])
@pytest.mark.parametrize("colours", [True, False])
def test_ply_gives_points_triangles_and_colours_back(arch, endian, colours):
    mesh = read_ply(write_ply(arch, colours=colours, endian=endian, comments=["patient Jane Roe"])).mesh
    assert np.array_equal(corners(mesh), corners(arch))
    if colours:
        assert np.array_equal(mesh.colours[mesh.triangles], arch.colours[arch.triangles])
    else:
        assert mesh.colours is None


def test_obj_gives_points_and_colours_back(arch):
    mesh = read_obj(write_obj(arch, comments=["a comment"])).mesh
    assert np.array_equal(corners(mesh), corners(arch))
    away = mesh.colours[mesh.triangles].astype(int) - arch.colours[arch.triangles]
    assert np.abs(away).max() <= 1


def test_obj_without_colours_has_three_numbers_a_vertex(arch):
    assert read_obj(write_obj(arch, colours=False)).mesh.colours is None


@pytest.mark.parametrize(("image_format", "tolerance"), [("PNG", 6), ("JPEG", 40)])
def test_a_textured_obj_gives_the_colours_back_through_its_texture(arch, image_format, tolerance):
    files = write_obj_textured(arch, image_format=image_format)
    main = files.pop("scan.obj")
    mesh = read_obj(main, files).mesh
    assert np.array_equal(corners(mesh), corners(arch))
    away = np.abs(mesh.colours[mesh.triangles].astype(int) - arch.colours[arch.triangles])
    assert np.quantile(away, 0.95) <= tolerance


def test_a_texture_needs_colours(arch):
    with pytest.raises(ValueError, match="without colours"):
        write_obj_textured(Mesh(arch.points, arch.triangles))
