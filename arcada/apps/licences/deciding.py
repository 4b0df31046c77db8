"""What reviewers, the operator and the clock decide about licences, and what follows for the person's level."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from arcada.apps.accounts.actions import set_level
from arcada.apps.accounts.models import User
from arcada.apps.audit.actions import record
from arcada.apps.licences.access import demand_stranger, reviewer_for
from arcada.apps.licences.models import Evidence, Licence, Review
from arcada.apps.licences.telling import tell_licensee
from arcada.core.access import Actor
from arcada.core.case_flow import next_state
from arcada.core.errors import Conflict, Refused
from arcada.core.licence import (
    EVIDENCE_KEPT,
    LICENCE_FLOW,
    Form,
    LicenceState,
    LicenceVerb,
    Lookup,
    TwoNeeded,
    Verdict,
    demand_ground,
    due_reminder,
    holds_until,
    outcome,
    why_two,
)
from arcada.core.licence_authorities import AUTHORITIES, Profession
from arcada.core.standing import Level

# What a verdict means for a licence that waits, and for one that is looked at again.
_VERBS: Final[Mapping[tuple[LicenceState, Verdict], LicenceVerb]] = {
    (LicenceState.PENDING, Verdict.APPROVE): LicenceVerb.APPROVE,
    (LicenceState.PENDING, Verdict.REFUSE): LicenceVerb.REJECT,
    (LicenceState.VERIFIED, Verdict.APPROVE): LicenceVerb.CONFIRM,
    (LicenceState.VERIFIED, Verdict.REFUSE): LicenceVerb.SUSPEND,
}


@dataclass(frozen=True, slots=True)
class Opinion:
    """One reviewer's word: verdict, reason, and what the register said on which day."""

    verdict: Verdict
    reason: str
    lookup: Lookup
    looked_up_on: date


@transaction.atomic
def review_licence(
    actor: Actor, licence: Licence, *, opinion: Opinion, version: int, now: datetime
) -> Licence:
    """Keep one reviewer's word, and decide when it is the last one needed.

    `version` is that of the licence as the reviewer saw it; Conflict when anything was added since.
    """
    reviewer = reviewer_for(actor)
    licence = _locked(licence.pk)
    demand_stranger(reviewer, licence)
    verb = _VERBS.get((LicenceState(licence.state), opinion.verdict))
    if verb is None:
        raise Conflict("This licence is decided already.", code="wrong_state")
    reviews = Review.objects.filter(licence=licence, round=licence.round)
    if reviews.filter(reviewer=reviewer).exists():
        raise Conflict("You have reviewed this licence; somebody else looks next.", code="already_reviewed")
    if licence.version != version:
        raise Conflict("Something was added meanwhile. Look again, then decide.", code="changed_meanwhile")
    if not opinion.reason.strip():
        raise Refused("Say why: the person and the next reviewer read it.", code="reason_missing")
    if opinion.looked_up_on > now.astimezone(_zone(licence)).date():
        raise Refused("The register can't have been looked at in the future.", code="future_date")
    authority = AUTHORITIES[licence.authority]
    demand_ground(
        opinion.verdict, opinion.lookup, has_evidence=_has_evidence(licence), authority=authority,
        is_recheck=verb is LicenceVerb.CONFIRM,
    )  # fmt: skip
    Review.objects.create(
        licence=licence, round=licence.round, reviewer=reviewer, verdict=opinion.verdict.value,
        lookup=opinion.lookup.value, looked_up_on=opinion.looked_up_on, reason=_line(opinion.reason), created_at=now,
    )  # fmt: skip
    licence.version += 1
    licence.save(update_fields=["version"])
    record(
        actor, "licence.reviewed", now=now, workspace_id=licence.workspace_id, about=licence,
        ids={
            "user": licence.user_id, "verdict": opinion.verdict, "lookup": opinion.lookup, "round": licence.round,
        },
    )  # fmt: skip
    given = [Verdict(said) for said in reviews.values_list("verdict", flat=True)]
    decided = outcome(given, needs_two=bool(two_needed(licence)))
    if decided is not None:
        final = _VERBS[LicenceState(licence.state), decided]
        _decide(actor, licence, final, why=_line(opinion.reason), now=now)
    return licence


@transaction.atomic
def suspend_licence(actor: Actor, licence: Licence, *, reason: str, now: datetime) -> Licence:
    """Stop a verified licence at once; one reviewer is enough, because nothing of the person's own is lost."""
    reviewer = reviewer_for(actor)
    licence = _locked(licence.pk)
    demand_stranger(reviewer, licence)
    if not reason.strip():
        raise Refused("Say why: the person and the next reviewer read it.", code="reason_missing")
    return _decide(actor, licence, LicenceVerb.SUSPEND, why=_line(reason), now=now)


@transaction.atomic
def decide_as_operator(licence: Licence, verb: LicenceVerb, *, reason: str, now: datetime) -> Licence:
    """The operator's own decision at the command line, recorded as the system's, with its reason."""
    if not reason.strip():
        raise Refused("Say why: the person and the next reviewer read it.", code="reason_missing")
    licence = _locked(licence.pk)
    next_state(LICENCE_FLOW, LicenceState(licence.state), verb)
    review = Review.objects.create(
        licence=licence, round=licence.round, reviewer=None, reason=_line(reason), created_at=now,
        verdict=(Verdict.APPROVE if verb is LicenceVerb.APPROVE else Verdict.REFUSE).value,
    )  # fmt: skip
    record(
        Actor.system(), "licence.reviewed", now=now, workspace_id=licence.workspace_id, about=licence,
        ids={"user": licence.user_id, "verdict": verb, "round": licence.round, "review": review.pk},
    )  # fmt: skip
    return _decide(Actor.system(), licence, verb, why=_line(reason), now=now)


def expire_licences(*, now: datetime, at_most: int = 500) -> int:
    """End what ran out or was not looked at again for a year: storing stops, reading stays (LV-06)."""
    due = Licence.objects.filter(state=LicenceState.VERIFIED, holds_until__lte=now).order_by("holds_until")
    ended = 0
    for licence_id in list(due.values_list("pk", flat=True)[:at_most]):
        with transaction.atomic():
            licence = _locked(licence_id)
            if licence.state == LicenceState.VERIFIED and licence.holds_until and licence.holds_until <= now:
                _decide(Actor.system(), licence, LicenceVerb.EXPIRE, why="", now=now)
                ended += 1
    return ended


def remind_of_licences(*, now: datetime, at_most: int = 500) -> int:
    """Tell people 60, 30 and 7 days before, each time once; returns how many were told."""
    rows = Licence.objects.filter(state=LicenceState.VERIFIED, holds_until__gt=now).order_by("holds_until")
    told = 0
    for licence_id in list(rows.values_list("pk", flat=True)[:at_most]):
        with transaction.atomic():
            licence = _locked(licence_id)
            if licence.state != LicenceState.VERIFIED or licence.holds_until is None:
                continue
            days = due_reminder(until=licence.holds_until, reminded=licence.reminded, now=now)
            if days is None:
                continue
            licence.reminded = days
            licence.save(update_fields=["reminded"])
            record(
                Actor.system(), "licence.reminded", now=now, workspace_id=licence.workspace_id, about=licence,
                ids={"user": licence.user_id, "days": days},
            )  # fmt: skip
            tell_licensee(licence, "licence.ends", now=now)
            told += 1
    return told


def two_needed(licence: Licence) -> tuple[TwoNeeded, ...]:
    """Why this licence takes two reviewers; () when one is enough."""
    return why_two(
        country=licence.jurisdiction[:2],
        workspace_country=licence.workspace.country,
        is_staff=licence.user.is_staff,
        has_register=AUTHORITIES[licence.authority].has_register,
    )


def settle_level(user: User, *, now: datetime, ran_out_at: datetime | None = None) -> User:
    """The level that a person's licences give now: only a dentist's verified one makes a dentist.

    `ran_out_at` stays with the person: what ran out is told from what was taken.
    """
    held = Licence.objects.filter(
        user=user, state=LicenceState.VERIFIED, profession=Profession.DENTIST, holds_until__gt=now
    )
    until = held.order_by("-holds_until").values_list("holds_until", flat=True).first()
    if until is not None:
        return set_level(user, level=Level.LICENCE_VERIFIED, until=until)
    fits = Licence.objects.filter(user=user, state=LicenceState.PENDING, form=Form.FITS).exists()
    return set_level(user, level=Level.LICENCE_CHECKED if fits else Level.EMAIL, until=ran_out_at)


def _decide(actor: Actor, licence: Licence, verb: LicenceVerb, *, why: str, now: datetime) -> Licence:
    licence.state = next_state(LICENCE_FLOW, LicenceState(licence.state), verb)
    licence.decided_at, licence.decided_why = now, why
    licence.round += 1
    licence.version += 1
    if verb in (LicenceVerb.APPROVE, LicenceVerb.CONFIRM):
        _hold(actor, licence, now=now)
    try:
        with transaction.atomic():
            licence.save()
    except IntegrityError:
        raise Conflict("This number is verified for another account.", code="number_taken") from None
    Evidence.objects.filter(licence=licence, delete_after=None).update(delete_after=now + EVIDENCE_KEPT)
    settle_level(
        licence.user, now=now, ran_out_at=licence.holds_until if verb is LicenceVerb.EXPIRE else None
    )
    record(
        actor, _EVENTS[verb], now=now, workspace_id=licence.workspace_id, about=licence,
        ids={"user": licence.user_id, "holds_until": licence.holds_until},
    )  # fmt: skip
    if verb is not LicenceVerb.CONFIRM:
        tell_licensee(licence, _EVENTS[verb], now=now)
    return licence


_EVENTS: Final[Mapping[LicenceVerb, str]] = {
    LicenceVerb.APPROVE: "licence.verified",
    LicenceVerb.REJECT: "licence.rejected",
    LicenceVerb.CONFIRM: "licence.confirmed",
    LicenceVerb.EXPIRE: "licence.expired",
    LicenceVerb.SUSPEND: "licence.suspended",
}


def _hold(actor: Actor, licence: Licence, *, now: datetime) -> None:
    """Set until when it holds; the same person's earlier row with the same number makes room for the renewed one."""
    until = holds_until(decided_at=now, expires_on=licence.expires_on, zone=_zone(licence))
    if until <= now:
        raise Refused("This licence has run out already. Apply with the renewed one.", code="ran_out")
    licence.holds_until, licence.reminded = until, None
    earlier = Licence.objects.select_for_update().filter(
        user=licence.user_id, state=LicenceState.VERIFIED, jurisdiction=licence.jurisdiction,
        authority=licence.authority, number_key=licence.number_key,
    )  # fmt: skip
    for old in earlier.exclude(pk=licence.pk):
        old.state = next_state(LICENCE_FLOW, LicenceState(old.state), LicenceVerb.EXPIRE)
        old.save(update_fields=["state"])
        record(
            actor, "licence.renewed", now=now, workspace_id=old.workspace_id, about=old,
            ids={"user": old.user_id, "by": licence.pk},
        )  # fmt: skip


def _locked(licence_id: UUID) -> Licence:
    rows = Licence.objects.select_related("user", "workspace").select_for_update(of=("self",))
    return rows.get(pk=licence_id)


def _has_evidence(licence: Licence) -> bool:
    return Evidence.objects.filter(licence=licence, deleted_at=None).exists()


def _zone(licence: Licence) -> ZoneInfo:
    return ZoneInfo(licence.workspace.time_zone or "UTC")


def _line(reason: str) -> str:
    return " ".join(reason.split())[:500]
