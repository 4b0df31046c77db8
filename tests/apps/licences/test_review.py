"""Licences decided by people: who may look, how many, on what ground; one licence for one account."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from arcada.core.access import Actor, Permission, Role
from arcada.core.errors import ArcadaError, Barred, Conflict, NotFound, Refused
from arcada.core.licence import LICENCE_FLOW, LicenceState, LicenceVerb, Lookup, Verdict
from arcada.core.licence_authorities import Profession
from arcada.core.standing import Level
from tests.apps.licences.panel import apply, as_now, events, lay_evidence, reviewer, says, unverified
from tests.cast import NOW, Person

REFUSE = Verdict.REFUSE


def level_of(who: Person) -> str:
    who.user.refresh_from_db()
    return str(who.user.level)


def state_of(licence: Any) -> str:
    licence.refresh_from_db()
    return str(licence.state)


def test_lv_05_a_right_number_stays_pending_and_proves_nothing(nova: Person) -> None:
    """LV-05: the form makes the level "checked", which bars as before."""
    licence = apply(nova)
    assert (licence.state, licence.form, licence.number_key) == ("pending", "fits", "CD12345")
    assert level_of(nova) == Level.LICENCE_CHECKED
    assert Permission.ADD_PATIENT not in as_now(nova.user, NOW).permissions
    assert len(events("licence.applied")) == 1


def test_lv_05_neither_without_evidence_nor_without_the_register_is_anything_verified(
    nova: Person, rita: Person
) -> None:
    """LV-05: an outage leaves it pending, whoever says approve."""
    licence, checked = apply(nova), 0
    with pytest.raises(Refused) as refusal:
        says(rita, licence)
    assert refusal.value.code == "no_evidence"
    lay_evidence(licence)
    for lookup in set(Lookup) - {Lookup.FOUND}:
        with pytest.raises(Refused) as refusal:
            says(rita, licence, lookup=lookup)
        assert refusal.value.code == "not_in_register"
        assert state_of(licence) == "pending"
        checked += 1
    assert events("licence.reviewed") == []
    says(rita, licence)
    assert (state_of(licence), level_of(nova)) == ("verified", Level.LICENCE_VERIFIED)
    assert {Permission.ADD_PATIENT, Permission.DECIDE} <= as_now(nova.user, NOW).permissions
    print(f"{checked + 1} grounds checked")


def test_lv_03_nobody_reviews_themselves_or_their_own_workspace(nova: Person, rita: Person) -> None:
    """LV-03: 403 for self and own workspace; for whoever is no reviewer there is no such licence."""
    from arcada.apps.accounts.actions import add_member
    from arcada.apps.licences.access import licence_for_review

    licence = apply(nova)
    lay_evidence(licence)
    with pytest.raises(NotFound):
        licence_for_review(nova.actor, licence.pk)
    with pytest.raises(NotFound):
        says(nova, licence)
    nova.user.is_staff = True
    nova.user.save()
    for act in (lambda: says(nova, licence), lambda: licence_for_review(nova.actor, licence.pk)):
        with pytest.raises(Barred) as refusal:
            act()
        assert refusal.value.code == "own_licence"
    add_member(Actor.system(), nova.workspace, user=rita.user, role=Role.VIEWER, now=NOW)
    for act in (lambda: says(rita, licence), lambda: licence_for_review(rita.actor, licence.pk)):
        with pytest.raises(Barred) as refusal:
            act()
        assert refusal.value.code == "own_workspace"
    assert state_of(licence) == "pending"
    print("6 tries checked")


@pytest.mark.parametrize("why", ["foreign", "country unknown", "staff", "other council"])
def test_lv_03_two_different_reviewers_where_one_is_not_enough(why: str, rita: Person, raul: Person) -> None:
    """LV-03: the same reviewer twice → 409, the second one decides."""
    who = unverified(country={"foreign": "PT", "country unknown": ""}.get(why, "BR"))
    if why == "staff":
        who.user.is_staff = True
        who.user.save()
    if why == "other council":
        who.workspace.country = "DE"
        who.workspace.save()
        licence, lookup = apply(who, "4711", council="ZAEK", place=""), Lookup.NO_REGISTER
    else:
        licence, lookup = apply(who), Lookup.FOUND
    lay_evidence(licence)
    says(rita, licence, lookup=lookup)
    assert state_of(licence) == "pending"
    with pytest.raises(Conflict) as refusal:
        says(rita, licence, lookup=lookup)
    assert refusal.value.code == "already_reviewed"
    says(raul, licence, lookup=lookup)
    assert state_of(licence) == "verified"
    assert [event.actor_id for event in events("licence.reviewed")] == [rita.user.pk, raul.user.pk]


def test_lv_03_a_refusal_takes_two_and_against_one_an_approval_does_too(
    nova: Person, rita: Person, raul: Person, rui: Person
) -> None:
    """LV-03"""
    licence = apply(nova)
    lay_evidence(licence)
    says(rita, licence, REFUSE, lookup=Lookup.DIFFERS)
    assert state_of(licence) == "pending"
    says(raul, licence)
    assert state_of(licence) == "pending"
    says(rui, licence, REFUSE, lookup=Lookup.NOT_FOUND, reason="The number is another's")
    assert state_of(licence) == "rejected"
    assert (level_of(nova), licence.decided_why) == (Level.EMAIL, "The number is another's")


def test_co_02_who_did_not_see_the_other_reviewers_word_does_not_decide(
    nova: Person, rita: Person, raul: Person
) -> None:
    """CO-02: two at once, from the same page: one word counts, the other gets 409."""
    licence = apply(nova)
    lay_evidence(licence)
    version = licence.version
    says(rita, licence, REFUSE, version=version)
    with pytest.raises(Conflict) as refusal:
        says(raul, licence, version=version)
    assert refusal.value.code == "changed_meanwhile"
    assert state_of(licence) == "pending"


def test_a_correction_after_a_reviewer_looked_voids_what_they_saw(nova: Person, rita: Person) -> None:
    licence = apply(nova)
    lay_evidence(licence)
    version = licence.version
    apply(nova, "CRO-SP 54321")
    with pytest.raises(Conflict):
        says(rita, licence, version=version)
    says(rita, licence, REFUSE)
    with pytest.raises(Conflict) as refusal:
        apply(nova, "CRO-SP 777")
    assert refusal.value.code == "under_review"


def test_a_technicians_licence_makes_no_dentist(nova: Person, rita: Person) -> None:
    licence = apply(nova, "TPD 12345", profession=Profession.TECHNICIAN)
    lay_evidence(licence)
    says(rita, licence)
    assert state_of(licence) == "verified"
    assert level_of(nova) == Level.EMAIL


def test_lv_04_the_same_number_is_not_verified_twice_however_it_is_typed(rita: Person) -> None:
    """LV-04: refused by the action, and by the database itself behind its back."""
    from arcada.apps.licences.models import Licence

    first, second = unverified("a@a.example"), unverified("b@b.example")
    one, other = apply(first, "CRO-SP 12.345"), apply(second, "cro/sp 12345")
    for licence in (one, other):
        lay_evidence(licence)
    says(rita, one)
    with pytest.raises(Conflict) as refusal:
        says(rita, other)
    assert refusal.value.code == "number_taken"
    assert state_of(other) == "pending"
    assert len(events("licence.verified")) == 1 and len(events("licence.reviewed")) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Licence.objects.filter(pk=other.pk).update(state="verified")
    elsewhere = apply(unverified("c@c.example"), "12345", place="RJ")
    lay_evidence(elsewhere)
    assert says(rita, elsewhere).state == "verified"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="threads need PostgreSQL; SQLite: test_parallel.py"
)
def test_lv_04_twenty_parallel_approvals_of_one_number_verify_one_account() -> None:
    """LV-04: 20 accounts, 20 reviewers, one moment."""
    licences = [apply(unverified(f"p{n}@p.example")) for n in range(20)]
    for licence in licences:
        lay_evidence(licence)
    judges = [reviewer(f"judge{n}") for n in range(20)]
    barrier, said = threading.Barrier(20), []

    def approve(n: int) -> None:
        try:
            barrier.wait(60)
            said.append(says(judges[n], licences[n], version=licences[n].version).state)
        except ArcadaError as refusal:
            said.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=approve, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(said) == ["number_taken"] * 19 + ["verified"]
    print("20 parallel approvals checked")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="threads need PostgreSQL; SQLite has one writer"
)
def test_co_02_two_reviewers_at_the_same_moment_make_one_decision() -> None:
    """CO-02: approve and refuse of one licence at once, 30 times: one word each time, the other 409."""
    rita, raul = reviewer("rita"), reviewer("raul")
    wrong = []
    for number in range(30):
        licence = apply(unverified(f"q{number}@q.example"), str(1000 + number))
        lay_evidence(licence)
        barrier, said = threading.Barrier(2), []

        def word(who: Person, verdict: Verdict, licence: Any = licence, said: list[str] = said,
                 start: threading.Barrier = barrier) -> None:  # fmt: skip
            try:
                start.wait(60)
                said.append(says(who, licence, verdict, version=licence.version).state)
            except Conflict as refusal:
                said.append(refusal.code)
            finally:
                connections.close_all()

        threads = [
            threading.Thread(target=word, args=one) for one in ((rita, Verdict.APPROVE), (raul, REFUSE))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        if sorted(said) not in (["verified", "wrong_state"], ["changed_meanwhile", "pending"],
                                ["changed_meanwhile", "verified"]):  # fmt: skip
            wrong.append(said)
    assert wrong == []
    print("30 races checked")


def test_lv_01_no_role_and_no_reviewer_reaches_a_move_that_is_not_listed(
    nova: Person, rita: Person, raul: Person
) -> None:
    """LV-01: every state × every way to decide, through the actions themselves."""
    from arcada.apps.licences.deciding import decide_as_operator, expire_licences, suspend_licence
    from arcada.apps.licences.models import Licence

    licence = apply(nova)
    lay_evidence(licence)
    later = NOW + timedelta(days=400)
    ways = {
        LicenceVerb.APPROVE: lambda: decide_as_operator(licence, LicenceVerb.APPROVE, reason="r", now=NOW),
        LicenceVerb.REJECT: lambda: decide_as_operator(licence, LicenceVerb.REJECT, reason="r", now=NOW),
        LicenceVerb.SUSPEND: lambda: suspend_licence(rita.actor, licence, reason="r", now=NOW),
        LicenceVerb.CONFIRM: lambda: decide_as_operator(licence, LicenceVerb.CONFIRM, reason="r", now=NOW),
        LicenceVerb.EXPIRE: lambda: expire_licences(now=later) or _nothing(),
    }
    checked = 0
    for state in LicenceState:
        for verb, act in ways.items():
            Licence.objects.filter(pk=licence.pk).update(
                state=state.value, holds_until=later - timedelta(days=1) if state == "verified" else None
            )
            expected = LICENCE_FLOW.get((state, verb))
            with transaction.atomic():
                if expected is None:
                    with pytest.raises(Conflict):
                        act()
                    assert state_of(licence) == state
                else:
                    act()
                    assert state_of(licence) == expected
                transaction.set_rollback(True)
            checked += 1
        for verdict in Verdict:
            if state in (LicenceState.PENDING, LicenceState.VERIFIED):
                continue
            with pytest.raises(Conflict):
                says(raul, licence, verdict)
            checked += 1
    assert checked == 31
    print(f"{checked} moves checked")


def _nothing() -> None:
    raise Conflict("Nothing was due.")


def test_the_operator_decides_alone_and_it_is_recorded_as_the_systems(nova: Person) -> None:
    from arcada.apps.licences.deciding import decide_as_operator
    from arcada.apps.licences.models import Review

    licence = apply(nova)
    with pytest.raises(Refused):
        decide_as_operator(licence, LicenceVerb.APPROVE, reason=" ", now=NOW)
    decide_as_operator(licence, LicenceVerb.APPROVE, reason="Seen on paper", now=NOW)
    event = events("licence.verified")[0]
    assert (event.actor_kind, Review.objects.get().reason) == ("system", "Seen on paper")
    assert level_of(nova) == Level.LICENCE_VERIFIED


def test_a_renewed_licence_takes_the_place_of_its_own_earlier_row(nova: Person, rita: Person) -> None:
    first = apply(nova, expires_on=date(2026, 5, 1))
    lay_evidence(first)
    says(rita, first)
    renewed = apply(nova, expires_on=date(2027, 5, 1))
    lay_evidence(renewed)
    assert (state_of(first), level_of(nova)) == ("verified", Level.LICENCE_VERIFIED)
    says(rita, renewed)
    assert (state_of(first), state_of(renewed)) == ("expired", "verified")
    assert nova.user.level_until is None or level_of(nova) == Level.LICENCE_VERIFIED
    nova.user.refresh_from_db()
    assert nova.user.level_until == NOW + timedelta(days=365)
