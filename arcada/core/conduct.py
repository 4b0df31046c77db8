"""Terms and misuse: what everybody accepts, what may be reported, and the ladder of sanctions as a table."""

from enum import StrEnum

from arcada.core.errors import Conflict
from arcada.core.standing import Standing


class DocumentKind(StrEnum):
    """What is accepted, each in its own version (N16, N25, R20)."""

    TERMS = "terms"
    STANDARD = "standard"  # technical and ethical
    CONSENT = "consent"  # that patients consented to what is put in and passed on


class Misuse(StrEnum):
    """What somebody may report."""

    NO_CONSENT = "no_consent"
    NOT_THEIR_PATIENT = "not_their_patient"
    NO_LICENCE = "no_licence"
    NOT_CLINICAL = "not_clinical"
    HARASSMENT = "harassment"
    FRAUD = "fraud"
    OTHER = "other"


class ReportState(StrEnum):
    OPEN = "open"
    DISMISSED = "dismissed"
    UPHELD = "upheld"


class SanctionVerb(StrEnum):
    WARN = "warn"
    RESTRICT = "restrict"
    SUSPEND = "suspend"
    TERMINATE = "terminate"
    LIFT = "lift"


# One rung at a time, except that what is grave may be restricted or suspended at once; an end needs a suspension.
SANCTION_FLOW: dict[tuple[Standing, SanctionVerb], Standing] = {
    (Standing.GOOD, SanctionVerb.WARN): Standing.WARNED,
    (Standing.GOOD, SanctionVerb.RESTRICT): Standing.RESTRICTED,
    (Standing.GOOD, SanctionVerb.SUSPEND): Standing.SUSPENDED,
    (Standing.WARNED, SanctionVerb.RESTRICT): Standing.RESTRICTED,
    (Standing.WARNED, SanctionVerb.SUSPEND): Standing.SUSPENDED,
    (Standing.RESTRICTED, SanctionVerb.SUSPEND): Standing.SUSPENDED,
    (Standing.SUSPENDED, SanctionVerb.TERMINATE): Standing.TERMINATED,
    (Standing.WARNED, SanctionVerb.LIFT): Standing.GOOD,
    (Standing.RESTRICTED, SanctionVerb.LIFT): Standing.GOOD,
    (Standing.SUSPENDED, SanctionVerb.LIFT): Standing.GOOD,
    (Standing.TERMINATED, SanctionVerb.LIFT): Standing.SUSPENDED,
}


def next_standing(standing: Standing, verb: SanctionVerb) -> Standing:
    """The standing after the step; Conflict when the ladder has no such step from here."""
    found = SANCTION_FLOW.get((standing, verb))
    if found is None:
        raise Conflict("The ladder has no such step from here.", code="sanction_step")
    return found


def possible_verbs(standing: Standing) -> tuple[SanctionVerb, ...]:
    """The steps that are open from here, mildest first."""
    return tuple(verb for verb in SanctionVerb if (standing, verb) in SANCTION_FLOW)


REASON_LEAST = 20  # characters; whoever is sanctioned must be able to answer it
