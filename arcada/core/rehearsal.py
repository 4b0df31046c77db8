"""Tiny files, whole and damaged, that a worker judges once before it forks.

A child that judges an upload may open nothing. What Python or numba would load from disk at the first file of a
kind (a codec, a part of the PDF reader, a kernel of an error's path) has to be loaded before.
"""

import zlib
from collections.abc import Iterator

from arcada.core.images.dicom.samples import dicom_samples
from arcada.core.intake import prepare
from arcada.core.prepared import Declared

_STL = (
    b"solid\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 30 0 0\nvertex 0 30 0\n"
    b"endloop\nendfacet\nendsolid\n"
)
_PLY = (
    b"ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
    b"element face 1\nproperty list uchar int vertex_indices\nend_header\n0 0 0\n30 0 0\n0 30 0\n3 0 1 2\n"
)
_OBJ = b"v 0 0 0\nv 30 0 0\nv 0 30 0\nf 1 2 3\n"


def rehearse() -> None:
    """Judges every sample; what comes of it does not matter."""
    for name, data in samples():
        prepare(data, Declared(name))


def samples() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file."""
    for name, data in (("a.stl", _STL), ("a.ply", _PLY), ("a.obj", _OBJ)):
        yield name, data
        yield name, data[:-12]
        yield name, data.replace(b"30", b"\0x")
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        yield "a.txt", "Zähne, dentição\n".encode(encoding)
    yield "a.txt", b"\xfe\xff\x00a\x00"
    yield "a.txt", b"\x81\x8d"
    yield "a.png", _png()
    for data in dicom_samples():
        yield "a.dcm", data
        yield "a.dcm", data[:-60]
    for extra in (b"", b"/AcroForm<</Fields[]>>", b"/OpenAction<</S/JavaScript/JS(1)>>"):
        yield "a.pdf", _pdf(extra)


def _png() -> bytes:
    """One grey pixel, and a text beside it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    header = (1).to_bytes(4, "big") * 2 + bytes((8, 0, 0, 0, 0))
    parts = ((b"IHDR", header), (b"tEXt", b"a\0b"), (b"IDAT", zlib.compress(b"\0\x80")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, body) for kind, body in parts)


def _pdf(catalogue: bytes) -> bytes:
    """One empty page with a compressed stream and a title in UTF-16; `catalogue` goes into the root."""
    stream = zlib.compress(b"q Q")
    objects = (
        b"<</Type/Catalog/Pages 2 0 R" + catalogue + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Title<FEFF00E9>>>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    out_table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    trailer = b"trailer<</Size %d/Root 1 0 R/Info 5 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(out))
    return out + out_table + trailer
