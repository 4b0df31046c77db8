"""Makes the golden documents: tiny, synthetic, one ugliness each; what is expected of each stands beside it.

Run it to write the files again: `python -m tests.golden.documents.make`.
"""

import json
from pathlib import Path
from typing import Any

from tests.golden.images.make import CANARY, exif, jpeg, with_segments

PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Resources << %s >> %s >>"
DRAWN = b"0 0 1 rg 20 20 60 40 re f"
SHOWN_PHOTOGRAPH = b"q 48 0 0 32 10 10 cm /Im Do Q"


def stream(body: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(body), entries, body)


def pdf(
    *more: bytes,
    catalogue: bytes = b"",
    page: bytes = b"",
    resources: bytes = b"",
    contents: bytes = DRAWN,
    trailer: bytes = b"",
    tail: bytes = b"",
) -> bytes:
    """One page with a blue box. Objects 1 to 4 are catalogue, pages, page, contents; `more` begin at 5."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalogue,
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        PAGE % (resources, page),
        stream(contents),
        *more,
    ]
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    end = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, len(data))
    return data + table + end + tail


def changed_later(data: bytes) -> bytes:
    """The same file with a second revision behind it, as programs save a small change."""
    first = data.rindex(b"startxref\n") + 10
    place = len(data)
    body = b"4 0 obj\n%s\nendobj\n" % stream(b"1 0 0 rg 20 20 60 40 re f")
    table = b"xref\n4 1\n%010d 00000 n \n" % place
    start = int(data[first : data.index(b"\n", first)])
    return data + body + table + b"trailer\n<< /Size 5 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        start, place + len(body),
    )  # fmt: skip


def accepted(*removed: str, pages: int | None = 1, findings: list[str] | None = None) -> dict[str, Any]:
    return {"accepted": True, "pages": pages, "findings": findings or [], "removed": list(removed)}


def refused(code: str, value: str | None = None) -> dict[str, Any]:
    return {"accepted": False, "code": code, "value": value}


def golden() -> dict[str, tuple[bytes, dict[str, Any]]]:
    """Name → the file and what is expected of it."""
    script = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
    photograph = with_segments(jpeg(), exif(maker=CANARY))
    image = b"/Type /XObject /Subtype /Image /Width 24 /Height 16 /BitsPerComponent 8 /ColorSpace /DeviceRGB"
    mark = b"/Type /Annot /Rect [0 0 50 20] /AP << /N 5 0 R >>"
    form = stream(DRAWN, b"/Type /XObject /Subtype /Form /BBox [0 0 50 20]")
    return {
        "plain.pdf": (pdf(), accepted()),
        "author_and_dates.pdf": (
            pdf(
                b"<< /Author (%s) /CreationDate (D:20250101120000) >>" % CANARY,
                trailer=b"/Info 5 0 R /ID [<01> <02>]",
            ),
            accepted("PDF information", "PDF identifier"),
        ),
        "name_in_xmp.pdf": (
            pdf(stream(CANARY, b"/Type /Metadata /Subtype /XML"), catalogue=b"/Metadata 5 0 R"),
            accepted("XMP"),
        ),
        "name_in_bookmark.pdf": (
            pdf(
                b"<< /First 6 0 R /Last 6 0 R /Count 1 >>",
                b"<< /Title (%s) /Parent 5 0 R >>" % CANARY,
                catalogue=b"/Outlines 5 0 R",
            ),
            accepted("PDF catalogue"),
        ),
        "name_in_photograph.pdf": (
            pdf(
                stream(photograph, image + b" /Filter /DCTDecode"),
                resources=b"/XObject << /Im 5 0 R >>",
                contents=SHOWN_PHOTOGRAPH,
            ),
            accepted("embedded photograph"),
        ),
        "author_of_a_remark.pdf": (
            pdf(
                form,
                b"<< %s /Subtype /Stamp /T (%s) /M (D:2025) >>" % (mark, CANARY),
                page=b"/Annots [6 0 R]",
            ),
            accepted("PDF page"),
        ),
        "link_to_a_page_on_the_web.pdf": (
            pdf(
                b"<< /Type /Annot /Subtype /Link /Border [0 0 0] /Rect [0 0 9 9]"
                b" /A << /S /URI /URI (http://example.org/%s) >> >>" % CANARY.replace(b" ", b"-"),
                page=b"/Annots [5 0 R]",
            ),
            accepted("PDF page"),
        ),
        "filled_form_field.pdf": (
            pdf(
                form,
                b"<< %s /Subtype /Widget /FT /Tx /T (name) /V (%s) >>" % (mark, CANARY),
                page=b"/Annots [6 0 R]",
                catalogue=b"/AcroForm << /Fields [6 0 R] >>",
            ),
            accepted("PDF catalogue", "PDF page"),
        ),
        "signed.pdf": (
            pdf(catalogue=b"/AcroForm << /Fields [] /SigFlags 3 >>"),
            accepted("PDF catalogue", findings=["signature_removed"]),
        ),
        "earlier_version_inside.pdf": (changed_later(pdf()), accepted("PDF")),
        "unused_object.pdf": (pdf(stream(CANARY)), accepted()),
        "script_on_opening.pdf": (pdf(catalogue=b"/OpenAction " + script), refused("pdf_active", "script")),
        "script_behind_references.pdf": (
            pdf(
                b"<< /S 6 0 R /JS (app.alert\\(1\\)) >>",
                b"/JavaScript",
                page=b"/AA << /O 5 0 R >>",
            ),
            refused("pdf_active", "script"),
        ),
        "script_in_names.pdf": (
            pdf(catalogue=b"/Names << /JavaScript << /Names [(a) %s] >> >>" % script),
            refused("pdf_active", "script"),
        ),
        "launches_a_program.pdf": (
            pdf(catalogue=b"/OpenAction << /S /Launch /F (calc.exe) >>"),
            refused("pdf_active", "launch action"),
        ),
        "attachment.pdf": (
            pdf(
                stream(b"MZ", b"/Type /EmbeddedFile"),
                catalogue=b"/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /EF << /F 5 0 R >> >>] >> >>",
            ),
            refused("pdf_active", "attachment"),
        ),
        "xfa_form.pdf": (
            pdf(stream(b"<xdp/>"), catalogue=b"/AcroForm << /XFA 5 0 R >>"),
            refused("pdf_active", "XFA form"),
        ),
        "encrypted.pdf": (
            pdf(
                b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >>" % (b"00" * 32, b"00" * 32),
                trailer=b"/Encrypt 5 0 R /ID [<01> <02>]",
            ),
            refused("pdf_encrypted"),
        ),
        "cut_short.pdf": (pdf()[:-30], refused("truncated")),
        "no_page.pdf": (
            pdf().replace(b"/Count 1 /Kids [3 0 R]", b"/Count 0 /Kids [     ]"),
            refused("malformed", "no page"),
        ),
        "nested_too_deeply.pdf": (
            pdf(b"[" * 3000 + b"]" * 3000, page=b"/Group 5 0 R"),
            refused("malformed", "PDF"),
        ),
        "zip_behind.pdf": (pdf(tail=b"PK\x03\x04" + CANARY), accepted()),
        "plain.txt": ("Schiene für Zahn 26\n".encode(), accepted(pages=None)),
        "windows_latin.txt": (
            "Observação: prótese\r\n".encode("cp1252"),
            accepted(pages=None, findings=["text_converted"]),
        ),
        "utf16.txt": (
            "Observação".encode("utf-16"),
            accepted("start of the text", pages=None, findings=["text_converted"]),
        ),
        "byte_order_mark.txt": (b"\xef\xbb\xbfhello", accepted("start of the text", pages=None)),
        "bell.txt": (b"one\ntwo \x07", refused("malformed", "U+0007")),
        "turned_reading_direction.txt": ("invoice \u202etxt.exe".encode(), refused("malformed", "U+202E")),
        "not_text_at_all.txt": (bytes(range(128, 256)), refused("malformed", "byte 1")),
    }


if __name__ == "__main__":
    folder = Path(__file__).parent
    for name, (data, expected) in golden().items():
        (folder / name).write_bytes(data)
        (folder / f"{name}.json").write_text(json.dumps(expected, indent=1) + "\n")
