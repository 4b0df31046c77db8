"""Who needs a second factor, how long a session lives, how long the next guess must wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from arcada.core.access import WorkspaceKind

STEP_S: Final = 30  # of a one-time code
DIGITS: Final = 6
TOLERANCE: Final = 1  # steps before and after now
RECOVERY_CODES: Final = 10
FRESH: Final = timedelta(minutes=10)  # for how long a proof is enough for what matters most (SE-09)
WRITTEN_EVERY: Final = timedelta(minutes=1)  # activity is written at most this often
CHALLENGE_LIVES: Final = timedelta(minutes=5)
UNDO_LIVES: Final = timedelta(hours=72)
CONFIRM_LIVES: Final = timedelta(hours=24)
DRAFT_LIVES: Final = timedelta(hours=12)
WRONG_REVALIDATIONS: Final = 3
FREE_FAILURES: Final = 5
MOST_FAILURES: Final = 100  # in a row, ever (NIST SP 800-63B 3.2.2)
LONGEST_DELAY: Final = timedelta(minutes=15)


class SessionState(StrEnum):
    OPEN = "open"
    IDLE = "idle"  # to be revalidated; what was typed is kept
    NEEDS_FACTOR = "needs_factor"  # a second factor must be set up first
    ENDED = "ended"


class Ending(StrEnum):
    """Why a session ended."""

    SIGNED_OUT = "signed_out"
    OVERALL = "overall_limit"
    BY_PERSON = "ended_by_person"
    BY_ADMINISTRATOR = "ended_by_administrator"
    PASSWORD = "password_changed"  # noqa: S105 - a reason
    EMAIL = "email_changed"
    FACTOR = "second_factor"
    STANDING = "standing"
    INACTIVE = "inactive"
    GUESSES = "wrong_revalidations"


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """From the full authentication on, and without a sign of the person."""

    overall: timedelta
    idle: timedelta


STANDARD: Final = SessionLimits(overall=timedelta(days=7), idle=timedelta(hours=8))
CLINICAL: Final = SessionLimits(overall=timedelta(hours=24), idle=timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What decides about one session at one moment."""

    fully_authenticated_at: datetime
    last_active_at: datetime
    limits: SessionLimits
    did_second_factor: bool
    has_second_factor: bool  # set up by the person, in whatever session
    needs_second_factor: bool


def session_state(facts: SessionFacts, *, now: datetime) -> tuple[SessionState, Ending | None]:
    """The state, and why it ended. A limit holds from its very moment on."""
    if now - facts.fully_authenticated_at >= facts.limits.overall:
        return SessionState.ENDED, Ending.OVERALL
    if not facts.did_second_factor and facts.has_second_factor:
        return SessionState.ENDED, Ending.FACTOR
    if now - facts.last_active_at >= facts.limits.idle:
        return SessionState.IDLE, None
    if facts.needs_second_factor and not facts.did_second_factor:
        return SessionState.NEEDS_FACTOR, None
    return SessionState.OPEN, None


def strictest(policies: Iterable[str]) -> SessionLimits:
    """The limits of somebody who works under several policies."""
    return CLINICAL if "clinical" in set(policies) else STANDARD


def second_factor_required(
    *, is_verified: bool, kind: WorkspaceKind | None, is_staff: bool, policy: str
) -> bool:
    """ID-11: verified dentists, labs, staff of the operator, and everybody where the workspace says so."""
    is_lab = kind in (WorkspaceKind.LAB, WorkspaceKind.MANUFACTURING_LAB)
    return is_staff or is_verified or is_lab or policy == "everyone"


def is_fresh(proven_at: datetime, *, now: datetime) -> bool:
    return now - proven_at < FRESH


def delay_after(failures: int) -> timedelta:
    """How long the next guess waits: nothing for the first five, then doubling up to a quarter of an hour."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - FREE_FAILURES, 20)), LONGEST_DELAY)


def steps_around(now: datetime) -> range:
    """The steps whose one-time codes count now, by the server's clock."""
    step = int(now.timestamp()) // STEP_S
    return range(step - TOLERANCE, step + TOLERANCE + 1)


_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("Mac OS X", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("Chrome", "Chrome"),
             ("CriOS", "Chrome"), ("Safari", "Safari"))  # fmt: skip


def device_name(agent: str) -> str:
    """Such as: Firefox, Windows. From a User-Agent; empty when nothing is known of it."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return ", ".join(part for part in (browser, system) if part)
