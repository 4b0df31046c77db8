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
    ACCOUNT = "account"  # signed in, with the invited address


# They name who comes in; the other two only say that the link was known.
NAMED_LEVELS = frozenset({AccessLevel.EMAIL_VERIFIED, AccessLevel.ACCOUNT})
DEFAULT_LIFE = timedelta(days=7)
LONGEST_LIFE = timedelta(days=90)
PASSCODE_MIN = 6
CODE_LENGTH = 8
CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
PASSCODE_TRIES = 10
MOST_DOWNLOADS = 10_000
MOST_REQUESTED_FILES = 100
# Without letters and digits that look alike on paper and on a phone.
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class ShareTerms:
    level: AccessLevel
    permissions: frozenset[Permission]
    expires_at: datetime
    passcode: str = ""
    note: str = ""
    max_downloads: int | None = None


def needed_level(level: AccessLevel, *, needs_account: bool) -> AccessLevel:
    """What a share asks for now: a workspace that demands accounts demands them on every link (SL-07)."""
    return AccessLevel.ACCOUNT if needs_account else level


def check_terms(terms: ShareTerms, *, recipients: int, now: datetime, is_clinical: bool = False) -> None:
    """Raise Refused, in plain words, when the terms break a rule of sharing or of the workspace."""
    if is_clinical and terms.level not in NAMED_LEVELS:
        raise Refused(
            "In clinical mode a share names its recipients: choose the code by mail or the account.",
            code="too_open",
        )
    if not terms.permissions <= GRANTABLE_TO_RECIPIENT or Permission.VIEW not in terms.permissions:
        raise Refused(
            "A share may give: view, comment, decide, download; view always.", code="bad_permissions"
        )
    if terms.max_downloads is not None and Permission.DOWNLOAD not in terms.permissions:
        raise Refused("A download limit belongs to a share that may be downloaded.", code="no_download")
    if terms.expires_at <= now:
        raise Refused("The share would end before it begins. Choose a later day.", code="expired_terms")
    if terms.expires_at > now + LONGEST_LIFE + timedelta(minutes=5):
        raise Refused("A share lives {days} days at most.", code="too_long", days=LONGEST_LIFE.days)
    if terms.level is AccessLevel.PASSCODE and len(terms.passcode) < PASSCODE_MIN:
        raise Refused("A passcode has {least} characters or more.", code="short_passcode", least=PASSCODE_MIN)
    if terms.level in NAMED_LEVELS and recipients == 0:
        raise Refused("Name at least one recipient: the link asks who comes.", code="no_recipient")
    if terms.max_downloads is not None and not 1 <= terms.max_downloads <= MOST_DOWNLOADS:
        raise Refused(
            "A download limit is a number from 1 to {limit}.", code="bad_download_limit", limit=MOST_DOWNLOADS
        )
    if len(terms.note) > 2000:
        raise Refused("The note is longer than 2,000 characters.", code="note_too_long")
