"""What bars what a role allows: licence, plan and standing; reading and exporting one's own never ends."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import uuid4

import pytest

from arcada.core.access import Actor, ActorKind, Bar, Permission, Role, WorkspaceKind, allowed
from arcada.core.errors import Barred, Conflict
from arcada.core.plans import (
    DEFAULT_LIMITS,
    TIER_FLOW,
    PlanLimits,
    Tier,
    TierVerb,
    next_tier,
    quota_left,
)
from arcada.core.standing import (
    READ_AND_EXPORT,
    STORING_PATIENTS,
    UPLOADING,
    Level,
    Situation,
    Standing,
    bars,
    is_verified,
)

NOW = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)


def situation(**changed: object) -> Situation:
    facts: dict[str, object] = {
        "role": Role.DENTIST, "kind": WorkspaceKind.CLINIC, "is_archive": True, "is_verified": True,
        "has_verified_dentist": True, "standing": Standing.GOOD, "workspace_standing": Standing.GOOD,
        "tier": Tier.SUBSCRIBER, "tier_ends_at": None,
    }  # fmt: skip
    return Situation(**(facts | changed))  # type: ignore[arg-type]


def test_a_verified_dentist_in_good_standing_is_barred_from_nothing():
    assert not bars(situation(), now=NOW)


def test_an_unverified_dentist_stores_no_patient_in_an_archive_and_does_not_decide():
    found = bars(situation(is_verified=False, has_verified_dentist=False), now=NOW)
    assert found.keys() == STORING_PATIENTS | {Permission.DECIDE}
    assert set(found.values()) == {Bar.LICENCE}


def test_a_licence_gates_nothing_else_outside_an_archive():
    found = bars(situation(is_verified=False, has_verified_dentist=False, is_archive=False), now=NOW)
    assert found.keys() == {Permission.DECIDE}


def test_an_assistant_stores_under_a_verified_dentist_and_never_without_one():
    under = situation(role=Role.ASSISTANT, is_verified=False, has_verified_dentist=True)
    alone = situation(role=Role.ASSISTANT, is_verified=False, has_verified_dentist=False)
    assert not STORING_PATIENTS & bars(under, now=NOW).keys()
    assert bars(alone, now=NOW).keys() >= STORING_PATIENTS


def test_a_technician_decides_for_the_lab_without_a_licence():
    lab = situation(role=Role.TECHNICIAN, kind=WorkspaceKind.LAB, is_verified=False, is_archive=False)
    assert Permission.DECIDE not in bars(lab, now=NOW)


def test_a_plan_that_ended_stops_uploads_and_nothing_else():
    """TA-12: what one may do in a case does not hang on the plan."""
    ended = bars(situation(tier=Tier.TRIAL, tier_ends_at=NOW), now=NOW)
    assert ended.keys() == UPLOADING
    assert not bars(situation(tier=Tier.TRIAL, tier_ends_at=NOW + timedelta(seconds=1)), now=NOW)


def test_nothing_ever_bars_reading_and_exporting():
    """N18, over every situation there is."""
    checked = 0
    flags = (False, True)
    for role, kind, archive, own, house, person, place, ends in product(
        Role, WorkspaceKind, flags, flags, flags, Standing, Standing, (None, NOW)
    ):
        found = bars(Situation(role, kind, archive, own, house, person, place, Tier.TRIAL, ends), now=NOW)
        assert not found.keys() & READ_AND_EXPORT
        checked += 1
    print(checked, "checked")
    assert checked == 9 * 3 * 8 * 25 * 2


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.TERMINATED])
@pytest.mark.parametrize("of", ["standing", "workspace_standing"])
def test_the_suspended_read_and_export_only(standing, of):
    found = bars(situation(**{of: standing}), now=NOW)
    assert found.keys() == frozenset(Permission) - READ_AND_EXPORT


def test_a_barred_actor_learns_the_reason_of_its_own_and_nothing_of_others():
    own, other = uuid4(), uuid4()
    actor = Actor(
        kind=ActorKind.PERSON, id=uuid4(), workspace_id=own, role=Role.DENTIST,
        bars={Permission.ADD_RECORD: Bar.LICENCE},
    )  # fmt: skip
    assert allowed(actor, Permission.ADD_RECORD, workspace_id=other) is False
    assert Permission.ADD_RECORD not in actor.permissions
    with pytest.raises(Barred) as refusal:
        allowed(actor, Permission.ADD_RECORD, workspace_id=own)
    assert refusal.value.code == "licence_needed"


def test_a_licence_holds_until_its_last_moment_and_only_when_a_person_decided():
    assert is_verified(Level.LICENCE_VERIFIED, NOW + timedelta(seconds=1), now=NOW)
    assert not is_verified(Level.LICENCE_VERIFIED, NOW, now=NOW)
    assert not is_verified(Level.LICENCE_CHECKED, None, now=NOW)
    assert is_verified(Level.LICENCE_VERIFIED, None, now=NOW)


def test_tiers_move_only_as_the_table_says():
    """S4: Viewer to Trial or Subscriber, Trial to Subscriber only."""
    allowed_moves = 0
    for tier, verb in product(Tier, TierVerb):
        if (tier, verb) in TIER_FLOW:
            assert next_tier(tier, verb) is TIER_FLOW[tier, verb]
            allowed_moves += 1
        else:
            with pytest.raises(Conflict):
                next_tier(tier, verb)
    assert allowed_moves == 3


def test_a_quota_never_goes_below_nothing_and_a_verified_dentist_has_none():
    limits = PlanLimits(quota_bytes=100, seats=1, days=None)
    assert quota_left(limits, used_bytes=40, has_verified_dentist=False) == 60
    assert quota_left(limits, used_bytes=140, has_verified_dentist=False) == 0
    assert quota_left(limits, used_bytes=140, has_verified_dentist=True) is None
    assert quota_left(DEFAULT_LIMITS[Tier.VIEWER], used_bytes=0, has_verified_dentist=False) == 0
