"""The receipt as a page shows it: file by file, what was taken out and how long it was, never the value."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from arcada.apps.records.queries import RecordView

LONGEST_BAR = 24


@dataclass(frozen=True, slots=True)
class Line:
    where: str
    what: str
    length: int
    bar: int  # how many letters wide its black bar is


@dataclass(frozen=True, slots=True)
class Part:
    file: str
    lines: tuple[Line, ...]


def receipt_of(view: RecordView) -> list[Part]:
    """One part a file of the record: the main one, its material, its textures."""
    names = {"main": _("Main file"), "material": _("Material"), "texture": _("Texture")}
    parts: dict[str, list[Line]] = {}
    for line in view.record.receipt:
        length = int(line.get("length") or 0)
        parts.setdefault(str(line.get("file") or "main"), []).append(
            Line(
                str(line.get("where", "")),
                str(line.get("what", "")),
                length,
                max(1, min(length, LONGEST_BAR)),
            )
        )
    return [Part(names.get(file, file), tuple(lines)) for file, lines in parts.items()]
