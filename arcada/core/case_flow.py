"""Life cycles as tables: what is not in the table is not possible. Docs draw their diagrams from here."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from arcada.core.errors import Conflict


class CaseState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    CLOSED = "closed"


class CaseVerb(StrEnum):
    APPROVE = "approve"
    APPROVE_IN_PART = "approve_in_part"  # some aspects, or fewer people than have to approve
    REQUEST_CHANGES = "request_changes"
    ADD_VERSION = "add_version"  # a newer version voids the decision
    CLOSE = "close"
    REOPEN = "reopen"


CASE_FLOW: Mapping[tuple[CaseState, CaseVerb], CaseState] = {
    (CaseState.OPEN, CaseVerb.APPROVE): CaseState.APPROVED,
    (CaseState.OPEN, CaseVerb.APPROVE_IN_PART): CaseState.OPEN,
    (CaseState.OPEN, CaseVerb.REQUEST_CHANGES): CaseState.CHANGES_REQUESTED,
    (CaseState.OPEN, CaseVerb.ADD_VERSION): CaseState.OPEN,
    (CaseState.OPEN, CaseVerb.CLOSE): CaseState.CLOSED,
    (CaseState.APPROVED, CaseVerb.APPROVE): CaseState.APPROVED,
    (CaseState.APPROVED, CaseVerb.APPROVE_IN_PART): CaseState.OPEN,
    (CaseState.APPROVED, CaseVerb.REQUEST_CHANGES): CaseState.CHANGES_REQUESTED,
    (CaseState.APPROVED, CaseVerb.ADD_VERSION): CaseState.OPEN,
    (CaseState.APPROVED, CaseVerb.CLOSE): CaseState.CLOSED,
    (CaseState.CHANGES_REQUESTED, CaseVerb.APPROVE): CaseState.APPROVED,
    (CaseState.CHANGES_REQUESTED, CaseVerb.APPROVE_IN_PART): CaseState.OPEN,
    (CaseState.CHANGES_REQUESTED, CaseVerb.REQUEST_CHANGES): CaseState.CHANGES_REQUESTED,
    (CaseState.CHANGES_REQUESTED, CaseVerb.ADD_VERSION): CaseState.OPEN,
    (CaseState.CHANGES_REQUESTED, CaseVerb.CLOSE): CaseState.CLOSED,
    (CaseState.CLOSED, CaseVerb.REOPEN): CaseState.OPEN,
}


def decision_holds(made_on: Iterable[tuple[str, str]], current: Iterable[tuple[str, str]]) -> bool:
    """True while the (chain, sha256) pairs a decision was made on are exactly those that are current."""
    return set(made_on) == set(current)


def shown_state(state: CaseState, *, holds: bool) -> CaseState:
    """A decided case is open again, visibly, as soon as its decision no longer holds."""
    decided = state in (CaseState.APPROVED, CaseState.CHANGES_REQUESTED)
    return CaseState.OPEN if decided and not holds else state


class RecordState(StrEnum):
    AWAITING_FILE = "awaiting_file"
    QUEUED = "queued"
    PROCESSING = "processing"
    READY = "ready"
    REJECTED = "rejected"
    FAILED = "failed"


class RecordVerb(StrEnum):
    RECEIVE_FILE = "receive_file"
    START = "start"
    ACCEPT = "accept"
    REJECT = "reject"
    HOLD = "hold"  # nobody could look at it for malware; it waits
    FAIL = "fail"
    RETRY = "retry"


RECORD_FLOW: Mapping[tuple[RecordState, RecordVerb], RecordState] = {
    (RecordState.AWAITING_FILE, RecordVerb.RECEIVE_FILE): RecordState.QUEUED,
    # The upload ended without its last byte.
    (RecordState.AWAITING_FILE, RecordVerb.FAIL): RecordState.FAILED,
    (RecordState.QUEUED, RecordVerb.START): RecordState.PROCESSING,
    (RecordState.QUEUED, RecordVerb.FAIL): RecordState.FAILED,
    # A worker that died leaves "processing" behind: the next one starts it again.
    (RecordState.PROCESSING, RecordVerb.START): RecordState.PROCESSING,
    (RecordState.PROCESSING, RecordVerb.HOLD): RecordState.QUEUED,
    (RecordState.PROCESSING, RecordVerb.ACCEPT): RecordState.READY,
    (RecordState.PROCESSING, RecordVerb.REJECT): RecordState.REJECTED,
    (RecordState.PROCESSING, RecordVerb.FAIL): RecordState.FAILED,
    (RecordState.FAILED, RecordVerb.RETRY): RecordState.QUEUED,
    (RecordState.REJECTED, RecordVerb.RETRY): RecordState.QUEUED,
    (RecordState.READY, RecordVerb.RETRY): RecordState.QUEUED,  # moved to another slot: judged again
}

S = TypeVar("S", bound=StrEnum)
V = TypeVar("V", bound=StrEnum)


def next_state(flow: Mapping[tuple[S, V], S], state: S, verb: V) -> S:
    """The state after `verb`; raises Conflict where the table has no such move."""
    try:
        return flow[(state, verb)]
    except KeyError:
        raise Conflict(
            "This is not possible in its present state; it may have changed meanwhile.",
            code="wrong_state",
            verb=verb.value,
            state=state.value,
        ) from None
