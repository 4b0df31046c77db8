"""What a review shows, for members and recipients alike: scene, pictures, threads, decision, versions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from arcada.api.v1.manifest import IMAGES, SURFACES, coarse_blocks, viewer_manifest
from arcada.api.v1.measured import measured_in
from arcada.apps.cases.access import may_attach, permissions_in
from arcada.apps.cases.actions import MOST_ATTACHMENTS
from arcada.apps.cases.queries import current_records, decided_records
from arcada.apps.records.queries import shown_ids, views_of
from arcada.apps.records.seats import jaw_slots
from arcada.apps.reviews.people import may_be_asked, mentionable, parties_in
from arcada.apps.reviews.queries import decisions_of, outcome_now, threads_of, versions_of
from arcada.core.access import Actor, ActorKind, Permission
from arcada.core.case_flow import CaseState, RecordState, shown_state
from arcada.core.findings import Severity
from arcada.core.mentions import parts_of
from arcada.core.quoted_view import view_of
from arcada.core.slots import ATTACHMENT
from arcada.core.tooth import Notation, written, written_all
from arcada.core.tooth_labels import standing
from arcada.core.tooth_near import tooth_near
from arcada.web.aspect_words import say_aspect
from arcada.web.finding_words import say_all
from arcada.web.in_numbers import in_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from arcada.apps.cases.models import Case
    from arcada.apps.records.queries import RecordView
    from arcada.apps.reviews.queries import ThreadView

VIEWS = ("front", "right", "left", "upper", "lower")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the forms of a review go: a member's are under the case, a recipient's under the share."""

    threads: str
    decisions: str
    files: str
    file: str  # format string with {id}
    here: str
    comment: str  # format string with {id}
    paper: str  # likewise; .json and .pdf follow
    resolve: str = ""
    reopen: str = ""


@dataclass(frozen=True, slots=True)
class Unsent:
    """A comment that was refused, for the form that it was sent `to`; `files` are ids and names."""

    to: str
    why: str
    fields: dict[str, str]
    files: list[tuple[str, str]]


def review_facts(
    request: HttpRequest, actor: Actor, case: Case, *, base: str, addresses: Addresses, now: datetime,
    unsent: Unsent | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Everything the review's templates need; one audit event names every record shown."""
    threads = threads_of(actor, case)
    records = current_records(case, actor=actor)
    seen = views_of(records)
    manifest = viewer_manifest(actor, case, base=base, now=now, threads=threads, views=seen)
    views = {str(view.record.pk): view for view in seen}
    decided_on = decided_records(records)
    blocks = coarse_blocks(manifest, views)
    entries = manifest["records"]
    surfaces = [entry for entry in entries if entry["kind"] in SURFACES and entry["full"]]
    images = [entry for entry in entries if entry["kind"] in IMAGES and entry["image"]]
    # What was attached to a comment stands there, and can be opened from there.
    pictures = [entry for entry in images if entry["slot"] != ATTACHMENT]
    documents = [entry for entry in entries if entry["kind"] == "document" and entry["slot"] != ATTACHMENT]
    by_id = {entry["id"]: entry for entry in entries}
    shown = _picture_asked_for(request, images) or (pictures[0] if pictures and not surfaces else None)
    # Who came by a link may see a part; decisions are compared with the whole.
    whole = None if actor.kind is ActorKind.RECIPIENT else records
    decisions = decisions_of(actor, case, records=whole)
    newest = decisions[0] if decisions else None
    may = permissions_in(actor, case)
    now_shown = shown_ids([views[entry["id"]].record for entry in entries])
    parties = parties_in(case)
    people = mentionable(
        actor,
        parties,
        spoken=[view.thread for view in threads],
        decisions=[view.decision for view in decisions],
    )
    labels = standing(case.teeth, by_id)
    slots = jaw_slots([view.thread.record for view in threads if view.thread.record and view.thread.pin])

    def kept(address: str) -> Unsent | None:
        return unsent if unsent and unsent.to == address else None

    return {
        "case": case,
        "manifest": json.dumps(manifest).replace("<", "\\u003c"),
        "numbers": in_numbers(manifest),
        "coarse": [] if shown else blocks.items(),
        "surfaces": surfaces,
        "pictures": pictures,
        "documents": documents,
        "shown": shown,
        "poster": _poster(surfaces),
        "threads": [
            {
                "view": view,
                "tooth": _tooth(view, labels, slots, Notation(manifest["notation"])),
                "measured": measured_in(view.thread.pin),
                "comments": [
                    {
                        "comment": comment,
                        "parts": list(parts_of(comment.text, comment.mentions)),
                        "shows": json.dumps(view_of(comment.view, records=now_shown)) if comment.view else "",
                        "files": [_attached(one, views, by_id, addresses) for one in comment.attached],
                    }
                    for comment in view.comments
                ],
                "comment_to": (comment_to := addresses.comment.format(id=view.thread.pk)),
                "kept": kept(comment_to),
                "resolve_to": addresses.resolve.format(id=view.thread.pk),
                "reopen_to": addresses.reopen.format(id=view.thread.pk),
            }
            for view in threads
        ],
        "unsent": unsent,
        "kept": kept(addresses.threads),
        "parties": may_be_asked(actor, parties),
        "mentionable": sorted({person.name for person, _ in people}),
        "open_threads": sum(view.thread.state == "open" for view in threads),
        "decisions": [
            {"view": view, "paper": addresses.paper.format(id=view.decision.pk)} for view in decisions
        ],
        "newest_decision": newest,
        "versions": versions_of(case, records, decisions),
        "outcome": outcome_now(case, decisions),
        "aspects": [(name, say_aspect(name)) for name in case.workspace.aspects],
        "known": ",".join(str(view.decision.pk) for view in decisions if view.holds),
        "state": shown_state(CaseState(case.state), holds=bool(newest and newest.holds)),
        "seen": ",".join(record.original.sha256 for record in decided_on if record.original),
        "bound": len(decided_on),
        "version": max((record.version for record in decided_on), default=1),
        "waiting": [
            record for record in records if record.state != RecordState.READY and not record.is_attachment
        ],
        "addresses": addresses,
        "may_comment": Permission.COMMENT in may,
        "may_attach": may_attach(actor, case),
        "most_attachments": MOST_ATTACHMENTS,
        "may_decide": Permission.DECIDE in may and bool(decided_on),
        "may_download": Permission.DOWNLOAD in may,
        "may": {permission.value for permission in may},
    }


def _tooth(
    view: ThreadView,
    labels: Sequence[Mapping[str, Any]],
    slots: Mapping[UUID, str],
    notation: Notation,
) -> dict[str, str] | None:
    """The tooth that a thread's pin stands at: as it was labelled then, or is now."""
    pin, record = view.thread.pin, view.thread.record
    if not pin or "point" not in pin or record is None:
        return None
    point = view.found.point if view.found else pin["point"]
    tooth = pin.get("tooth_fdi") or (tooth_near(point, labels, slot=slots[record.pk]) if point else None)
    return None if tooth is None else {"is": written(tooth, notation), "all": written_all(tooth)}


def _attached(
    record_id: str,
    views: Mapping[str, RecordView],
    entries: Mapping[str, Mapping[str, Any]],
    addresses: Addresses,
) -> dict[str, Any]:
    """A file of a comment for the template; without a record where this reader is not given it."""
    view = views.get(record_id)
    entry = entries.get(record_id)
    image = entry["image"] if entry else None
    return {
        "record": view.record if view else None,
        "why": [said.what for said in say_all(f for f in view.findings if f.severity is Severity.BLOCKER)]
        if view
        else [],
        "thumbnail": entry["posters"].get("poster") or image["url"] if entry and image else "",
        "file": addresses.file.format(id=record_id),
    }


def _picture_asked_for(request: HttpRequest, pictures: list[dict[str, Any]]) -> dict[str, Any] | None:
    wanted = request.GET.get("picture", "")
    return next((entry for entry in pictures if entry["id"] == wanted), None)


def _poster(surfaces: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The picture that stands there with the page: an upper or lower jaw before all else."""
    jaws = [entry for entry in surfaces if entry["slot"] in ("upper_jaw", "lower_jaw")] or surfaces
    return next((entry for entry in jaws if entry["posters"].get("front")), None)
