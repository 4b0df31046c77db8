"""Licences as rules: the form of a number, the listed moves, who must look, until when it holds."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from arcada.core.case_flow import next_state
from arcada.core.errors import Conflict, Refused
from arcada.core.licence import (
    HOLDS,
    LICENCE_FLOW,
    REMIND_DAYS,
    Form,
    LicenceState,
    LicenceVerb,
    Lookup,
    TwoNeeded,
    Verdict,
    demand_ground,
    due_reminder,
    holds_until,
    is_npi,
    outcome,
    read_number,
    why_two,
)
from arcada.core.licence_authorities import AUTHORITIES, BRAZIL, OTHER, Profession

NOW = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
CD = Profession.DENTIST


def cro(typed: str, place: str = "SP", profession: Profession = CD) -> str:
    number = read_number("CRO", typed, place=place, profession=profession)
    return f"{number.jurisdiction} {number.key}"


# ---------------------------------------------------------------- the number


@pytest.mark.parametrize(
    "typed",
    ["CRO-SP 12.345", "cro/sp 12345", "12345", "CROSP12345", "CRO SP CD 12345", "SP-CD-12345", "CD 12.345/SP",
     "012345", "１２３４５", "CRO–SP nº 12345".replace("nº", "#"), "  12 345 "],
)  # fmt: skip
def test_lv_04_ways_to_write_one_number_are_one_number(typed: str) -> None:
    """LV-04: normalised before compare."""
    assert cro(typed) == "BR-SP CD12345"


def test_lv_04_two_states_two_professions_or_two_digits_are_not_one_number() -> None:
    """LV-04: no more is folded together than is the same."""
    told = {cro(typed, place, profession) for typed in ("12345", "12346", "112345") for place in BRAZIL
            for profession in AUTHORITIES["CRO"].professions}  # fmt: skip
    assert len(told) == 3 * 27 * 7
    print(f"{len(told)} numbers checked")


@pytest.mark.parametrize(
    ("typed", "code"),
    [("CRO-RJ 12345", "other_place"), ("TPD 12345", "other_profession"), ("1234567", "number_form"),
     ("", "number_missing"), ("CRO-SP", "number_form"), ("12345½", "number_form"), ("１２３а", "number_form"),
     ("ABC 12345", "number_form")],
)  # fmt: skip
def test_what_contradicts_the_choice_or_has_another_form_is_refused_with_the_reason(
    typed: str, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        cro(typed)
    assert refusal.value.code == code


def test_all_27_states_of_brazil_and_every_category_are_known() -> None:
    assert len(BRAZIL) == 27
    assert set(AUTHORITIES["CRO"].professions.values()) == {"CD", "TPD", "TSB", "ASB", "APD", "EPAO", "LB"}
    with pytest.raises(Refused):
        cro("12345", "XX")


def test_the_check_digit_of_an_npi_finds_every_wrong_digit_and_nearly_every_swap() -> None:
    """LV-05: Luhn over 80840 and the number."""
    good = "1234567893"
    assert is_npi(good)
    assert read_number("NPI", "123-456-7893", profession=CD).form is Form.FITS
    wrong = 0
    for place, digit in product(range(10), "0123456789"):
        other = good[:place] + digit + good[place + 1 :]
        if other != good:
            assert not is_npi(other)
            wrong += 1
    swapped = [good[:i] + good[i + 1] + good[i] + good[i + 2 :] for i in range(9)]
    assert not any(is_npi(number) for number in swapped)
    with pytest.raises(Refused) as refusal:
        read_number("NPI", "1234567890", profession=CD)
    assert refusal.value.code == "check_digit"
    print(f"{wrong + len(swapped)} wrong numbers checked")


@pytest.mark.parametrize("code", [code for code in AUTHORITIES if code != OTHER])
def test_the_example_of_each_council_fits_its_own_form(code: str) -> None:
    authority = AUTHORITIES[code]
    place = next(iter(authority.places), "")
    number = read_number(code, authority.example, place=place, profession=CD)
    assert number.form is Form.FITS
    assert number.country == authority.country


def test_where_a_councils_rule_is_not_certain_another_form_is_told_and_not_refused() -> None:
    assert read_number("RPPS", "10000000008", profession=CD).form is Form.UNUSUAL
    assert read_number("AHPRA", "12345", profession=CD).form is Form.UNUSUAL
    assert read_number(OTHER, "77-A", profession=CD, country="nz").form is Form.NOT_CHECKED
    with pytest.raises(Refused):
        read_number(OTHER, "77-A", profession=CD, country="New Zealand")


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(AUTHORITIES)), st.text(max_size=60), st.sampled_from(list(Profession)))
def test_whatever_is_typed_is_a_number_or_refused_and_never_anything_else(
    code: str, typed: str, profession: Profession
) -> None:
    place = next(iter(AUTHORITIES[code].places), "")
    try:
        number = read_number(code, typed, place=place, profession=profession, country="NZ")
    except Refused:
        return
    assert number.key and number.key.isascii() and number.key.isalnum()


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 999_999), st.sampled_from(sorted(BRAZIL)), st.sampled_from(" .-/_"))
def test_separators_and_case_never_change_a_number(number: int, place: str, sign: str) -> None:
    plain = cro(str(number), place)
    assert cro(f"cro{sign}{place.lower()}{sign}{sign.join(str(number))}", place) == plain


# ---------------------------------------------------------------- its life


class Life(RuleBasedStateMachine):
    """LV-01: whatever verb comes in whatever order, only listed moves happen."""

    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.state = LicenceState.PENDING
        self.past = [LicenceState.PENDING]

    @rule(verb=st.sampled_from(LicenceVerb))
    def try_verb(self, verb: LicenceVerb) -> None:
        Life.steps += 1
        listed = {
            ("pending", "approve"): "verified", ("pending", "reject"): "rejected", ("verified", "confirm"): "verified",
            ("verified", "expire"): "expired", ("verified", "suspend"): "suspended",
        }.get((self.state.value, verb.value))  # fmt: skip
        if listed is None:
            with pytest.raises(Conflict):
                next_state(LICENCE_FLOW, self.state, verb)
        else:
            self.state = next_state(LICENCE_FLOW, self.state, verb)
            assert self.state == listed
            self.past.append(self.state)

    @invariant()
    def nothing_is_verified_that_was_not_pending_and_nothing_ended_comes_back(self) -> None:
        ended = {LicenceState.EXPIRED, LicenceState.SUSPENDED, LicenceState.REJECTED}
        assert self.past[0] is LicenceState.PENDING
        assert not ended & set(self.past[:-1])
        assert self.past.count(LicenceState.PENDING) == 1


def test_lv_01_only_listed_moves_are_reachable() -> None:
    """LV-01"""
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Life, settings=settings(max_examples=150, stateful_step_count=12, deadline=None)
    )
    assert Life.steps > 500
    print(f"{Life.steps} steps checked")


def test_a_licence_holds_through_its_last_day_by_the_clock_of_the_workspace_and_a_year_at_most() -> None:
    zone = ZoneInfo("America/Sao_Paulo")
    until = holds_until(decided_at=NOW, expires_on=date(2026, 5, 1), zone=zone)
    assert until == datetime(2026, 5, 2, 3, 0, tzinfo=UTC)
    assert holds_until(decided_at=NOW, expires_on=None, zone=zone) == NOW + HOLDS
    assert holds_until(decided_at=NOW, expires_on=date(2031, 1, 1), zone=zone) == NOW + HOLDS


def test_lv_06_each_reminder_is_due_once_and_a_missed_one_is_not_made_up_for() -> None:
    """LV-06: 60, 30 and 7 days before; a worker that slept sends one mail, not three."""
    until, reminded, sent = NOW + timedelta(days=100), None, []
    for hour in range(101 * 24):
        days = due_reminder(until=until, reminded=reminded, now=NOW + timedelta(hours=hour))
        if days is not None:
            sent.append((days, (until - NOW - timedelta(hours=hour)).days))
            reminded = days
    assert sent == [(60, 60), (30, 30), (7, 7)]
    assert due_reminder(until=until, reminded=None, now=until - timedelta(days=3)) == 7
    assert due_reminder(until=until, reminded=None, now=until) is None
    assert REMIND_DAYS == (60, 30, 7)
    print(f"{101 * 24} hours checked")


# ---------------------------------------------------------------- its review


def test_lv_03_foreign_staff_and_refusals_take_two_and_a_home_licence_one() -> None:
    """LV-03: over every mix of up to four reviewers."""
    approve, refuse = Verdict.APPROVE, Verdict.REFUSE
    checked = 0
    for count in range(5):
        for given_ in product((approve, refuse), repeat=count):
            for needs_two in (False, True):
                found = outcome(given_, needs_two=needs_two)
                yes, no = given_.count(approve), given_.count(refuse)
                if found is refuse:
                    assert no >= 2
                elif found is approve:
                    assert yes >= (2 if needs_two or no else 1) and no < 2
                else:
                    assert no < 2 and yes < (2 if needs_two or no else 1)
                checked += 1
    assert why_two(country="BR", workspace_country="br", is_staff=False, has_register=True) == ()
    assert why_two(country="PT", workspace_country="BR", is_staff=False, has_register=True) == (
        TwoNeeded.FOREIGN,
    )
    assert why_two(country="BR", workspace_country="", is_staff=False, has_register=True) == (
        TwoNeeded.FOREIGN,
    )
    assert why_two(country="BR", workspace_country="BR", is_staff=True, has_register=True) == (
        TwoNeeded.STAFF,
    )
    print(f"{checked} panels checked")


def test_lv_05_a_right_number_an_outage_or_an_absence_never_reads_as_verified() -> None:
    """LV-05: what an approval may stand on, over every case there is."""
    stood, checked = [], 0
    for lookup, evidence, recheck, code in product(Lookup, (False, True), (False, True), ("CRO", "ZAEK")):
        checked += 1
        try:
            demand_ground(
                Verdict.APPROVE,
                lookup,
                has_evidence=evidence,
                authority=AUTHORITIES[code],
                is_recheck=recheck,
            )
        except Refused:
            continue
        stood.append((lookup.value, evidence, recheck, code))
    assert all(evidence or (lookup == "found" and recheck) for lookup, evidence, recheck, _ in stood)
    assert {lookup for lookup, *_ in stood} == {"found", "no_register"}
    assert {code for lookup, *_, code in stood if lookup == "no_register"} == {"ZAEK"}
    print(f"{checked} grounds checked")
