"""Whose turn it is, case by case; and who is mentioned in a text."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from arcada.core.case_flow import CaseState
from arcada.core.mentions import mentioned_names, parts_of
from arcada.core.turn import Entry, Question, Turn, whose_turn

CLINIC, LAB, THIRD = UUID(int=1), UUID(int=2), UUID(int=3)
NOW = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
BOTH = (CLINIC, LAB)


def turn(state: CaseState, **more: object) -> Turn:
    return whose_turn(**{"state": state, "owner": CLINIC, "parties": BOTH, **more})  # type: ignore[arg-type]


def said(party: UUID | None, *, is_version: bool = False) -> Entry:
    return Entry(NOW, party, is_version)


@pytest.mark.parametrize(
    ("state", "last", "whose"),
    [
        (CaseState.OPEN, None, {CLINIC}),
        (CaseState.OPEN, said(CLINIC), {LAB}),
        (CaseState.OPEN, said(LAB), {CLINIC}),
        (CaseState.OPEN, said(LAB, is_version=True), {CLINIC}),
        (CaseState.OPEN, said(CLINIC, is_version=True), {LAB}),
        (CaseState.OPEN, said(None), {CLINIC}),
        (CaseState.CHANGES_REQUESTED, said(CLINIC), {LAB}),
        (CaseState.APPROVED, said(CLINIC), set()),
        (CaseState.CLOSED, said(LAB), set()),
    ],
)
def test_whoever_did_not_speak_last_has_the_turn(
    state: CaseState, last: Entry | None, whose: set[UUID]
) -> None:
    assert turn(state, last=last).parties == whose


def test_a_question_comes_before_everything_and_the_oldest_is_shown() -> None:
    old = Question(LAB, "Arco Lab", NOW - timedelta(hours=2))
    new = Question(LAB, "Arco Lab", NOW)
    for state in (CaseState.OPEN, CaseState.APPROVED, CaseState.CHANGES_REQUESTED):
        found = turn(state, questions=(new, old), last=said(LAB))
        assert found.parties == {LAB} and found.questions[0] is old
    assert turn(CaseState.CLOSED, questions=(old,)).parties == set()
    # Whoever left the case answers nothing.
    assert turn(CaseState.OPEN, questions=(Question(THIRD, "Gone", NOW),), last=said(LAB)).parties == {CLINIC}


def test_alone_in_a_case_a_new_version_waits_for_oneself_and_a_remark_for_nobody() -> None:
    assert turn(CaseState.OPEN, parties=(CLINIC,), last=said(CLINIC, is_version=True)).parties == {CLINIC}
    assert turn(CaseState.OPEN, parties=(CLINIC,), last=said(CLINIC)).parties == set()


def test_an_approval_that_waits_for_more_is_everybodys_turn() -> None:
    assert turn(CaseState.OPEN, last=said(CLINIC), is_part=True).parties == {CLINIC, LAB}


NAMES = ["Carl", "Carl Neto", "Dr Ada Lima", "Zoë"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Carl please", ["Carl"]),
        ("@carl neto, and @DR ADA LIMA.", ["Carl Neto", "Dr Ada Lima"]),
        ("(@Zoë)", ["Zoë"]),
        ("carl@arco.example, x@Carl and @@Carl", []),
        ("@Carlos @Car", []),
        ("Carl", []),
        ("@Carl @Carl", ["Carl"]),
    ],
)
def test_a_mention_is_a_whole_name_after_an_at(text: str, found: list[str]) -> None:
    assert mentioned_names(text, NAMES) == found


def test_the_parts_of_a_text_are_the_text() -> None:
    parts = list(parts_of("See @Carl Neto: <b>14</b>", NAMES))
    assert parts == [(False, "See "), (True, "Carl Neto"), (False, ": <b>14</b>")]
    assert list(parts_of("plain", [])) == [(False, "plain")]
