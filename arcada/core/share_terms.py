"""What a share may promise: access levels, longest life, passcode rule, code shape."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from arcada.core.access import GRANTABLE_TO_RECIPIENT, Permission
from arcada.core.errors import Refused


class AccessLevel(StrEnum):
    OPEN_LINK = "open_link"
    PASSCODE = "passcode"
    EMAIL_VERIFIED = "email_verified"


DEFAULT_LIFE = timedelta(days=7)
LONGEST_LIFE = timedelta(days=90)
PASSCODE_MIN = 6
CODE_LENGTH = 8
CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
# Without letters and digits that look alike on paper and on a phone.
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class ShareTerms:
    level: AccessLevel
    permissions: frozenset[Permission]
    expires_at: datetime
    passcode: str = ""
    note: str = ""


def check_terms(terms: ShareTerms, *, recipients: int, now: datetime) -> None:
    """Raise Refused, in plain words, when the terms break a rule of sharing."""
    if not terms.permissions <= GRANTABLE_TO_RECIPIENT or Permission.VIEW not in terms.permissions:
        raise Refused(
            "A share may give: view, comment, decide, download; view always.", code="bad_permissions"
        )
    if terms.expires_at <= now:
        raise Refused("The share would end before it begins. Choose a later day.", code="expired_terms")
    if terms.expires_at > now + LONGEST_LIFE + timedelta(minutes=5):
        raise Refused("A share lives {days} days at most.", code="too_long", days=LONGEST_LIFE.days)
    if terms.level is AccessLevel.PASSCODE and len(terms.passcode) < PASSCODE_MIN:
        raise Refused("A passcode has {least} characters or more.", code="short_passcode", least=PASSCODE_MIN)
    if terms.level is AccessLevel.EMAIL_VERIFIED and recipients == 0:
        raise Refused(
            "Name at least one recipient: the link asks for a code sent by mail.", code="no_recipient"
        )
    if len(terms.note) > 2000:
        raise Refused("The note is longer than 2,000 characters.", code="note_too_long")
