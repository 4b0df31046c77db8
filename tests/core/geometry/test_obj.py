"""OBJ is read strictly with its colours; its companions come as bytes and no name in it is ever opened."""

import builtins
import io
import itertools
import os
import socket

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arcada.core.errors import Unreadable
from arcada.core.findings import Finding, Severity
from arcada.core.geometry.mtl import TextureUse, base_name, read_library
from arcada.core.geometry.obj import read_obj
from arcada.core.geometry.texture import sample_colours
from tests.core.geometry.test_ply import MESHES
from tests.core.geometry.test_stl import ACCIDENTS
from tests.golden.meshes import golden
from tests.golden.meshes.make import CANARY, COLOURS, MTL, POINTS, QUADS, TEXTURED, TRIANGLES, obj, png

WHOLE = ["names-everywhere.obj", "textured.obj", "joined-lines.obj", "texture-coordinates-and-normals.obj"]
NAMED = {f"{CANARY.lower()}.mtl": MTL.encode(), "scan.png": png()}


@pytest.mark.parametrize("name", golden.names(".obj"))
def test_each_golden_obj_is_judged_as_its_json_says(name: str) -> None:
    assert golden.said_of(name) == golden.expected(name)


@pytest.mark.parametrize("name", [name for name in golden.names(".obj") if golden.expected(name)["accepted"]])
def test_a_cleaned_obj_is_the_same_mesh_and_names_nobody(name: str) -> None:
    """DE-05."""
    scan = golden.read(name)
    for data in (scan.cleaned, *scan.cleaned_companions.values(), *map(str.encode, scan.cleaned_companions)):
        assert golden.CANARY.lower() not in data.lower()
    golden.assert_clean(scan, read_obj)


def test_the_cube_comes_out_as_it_went_in() -> None:
    for faces in (TRIANGLES, QUADS):
        mesh = read_obj(obj(faces=faces)).mesh
        assert np.array_equal(mesh.points[mesh.triangles], np.array(POINTS, np.float32)[np.array(TRIANGLES)])


@pytest.mark.parametrize("scale", [1, 255])
def test_vertex_colours_are_read_as_fractions_and_up_to_255(scale: int) -> None:
    data = obj(colours=lambda i: " ".join(str(c if scale == 255 else round(c / 255, 4)) for c in COLOURS[i]))
    mesh = read_obj(data).mesh
    assert mesh.colours is not None
    assert np.array_equal(mesh.colours[mesh.triangles], np.array(COLOURS, np.uint8)[np.array(TRIANGLES)])


def test_points_without_a_colour_beside_coloured_ones_are_white() -> None:
    mesh = read_obj(b"v 0 0 0 0 0 0\nv 1 0 0\nv 0 1 0 1 0 0\nf 1 2 3\n").mesh
    assert mesh.colours is not None
    assert mesh.colours.tolist() == [[0, 0, 0], [255, 255, 255], [255, 0, 0]]


def test_a_texture_gives_its_colours_to_the_points() -> None:
    mesh = read_obj(TEXTURED.encode(), NAMED).mesh
    assert mesh.colours is not None
    # The texture's lower left pixel is blue, its upper left one red.
    assert mesh.colours.tolist() == [[0, 0, 255], [255, 255, 255], [0, 255, 0], [255, 0, 0]]


def test_a_textured_obj_leaves_with_neutral_names_and_the_same_picture() -> None:
    scan = read_obj(TEXTURED.encode(), NAMED)
    assert scan.cleaned.startswith(b"mtllib material.mtl\nusemtl material0\nv 0 0 0\n")
    assert scan.cleaned_companions["material.mtl"] == b"newmtl material0\nKd 1.000 1 1\nmap_Kd texture.png\n"
    assert {line.file for line in scan.removed} == {"main", "material"}


def test_number_texts_stay_as_they_were() -> None:
    body = b"v 0.10 -0 1e+01\nv 1.000000 2 3\nv  4\t5 6 \nvn 0 0 1.0\nf 1//1 2//1 -1//1\n"
    noisy = b"# Jane\no Jane\n" + body + b"g Jane\n"
    assert read_obj(noisy).cleaned == body


def test_what_is_missing_is_a_warning_by_role_and_never_by_name() -> None:
    findings = read_obj(TEXTURED.encode(), {f"{CANARY.lower()}.mtl": MTL.encode()}).findings
    assert findings == (Finding("missing_companion", Severity.WARNING, 1, where="texture"),)
    assert read_obj(TEXTURED.encode()).findings == (
        Finding("missing_companion", Severity.WARNING, where="material"),
    )


def test_no_path_or_address_in_a_file_is_ever_opened(monkeypatch, tmp_path) -> None:
    """UP-13."""
    there = tmp_path / "there.mtl"
    there.write_text("newmtl a\nmap_Kd /etc/hostname\n")
    data = obj(before=f"mtllib {there}\nmtllib http://127.0.0.1:9/a.mtl\nusemtl a\n")
    library = b"newmtl a\nmap_Kd /etc/passwd\nnewmtl b\nmap_Kd http://127.0.0.1:9/b.png\n"
    golden.said_of("textured.obj")  # so that nothing is left to import or compile

    def opened(*arguments, **named):
        raise AssertionError(f"opened {arguments}")

    for module, name in ((builtins, "open"), (io, "open"), (os, "open"), (socket, "socket"), (os, "stat")):
        monkeypatch.setattr(module, name, opened)
    codes = [finding.code for finding in read_obj(data).findings]
    codes += [finding.code for finding in read_obj(data, {"there.mtl": library}).findings]
    monkeypatch.undo()
    assert set(codes) == {"missing_companion"}


@pytest.mark.parametrize(
    "path",
    [
        "C:\\Users\\Jane\\Scan.PNG",
        "/home/jane/Scan.png",
        "..\\..\\scan.png",
        "scan.png",
        "https://x/y/SCAN.png",
    ],
)
def test_companions_go_by_their_base_name_of_any_system(path: str) -> None:
    assert base_name(path) == "scan.png"


@pytest.mark.parametrize(
    ("line", "use"),
    [
        ("map_Kd scan 1.png", TextureUse("scan 1.png")),
        ('map_Kd "scan 1.png"', TextureUse("scan 1.png")),
        (
            "map_Kd -s 2 3 1 -o .5 .25 a.png",
            TextureUse("a.png", (0.5, 0.25), (2, 3), options="-s 2 3 1 -o .5 .25 "),
        ),
        (
            "map_Kd -clamp on -bm 1 -mm 0 1 a.png",
            TextureUse("a.png", clamped=True, options="-clamp on -bm 1 -mm 0 1 "),
        ),
        ("map_Kd -s 2 2", TextureUse("2", (0, 0), (2, 1), options="-s 2 ")),
        ("map_Kd -jane a.png", TextureUse("-jane a.png")),
        ("map_Kd", None),
    ],
)
def test_a_textures_options_are_read_or_left_in_the_name(line: str, use: TextureUse | None) -> None:
    assert read_library(f"newmtl a\n{line}\n".encode()).materials["a"].texture == use


def test_a_texture_repeats_scales_and_clamps() -> None:
    pixels = np.array([[[0, 0, 0], [200, 0, 0]]], np.uint8)
    places = np.array([[0.25, 0], [0.75, 0], [1.75, 0], [-0.25, 0], [0.5, 9], [np.nan, np.inf]], np.float32)
    red = sample_colours(pixels, places, TextureUse("a"))[:, 0].tolist()
    assert red == [0, 200, 200, 200, 100, 0]
    assert sample_colours(pixels, places[2:4], TextureUse("a", clamped=True))[:, 0].tolist() == [200, 0]
    assert sample_colours(pixels, places[:1], TextureUse("a", offset=(0.5, 0)))[:, 0].tolist() == [200]
    assert sample_colours(pixels, places[:1], TextureUse("a", scale=(3, 1)))[:, 0].tolist() == [200]


def test_a_hundred_materials_with_one_texture_each_get_their_own_colour() -> None:
    lines, library, companions = [], [], {}
    for i in range(20):
        lines += [f"v {i} 0 0", f"v {i} 1 0", f"v {i} 0 1", "vt .5 .5", f"usemtl m{i}", "f -3/-1 -2/-1 -1/-1"]
        library += [f"newmtl m{i}", f"Kd 0 0 {i / 255:.4f}"] + ([f"map_Kd {i % 2}.png"] if i % 3 else [])
    companions["a.mtl"] = "\n".join(library).encode()
    companions["0.png"] = companions["1.png"] = png()
    colours = read_obj(("mtllib a.mtl\n" + "\n".join(lines)).encode(), companions).mesh.colours
    assert colours is not None
    middle = np.rint(np.mean([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]], axis=0)).tolist()
    assert colours[::3].tolist() == [middle if i % 3 else [0, 0, i] for i in range(20)]


def test_one_line_of_ten_megabytes_is_read_or_refused_in_one_pass() -> None:
    head = "".join(f"v {i % 7} {i % 11} {i % 13}\n" for i in range(1000))
    face = "f " + " ".join(str(1 + i % 1000) for i in range(2_000_000))
    assert len(read_obj((head + face).encode()).mesh.triangles) > 1_000_000
    with pytest.raises(Unreadable):
        read_obj((head + "f " + "1" * 10_000_000).encode())
    with pytest.raises(Unreadable):
        read_obj((head + "v " + "1 " * 5_000_000).encode())


def test_more_than_five_million_triangles_of_one_polygon_are_refused() -> None:
    with pytest.raises(Unreadable) as trouble:
        read_obj(b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf" + b" 1 2 3" * 1_700_000)
    assert trouble.value.code == "too_many_triangles"


def test_more_names_than_a_scan_can_have_are_refused() -> None:
    data = obj() + b"usemtl a\nl 1\n" * 1_100_000
    with pytest.raises(Unreadable) as trouble:
        read_obj(data)
    assert trouble.value.code == "malformed"


@pytest.mark.parametrize("name", golden.few_or_full(".obj", WHOLE))
def test_an_obj_cut_at_any_byte_is_a_mesh_or_a_reason(name: str) -> None:
    data = (golden.FOLDER / name).read_bytes()
    for length in range(len(data)):
        try:
            scan = golden.read(name, data[:length])
        except Unreadable:
            continue
        assert scan.mesh.triangles.max() < len(scan.mesh.points)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(golden.names(".obj")), ACCIDENTS)
def test_a_damaged_obj_is_a_mesh_or_a_reason(name: str, accidents) -> None:
    data = golden.damaged((golden.FOLDER / name).read_bytes(), accidents)
    try:
        scan = golden.read(name, data)
    except Unreadable:
        return
    assert np.isfinite(scan.mesh.points).all()
    assert scan.mesh.triangles.max() < len(scan.mesh.points)
    golden.assert_clean(scan, read_obj)


@settings(max_examples=200, deadline=None)
@given(ACCIDENTS, ACCIDENTS)
def test_damaged_companions_are_warnings_and_never_a_crash(library, texture) -> None:
    companions = {
        f"{CANARY.lower()}.mtl": golden.damaged(MTL.encode(), library),
        "scan.png": golden.damaged(png(), texture),
    }
    scan = read_obj(TEXTURED.encode(), companions)
    assert {finding.code for finding in scan.findings} <= {"missing_companion", "companion_unreadable"}
    golden.assert_clean(scan, read_obj)


@settings(max_examples=150, deadline=None)
@given(MESHES, st.sampled_from(["%r", "%.9g", "%.17g"]), st.booleans())
def test_random_polygons_come_back_bit_by_bit(mesh, form, from_the_end) -> None:
    points, faces = mesh
    lines = ["v " + " ".join(form % v for v in point) for point in points]
    for face in faces:
        lines.append("f " + " ".join(str(i - len(points) if from_the_end else i + 1) for i in face))
    fans = [(face[0], b, c) for face in faces for b, c in itertools.pairwise(face)]
    corners = np.array([[points[i] for i in fan] for fan in fans], np.float32).reshape(-1, 3, 3) + np.float32(
        0
    )
    whole = [len({tuple(point) for point in fan}) == 3 for fan in corners.tolist()]
    if not any(whole):
        with pytest.raises(Unreadable):
            read_obj("\n".join(lines).encode())
        return
    read = read_obj("\n".join(lines).encode()).mesh
    assert read.points[read.triangles].tobytes() == corners[np.array(whole)].tobytes()


def test_every_real_obj_is_read_or_refused(real_files) -> None:
    codes = []
    for path in sorted([*real_files.glob("bad-meshes/**/*"), *real_files.glob("scans/*.obj")]):
        if path.is_file():
            companions = {
                file.name.lower(): file.read_bytes() for file in path.parent.glob("*.[mjp][tpn][lg]")
            }
            try:
                golden.assert_clean(read_obj(path.read_bytes(), companions), read_obj)
                codes.append("read")
            except Unreadable as trouble:
                codes.append(trouble.code)
    assert codes.count("read") == 47
