"""Who is looking at a case now, and whose view the others may follow. It is swept away by the hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from arcada.apps.accounts.queries import workspace_by_id
from arcada.apps.cases.models import Case
from arcada.apps.cases.queries import current_records
from arcada.apps.records.queries import shown_ids
from arcada.apps.reviews.models import Presence
from arcada.apps.reviews.people import heard_in
from arcada.apps.reviews.queries import decisions_of, threads_of
from arcada.core.access import Actor, ActorKind
from arcada.core.quoted_view import check_view, view_of

# An open page says so every quarter of a minute; one that said nothing this long is gone.
GONE_AFTER = timedelta(seconds=40)
FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Here:
    """One person at a case; `view` is what the others follow, None while the person leads nobody.

    Who came by a link has no `workspace`.
    """

    place: int  # the row's key: what others call this one by, since nobody's own id goes outside
    person: UUID
    name: str
    workspace: str
    view: dict[str, Any] | None


def come(actor: Actor, case: Case, *, now: datetime) -> None:
    """The person's page is open."""
    workspace = workspace_by_id(actor.workspace_id).shown_name if actor.workspace_id else ""
    values = {"name": actor.name[:120], "workspace": workspace[:120], "seen_at": now}
    Presence.objects.update_or_create(case=case, user_id=actor.id, defaults=values)


def go(actor: Actor, case_id: UUID) -> None:
    """The person's page was closed; another open one of theirs says so again by itself."""
    Presence.objects.filter(case_id=case_id, user_id=actor.id).delete()


@transaction.atomic
def lead_view(actor: Actor, case: Case, *, view: Mapping[str, Any] | None, now: datetime) -> None:
    """Shows the others what one sees; None ends it. One leads at a time: the last who asked."""
    checked = None
    if view is not None:
        checked = check_view(view, records={str(record.pk) for record in current_records(case, actor=actor)})
        Presence.objects.filter(case=case).exclude(user_id=actor.id).update(view=None)
        come(actor, case, now=now)
    # Who ends it may have closed the page: that brings nobody back.
    Presence.objects.filter(case=case, user_id=actor.id).update(view=checked)


def people_here(case_id: UUID, *, now: datetime) -> list[Here]:
    """Everybody whose page is open, in the order of their coming."""
    rows = Presence.objects.filter(case_id=case_id, seen_at__gt=now - GONE_AFTER).order_by("id")
    return [Here(row.pk, row.user_id, row.name, row.workspace, row.view) for row in rows]


def as_seen_by(actor: Actor, case: Case, people: Sequence[Here]) -> list[Here]:
    """Those of the people here that the actor may know of.

    The case's own workspace knows everybody, and members of others each other. Beyond that one knows whom one has
    heard in what one can read, and whoever leads, since that is showing oneself. Of a led view who came by a link is
    given what stands on their own files (SL-13).
    """
    is_guest = actor.kind is ActorKind.RECIPIENT
    unknown = [one for one in people if one.person != actor.id and (is_guest or not one.workspace)]
    if not unknown or actor.workspace_id == case.workspace_id:
        return list(people)
    spoken = [view.thread for view in threads_of(actor, case)]
    heard = heard_in(spoken, [view.decision for view in decisions_of(actor, case)])
    hidden = {one.place for one in unknown if one.view is None and one.person not in heard}
    known = [one for one in people if one.place not in hidden]
    if not is_guest:
        return known
    own = shown_ids(current_records(case, actor=actor))
    return [
        one
        if one.view is None or one.person == actor.id
        else replace(one, view=view_of(one.view, records=own))
        for one in known
    ]


def forget_presence(*, now: datetime) -> None:
    """Takes away the rows of pages that ended without saying so."""
    Presence.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).delete()
