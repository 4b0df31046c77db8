"""A case as one file that opens without a server: gate, audit line, then the page, its parts streamed into it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import transaction
from django.http import HttpResponseBase, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, gettext

from arcada.api.record_files import StillAllowed, still_has
from arcada.api.v1.capsule_parts import (
    COARSE,
    OPENER,
    Held,
    held_comparisons,
    held_files,
    held_papers,
    held_texts,
    numbered,
    part_id,
    static,
    style,
)
from arcada.api.v1.manifest import IMAGES, SURFACES, Compared, added_by_people, compared_in, scene
from arcada.api.v1.measured import measured, measured_in
from arcada.apps.audit.actions import record as audit
from arcada.apps.cases.access import case_for
from arcada.apps.cases.queries import current_records
from arcada.apps.files.sealed import aread_range
from arcada.apps.files.serving import Rights, as_attachment
from arcada.apps.records.queries import RecordView, shown_ids, views_of
from arcada.apps.reviews.queries import ThreadView, decisions_of, threads_of
from arcada.core.access import Actor, Permission
from arcada.core.capsule import Packer, Packing, contents_list, part_of, policy
from arcada.core.capsule_seal import seal_of
from arcada.core.case_flow import RecordState
from arcada.core.outgoing import outgoing_stem
from arcada.core.quoted_view import view_of
from arcada.core.slots import title_of
from arcada.core.tooth_labels import standing

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.files.models import StoredFile

# The symbols of buttons; those of findings carry styles, and no finding is in a capsule.
_ICON: Final = re.compile(r'<symbol id="i-.*?</symbol>', re.DOTALL)
_ADDRESS: Final = re.compile(
    r"capsule:/(?:records|comparisons)/([0-9a-f-]{36})/(?:renditions/)?([a-z0-9.-]+)"
)


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
    # From this address it is a file to keep; as a page it lives where it was saved.
    return as_attachment(answer, capsule.filename)


async def capsule_stream(
    capsule: Capsule, *, still_allowed: StillAllowed | None = None
) -> AsyncIterator[bytes]:
    """The page; its parts are read, packed and sent piece by piece. An ended right raises in the middle.

    The seal comes last, because it is on all that went before and on the little that follows it.
    """
    *pieces, _seal, rest = re.split(rf"{capsule.boundary}:([a-z0-9.-]+);", capsule.page)
    digest = hashlib.sha256()
    async for sent in _letters(capsule, pieces, Rights(still_allowed)):
        digest.update(sent)
        yield sent
    digest.update(rest.encode())
    yield seal_of(digest.digest(), seed=settings.ENV.audit_key()).encode()
    yield rest.encode()


async def _letters(capsule: Capsule, pieces: Sequence[str], rights: Rights) -> AsyncIterator[bytes]:
    for place, text in enumerate(pieces):
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
    held = held_files(views, names) | held_comparisons(compared, names)
    placed = _placed(manifest, held)
    decisions = decisions_of(actor, case)
    said = render_to_string(
        "capsule/said.html",
        {
            "threads": _said(threads, names, shown_ids([view.record for view in views])),
            "decisions": [
                (view, f"paper-{view.decision.pk}", f"{outgoing_stem(case.code, f'decision-{number}')}.json")
                for number, view in numbered(decisions)
            ],
            "measurements": [(measured(item), names[item["records"][0]]) for item in placed["measurements"]],
        },
    )
    held |= held_texts(placed, said) | held_papers(decisions)
    originals = [
        {"record": str(r.pk), "slot": r.slot, "version": r.version, "bytes": r.original.bytes,
         "sha256": r.original.sha256}
        for r in (view.record for view in views) if r.original is not None
    ]  # fmt: skip
    about = {
        "case": case.code,
        "exported_at": now.isoformat(timespec="seconds"),
        "originals": originals,
        "server": settings.ENV.public_url,
    }
    contents = contents_list([one.part for one in held.values()], about=about)
    number = part_of(contents, id="contents", media_type="application/json", packing=Packing.TEXT).sha256
    shown_records = dict.fromkeys([*(view.record.pk for view in views), *compared.sizes])
    audit(
        actor, "case.capsule_exported", now=now, workspace_id=case.workspace_id, patient_id=case.patient_id,
        about=case, ids={"records": list(shown_records), "contents": number},
    )  # fmt: skip
    sheets = style()
    opener = static(OPENER).decode()
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
            "policy": policy(script=opener, style=sheets),
            "style": sheets,
            "opener": opener,
            "icons": "".join(_ICON.findall(static("icons.svg").decode())),
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
    made = added_by_people(actor, case, shown, made, base="capsule:")
    for entry in made["records"]:
        entry["label"] = names[entry["id"]]
        if entry["coarse"] is not None:
            entry["coarse"] = part_id(entry["id"], COARSE)
    made["teeth"] = standing(case.teeth, names)
    made["measurements"] = [item for item in made["measurements"] if names.keys() >= set(item["records"])]
    made["save"] = dict.fromkeys(made["save"])
    return made


def _said(
    threads: Sequence[ThreadView], names: Mapping[str, str], now_shown: Mapping[str, str]
) -> list[dict[str, Any]]:
    return [
        {
            "view": view,
            "comments": [
                (
                    one,
                    json.dumps(view_of(one.view, records=now_shown)) if one.view else "",
                    [names[record] for record in one.attached if record in names],
                )
                for one in view.comments
            ],
            # A comment on an older version keeps its place; there is nothing of it here to be shown.
            "place": names.get(str(view.thread.record_id))
            or (gettext(title_of(view.thread.record.slot)) if view.thread.record else gettext("The case")),
            "is_shown": view.thread.pin is not None and _stands_on(view, names),
            "measured": measured_in(view.thread.pin),
        }
        for view in threads
    ]


def _stands_on(view: ThreadView, names: Mapping[str, str]) -> bool:
    """Whether its pin is on something in the capsule: where it was set, or where it was found again."""
    found = view.found
    is_found = found is not None and found.point is not None and str(found.record_id) in names
    return is_found or str(view.thread.record_id) in names


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


def _placed(value: Any, held: Mapping[str, Held]) -> Any:
    """The manifest with parts of this page in the place of addresses; what is not in it is not named."""
    if isinstance(value, str) and value.startswith("capsule:"):
        found = _ADDRESS.match(value)
        name = part_id(found[1], found[2]) if found else ""
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
                if (name := part_id(entry["id"], f"poster-{view}.webp")) in held
            ],
        }
        for entry in manifest["records"]
        if entry["kind"] in SURFACES
    ]


def _pictures(manifest: Mapping[str, Any], held: Mapping[str, Held]) -> list[dict[str, Any]]:
    return [
        {**entry, "held": held[name]}
        for entry in manifest["records"]
        if entry["kind"] in IMAGES and (name := part_id(entry["id"], "view.webp")) in held
    ]
