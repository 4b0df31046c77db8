"""A case as one file that opens without a server: gate, audit line, then the page, its parts streamed into it."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.staticfiles import finders
from django.db import transaction
from django.http import HttpResponseBase, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, gettext, gettext_noop

from arcada.api.record_files import StillAllowed, still_has
from arcada.api.v1.manifest import IMAGES, SURFACES, Compared, added_by_people, compared_in, scene
from arcada.apps.audit.actions import record as audit
from arcada.apps.cases.access import case_for
from arcada.apps.cases.queries import current_records
from arcada.apps.files.sealed import aread_range
from arcada.apps.files.serving import Rights
from arcada.apps.records.comparisons import CONTACTS
from arcada.apps.records.queries import RecordView, rendition_of, views_of
from arcada.apps.reviews.queries import DecisionView, ThreadView, decisions_of, threads_of
from arcada.core.access import Actor, Permission
from arcada.core.capsule import Packer, Packing, Part, contents_list, part_of, policy, read_text
from arcada.core.case_flow import RecordState
from arcada.core.outgoing import outgoing_stem
from arcada.core.quoted_view import view_of
from arcada.core.slots import title_of

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.files.models import StoredFile

STYLES: Final = ("tokens.css", "arcada.css", "pages-review.css", "capsule.css")
VIEWER, OPENER = "build/capsule/viewer.js", "build/capsule/open.js"
# What of a record comes along; everything else that a manifest names stays with the server.
STREAM: Final = "full.glb"
COARSE: Final = "coarse.glb"
PICTURE: Final = re.compile(r"(poster(-[a-z]+)?|view)\.webp")
# The symbols of buttons; those of findings carry styles, and no finding is in a capsule.
_ICON: Final = re.compile(r'<symbol id="i-.*?</symbol>', re.DOTALL)
MEASUREMENTS: Final = {
    "distance": gettext_noop("Distance"),
    "path": gettext_noop("Along the surface"),
    "angle": gettext_noop("Angle"),
    "thickness": gettext_noop("Thickness"),
}
_ADDRESS: Final = re.compile(
    r"capsule:/(?:records|comparisons)/([0-9a-f-]{36})/(?:renditions/)?([a-z0-9.-]+)"
)


@dataclass(frozen=True, slots=True)
class Held:
    """A part, what a reader calls it, and where its bytes are."""

    part: Part
    title: str
    source: StoredFile | bytes


@dataclass(frozen=True, slots=True)
class Capsule:
    """A page with a mark where the letters of each part go: `boundary`, a colon, the part's id, a semicolon."""

    page: str
    boundary: str
    held: Mapping[str, Held]
    filename: str


async def answer_capsule(
    actor: Actor, case_id: UUID, *, still_allowed: StillAllowed | None = None
) -> HttpResponseBase:
    capsule = await sync_to_async(export_capsule)(actor, case_id, now=timezone.now())
    allowed = still_allowed or (
        lambda: still_has(actor, lambda: case_for(actor, case_id, Permission.DOWNLOAD))
    )
    answer = StreamingHttpResponse(
        capsule_stream(capsule, still_allowed=allowed), content_type="text/html; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{capsule.filename}"'
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    # From this address it is a file to keep; as a page it lives where it was saved.
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


async def capsule_stream(
    capsule: Capsule, *, still_allowed: StillAllowed | None = None
) -> AsyncIterator[bytes]:
    """The page; its parts are read, packed and sent piece by piece. An ended right raises in the middle."""
    rights = Rights(still_allowed)
    for place, text in enumerate(re.split(rf"{capsule.boundary}:([a-z0-9.-]+);", capsule.page)):
        if place % 2 == 0:
            yield text.encode()
            continue
        held = capsule.held[text]
        packer = Packer(held.part.packing)
        async for piece in _pieces(held.source):
            async for part in rights.watch(await asyncio.to_thread(packer.feed, piece)):
                yield part
        yield packer.finish()


async def _pieces(source: StoredFile | bytes) -> AsyncIterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    async for piece in aread_range(source, 0, source.bytes):
        yield piece


@transaction.atomic
def export_capsule(actor: Actor, case_id: UUID, *, now: datetime) -> Capsule:
    """What the actor may download of the case, under its code alone. The audit names the records and the list."""
    case = case_for(actor, case_id, Permission.DOWNLOAD)
    # A capsule leaves the house with whoever has it: a picture that may hold a name stays (DE-07).
    views = views_of(
        record
        for record in current_records(case, actor=actor)
        if record.state == RecordState.READY and not record.waits_for_a_look
    )
    threads = threads_of(actor, case)
    names = _names(views)
    compared = compared_in(actor, [view.record for view in views])
    manifest = _scene_here(actor, case, views, compared, threads, names)
    held = _held_files(views, names) | _held_comparisons(compared, names)
    placed = _placed(manifest, held)
    decisions = decisions_of(actor, case)
    said = render_to_string(
        "capsule/said.html",
        {
            "threads": _said(threads, names),
            "decisions": [
                (view, f"paper-{view.decision.pk}", f"{outgoing_stem(case.code, f'decision-{number}')}.json")
                for number, view in _numbered(decisions)
            ],
            "measurements": [
                (item, names[item["records"][0]], _kind_said(item)) for item in placed["measurements"]
            ],
        },
    )
    held |= _held_texts(placed, said) | _held_papers(decisions)
    originals = [
        {"record": str(r.pk), "slot": r.slot, "version": r.version, "bytes": r.original.bytes,
         "sha256": r.original.sha256}
        for r in (view.record for view in views) if r.original is not None
    ]  # fmt: skip
    about = {"case": case.code, "exported_at": now.isoformat(timespec="seconds"), "originals": originals}
    contents = contents_list([one.part for one in held.values()], about=about)
    number = part_of(contents, id="contents", media_type="application/json", packing=Packing.TEXT).sha256
    shown_records = dict.fromkeys([*(view.record.pk for view in views), *compared.sizes])
    audit(
        actor, "case.capsule_exported", now=now, workspace_id=case.workspace_id, patient_id=case.patient_id,
        about=case, ids={"records": list(shown_records), "contents": number},
    )  # fmt: skip
    style = _style()
    opener = _static(OPENER).decode()
    # Nobody can have written it into a comment: it was not there yet.
    boundary = secrets.token_hex(16)
    page = render_to_string(
        "capsule/page.html",
        {
            "case": case,
            "boundary": boundary,
            "by": actor.name,
            "now": now,
            "language": get_language() or "en",
            "policy": policy(script=opener, style=style),
            "style": style,
            "opener": opener,
            "icons": "".join(_ICON.findall(_static("icons.svg").decode())),
            "contents": contents.decode(),
            "number": number,
            "said": said,
            "held": list(held.values()),
            "blocks": [one for one in held.values() if one.part.packing is Packing.GZIP],
            "surfaces": _surfaces(manifest, held),
            "pictures": _pictures(manifest, held),
            "originals": [(names[str(one["record"])], one) for one in originals],
        },
    )
    return Capsule(page, boundary, held, f"{outgoing_stem(case.code, 'capsule')}.html")


def _kind_said(measurement: Mapping[str, Any]) -> str:
    sentence = MEASUREMENTS[measurement["kind"]]
    return gettext(sentence)


def _scene_here(
    actor: Actor,
    case: Case,
    views: Sequence[RecordView],
    compared: Compared,
    threads: Sequence[ThreadView],
    names: Mapping[str, str],
) -> dict[str, Any]:
    """The manifest as nobody can change it: what is in this file, and the exporter's own measurements."""
    shown = frozenset({Permission.VIEW})
    made = scene(actor, views, compared, shown, threads, base="capsule:", view_id=UUID(int=0))
    made = added_by_people(actor, case, shown, made)
    for entry in made["records"]:
        entry["label"] = names[entry["id"]]
        if entry["coarse"] is not None:
            entry["coarse"] = _part_id(entry["id"], COARSE)
    made["teeth"] = [label for label in made["teeth"] if label["record"] in names]
    made["measurements"] = [item for item in made["measurements"] if names.keys() >= set(item["records"])]
    made["save"] = dict.fromkeys(made["save"])
    return made


def _said(threads: Sequence[ThreadView], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "view": view,
            "comments": [
                (one, json.dumps(view_of(one.view, records=set(names))) if one.view else "")
                for one in view.comments
            ],
            # A comment on an older version keeps its place; there is nothing of it here to be shown.
            "place": names.get(str(view.thread.record_id))
            or (gettext(title_of(view.thread.record.slot)) if view.thread.record else gettext("The case")),
            "is_shown": view.thread.pin is not None and str(view.thread.record_id) in names,
        }
        for view in threads
    ]


def _names(views: Sequence[RecordView]) -> dict[str, str]:
    """What a record is called outside: its place, never the title that somebody gave it."""
    names: dict[str, str] = {}
    for view in views:
        name = gettext(title_of(view.record.slot))
        if view.record.version > 1:
            name = f"{name}, v{view.record.version}"
        same = sum(other.split(" · ")[0] == name for other in names.values())
        names[str(view.record.pk)] = f"{name} · {same + 1}" if same else name
    return names


def _part_id(record_id: str, name: str) -> str:
    return f"{name.partition('.')[0]}-{record_id}"


def _held_files(views: Sequence[RecordView], names: Mapping[str, str]) -> dict[str, Held]:
    held: dict[str, Held] = {}
    for view in views:
        for name, rendition in sorted(view.renditions.items()):
            packing = _packing_of(view.record.kind, name)
            if packing is None:
                continue
            file, record_id = rendition.file, str(view.record.pk)
            part = Part(_part_id(record_id, name), file.media_type, file.bytes, file.sha256, packing)
            held[part.id] = Held(part, f"{names[record_id]}: {_title_of_part(name)}", file)
    return held


def _held_comparisons(compared: Compared, names: Mapping[str, str]) -> dict[str, Held]:
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
            _hold(held, _part_id(str(older.pk), STREAM), said, file)
    return held


def _hold(held: dict[str, Held], part_id: str, title: str, file: StoredFile) -> None:
    part = Part(part_id, file.media_type, file.bytes, file.sha256, Packing.GZIP)
    held[part_id] = Held(part, title, file)


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


def _held_texts(manifest: Mapping[str, Any], said: str) -> dict[str, Held]:
    """The parts that are made here: the scene, what was said and decided, and the viewer."""
    scene_json = json.dumps(manifest, ensure_ascii=False).encode()
    viewer = _static(VIEWER)
    made = (
        ("manifest", "application/json", Packing.GZIP, gettext("the scene and its pins"), scene_json),
        ("said", "text/plain", Packing.TEXT, gettext("what was said, measured and decided"), read_text(said)),
        ("viewer", "text/javascript", Packing.GZIP, gettext("the viewer"), viewer),
    )
    return {
        name: Held(part_of(data, id=name, media_type=media_type, packing=packing), title, data)
        for name, media_type, packing, title, data in made
    }


def _numbered(newest_first: Sequence[DecisionView]) -> list[tuple[int, DecisionView]]:
    """Counted from the first one that was made."""
    return [(len(newest_first) - place, view) for place, view in enumerate(newest_first)]


def _held_papers(newest_first: Sequence[DecisionView]) -> dict[str, Held]:
    """Decisions as they were signed: `arcada verify` checks each without a server."""
    held = {}
    for number, view in _numbered(newest_first):
        if data := view.decision.paper.encode():
            part = part_of(
                data, id=f"paper-{view.decision.pk}", media_type="application/json", packing=Packing.GZIP
            )
            held[part.id] = Held(part, gettext("signed decision {number}").format(number=number), data)
    return held


def _placed(value: Any, held: Mapping[str, Held]) -> Any:
    """The manifest with parts of this page in the place of addresses; what is not in it is not named."""
    if isinstance(value, str) and value.startswith("capsule:"):
        found = _ADDRESS.match(value)
        name = _part_id(found[1], found[2]) if found else ""
        return f"#{name}" if name in held else None
    if isinstance(value, Mapping):
        placed = {key: _placed(one, held) for key, one in value.items()}
        # What has nowhere to be fetched from is not there.
        return None if placed.get("url", "") is None and "bytes" in placed else placed
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_placed(one, held) for one in value]
    return value


def _surfaces(manifest: Mapping[str, Any], held: Mapping[str, Held]) -> list[dict[str, Any]]:
    """Each scan with its still pictures."""
    return [
        {
            "label": entry["label"],
            "posters": [
                (view, held[name])
                for view in entry["posters"]
                if (name := _part_id(entry["id"], f"poster-{view}.webp")) in held
            ],
        }
        for entry in manifest["records"]
        if entry["kind"] in SURFACES
    ]


def _pictures(manifest: Mapping[str, Any], held: Mapping[str, Held]) -> list[dict[str, Any]]:
    return [
        {**entry, "held": held[name]}
        for entry in manifest["records"]
        if entry["kind"] in IMAGES and (name := _part_id(entry["id"], "view.webp")) in held
    ]


def _style() -> str:
    """The interface's sheets without remarks and indents."""
    text = "".join(_static(name).decode() for name in STYLES)
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))


def _static(name: str) -> bytes:
    """One of the interface's own files. A page's text has no carriage returns: a browser would change them."""
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(f"{name} is not built: run npm run build in frontend/.")
    return Path(found).read_bytes().replace(b"\r\n", b"\n")
