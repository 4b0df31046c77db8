"""Rules of support's access (TA-10)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from arcada.core.access import (
    Actor,
    ActorKind,
    Permission,
    SupportAccess,
    allowed,
    allowed_as_participant,
)
from arcada.core.errors import Refused
from arcada.core.support import check_reason, grant_ends, is_open

NOW = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
OURS, OTHERS, PATIENT, CASE, ELSE = (UUID(int=number) for number in range(1, 6))


def support(**scope: UUID) -> Actor:
    access = SupportAccess(id=UUID(int=9), until=NOW, **scope)
    return Actor(kind=ActorKind.SUPPORT, id=UUID(int=8), workspace_id=OURS, support=access)


def test_TA_10_support_may_look_and_nothing_else() -> None:
    for permission in Permission:
        may = allowed(support(), permission, workspace_id=OURS, patient_id=PATIENT, case_id=CASE)
        assert may is (permission is Permission.VIEW), permission
        assert not allowed(support(), permission, workspace_id=OTHERS, patient_id=PATIENT, case_id=CASE)
        assert not allowed_as_participant(support(), permission, granted=list(Permission))
    print(f"TA-10: {len(Permission)} permissions checked")


def test_TA_10_a_narrow_grant_is_closed_to_whatever_does_not_name_its_target() -> None:
    def sees(actor: Actor, **target: UUID) -> bool:
        return allowed(actor, Permission.VIEW, workspace_id=OURS, **target)

    assert sees(support(patient_id=PATIENT), patient_id=PATIENT, case_id=ELSE)
    assert sees(support(case_id=CASE), patient_id=PATIENT, case_id=CASE)
    for narrow in (support(patient_id=PATIENT), support(case_id=CASE)):
        assert not sees(narrow)
        assert not sees(narrow, patient_id=ELSE, case_id=ELSE)
    assert not sees(support(case_id=CASE), patient_id=PATIENT)


def test_a_grant_lasts_one_hour_to_seven_days() -> None:
    assert grant_ends(1, now=NOW) == NOW + timedelta(hours=1)
    assert grant_ends(168, now=NOW) == NOW + timedelta(days=7)
    for hours in (0, -1, 169):
        with pytest.raises(Refused):
            grant_ends(hours, now=NOW)


def test_a_grant_does_not_count_at_its_very_end() -> None:
    assert is_open(until=NOW + timedelta(microseconds=1), ended_at=None, now=NOW)
    assert not is_open(until=NOW, ended_at=None, now=NOW)
    assert not is_open(until=NOW + timedelta(days=1), ended_at=NOW, now=NOW)


def test_a_reason_has_twenty_characters_that_say_something() -> None:
    with pytest.raises(Refused):
        check_reason("why" + " " * 40 + "not")
    assert check_reason("  twenty characters   or more ") == "twenty characters or more"
