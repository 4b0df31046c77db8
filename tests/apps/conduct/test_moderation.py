"""Misuse is reported, judged by somebody else, answered step by step, and can be appealed; reading never ends."""

import pytest

from arcada.apps.accounts.models import User, Workspace
from arcada.apps.accounts.queries import actor_for_user
from arcada.apps.audit.models import AuditEvent
from arcada.apps.conduct import actions
from arcada.apps.conduct.access import moderator_for, report_for
from arcada.apps.conduct.models import MisuseReport, Sanction
from arcada.apps.mail.models import OutgoingMail
from arcada.core.access import Actor, ActorKind, Origin, Permission
from arcada.core.conduct import SANCTION_FLOW, Misuse, SanctionVerb, next_standing
from arcada.core.errors import Conflict, NotFound, Refused
from arcada.core.standing import READ_AND_EXPORT, Standing
from tests.cast import CANARIES, NOW, Person

pytestmark = pytest.mark.django_db
WHY = "The photographs are not of a patient of this clinic."


def staff(email: str) -> tuple[User, Actor]:
    user = User.objects.create_user(email, None, name=email.partition("@")[0].title(), is_staff=True)
    return user, Actor(kind=ActorKind.PERSON, id=user.pk, name=user.name)


@pytest.fixture
def sol(db: None) -> tuple[User, Actor]:
    """Sol moderates for whoever runs the installation."""
    return staff("sol@operator.example")


@pytest.fixture
def tea(db: None) -> tuple[User, Actor]:
    return staff("tea@operator.example")


@pytest.fixture
def reported(mallory: Person, carl: Person, sol: object) -> MisuseReport:
    return actions.report_misuse(
        carl.actor, workspace_id=mallory.workspace.pk, about_kind="record", about_id=mallory.workspace.pk,
        category=Misuse.NO_CONSENT, text=WHY, now=NOW,
    )  # fmt: skip


def step(who: tuple[User, Actor], against: User | Workspace, verb: SanctionVerb, **more: str) -> Sanction:
    return actions.sanction(who[1], moderator=who[0], against=against, verb=verb, reason=WHY, now=NOW, **more)


def now_may(person: Person) -> frozenset[Permission]:
    user = User.objects.get(pk=person.user.pk)
    actor, _ = actor_for_user(user, workspace_id=person.workspace.pk, origin=Origin(), now=NOW)
    return actor.permissions


def test_a_report_reaches_the_moderators_without_a_patient_in_the_mail(reported):
    mails = OutgoingMail.objects.filter(kind="misuse_reported")
    assert [mail.to for mail in mails] == ["sol@operator.example"]
    assert WHY not in mails[0].text
    assert not any(canary in mails[0].text for canary in CANARIES)


def test_only_staff_reads_reports(reported, dr_ada, mallory, sol):
    for stranger in (dr_ada.actor, mallory.actor):
        with pytest.raises(NotFound):
            report_for(stranger, reported.pk)
        with pytest.raises(NotFound):
            moderator_for(stranger)
    assert report_for(sol[1], reported.pk) == reported


def test_a_report_is_decided_once_with_its_reason(reported, sol, tea):
    """CO-02."""
    with pytest.raises(Refused):
        actions.decide_report(sol[1], reported, moderator=sol[0], is_upheld=True, reason="ok", now=NOW)
    actions.decide_report(sol[1], reported, moderator=sol[0], is_upheld=True, reason=WHY, now=NOW)
    with pytest.raises(Conflict):
        actions.decide_report(tea[1], reported, moderator=tea[0], is_upheld=False, reason=WHY, now=NOW)


def test_nobody_moderates_their_own_workspace_or_themselves(reported, mallory):
    User.objects.filter(pk=mallory.user.pk).update(is_staff=True)
    me = User.objects.get(pk=mallory.user.pk)
    for attempt in (
        lambda: actions.decide_report(
            mallory.actor, reported, moderator=me, is_upheld=False, reason=WHY, now=NOW
        ),
        lambda: step((me, mallory.actor), mallory.workspace, SanctionVerb.WARN),
        lambda: step((me, mallory.actor), me, SanctionVerb.WARN),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.code == "own_matter"


def test_the_ladder_has_only_the_steps_of_its_table():
    refused = 0
    for standing in Standing:
        for verb in SanctionVerb:
            if (standing, verb) not in SANCTION_FLOW:
                with pytest.raises(Conflict):
                    next_standing(standing, verb)
                refused += 1
    print(len(SANCTION_FLOW) + refused, "checked")
    assert refused == len(Standing) * len(SanctionVerb) - len(SANCTION_FLOW) == 14


def test_each_step_takes_what_it_says_and_leaves_reading_and_export(mallory, sol):
    """N17, N18."""
    before = now_may(mallory)
    step(sol, mallory.user, SanctionVerb.WARN)
    assert now_may(mallory) == before
    step(sol, User.objects.get(pk=mallory.user.pk), SanctionVerb.RESTRICT)
    assert {Permission.ADD_RECORD, Permission.SHARE}.isdisjoint(now_may(mallory))
    assert Permission.COMMENT in now_may(mallory)
    step(sol, mallory.user, SanctionVerb.SUSPEND)
    assert now_may(mallory) == READ_AND_EXPORT
    with pytest.raises(Refused):
        step(sol, mallory.user, SanctionVerb.TERMINATE)
    step(sol, mallory.user, SanctionVerb.TERMINATE, authority="CRO-SP")
    assert now_may(mallory) == READ_AND_EXPORT
    told = OutgoingMail.objects.filter(kind="standing_changed", to=mallory.user.email).count()
    assert (told, AuditEvent.objects.filter(action="standing.changed").count()) == (4, 4)


def test_a_workspace_under_suspension_bars_everybody_in_it(dr_ada, ben, sol):
    step(sol, dr_ada.workspace, SanctionVerb.SUSPEND)
    assert now_may(ben) <= READ_AND_EXPORT
    assert now_may(dr_ada) == READ_AND_EXPORT


def test_an_appeal_is_decided_by_somebody_else_and_takes_the_step_back(mallory, sol, tea):
    decided = step(sol, mallory.user, SanctionVerb.SUSPEND)
    sent = actions.appeal(mallory.actor, decided, by=mallory.user, text=WHY, now=NOW)
    with pytest.raises(Conflict):
        actions.appeal(mallory.actor, decided, by=mallory.user, text=WHY, now=NOW)
    with pytest.raises(Refused):
        actions.decide_appeal(sol[1], sent, moderator=sol[0], is_granted=False, reason=WHY, now=NOW)
    actions.decide_appeal(tea[1], sent, moderator=tea[0], is_granted=True, reason=WHY, now=NOW)
    assert User.objects.get(pk=mallory.user.pk).standing == "good"
    assert Permission.ADD_RECORD in now_may(mallory)


def test_an_appeal_that_is_not_granted_changes_nothing(mallory, sol, tea):
    decided = step(sol, mallory.user, SanctionVerb.RESTRICT)
    sent = actions.appeal(mallory.actor, decided, by=mallory.user, text=WHY, now=NOW)
    actions.decide_appeal(tea[1], sent, moderator=tea[0], is_granted=False, reason=WHY, now=NOW)
    assert User.objects.get(pk=mallory.user.pk).standing == "restricted"
