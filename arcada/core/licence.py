"""Licences: the form of a number, the life of a licence, how many reviewers, until when, when to remind.

A number of the right form proves nothing (LV-05): only people decide, on evidence and the council's register.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from arcada.core.errors import Refused
from arcada.core.licence_authorities import AUTHORITIES, OTHER, Authority, Profession
from arcada.core.words import gettext_noop

HOLDS: Final = timedelta(days=365)  # without being looked at again
REMIND_DAYS: Final = (60, 30, 7)
EVIDENCE_KEPT: Final = timedelta(days=90)  # after the decision; then only its SHA-256 stays
_NPI_PREFIX: Final = "80840"
_SEPARATORS: Final = frozenset(" \t.,-–—_/\\:#'´`ºª°()")


# ---------------------------------------------------------------- the number


class Form(StrEnum):
    """What the check of a number's form says; none of them is proof."""

    FITS = "fits"
    UNUSUAL = "unusual"  # does not fit what is known of a council whose rule is not certain
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class LicenceNumber:
    """A number as it is compared: `jurisdiction` "BR-SP", `key` "CD12345"; the form's verdict beside it."""

    authority: Authority
    jurisdiction: str
    profession: Profession
    key: str
    form: Form

    @property
    def country(self) -> str:
        return self.jurisdiction[:2]


def read_number(
    authority_code: str, typed: str, *, place: str = "", profession: Profession, country: str = ""
) -> LicenceNumber:
    """The number in the form it is compared in; Refused, with the reason, where it can be no such number.

    `place` is the state of a council that has one in each; `country` is asked of other councils only.
    """
    authority = AUTHORITIES.get(authority_code)
    if authority is None:
        raise Refused("This council is not known here.", code="unknown_authority")
    if profession not in authority.professions:
        raise Refused("This council does not register that profession.", code="unknown_profession")
    jurisdiction = _jurisdiction(authority, place, country)
    bare = _bare(typed)
    if not bare:
        raise Refused("Type the number of the licence.", code="number_missing")
    number = _without_words(authority, bare, place, profession)
    if authority.code == OTHER:
        return LicenceNumber(authority, jurisdiction, profession, _without_zeros(number), Form.NOT_CHECKED)
    fits = re.fullmatch(authority.form, number) is not None
    if not fits and authority.is_strict:
        raise Refused(
            "This is not the form of a number of this council. An example: {example}.",
            code="number_form", example=authority.example,
        )  # fmt: skip
    if fits and not _check_digit_agrees(authority.check, number):
        if authority.is_strict:
            raise Refused("The check digit does not agree: a digit is wrong or two changed places.",
                          code="check_digit")  # fmt: skip
        fits = False
    key = _without_zeros(number)
    if authority.counts_by_profession:
        key = (authority.professions[profession] or profession.value.upper()) + key
    return LicenceNumber(authority, jurisdiction, profession, key, Form.FITS if fits else Form.UNUSUAL)


def is_npi(number: str) -> bool:
    """Ten digits whose last is the Luhn digit over 80840 and the first nine."""
    return re.fullmatch(r"[12][0-9]{9}", number) is not None and _luhn(_NPI_PREFIX + number)


def _jurisdiction(authority: Authority, place: str, country: str) -> str:
    if authority.places:
        if place not in authority.places:
            raise Refused("Choose the state or region of the council.", code="unknown_place")
        return f"{authority.country}-{place}"
    found = authority.country or country.strip().upper()
    if not re.fullmatch(r"[A-Z]{2}", found):
        raise Refused("Give the country by its two letters, such as BR.", code="unknown_country")
    return found


def _bare(typed: str) -> str:
    """Capitals and digits only; whatever else is no sign between them makes it no number."""
    said = []
    for sign in unicodedata.normalize("NFKC", typed).upper():
        digit = unicodedata.decimal(sign, None)
        if digit is not None:
            said.append(str(digit))
        elif "A" <= sign <= "Z":
            said.append(sign)
        elif sign not in _SEPARATORS and not sign.isspace():
            raise Refused("A number of a licence has letters A to Z and digits.", code="number_form")
    return "".join(said)


def _without_words(authority: Authority, bare: str, place: str, profession: Profession) -> str:
    """`CROSPCD12345` → `12345`: what repeats council, place or profession goes; what contradicts them is refused."""
    for word in authority.says:
        bare = bare.removeprefix(word)
    if not authority.is_strict:
        return bare
    letters = re.sub(r"[0-9]+", " ", bare).split()
    digits = re.findall(r"[0-9]+", bare)
    own = authority.professions[profession]
    for found in letters:
        rest = found.removeprefix(place) if place else found
        if rest in ("", own) or found in (own, own + place):
            continue
        if found[:2] in authority.places and found[:2] != place:
            raise Refused("The number names another state than the one chosen.", code="other_place")
        if rest in authority.professions.values():
            raise Refused("The number names another profession than the one chosen.", code="other_profession")
        return bare
    return "".join(digits) if letters else bare


def _without_zeros(number: str) -> str:
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", number)


def _check_digit_agrees(rule: str, number: str) -> bool:
    if rule == "npi":
        return is_npi(number)
    return _luhn(number) if rule == "luhn" else True


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


# ---------------------------------------------------------------- its life


class LicenceState(StrEnum):
    PENDING = "pending"
    VERIFIED = "verified"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REJECTED = "rejected"


class LicenceVerb(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    CONFIRM = "confirm"  # looked at again, still right
    EXPIRE = "expire"
    SUSPEND = "suspend"


# Not in the table, not possible (LV-01). An ended licence stays ended: whoever has a new one applies with it.
LICENCE_FLOW: Final[Mapping[tuple[LicenceState, LicenceVerb], LicenceState]] = {
    (LicenceState.PENDING, LicenceVerb.APPROVE): LicenceState.VERIFIED,
    (LicenceState.PENDING, LicenceVerb.REJECT): LicenceState.REJECTED,
    (LicenceState.VERIFIED, LicenceVerb.CONFIRM): LicenceState.VERIFIED,
    (LicenceState.VERIFIED, LicenceVerb.EXPIRE): LicenceState.EXPIRED,
    (LicenceState.VERIFIED, LicenceVerb.SUSPEND): LicenceState.SUSPENDED,
}


def holds_until(*, decided_at: datetime, expires_on: date | None, zone: tzinfo) -> datetime:
    """The moment a verified licence ends: a year after it was looked at, or after its own last day, by `zone`."""
    yearly = decided_at + HOLDS
    if expires_on is None:
        return yearly
    return min(yearly, datetime.combine(expires_on + timedelta(days=1), time(), tzinfo=zone))


def due_reminder(*, until: datetime, reminded: int | None, now: datetime) -> int | None:
    """60, 30 or 7 when that reminder is due and no closer one has gone out; None otherwise and after the end."""
    left = until - now
    if left <= timedelta(0):
        return None
    due = [days for days in REMIND_DAYS if left <= timedelta(days=days)]
    closest = min(due, default=None)
    return None if closest is None or (reminded is not None and reminded <= closest) else closest


# ---------------------------------------------------------------- its review


class Verdict(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"


class Lookup(StrEnum):
    """What the council's public register said when the reviewer looked."""

    FOUND = "found"
    DIFFERS = "differs"
    NOT_FOUND = "not_found"
    OUT_OF_REACH = "out_of_reach"
    NO_REGISTER = "no_register"


LOOKUP_TITLES: Final[Mapping[Lookup, str]] = {
    Lookup.FOUND: gettext_noop("Found, as stated"),
    Lookup.DIFFERS: gettext_noop("Found, and something differs"),
    Lookup.NOT_FOUND: gettext_noop("Not found"),
    Lookup.OUT_OF_REACH: gettext_noop("The register did not answer"),
    Lookup.NO_REGISTER: gettext_noop("This council has no public register"),
}


class TwoNeeded(StrEnum):
    """Why one reviewer is not enough."""

    FOREIGN = "foreign"
    STAFF = "staff"
    NO_REGISTER = "no_register"


def why_two(
    *, country: str, workspace_country: str, is_staff: bool, has_register: bool
) -> tuple[TwoNeeded, ...]:
    """The reasons for a second reviewer. A workspace whose country is not known counts as abroad."""
    found = []
    if not workspace_country or country != workspace_country.upper():
        found.append(TwoNeeded.FOREIGN)
    if is_staff:
        found.append(TwoNeeded.STAFF)
    if not has_register:
        found.append(TwoNeeded.NO_REGISTER)
    return tuple(found)


def outcome(verdicts: Iterable[Verdict], *, needs_two: bool) -> Verdict | None:
    """What different reviewers decided together, or None while one more has to look.

    A refusal takes two, and where one refuses, an approval does too.
    """
    given = list(verdicts)
    refusals = given.count(Verdict.REFUSE)
    approvals = given.count(Verdict.APPROVE)
    if refusals >= 2:
        return Verdict.REFUSE
    if approvals >= (2 if needs_two or refusals else 1):
        return Verdict.APPROVE
    return None


def demand_ground(
    verdict: Verdict, lookup: Lookup, *, has_evidence: bool, authority: Authority, is_recheck: bool
) -> None:
    """Refused unless an approval stands on evidence and a register; an outage or absence never reads as verified."""
    if verdict is not Verdict.APPROVE:
        return
    if not has_evidence and not (is_recheck and lookup is Lookup.FOUND):
        raise Refused("Without evidence a licence is not verified: a right number proves nothing.",
                      code="no_evidence")  # fmt: skip
    if lookup is Lookup.NO_REGISTER and not authority.has_register:
        return
    if lookup is not Lookup.FOUND:
        raise Refused("A licence is verified only when the register shows it as stated; until then it waits.",
                      code="not_in_register")  # fmt: skip
