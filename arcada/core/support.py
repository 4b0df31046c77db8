"""Rules of support's access: how long a grant lasts, what a reason must be, how a broken glass is judged."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from arcada.core.errors import Refused

SHORTEST_GRANT: Final = timedelta(hours=1)
LONGEST_GRANT: Final = timedelta(days=7)
# What a person chooses from, in hours.
GRANT_HOURS: Final = (1, 4, 24, 72, 168)
GLASS_LASTS: Final = timedelta(minutes=60)
REASON_LEAST: Final = 20
REASON_MOST: Final = 500


class Scope(StrEnum):
    """How far a grant goes."""

    CASE = "case"
    PATIENT = "patient"
    WORKSPACE = "workspace"


class Verdict(StrEnum):
    """What a second person of the operator says of a broken glass."""

    FINE = "fine"
    NOT_FINE = "not_fine"


def check_reason(text: str) -> str:
    """The reason in one line; Refused when it says too little."""
    said = " ".join(text.split())
    if len(said) < REASON_LEAST:
        raise Refused("Say why in at least {limit} characters.", code="reason_too_short", limit=REASON_LEAST)
    return said[:REASON_MOST]


def grant_ends(hours: int, *, now: datetime) -> datetime:
    """When a grant given now ends; Refused outside one hour to seven days."""
    lasts = timedelta(hours=hours)
    if not SHORTEST_GRANT <= lasts <= LONGEST_GRANT:
        raise Refused("Support can look for one hour to seven days.", code="grant_length")
    return now + lasts


def is_open(*, until: datetime, ended_at: datetime | None, now: datetime) -> bool:
    """A grant counts before its end, and never from its very moment on."""
    return ended_at is None and now < until
