"""Whose turn it is, for the head of a case and for lists; and how long something has waited, in one short word."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arcada.core.access import Actor
from arcada.core.turn import Turn


@dataclass(frozen=True, slots=True)
class SaidTurn:
    is_ours: bool
    is_theirs: bool
    asked: str  # whom a question waits for longest, empty without one
    asked_at: datetime | None


def say_turn(actor: Actor, turn: Turn) -> SaidTurn:
    """As the actor's workspace sees it."""
    is_ours = actor.workspace_id in turn.parties
    question = turn.questions[0] if turn.questions else None
    return SaidTurn(
        is_ours,
        bool(turn.parties) and not is_ours,
        question.name if question else "",
        question.asked_at if question else None,
    )


def short_since(then: datetime | None) -> str:
    """«2 h», «3 days»: the largest whole unit; below a minute «now»."""
    if then is None:
        return ""
    minutes = int((timezone.now() - then).total_seconds() // 60)
    if minutes < 1:
        return _("a moment")
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)s h") % {"n": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
