"""What votes come to, when two of them collide, and that no byte of a signed decision can be changed unseen."""

import base64
import json
from uuid import UUID

import pytest

from arcada.core.decision_paper import fingerprint, read_paper, write_paper
from arcada.core.decisions import (
    ASPECTS,
    Verdict,
    Vote,
    check_aspects,
    check_quorum,
    chosen_aspects,
    outcome_of,
    refuse_collision,
)
from arcada.core.errors import Conflict, Refused
from arcada.core.ledger_chain import canonical
from arcada.core.sealing import public_half

ADA, BEN, CARL = UUID(int=1), UUID(int=2), UUID(int=3)
OK, NO = Verdict.APPROVED, Verdict.CHANGES_REQUESTED
SEED = bytes(range(32))


def vote(who: UUID, verdict: Verdict, *aspects: str, is_verified: bool = True) -> Vote:
    return Vote(who, {ADA: "Ada", BEN: "Ben", CARL: "Carl"}[who], verdict, aspects, is_verified)


def test_one_press_approves_every_aspect() -> None:
    outcome = outcome_of([vote(ADA, OK, *ASPECTS)], aspects=ASPECTS, quorum=1)
    assert outcome.verdict is OK and {state.verdict for state in outcome.aspects} == {OK}


def test_a_part_that_is_approved_leaves_the_rest_undecided() -> None:
    outcome = outcome_of([vote(ADA, OK, "shade")], aspects=ASPECTS, quorum=1)
    assert outcome.verdict is None and outcome.is_part
    assert [state.aspect for state in outcome.aspects if state.verdict is OK] == ["shade"]
    whole = outcome_of([vote(ADA, OK, "shade"), vote(CARL, OK, *ASPECTS[:-1])], aspects=ASPECTS, quorum=1)
    assert whole.verdict is OK


def test_changes_of_one_aspect_are_changes_of_the_version() -> None:
    outcome = outcome_of([vote(ADA, OK, *ASPECTS), vote(CARL, NO, "margin")], aspects=ASPECTS, quorum=1)
    assert outcome.verdict is NO
    assert {state.aspect: state.changes_asked_by for state in outcome.aspects}["margin"] == ("Carl",)
    # One person decides, so the newest word counts.
    assert outcome_of([vote(CARL, NO), vote(ADA, OK)], aspects=ASPECTS, quorum=1).verdict is OK


def test_with_a_quorum_two_different_verified_people_approve_and_an_objection_stands() -> None:
    def two(*votes: Vote) -> Verdict | None:
        return outcome_of(votes, aspects=ASPECTS, quorum=2).verdict

    assert two(vote(ADA, OK)) is None
    assert two(vote(ADA, OK), vote(ADA, OK)) is None
    assert two(vote(ADA, OK), vote(BEN, OK, is_verified=False)) is None
    assert two(vote(ADA, OK), vote(BEN, OK)) is OK
    assert two(vote(CARL, NO, "shape"), vote(ADA, OK), vote(BEN, OK)) is NO
    assert two(vote(CARL, NO, "shape"), vote(ADA, OK), vote(BEN, OK), vote(CARL, OK, "shape")) is OK


def test_a_decision_from_before_aspects_speaks_of_the_whole() -> None:
    assert outcome_of([vote(ADA, OK)], aspects=(), quorum=1).verdict is OK
    assert outcome_of([vote(ADA, OK), vote(CARL, NO)], aspects=(), quorum=1).verdict is NO


def test_co_02_a_decision_that_talks_past_another_collides() -> None:
    """CO-02: who was first stands; several approvals towards a quorum do not collide."""

    def press(mine: Verdict, *meanwhile: Vote, quorum: int = 1, by: UUID = ADA) -> None:
        standing = outcome_of(meanwhile, aspects=ASPECTS, quorum=quorum)
        refuse_collision(mine, by=by, meanwhile=meanwhile, standing=standing)

    press(OK)
    press(NO, vote(ADA, OK))  # one's own word may be taken back
    for mine in (OK, NO):
        for other in (OK, NO):
            with pytest.raises(Conflict) as conflict:
                press(mine, vote(CARL, other))
            assert conflict.value.code == "decided_meanwhile" and "Carl" in conflict.value.text
    press(OK, vote(CARL, OK), quorum=2)
    for mine, others in (
        (NO, [vote(CARL, OK)]),
        (OK, [vote(CARL, NO)]),
        (OK, [vote(CARL, OK), vote(BEN, OK)]),
    ):
        with pytest.raises(Conflict):
            press(mine, *others, quorum=2)


def test_a_list_of_aspects_is_cleaned_and_bounded() -> None:
    assert check_aspects(["margin", "  Emergence   profile ", "", "Margin", "shade"]) == [
        "margin", "Emergence profile", "shade",
    ]  # fmt: skip
    for bad in ([], ["  "], [str(n) for n in range(13)], ["x" * 41]):
        with pytest.raises(Refused):
            check_aspects(bad)
    for quorum in (0, 10, -1):
        with pytest.raises(Refused):
            check_quorum(quorum)
    assert chosen_aspects([], ASPECTS) == list(ASPECTS)
    assert chosen_aspects(["shade", "margin"], ASPECTS) == ["margin", "shade"]
    with pytest.raises(Refused):
        chosen_aspects(["colour of the box"], ASPECTS)


def paper() -> str:
    said = {
        "id": UUID(int=7), "server": "https://arcada.example", "verdict": "approved", "aspects": ["margin"],
        "case": {"id": UUID(int=8), "code": "A-1042", "workspace": "Lima Dental"}, "all_aspects": list(ASPECTS),
        "quorum": 2, "note": "Zélia’s crown: é ok\n", "decided_at": "2026-03-17T09:30:00.000000Z",
        "by": {"id": ADA, "name": "Dr Ada", "workspace": "Lima", "kind": "person", "is_verified": True},
        "files": [{"record": "r", "slot": "design", "version": 3, "sha256": "0" * 64, "cleaned_sha256": "1" * 64}],
        "prescription": None, "viewer_build": "2" * 64,
    }  # fmt: skip
    return write_paper(said, seed=SEED)


def test_a_signed_decision_is_read_back_with_its_key_and_with_no_other() -> None:
    said = read_paper(paper().encode() + b"\n")
    assert said["by"]["name"] == "Dr Ada" and said["prescription"] is None
    assert read_paper(paper().encode(), key=public_half(SEED)) == said
    with pytest.raises(ValueError, match="another key"):
        read_paper(paper().encode(), key=public_half(bytes(32)))
    assert len(fingerprint(public_half(SEED))) == 39


def test_a_change_of_any_byte_of_a_signed_decision_is_found() -> None:
    line = paper().encode()
    read_paper(line)
    tries = 0
    for at in range(len(line)):
        for other in {line[at] ^ 1, line[at] ^ 0x20, line[at] ^ 0x80, 0x20, 0x30} - {line[at]}:
            changed = line[:at] + bytes([other]) + line[at + 1 :]
            tries += 1
            with pytest.raises(ValueError):
                read_paper(changed)
        for changed in (line[:at] + line[at + 1 :], line[:at] + b" " + line[at:], line[:at]):
            tries += 1
            with pytest.raises(ValueError):
                read_paper(changed)
    print(f"{tries:,} changed papers checked")


def test_a_change_of_any_field_of_a_signed_decision_is_found() -> None:
    whole = json.loads(paper())
    tries = 0

    def places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        inner = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        return [path, *(found for key, one in inner for found in places(one, (*path, key)))]

    for path in places(whole)[1:]:
        for new in ("x", 3, None, True, [], "gone"):
            changed = json.loads(paper())
            at = changed
            for key in path[:-1]:
                at = at[key]
            if new == "gone":
                del at[path[-1]]
            elif at[path[-1]] == new and type(at[path[-1]]) is type(new):
                continue
            else:
                at[path[-1]] = new
            tries += 1
            with pytest.raises(ValueError):
                read_paper(canonical(changed))
    whole["extra"] = 1
    with pytest.raises(ValueError):
        read_paper(canonical(whole))
    print(f"{tries:,} changed fields checked")


def test_a_decision_signed_anew_by_somebody_else_names_their_key() -> None:
    """Whoever has no key of the server can only sign with their own: `--key` says no."""
    said = {k: v for k, v in json.loads(paper()).items() if k not in ("arcada_decision", "key", "signature")}
    forged = write_paper({**said, "verdict": "changes_requested"}, seed=bytes(32)).encode()
    assert read_paper(forged)["key"] == public_half(bytes(32))
    with pytest.raises(ValueError, match="another key"):
        read_paper(forged, key=public_half(SEED))
    # The key that stands there exchanged for the right one: the signature no longer fits.
    renamed = {**json.loads(forged), "key": public_half(SEED)}
    with pytest.raises(ValueError):
        read_paper(canonical(renamed))


def test_what_is_no_decision_is_said_to_be_none() -> None:
    signature = base64.b64encode(bytes(64)).decode()
    for data in (b"", b"[]", b"null", b"{}", b"\xff", b'{"signature": 1}', b"[" * 100_000,
                 canonical({"signature": signature, "key": "x", "arcada_decision": 1}),
                 canonical({"signature": signature, "key": 5, "arcada_decision": 1})):  # fmt: skip
        with pytest.raises(ValueError):
            read_paper(data)
