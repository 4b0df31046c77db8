"""Reads of licences: one's own, the reviewers' queue, one for its review."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Q, QuerySet

from arcada.apps.accounts.models import Membership, User
from arcada.apps.licences.access import workspaces_of
from arcada.apps.licences.deciding import two_needed
from arcada.apps.licences.models import Evidence, Licence, Review
from arcada.core.access import Actor
from arcada.core.licence import REMIND_DAYS, LicenceState, TwoNeeded

LOOK_AGAIN: Final = timedelta(days=max(REMIND_DAYS))  # before its end a licence is back in the queue


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A licence as its reviewers see it."""

    licence: Licence
    evidence: list[Evidence]
    reviews: list[Review]  # of this round
    earlier: list[Review]
    why_two: tuple[TwoNeeded, ...]
    is_taken: bool  # verified for another account
    others: list[Licence]  # the same person's


def licences_of(actor: Actor) -> QuerySet[Licence]:
    """One's own, newest first."""
    return Licence.objects.filter(user=actor.id).order_by("-applied_at", "-id")


def evidence_of(licence: Licence) -> list[Evidence]:
    return list(Evidence.objects.filter(licence=licence).order_by("added_at"))


def is_under_review(licence: Licence) -> bool:
    """True when somebody has reviewed it in this round."""
    return Review.objects.filter(licence=licence, round=licence.round).exists()


def queue_of(reviewer: User, *, now: datetime) -> QuerySet[Licence]:
    """What waits for this reviewer, oldest first: pending ones, and verified ones to be looked at again.

    Not one's own, not one's colleagues', not what one has reviewed in this round.
    """
    mine = Review.objects.filter(reviewer=reviewer, round=F("licence__round"))
    colleagues = Membership.objects.filter(workspace__in=workspaces_of(reviewer), is_active=True)
    return (
        Licence.objects.select_related("user", "workspace")
        .filter(
            Q(state=LicenceState.PENDING)
            | Q(state=LicenceState.VERIFIED, holds_until__gt=now, holds_until__lte=now + LOOK_AGAIN)
        )
        .exclude(user=reviewer)
        .exclude(user__in=colleagues.values("user"))
        .exclude(workspace__in=workspaces_of(reviewer))
        .exclude(pk__in=mine.values("licence"))
        .order_by("-state", "applied_at")
    )


def reviewed(licence: Licence) -> Reviewed:
    reviews = list(Review.objects.select_related("reviewer").filter(licence=licence).order_by("created_at"))
    same_number = Licence.objects.filter(
        state=LicenceState.VERIFIED, jurisdiction=licence.jurisdiction, authority=licence.authority,
        number_key=licence.number_key,
    )  # fmt: skip
    return Reviewed(
        licence=licence,
        evidence=evidence_of(licence),
        reviews=[review for review in reviews if review.round == licence.round],
        earlier=[review for review in reviews if review.round != licence.round],
        why_two=two_needed(licence),
        is_taken=same_number.exclude(user=licence.user_id).exists(),
        others=list(
            Licence.objects.filter(user=licence.user_id).exclude(pk=licence.pk).order_by("-applied_at")
        ),
    )
