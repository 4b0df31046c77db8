"""Tiers: what a workspace pays for. They set quotas and seats, never what one may do in a case (TA-12)."""

from dataclasses import dataclass
from enum import StrEnum

from arcada.core.errors import Conflict, Refused


class Tier(StrEnum):
    VIEWER = "viewer"  # a person without a workspace, known from a share's invitation
    TRIAL = "trial"
    SUBSCRIBER = "subscriber"


class TierVerb(StrEnum):
    START_TRIAL = "start_trial"
    SUBSCRIBE = "subscribe"


# Not in the table, not possible (S4).
TIER_FLOW: dict[tuple[Tier, TierVerb], Tier] = {
    (Tier.VIEWER, TierVerb.START_TRIAL): Tier.TRIAL,
    (Tier.VIEWER, TierVerb.SUBSCRIBE): Tier.SUBSCRIBER,
    (Tier.TRIAL, TierVerb.SUBSCRIBE): Tier.SUBSCRIBER,
}


def next_tier(tier: Tier, verb: TierVerb) -> Tier:
    """The tier after the move; Conflict when the table has no such move."""
    found = TIER_FLOW.get((tier, verb))
    if found is None:
        raise Conflict("This plan can't be changed that way.", code="tier_move")
    return found


@dataclass(frozen=True, slots=True)
class PlanLimits:
    """What the operator's plan allows; None is unmetered."""

    quota_bytes: int | None
    seats: int | None
    days: int | None


# Until the operator offers plans: a month, 5 GB and one person to try it; whose box it is sets the other limits.
DEFAULT_LIMITS: dict[Tier, PlanLimits] = {
    Tier.VIEWER: PlanLimits(quota_bytes=0, seats=1, days=None),
    Tier.TRIAL: PlanLimits(quota_bytes=5 * 10**9, seats=1, days=30),
    Tier.SUBSCRIBER: PlanLimits(quota_bytes=None, seats=None, days=None),
}


def check_seat(tier: Tier, limits: PlanLimits, *, taken: int) -> None:
    """Further people only on a subscription, and only as many as the plan has seats (S5); Refused otherwise."""
    if tier is not Tier.SUBSCRIBER:
        raise Refused(
            "Further people need a subscription. Change the plan under Settings, Plan.", code="seats"
        )
    if limits.seats is not None and taken >= limits.seats:
        raise Refused("All seats of the plan are taken.", code="seats", limit=limits.seats)


def quota_left(limits: PlanLimits, *, used_bytes: int, has_verified_dentist: bool) -> int | None:
    """Bytes that still fit, never below 0; None where storage is unmetered, as for verified dentists (N3, C7)."""
    if has_verified_dentist or limits.quota_bytes is None:
        return None
    return max(0, limits.quota_bytes - used_bytes)
