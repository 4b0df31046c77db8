"""Two people decide on one version at once: one decision stands, the other is told and loses nothing."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.apps.reviews.parallel_deciders import NOTES, ROUNDS, VERDICTS
from tests.cast import Person, Visitor
from tests.parallel import all_at_once, needs_postgresql
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_co_02_two_who_decide_at_once_make_one_decision(
    dr_ada: Person, carl: Person, shared_case: "Case"
) -> None:
    """CO-02 on PostgreSQL: two threads, each with its own connection."""
    from arcada.apps.cases.models import Case
    from arcada.apps.reviews.models import Decision

    browsers = {"ada": signed_in(dr_ada), "carl": signed_in(carl)}
    for number in range(ROUNDS):
        verdicts = dict(zip(NOTES, VERDICTS[number % len(VERDICTS)], strict=True))
        pages = {who: browser.get(f"/cases/{shared_case.pk}").context for who, browser in browsers.items()}

        def press(who: str, verdicts: dict[str, str] = verdicts, pages: dict[str, Any] = pages) -> Any:
            form = {
                "verdict": verdicts[who], "note": NOTES[who], "seen": pages[who]["seen"],
                "known": pages[who]["known"],
            }  # fmt: skip
            return who, browsers[who].post(f"/cases/{shared_case.pk}/decisions", form)

        answers = dict(all_at_once(press, NOTES))
        assert sorted(answer.status_code for answer in answers.values()) == [302, 409], number
        (loser,) = (who for who, answer in answers.items() if answer.status_code == 409)
        said = answers[loser].content.decode().replace("&#x27;", "'")
        assert "meanwhile" in said and NOTES[loser] in said, number
        decision = Decision.objects.get()
        assert decision.note != NOTES[loser] and decision.by_name in said
        decision.delete()
        Case.objects.update(state="open")
    print(f"CO-02: {ROUNDS} rounds of two threads on PostgreSQL checked")


def test_co_02_two_processes_on_a_sqlite_file_make_one_decision(tmp_path: Path) -> None:
    """CO-02 on SQLite: two processes on one file."""
    script = Path(__file__).with_name("parallel_deciders.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    rounds = done.stdout.splitlines()
    assert set(rounds) == {"302 409+note 1"} and len(rounds) == ROUNDS, rounds
    print(f"CO-02: {len(rounds)} rounds of two processes on SQLite checked")


@pytest.mark.django_db
def test_co_02_who_saw_the_first_decision_may_decide_otherwise(
    dr_ada: Person, carl: Person, rosa: Visitor, shared_case: "Case"
) -> None:
    """CO-02: the refusal is for those who did not know; a look, and the same press is taken. Also by link."""
    from arcada.apps.reviews.models import Decision

    ada, lab = signed_in(dr_ada), signed_in(carl)
    old = rosa.browser.get(f"{rosa.base}/").context
    form = {"verdict": "approved", "seen": old["seen"], "known": old["known"]}
    assert ada.post(f"/cases/{shared_case.pk}/decisions", form).status_code == 302
    late = rosa.browser.post(
        f"{rosa.base}/decisions",
        {**form, "verdict": "changes_requested", "note": "ROSA'S NOTE", "aspect": "shade"},
    )
    page = late.content.decode()
    assert late.status_code == 409 and "Dr Ada Lima approved this version meanwhile" in page
    assert "ROSA&#x27;S NOTE" in page and 'value="shade" checked' in page
    again = rosa.browser.post(
        f"{rosa.base}/decisions",
        {"verdict": "changes_requested", "note": "ROSA'S NOTE", "seen": late.context["seen"],
         "known": late.context["known"]},
    )  # fmt: skip
    assert again.status_code == 302 and Decision.objects.count() == 2
    api = lab.post(f"/api/v1/cases/{shared_case.pk}/decisions", {"verdict": "approved"}, "application/json",
                   headers={"Sec-Fetch-Site": "same-origin"})  # fmt: skip
    assert api.status_code == 409 and api.json()["type"] == "urn:arcada:decided_meanwhile"
