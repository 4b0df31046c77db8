"""A signed decision to read and to print. What is checked is the file beside it; this says how."""

import json
from datetime import datetime
from html import escape
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from arcada.core.decision_paper import fingerprint
from arcada.core.decisions import Verdict
from arcada.core.slots import title_of
from arcada.web.aspect_words import say_aspect
from arcada.web.pdf_fonts import BOLD, MONO, PLAIN, writable

INK, INK_2, LINE = HexColor("#1b1b1b"), HexColor("#555555"), HexColor("#c8c8c8")
BODY = ParagraphStyle("body", fontName=PLAIN, fontSize=9.5, leading=13, textColor=INK)
HEAD = ParagraphStyle("head", parent=BODY, fontName=BOLD, fontSize=16, leading=20, spaceAfter=2 * mm)
PART = ParagraphStyle("part", parent=BODY, fontName=BOLD, fontSize=11, spaceBefore=5 * mm, spaceAfter=2 * mm)
HINT = ParagraphStyle("hint", parent=BODY, fontSize=8.5, leading=11.5, textColor=INK_2)
# Hashes have no spaces: they break where the line ends.
HASH = ParagraphStyle("hash", parent=BODY, fontName=MONO, fontSize=7.5, leading=10, wordWrap="CJK")
WIDTH = A4[0] - 36 * mm - 12  # a frame keeps 6 points free at each side


def decision_pdf(paper: str) -> bytes:
    """The PDF of a signed line of core.decision_paper, in the reader's language; the same bytes each time."""
    said = json.loads(paper)
    out = BytesIO()
    title = _("Decision on case %(code)s") % {"code": said["case"]["code"]}
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=18 * mm, rightMargin=18 * mm, topMargin=16 * mm, bottomMargin=16 * mm,
        title=title, author="Arcada", lang=get_language() or "en", invariant=1,
    )  # fmt: skip
    document.build(_story(said, title))
    return out.getvalue()


def _story(said: dict[str, Any], title: str) -> list[Flowable]:
    by = said["by"]
    who = f"{by['name']}, {by['workspace']}" if by["workspace"] else by["name"]
    if not by["is_verified"]:
        who = f"{who} ({_('not verified')})"
    at = timezone.localtime(datetime.fromisoformat(said["decided_at"]))
    verdict = _("Approved") if said["verdict"] == Verdict.APPROVED else _("Changes asked")
    facts = [
        (_("Decision"), verdict),
        (_("By"), who),
        (_("When"), f"{date_format(at, 'SHORT_DATETIME_FORMAT')} ({at.tzname()})"),
        (_("Case"), f"{said['case']['code']}, {said['case']['workspace']}"),
        (_("Aspects"), ", ".join(say_aspect(name) for name in said["aspects"])),
    ]
    if said["quorum"] > 1:
        facts.append((_("Approvals needed"), str(said["quorum"])))
    story: list[Flowable] = [_text(title, HEAD), _rows(facts)]
    if said["note"]:
        story += [_text(_("Note"), PART), *(_text(line, BODY) for line in said["note"].splitlines())]
    story += [_text(_("It is bound to these files"), PART), _files(said["files"])]
    bound = [
        (_("Prescription"), said["prescription"] or _("none")),
        (_("Build of the viewer"), said["viewer_build"] or _("none")),
    ]
    story += [Spacer(1, 2 * mm), _rows(bound, HASH)]
    proof = [
        (_("Number"), said["id"]),
        (_("Public key"), said["key"]),
        (_("Its fingerprint"), fingerprint(said["key"])),
        (_("Signature"), said["signature"]),
    ]
    story += [_text(_("How to check it"), PART), _rows(proof, HASH), Spacer(1, 2 * mm)]
    address = f"{said['server']}/signing-key"
    how = [
        _(
            "This paper is to read. What is checked is the signed file (JSON) beside it, with arcada verify FILE."
        ),
        _(
            "Whose key it is you learn from elsewhere: compare the fingerprint with that at %(address)s, or by phone."
        ),
        _("Then check with arcada verify FILE --key KEY. No network is needed."),
    ]
    how[1] %= {"address": address}
    return [*story, *(_text(line, HINT) for line in how)]


def _files(files: list[dict[str, Any]]) -> Table:
    head = [_text(word, HINT) for word in (_("File"), _("Version"), "SHA-256")]
    rows = []
    for file in files:
        hashes = file["sha256"]
        if file["cleaned_sha256"]:
            hashes += f"\n{file['cleaned_sha256']} ({_('as downloaded')})"
        rows.append(
            [
                _text(_(title_of(file["slot"])), BODY),
                _text(str(file["version"]), BODY),
                [_text(line, HASH) for line in hashes.splitlines()],
            ]
        )
    return _table([head, *rows], [38 * mm, 16 * mm, WIDTH - 54 * mm])


def _rows(facts: list[tuple[str, str]], style: ParagraphStyle = BODY) -> Table:
    return _table(
        [[_text(name, HINT), _text(value, style)] for name, value in facts], [38 * mm, WIDTH - 38 * mm]
    )


def _table(rows: list[list[Any]], widths: list[float]) -> Table:
    return Table(
        rows,
        colWidths=widths,
        hAlign="LEFT",
        style=TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 2.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
            ]
        ),
    )


def _text(text: str, style: ParagraphStyle) -> Paragraph:
    # What people typed is text, never the markup that a Paragraph would follow (it knows images and links).
    return Paragraph(escape(writable(text, style.fontName), quote=False), style)
