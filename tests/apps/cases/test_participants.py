"""Another workspace in a case: sees and does what was granted, as long as it was, and nothing beside the case."""

from typing import TYPE_CHECKING

import pytest

from arcada.core.access import Permission
from arcada.core.errors import Conflict, NotFound, Refused
from tests.cast import NOW, Given, Person, lay_in_judged

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record


@pytest.mark.parametrize("permission", sorted(Permission))
def test_a_participant_does_what_was_granted_and_never_the_original(
    dr_ada: Person, carl: Person, shared_case: "Case", permission: Permission
) -> None:
    """DE-13, TA-01: each permission alone, for the lab's owner."""
    from arcada.apps.cases.access import may, permissions_in
    from arcada.apps.cases.actions import invite_participant
    from arcada.core.access import GRANTABLE_TO_PARTICIPANT

    invite_participant(
        dr_ada.actor, shared_case, workspace=carl.workspace, permissions=frozenset({permission}), now=NOW
    )
    expected = ({permission} & GRANTABLE_TO_PARTICIPANT) | {Permission.VIEW}
    assert permissions_in(carl.actor, shared_case) == expected
    assert {one for one in Permission if may(carl.actor, shared_case, one)} == expected


def test_an_ended_participation_ends_at_once(
    dr_ada: Person, carl: Person, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    """TA-06"""
    from arcada.apps.cases.access import case_for, visible_record_for
    from arcada.apps.cases.actions import end_participation
    from arcada.apps.cases.models import Participant
    from arcada.apps.cases.queries import cases_of

    record = ready_records["upper_jaw"]
    assert visible_record_for(carl.actor, record.pk, Permission.DOWNLOAD) == record
    end_participation(dr_ada.actor, Participant.objects.get(case=shared_case), now=NOW)
    with pytest.raises(NotFound):
        case_for(carl.actor, shared_case.pk)
    with pytest.raises(NotFound):
        visible_record_for(carl.actor, record.pk)
    assert not cases_of(carl.actor).exists()


def test_a_record_that_is_in_no_case_or_was_removed_is_nobody_elses(
    dr_ada: Person,
    carl: Person,
    shared_case: "Case",
    ready_records: "dict[str, Record]",
    given_files: dict[str, Given],
) -> None:
    from arcada.apps.cases.access import visible_record_for
    from arcada.apps.cases.actions import remove_from_case
    from arcada.apps.records.actions import remove_record

    jaw = given_files["upper_jaw"]
    beside = lay_in_judged(
        dr_ada.actor, shared_case.collection, Given("pre_op", "p.stl", jaw.data, jaw.answer)
    )
    remove_record(dr_ada.actor, ready_records["EV19"], now=NOW)
    remove_from_case(dr_ada.actor, shared_case, record=ready_records["panoramic"], now=NOW)
    for record in (beside, ready_records["EV19"], ready_records["panoramic"]):
        with pytest.raises(NotFound):
            visible_record_for(carl.actor, record.pk)


def test_a_lab_adds_a_design_that_belongs_to_the_clinic(
    carl: Person, dr_ada: Person, shared_case: "Case"
) -> None:
    from arcada.apps.cases.actions import add_design
    from arcada.apps.notifications.models import Notification

    offer = add_design(carl.actor, shared_case, name="crown.stl", size=9000, now=NOW)
    assert offer.record.workspace_id == dr_ada.workspace.pk
    assert offer.record.added_by_workspace == carl.workspace.pk
    told = Notification.objects.filter(kind="case.design_added").values_list("user_id", flat=True)
    assert set(told) == {dr_ada.user.pk}


def test_a_case_keeps_to_its_collection_and_its_life_cycle(dr_ada: Person, shared_case: "Case") -> None:
    from arcada.apps.cases.actions import change_case_state, invite_participant, open_case
    from arcada.core.case_flow import CaseVerb

    with pytest.raises(Conflict):
        open_case(dr_ada.actor, shared_case.collection, code="A-1042", now=NOW)
    with pytest.raises(Conflict):
        change_case_state(dr_ada.actor, shared_case, CaseVerb.REOPEN, now=NOW)
    change_case_state(dr_ada.actor, shared_case, CaseVerb.CLOSE, now=NOW)
    with pytest.raises(Conflict):
        change_case_state(dr_ada.actor, shared_case, CaseVerb.APPROVE, now=NOW)
    with pytest.raises(Refused):
        invite_participant(
            dr_ada.actor, shared_case, workspace=dr_ada.workspace, permissions=frozenset(), now=NOW
        )
