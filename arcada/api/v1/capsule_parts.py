"""The parts of a capsule: what each is called, how it stands in the page, and where its bytes are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.contrib.staticfiles import finders
from django.utils.translation import gettext

from arcada.api.v1.manifest import IMAGES, SURFACES, Compared
from arcada.apps.records.comparisons import CONTACTS
from arcada.apps.records.queries import RecordView, rendition_of
from arcada.apps.reviews.queries import DecisionView
from arcada.core.capsule import Packing, Part, part_of, read_text
from arcada.core.case_flow import RecordState
from arcada.core.slots import title_of

if TYPE_CHECKING:
    from arcada.apps.files.models import StoredFile

STYLES: Final = ("tokens.css", "arcada.css", "pages-review.css", "capsule.css")
VIEWER, OPENER = "build/capsule/viewer.js", "build/capsule/open.js"
# What of a record comes along; everything else that a manifest names stays with the server.
STREAM: Final = "full.glb"
COARSE: Final = "coarse.glb"
PICTURE: Final = re.compile(r"(poster(-[a-z]+)?|view)\.webp")


@dataclass(frozen=True, slots=True)
class Held:
    """A part, what a reader calls it, and where its bytes are."""

    part: Part
    title: str
    source: StoredFile | bytes


def part_id(record_id: str, name: str) -> str:
    return f"{name.partition('.')[0]}-{record_id}"


def held_files(views: Sequence[RecordView], names: Mapping[str, str]) -> dict[str, Held]:
    held: dict[str, Held] = {}
    for view in views:
        for name, rendition in sorted(view.renditions.items()):
            packing = _packing_of(view.record.kind, name)
            if packing is None:
                continue
            file, record_id = rendition.file, str(view.record.pk)
            part = Part(part_id(record_id, name), file.media_type, file.bytes, file.sha256, packing)
            held[part.id] = Held(part, f"{names[record_id]}: {_title_of_part(name)}", file)
    return held


def held_comparisons(compared: Compared, names: Mapping[str, str]) -> dict[str, Held]:
    """Contacts and changes, a byte for each vertex of a stream; and the version before, to be laid beside."""
    held: dict[str, Held] = {}
    for found in compared.comparisons:
        name, older = names[str(found.record_id)], found.against
        if found.file is not None:
            what = gettext("contacts") if found.kind == CONTACTS else gettext("changes")
            _hold(held, f"values-{found.pk}", f"{name}: {what}", found.file)
        is_there = older.state == RecordState.READY and not older.is_removed
        if older.pk in compared.sizes and str(older.pk) not in names and is_there:
            file = rendition_of(older, STREAM).file
            said = f"{gettext(title_of(older.slot))}, v{older.version}: {_title_of_part(STREAM)}"
            _hold(held, part_id(str(older.pk), STREAM), said, file)
    return held


def _hold(held: dict[str, Held], name: str, title: str, file: StoredFile) -> None:
    part = Part(name, file.media_type, file.bytes, file.sha256, Packing.GZIP)
    held[name] = Held(part, title, file)


def _packing_of(kind: str, name: str) -> Packing | None:
    if kind in SURFACES and name in (STREAM, COARSE):
        return Packing.GZIP
    if (kind in SURFACES and name.startswith("poster-")) or (kind in IMAGES and name == "view.webp"):
        return Packing.PICTURE if PICTURE.fullmatch(name) else None
    return None


def _title_of_part(name: str) -> str:
    if name == STREAM:
        return gettext("full detail")
    if name == COARSE:
        return gettext("coarse look")
    if name == "view.webp":
        return gettext("picture")
    return gettext("still picture") + f" ({name.removeprefix('poster-').removesuffix('.webp')})"


def held_texts(manifest: Mapping[str, Any], said: str) -> dict[str, Held]:
    """The parts that are made here: the scene, what was said and decided, and the viewer."""
    scene_json = json.dumps(manifest, ensure_ascii=False).encode()
    viewer = static(VIEWER)
    made = (
        ("manifest", "application/json", Packing.GZIP, gettext("the scene and its pins"), scene_json),
        ("said", "text/plain", Packing.TEXT, gettext("what was said, measured and decided"), read_text(said)),
        ("viewer", "text/javascript", Packing.GZIP, gettext("the viewer"), viewer),
    )
    return {
        name: Held(part_of(data, id=name, media_type=media_type, packing=packing), title, data)
        for name, media_type, packing, title, data in made
    }


def numbered(newest_first: Sequence[DecisionView]) -> list[tuple[int, DecisionView]]:
    """Counted from the first one that was made."""
    return [(len(newest_first) - place, view) for place, view in enumerate(newest_first)]


def held_papers(newest_first: Sequence[DecisionView]) -> dict[str, Held]:
    """Decisions as they were signed: `arcada verify` checks each without a server."""
    held = {}
    for number, view in numbered(newest_first):
        if data := view.decision.paper.encode():
            part = part_of(
                data, id=f"paper-{view.decision.pk}", media_type="application/json", packing=Packing.GZIP
            )
            held[part.id] = Held(part, gettext("signed decision {number}").format(number=number), data)
    return held


def style() -> str:
    """The interface's sheets without remarks and indents."""
    text = "".join(static(name).decode() for name in STYLES)
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))


def static(name: str) -> bytes:
    """One of the interface's own files. A page's text has no carriage returns: a browser would change them."""
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(f"{name} is not built: run npm run build in frontend/.")
    return Path(found).read_bytes().replace(b"\r\n", b"\n")
