"""Makes the golden meshes: tiny files, one ugliness each, named by it, with what a reader must say as .json.

Run as a script to write them; a test holds that the files here are what this makes.
"""

import io
import json
import struct
from pathlib import Path

import numpy as np
from PIL import Image

FOLDER = Path(__file__).parent
CANARY = "CANARY-Jane-Roe-1970"
TEXTURE = Image.fromarray(np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8))

POINTS = [(x, y, z) for x in (0, 10) for y in (0, 10) for z in (0, 10)]
QUADS = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
TRIANGLES = [t for a, b, c, d in QUADS for t in ((a, b, c), (a, c, d))]
COLOURS = [(20 * i, 255 - 20 * i, 7 * i) for i in range(8)]


def cube(**facts) -> dict:
    """What a reader must say of the cube: accepted, with these facts beside."""
    return {
        "accepted": True,
        "triangles": 12,
        "vertices": 8,
        "colour": False,
        "findings": [],
        "removed": [],
    } | facts


def refused(code: str) -> dict:
    return {"accepted": False, "code": code}


# ---- STL


def stl(triangles=None, header=b"", attribute=0, normal=(0.0, 0.0, 0.0), count=None) -> bytes:
    triangles = [[POINTS[i] for i in t] for t in TRIANGLES] if triangles is None else triangles
    records = b"".join(
        struct.pack("<12fH", *normal, *(number for point in triangle for number in point), attribute)
        for triangle in triangles
    )
    return header.ljust(80, b" ") + struct.pack("<I", len(triangles) if count is None else count) + records


def one(*points) -> list:
    return [list(points)]


def stl_text(name="", number=str, newline="\n", facet="facet normal 0 0 0", keyword=str) -> bytes:
    lines = [f"solid {name}".rstrip()]
    for t in TRIANGLES:
        corners = [keyword("vertex") + " " + " ".join(number(v) for v in POINTS[i]) for i in t]
        lines += [keyword(facet), keyword("outer loop"), *corners, keyword("endloop"), keyword("endfacet")]
    lines.append(f"endsolid {name}".rstrip())
    return (newline.join(lines) + newline).encode()


A, B, C = (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
HEADER, WORDS, LINE = "STL header", "STL attribute words", "STL solid line"
STL = {
    "binary.stl": (stl(header=b"Binary STL"), cube(format="stl_binary")),
    "binary-starts-with-solid.stl": (stl(header=b"solid "), cube(format="stl_binary", removed=[HEADER])),
    "binary-header-names-patient.stl": (
        stl(header=CANARY.encode()),
        cube(format="stl_binary", removed=[HEADER]),
    ),
    "binary-attribute-words.stl": (
        stl(attribute=0x8421),
        cube(format="stl_binary", removed=[WORDS], findings=["attribute_words_dropped"]),
    ),
    "binary-nan-normals.stl": (stl(normal=(float("nan"),) * 3), cube(format="stl_binary")),
    "binary-minus-zero.stl": (
        stl([[A, B, C], [(-0.0, -0.0, 0.0), C, (0.0, 0.0, 1.0)]]),
        cube(format="stl_binary", triangles=2, vertices=4),
    ),
    "binary-one-collapsed-triangle.stl": (
        stl([[A, B, C], [A, A, C]]),
        cube(format="stl_binary", triangles=1, vertices=3, findings=["degenerate_dropped"]),
    ),
    "binary-only-collapsed-triangles.stl": (stl(one(A, A, A)), refused("empty_mesh")),
    "binary-no-triangle.stl": (stl([]), refused("empty_mesh")),
    "binary-nan-point.stl": (stl(one(A, B, (0.0, float("nan"), 0.0))), refused("not_finite")),
    "binary-infinite-point.stl": (stl(one(A, B, (float("-inf"), 0.0, 0.0))), refused("not_finite")),
    "binary-claims-four-billion.stl": (stl(one(A, B, C), count=0xFFFFFFFF), refused("lying_counts")),
    "binary-claims-one-less.stl": (stl(count=11), refused("lying_counts")),
    "binary-cut-within-a-triangle.stl": (stl()[:-17], refused("truncated")),
    "binary-only-a-header.stl": (stl()[:84], refused("truncated")),
    "binary-bytes-after-the-end.stl": (stl() + b"PK\x03\x04" + CANARY.encode(), refused("lying_counts")),
    "empty.stl": (b"", refused("truncated")),
    "text.stl": (stl_text(), cube(format="stl_ascii")),
    "text-names-patient.stl": (stl_text(CANARY), cube(format="stl_ascii", removed=[LINE])),
    "text-upper-case.stl": (stl_text(keyword=str.upper), cube(format="stl_ascii")),
    "text-decimal-commas.stl": (
        stl_text(number=lambda v: f"{v:.3f}".replace(".", ",")),
        cube(format="stl_ascii"),
    ),
    "text-scientific.stl": (stl_text(number=lambda v: f"{v:+.9E}"), cube(format="stl_ascii")),
    "text-long-numbers.stl": (stl_text(number=lambda v: f"{v:.60f}"), cube(format="stl_ascii")),
    "text-windows-line-ends.stl": (stl_text(newline="\r\n"), cube(format="stl_ascii")),
    "text-lone-carriage-returns.stl": (stl_text(newline="\r"), cube(format="stl_ascii")),
    "text-tabs.stl": (stl_text().replace(b" ", b"\t"), cube(format="stl_ascii")),
    "text-on-two-lines.stl": (
        b"solid\n" + stl_text().partition(b"\n")[2].replace(b"\n", b" "),
        cube(format="stl_ascii"),
    ),
    "text-on-one-line.stl": (stl_text().replace(b"\n", b" "), refused("truncated")),
    "text-byte-order-mark.stl": (
        b"\xef\xbb\xbf" + stl_text(),
        cube(format="stl_ascii", removed=["STL start"]),
    ),
    "text-two-solids.stl": (
        stl_text("one") + stl_text("two"),
        cube(format="stl_ascii", triangles=24, removed=[LINE], findings=["several_solids"]),
    ),
    "text-comments.stl": (
        b"# " + CANARY.encode() + b"\n" + stl_text().replace(b"outer", b"# " + CANARY.encode() + b"\nouter"),
        cube(format="stl_ascii", removed=["STL comment"]),
    ),
    "text-after-much-space.stl": (
        b"#\n" + b" " * 600 + stl_text(),
        cube(format="stl_ascii", removed=["STL comment"]),
    ),
    "text-without-normals.stl": (stl_text(facet="facet"), cube(format="stl_ascii")),
    "text-name-in-a-normal.stl": (
        stl_text(facet=f"facet normal 0 {CANARY} nan"),
        cube(format="stl_ascii", removed=["STL facet normal"]),
    ),
    "text-archive-after-the-end.stl": (
        stl_text() + b"PK\x03\x04\x00" + CANARY.encode(),
        cube(format="stl_ascii", removed=["STL after the last solid"]),
    ),
    "text-without-endsolid.stl": (stl_text().replace(b"endsolid\n", b""), refused("truncated")),
    "text-cut-within-a-number.stl": (stl_text()[:400], refused("truncated")),
    "text-nan-point.stl": (stl_text(number=lambda v: "nan" if v else "0"), refused("not_finite")),
    "text-overflowing-number.stl": (stl_text(number=lambda v: "1e39" if v else "0"), refused("not_finite")),
    "text-letters-for-a-number.stl": (stl_text(number=lambda v: "1O" if v else "0"), refused("malformed")),
    "text-nul-bytes.stl": (stl_text().replace(b"loop\nvertex", b"loop\0\nvertex"), refused("malformed")),
    "text-endless-number.stl": (stl_text(number=lambda v: "0" * 200 if v else "0"), refused("malformed")),
    "text-square-facets.stl": (
        stl_text().replace(b"endloop", b"vertex 1 1 1\nendloop"),
        refused("malformed"),
    ),
    "text-no-facets.stl": (b"solid\nendsolid\n", refused("empty_mesh")),
}


# ---- PLY


def ply(
    form="ascii",
    *,
    number="float",
    extra=(),
    colour=None,
    colour_names=("red", "green", "blue"),
    faces=TRIANGLES,
    index="int",
    size="uchar",
    before="",
    body_before=b"",
    vertex_count=None,
    face_count=None,
    value=None,
    list_name="vertex_indices",
    newline="\n",
    points=POINTS,
) -> bytes:
    """A cube as PLY; `extra` are pairs of a property's line and its value in every row."""
    order = ">" if "big" in form else "<"
    letters = {"float": "f", "double": "d", "uchar": "B", "int": "i", "uint": "I", "ushort": "H", "char": "b"}
    head = [
        f"ply\nformat {form} 1.0\n{before}element vertex {len(points) if vertex_count is None else vertex_count}"
    ]
    head += [f"property {number} {axis}" for axis in "xyz"]
    head += [f"property {kind} {name}" for kind, name, _ in extra]
    head += [f"property {colour} {name}" for name in colour_names if colour]
    head += [f"element face {len(faces) if face_count is None else face_count}"]
    head += [f"property list {size} {index} {list_name}", "end_header\n"]
    rows = []
    for i, point in enumerate(points):
        row = [(number, v) for v in (value(point) if value else point)] + [(kind, v) for kind, _, v in extra]
        if colour:
            row += [(colour, v if colour != "float" else v / 255) for v in COLOURS[i]]
        rows.append(row)
    for face in faces:
        rows.append([(size, len(face)), *((index, i) for i in face)])
    if form == "ascii":
        body = "".join(" ".join(str(v) for _, v in row) + "\n" for row in rows).encode()
    else:
        body = b"".join(struct.pack(order + letters[kind], v) for row in rows for kind, v in row)
    text = "\n".join(head).replace("\n", newline).encode()
    return text + body_before + (body.replace(b"\n", newline.encode()) if form == "ascii" else body)


LITTLE, BIG = "binary_little_endian", "binary_big_endian"
_NOTE = f"comment {CANARY}\nobj_info {CANARY}\n"
PLY = {
    "text.ply": (ply(), cube(format="ply_ascii")),
    "little-endian.ply": (ply(LITTLE), cube(format="ply_little_endian")),
    "big-endian.ply": (ply(BIG), cube(format="ply_big_endian")),
    "text-colours.ply": (ply(colour="uchar"), cube(format="ply_ascii", colour=True)),
    "little-endian-colours.ply": (ply(LITTLE, colour="uchar"), cube(format="ply_little_endian", colour=True)),
    "big-endian-colours.ply": (ply(BIG, colour="uchar"), cube(format="ply_big_endian", colour=True)),
    "colours-as-fractions.ply": (ply(BIG, colour="float"), cube(format="ply_big_endian", colour=True)),
    "colours-named-diffuse.ply": (
        ply(colour="uchar", colour_names=("diffuse_red", "diffuse_green", "diffuse_blue")),
        cube(format="ply_ascii", colour=True),
    ),
    "doubles.ply": (ply(LITTLE, number="double"), cube(format="ply_little_endian")),
    "doubles-beyond-float.ply": (
        ply(LITTLE, number="double", value=lambda p: (1e300, *p[1:])),
        refused("not_finite"),
    ),
    "squares.ply": (ply(faces=QUADS), cube(format="ply_ascii")),
    "squares-big-endian.ply": (ply(BIG, faces=QUADS, size="int"), cube(format="ply_big_endian")),
    "squares-and-lines.ply": (
        ply(LITTLE, faces=[*QUADS, (0, 1)]),
        cube(format="ply_little_endian", findings=["thin_polygons_dropped"]),
    ),
    "comments-name-patient.ply": (
        ply(LITTLE, before=_NOTE),
        cube(format="ply_little_endian", removed=["PLY comment"]),
    ),
    "comments-name-patient-text.ply": (ply(before=_NOTE), cube(format="ply_ascii", removed=["PLY comment"])),
    "texture-in-a-comment.ply": (
        ply(before="comment TextureFile scan.jpg\n"),
        cube(format="ply_ascii", removed=["PLY comment"], findings=["missing_companion"]),
    ),
    "other-properties.ply": (
        ply(LITTLE, extra=[("double", "quality", 1970.0), ("float", "nx", 1.0)], colour="uchar"),
        cube(format="ply_little_endian", colour=True, removed=["PLY vertex properties"]),
    ),
    "other-properties-text.ply": (
        ply(extra=[("int", "patient", CANARY), ("float", "nx", 1.0)], colour="uchar"),
        cube(format="ply_ascii", colour=True, removed=["PLY vertex properties"]),
    ),
    "other-element-first.ply": (
        ply(
            LITTLE,
            before="element note 2\nproperty list uchar uchar letters\nproperty short s\n",
            body_before=(bytes([len(CANARY)]) + CANARY.encode() + b"\0\0") * 2,
        ),
        cube(format="ply_little_endian", removed=["PLY element"]),
    ),
    "other-element-first-text.ply": (
        ply(
            before="element note 1\nproperty list uchar uchar letters\n", body_before=f"1 {CANARY}\n".encode()
        ),
        cube(format="ply_ascii", removed=["PLY element"]),
    ),
    "windows-line-ends.ply": (ply(newline="\r\n"), cube(format="ply_ascii")),
    "lone-carriage-returns.ply": (ply(newline="\r"), cube(format="ply_ascii")),
    "windows-header-binary-body.ply": (ply(LITTLE, newline="\r\n"), cube(format="ply_little_endian")),
    "old-name-of-the-list.ply": (ply(list_name="vertex_index"), cube(format="ply_ascii")),
    "bytes-after-the-end.ply": (
        ply(LITTLE) + b"PK\x03\x04" + CANARY.encode(),
        cube(format="ply_little_endian", removed=["PLY after the last element"]),
    ),
    "text-after-the-end.ply": (
        ply() + b"\x00" + CANARY.encode(),
        cube(format="ply_ascii", removed=["PLY after the last element"]),
    ),
    "point-twice.ply": (
        ply(points=[*POINTS, POINTS[0]], faces=[*TRIANGLES[1:], (8, 1, 3)]),
        cube(format="ply_ascii"),
    ),
    "unused-point.ply": (
        ply(points=[*POINTS, (500, 0, 0)]),
        cube(format="ply_ascii", findings=["unused_points"]),
    ),
    "claims-four-billion-points.ply": (ply(LITTLE, vertex_count=4294967295), refused("lying_counts")),
    "claims-four-billion-faces.ply": (ply(LITTLE, face_count=4294967295), refused("lying_counts")),
    "claims-four-billion-text.ply": (ply(face_count=4294967295), refused("lying_counts")),
    "claims-more-than-a-word.ply": (ply(face_count=10**19), refused("lying_counts")),
    "negative-count.ply": (ply(face_count=-1), refused("malformed")),
    "four-billion-rows-of-nothing.ply": (ply(before="element nothing 4294967295\n"), refused("malformed")),
    "list-of-four-billion.ply": (
        ply(LITTLE, size="uint").replace(struct.pack("<I", 3), struct.pack("<I", 0xFFFFFFFF), 1),
        refused("truncated"),
    ),
    "list-of-minus-one.ply": (
        ply(LITTLE, size="int").replace(struct.pack("<i", 3), struct.pack("<i", -1), 1),
        refused("malformed"),
    ),
    "cut-within-a-point.ply": (ply(LITTLE)[:300], refused("truncated")),
    "cut-within-a-face.ply": (ply(BIG)[:-5], refused("truncated")),
    "cut-within-the-header.ply": (ply()[:90], refused("truncated")),
    "cut-within-a-row.ply": (ply()[:-4], refused("truncated")),
    "index-out-of-range.ply": (ply(LITTLE, faces=[(0, 1, 8)]), refused("index_out_of_range")),
    "index-out-of-range-of-an-edge.ply": (
        ply(BIG, faces=[*TRIANGLES, (0, 8)]),
        refused("index_out_of_range"),
    ),
    "index-out-of-range-of-an-edge-text.ply": (
        ply(faces=[*TRIANGLES, (0, 8)]),
        refused("index_out_of_range"),
    ),
    "index-out-of-range-text.ply": (ply(faces=[(0, 1, 8)]), refused("index_out_of_range")),
    "index-negative.ply": (ply(BIG, faces=[(0, 1, -1)]), refused("index_out_of_range")),
    "index-negative-text.ply": (ply(faces=[(0, 1, -1)]), refused("index_out_of_range")),
    "nan-point.ply": (ply(LITTLE, value=lambda p: (float("nan"), *p[1:])), refused("not_finite")),
    "nan-point-text.ply": (ply(value=lambda p: ("-nan", *p[1:])), refused("not_finite")),
    "no-faces.ply": (ply(faces=[]), refused("empty_mesh")),
    "no-points.ply": (ply(points=[], faces=[]), refused("empty_mesh")),
    "strips.ply": (ply().replace(b"element face", b"element tristrips"), refused("unsupported_ply")),
    "faces-by-fractions.ply": (ply(index="float"), refused("unsupported_ply")),
    "two-vertex-elements.ply": (ply(before="element vertex 0\n"), refused("malformed")),
    "words-in-the-header.ply": (ply(before=f"Created by {CANARY}\n"), refused("malformed")),
    "format-of-the-future.ply": (ply().replace(b"ascii 1.0", b"ascii 2.0"), refused("malformed")),
    "too-many-numbers-in-a-row.ply": (ply(value=lambda p: (*p, 1)), refused("malformed")),
    "nul-bytes.ply": (ply().replace(b"10 10", b"10\x0010"), refused("malformed")),
    "empty.ply": (b"", refused("malformed")),
}


# ---- OBJ


def obj(number=str, face=str, faces=TRIANGLES, colours=None, newline="\n", before="", after="") -> bytes:
    lines = []
    for i, point in enumerate(POINTS):
        colour = " " + colours(i) if colours else ""
        lines.append("v " + " ".join(number(v) for v in point) + colour.rstrip())
    lines += ["f " + " ".join(face(i + 1) for i in f) for f in faces]
    return (before + newline.join(lines) + newline + after).encode()


def _fractions(i) -> str:
    return " ".join(f"{c / 255:.4f}" for c in COLOURS[i])


def png() -> bytes:
    out = io.BytesIO()
    TEXTURE.save(out, "PNG")
    return out.getvalue()


TEXTURED = (
    f"mtllib {CANARY}.mtl\nusemtl {CANARY}\n"
    "v 0 0 0\nv 10 0 0\nv 10 10 0\nv 0 10 0\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nf 1/1 2/2 3/3 4/4\n"
)
MTL = f"# {CANARY}\nnewmtl {CANARY}\nKd 1.000 1 1\nmap_Kd C:\\{CANARY}\\scan.png\nauthor {CANARY}\n"
TEXTURE_FILES = {f"{CANARY.lower()}.mtl": "textured.mtl", "scan.png": "textured.png"}
LIBRARY, USE = "OBJ mtllib", "OBJ usemtl"
OBJ = {
    "plain.obj": (obj(), cube()),
    "colours.obj": (obj(colours=_fractions), cube(colour=True)),
    "colours-to-255.obj": (obj(colours=lambda i: " ".join(map(str, COLOURS[i]))), cube(colour=True)),
    "colours-on-some-points.obj": (obj(colours=lambda i: _fractions(i) if i % 2 else ""), cube(colour=True)),
    "squares.obj": (obj(faces=QUADS), cube()),
    "counted-from-the-end.obj": (obj(face=lambda i: str(i - 9)), cube()),
    "faces-before-points.obj": (
        b"".join(
            reversed([*obj().splitlines(keepends=True)[:8], b"".join(obj().splitlines(keepends=True)[8:])])
        ),
        cube(),
    ),
    "points-with-a-fourth-number.obj": (obj(colours=lambda i: "1.0"), cube()),
    "texture-coordinates-and-normals.obj": (
        obj(face=lambda i: f"{i}/1/-1", before="vt 0 0\nvn 0 0 1\n"),
        cube(),
    ),
    "normals-only.obj": (obj(face=lambda i: f"{i}//1", before="vn 0 0 1\n"), cube()),
    "names-everywhere.obj": (
        obj(
            before=f"# {CANARY}\no {CANARY}\ng {CANARY}\ns 1\nusemtl {CANARY}\nvp 0 0 # {CANARY}\n",
            after=f"g {CANARY}\nl 1 2\nusemtl {CANARY} two\n# {CANARY}",
        ),
        cube(
            removed=["OBJ comment", "OBJ object", "OBJ group", "OBJ smoothing group", "OBJ statement", USE],
        ),
    ),
    "names-after-numbers.obj": (
        obj(number=lambda v: f"{v}.0").replace(b"\nf", b" # " + CANARY.encode() + b"\nf"),
        cube(removed=["OBJ comment"]),
    ),
    "joined-lines.obj": (obj().replace(b"f 1 ", b"f \\\n 1 \\\r\n "), cube()),
    "windows-line-ends.obj": (obj(newline="\r\n"), cube()),
    "lone-carriage-returns.obj": (obj(newline="\r"), cube()),
    "byte-order-mark.obj": (b"\xef\xbb\xbf" + obj(), cube(removed=["OBJ start"])),
    "no-last-line-end.obj": (obj()[:-1], cube()),
    "lines-and-points-of-edges.obj": (
        obj(faces=[*TRIANGLES, (0, 1)]),
        cube(findings=["thin_polygons_dropped"]),
    ),
    "library-missing.obj": (
        obj(before=f"mtllib {CANARY}.mtl\n"),
        cube(removed=[LIBRARY], findings=["missing_companion"]),
    ),
    "library-by-path.obj": (
        obj(before="mtllib /etc/passwd\nmtllib ..\\..\\secret.mtl\n"),
        cube(removed=[LIBRARY], findings=["missing_companion"]),
    ),
    "library-by-address.obj": (
        obj(before="mtllib http://127.0.0.1:9/a.mtl\n"),
        cube(removed=[LIBRARY], findings=["missing_companion"]),
    ),
    "textured.obj": (
        TEXTURED.encode(),
        cube(
            triangles=2,
            vertices=4,
            colour=True,
            removed=[LIBRARY, USE, "MTL comment", "MTL statement", "MTL newmtl", "MTL map_Kd"],
            companions=TEXTURE_FILES,
            outgoing=["material.mtl", "texture.png"],
        ),
    ),
    "texture-missing.obj": (
        TEXTURED.encode(),
        cube(
            triangles=2,
            vertices=4,
            removed=[LIBRARY, USE, "MTL comment", "MTL statement", "MTL newmtl", "MTL map_Kd"],
            findings=["missing_companion"],
            companions={f"{CANARY.lower()}.mtl": "textured.mtl"},
            outgoing=["material.mtl"],
        ),
    ),
    "texture-of-another-kind.obj": (
        TEXTURED.encode(),
        cube(
            triangles=2,
            vertices=4,
            removed=[LIBRARY, USE, "MTL comment", "MTL statement", "MTL newmtl", "MTL map_Kd"],
            findings=["companion_unreadable"],
            companions={f"{CANARY.lower()}.mtl": "textured.mtl", "scan.png": "textured.mtl"},
            outgoing=["material.mtl"],
        ),
    ),
    "textured-index-out-of-range.obj": (
        TEXTURED.replace("4/4", "5/4").encode(),
        refused("index_out_of_range") | {"companions": TEXTURE_FILES},
    ),
    "material-without-a-name.obj": (obj(before="usemtl\n"), cube()),
    "index-out-of-range-of-an-edge.obj": (obj(faces=[*TRIANGLES, (0, 8)]), refused("index_out_of_range")),
    "index-zero.obj": (obj(face=lambda i: str(i - 1)), refused("index_out_of_range")),
    "index-out-of-range.obj": (obj(face=lambda i: str(i + 1)), refused("index_out_of_range")),
    "index-far-out-of-range.obj": (obj(face=lambda i: str(i + 4294967295)), refused("index_out_of_range")),
    "index-before-the-first.obj": (obj(face=lambda i: str(i - 10)), refused("index_out_of_range")),
    "texture-index-out-of-range.obj": (
        obj(face=lambda i: f"{i}/2", before="vt 0 0\n"),
        refused("index_out_of_range"),
    ),
    "index-of-fifty-digits.obj": (obj(face=lambda i: "1" * 50), refused("malformed")),
    "nan-point.obj": (obj(number=lambda v: "NaN" if v else "0"), refused("not_finite")),
    "overflowing-number.obj": (obj(number=lambda v: "1e9999" if v else "0"), refused("not_finite")),
    "two-numbers-a-point.obj": (b"v 1 2\n" + obj(), refused("malformed")),
    "letters-for-a-number.obj": (b"v 1 2 x\n" + obj(), refused("malformed")),
    "unknown-keyword.obj": (f"<html>{CANARY}</html>\n".encode() + obj(), refused("malformed")),
    "runs-a-command.obj": (b"csh rm -rf /\n" + obj(), refused("malformed")),
    "nul-bytes.obj": (obj().replace(b"v 10", b"v\x0010"), refused("malformed")),
    "sixteen-bit-letters.obj": (obj().decode().encode("utf-16"), refused("malformed")),
    "points-only.obj": (obj(faces=[]), refused("empty_mesh")),
    "empty.obj": (b"", refused("empty_mesh")),
}
GOLDEN = STL | PLY | OBJ
COMPANIONS = {"textured.mtl": MTL.encode(), "textured.png": png()}


def main() -> None:
    for name, (data, expected) in GOLDEN.items():
        (FOLDER / name).write_bytes(data)
        (FOLDER / f"{name}.json").write_text(json.dumps(expected, indent=1) + "\n")
    for name, data in COMPANIONS.items():
        (FOLDER / name).write_bytes(data)


if __name__ == "__main__":
    main()
