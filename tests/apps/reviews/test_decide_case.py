"""Comments and decisions: bound to exact bytes, to the case they stand in, and to what was seen."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from arcada.core.decisions import Verdict
from arcada.core.errors import Conflict, NotFound, Refused
from tests.cast import (
    CANARIES,
    NOW,
    Given,
    Person,
    Visitor,
    body_of,
    lay_in_design,
    lay_in_judged,
    make_share,
    visitor_of,
)  # fmt: skip
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record
    from arcada.apps.reviews.models import Decision


def decide_case(*given: Any, **more: Any) -> "Decision":
    from arcada.apps.reviews import deciding

    return deciding.decide_case(*given, **more)


def test_a_newer_version_voids_a_decision_visibly(
    dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]", given_files: dict[str, Given]
) -> None:
    from arcada.apps.reviews.queries import decisions_of, states_of
    from arcada.core.case_flow import CaseState

    decision = decide_case(dr_ada.actor, shared_case, verdict=Verdict.APPROVED, now=NOW)
    assert {item["sha256"] for item in decision.made_on} == {
        r.original.sha256 for r in ready_records.values() if r.original
    }
    shared_case.refresh_from_db()
    assert decisions_of(dr_ada.actor, shared_case)[0].holds
    assert states_of([shared_case])[shared_case.pk] is CaseState.APPROVED
    other = Given("upper_jaw", "v2.stl", given_files["upper_jaw"].data + b"", given_files["upper_jaw"].answer)
    changed = Given("upper_jaw", "v2.stl", other.data[:-1] + b"\x01", other.answer)
    lay_in_judged(dr_ada.actor, shared_case.collection, changed, supersedes=ready_records["upper_jaw"])
    assert not decisions_of(dr_ada.actor, shared_case)[0].holds
    assert states_of([shared_case])[shared_case.pk] is CaseState.OPEN


def test_who_saw_an_older_version_can_not_decide_on_the_newer(
    rosa: Visitor,
    dr_ada: Person,
    shared_case: "Case",
    ready_records: "dict[str, Record]",
    given_files: dict[str, Given],
) -> None:
    from arcada.apps.reviews.models import Decision

    seen = rosa.browser.get(f"{rosa.base}/").context["seen"]
    changed = Given(
        "upper_jaw", "v2.stl", given_files["upper_jaw"].data[:-1] + b"\x01", given_files["upper_jaw"].answer
    )
    lay_in_judged(dr_ada.actor, shared_case.collection, changed, supersedes=ready_records["upper_jaw"])
    answer = rosa.browser.post(f"{rosa.base}/decisions", {"verdict": "approved", "seen": seen}, follow=True)
    assert b"A newer version came in meanwhile" in answer.content
    assert not Decision.objects.exists()


def test_changes_need_a_word_and_nothing_can_not_be_decided(dr_ada: Person, shared_case: "Case") -> None:
    from arcada.apps.cases.actions import open_case
    from arcada.apps.records.collections import open_collection

    with pytest.raises(Refused) as refusal:
        decide_case(dr_ada.actor, shared_case, verdict=Verdict.CHANGES_REQUESTED, now=NOW)
    assert refusal.value.code == "note_missing"
    empty = open_collection(
        dr_ada.actor, shared_case.patient, taken_on=NOW.date(), standard_name="free-collection", now=NOW
    )
    nothing = open_case(dr_ada.actor, empty, now=NOW)
    with pytest.raises(Conflict):
        decide_case(dr_ada.actor, nothing, verdict=Verdict.APPROVED, now=NOW)


def test_a_thread_stands_on_records_of_its_own_case_only(
    dr_ada: Person, shared_case: "Case", given_files: dict[str, Given]
) -> None:
    """TA-07: nested ids agree, also within one workspace."""
    from arcada.apps.records.collections import open_collection
    from arcada.apps.reviews.actions import open_thread

    elsewhere = open_collection(
        dr_ada.actor, shared_case.patient, taken_on=NOW.date(), standard_name="crown-and-bridge", now=NOW
    )
    foreign = lay_in_judged(dr_ada.actor, elsewhere, given_files["upper_jaw"])
    with pytest.raises(NotFound):
        open_thread(dr_ada.actor, shared_case, text="a", record=foreign, now=NOW)


def test_everybody_else_in_the_case_is_told_and_the_speaker_is_not(
    dr_ada: Person, ben: Person, carl: Person, rosa: Visitor, shared_case: "Case"
) -> None:
    from arcada.apps.mail.models import OutgoingMail
    from arcada.apps.notifications.models import Notification
    from arcada.apps.reviews.actions import open_thread

    open_thread(carl.actor, shared_case, text="A word with Zélia Canário in it.", now=NOW)
    told = set(Notification.objects.filter(kind="case.commented").values_list("user__email", flat=True))
    assert told == {dr_ada.user.email, ben.user.email}
    rosa.browser.post(f"{rosa.base}/threads", {"text": "Another."})
    told = set(Notification.objects.filter(kind="case.commented").values_list("user__email", flat=True))
    assert told == {dr_ada.user.email, ben.user.email, carl.user.email}
    for mail in OutgoingMail.objects.filter(kind="notification"):
        assert "Canário" not in mail.text + mail.subject and "word" not in mail.text


def test_a_decision_is_bound_to_files_and_viewer_and_its_paper_is_verified_offline(
    dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]", tmp_path: Path
) -> None:
    from arcada.apps.reviews.viewer_build import viewer_build
    from arcada.cli import main
    from arcada.core.decision_paper import read_paper
    from arcada.core.sealing import public_half

    browser = signed_in(dr_ada)
    page = browser.get(f"/cases/{shared_case.pk}").context
    browser.post(
        f"/cases/{shared_case.pk}/decisions",
        {"verdict": "approved", "note": "Good <img src='x'/> & done", "seen": page["seen"]},
    )
    (row,) = browser.get(f"/cases/{shared_case.pk}").context["decisions"]
    answer = browser.get(row["paper"] + ".json")
    said = read_paper(answer.content)
    assert {file["sha256"] for file in said["files"]} == {
        record.original.sha256 for record in ready_records.values() if record.original
    }
    assert said["viewer_build"] == viewer_build() and said["prescription"] is None
    assert "A-1042_decision_v1_" in answer.headers["Content-Disposition"]
    for canary in CANARIES:
        assert canary not in answer.content.decode()
    file = tmp_path / "decision.json"
    file.write_bytes(answer.content)
    jaw = tmp_path / "jaw.stl"
    jaw.write_bytes(body_of(browser.get(f"/api/v1/records/{ready_records['upper_jaw'].pk}/cleaned")))
    key = public_half(settings.ENV.audit_key())
    assert main(["verify", str(file)]) == 0
    assert main(["verify", str(file), "--key", key, "--with", str(jaw)]) == 0
    assert key in browser.get("/signing-key").content.decode()
    assert main(["verify", str(file), "--key", public_half(bytes(32))]) == 1
    assert main(["verify", str(file), "--with", str(file)]) == 1
    assert main(["verify", str(tmp_path / "none.json")]) == 2
    file.write_bytes(answer.content.replace(b'"approved"', b'"refused."'))
    assert main(["verify", str(file)]) == 1


def test_a_decision_as_pdf_says_who_what_and_how_to_check(dr_ada: Person, shared_case: "Case") -> None:
    from io import BytesIO

    from pypdf import PdfReader

    from arcada.core.decision_paper import fingerprint
    from arcada.core.sealing import public_half

    note = "<img src='file:///etc/passwd'/> <b>& Иван"
    decision = decide_case(dr_ada.actor, shared_case, verdict=Verdict.APPROVED, note=note, now=NOW)
    answer = signed_in(dr_ada).get(f"/cases/{shared_case.pk}/decisions/{decision.pk}/paper.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert "Decision on case A-1042" in text and "Dr Ada Lima, Lima Dental" in text
    assert "<img src='file:///etc/passwd'/> <b>&" in text
    assert fingerprint(public_half(settings.ENV.audit_key())) in text.replace("\n", " ")
    assert b"/AcroForm" not in answer.content and b"/JavaScript" not in answer.content
    assert answer.content == signed_in(dr_ada).get(answer.request["PATH_INFO"]).content


@pytest.mark.parametrize(
    "name",
    ["Світлана Ґалаган", "Παπαδοπούλου Ώρα", "Nguyễn Thị Đặng", "Łukasz Świętoń", "Şahin İğdır", "Győző"],
)
def test_a_name_in_cyrillic_greek_or_vietnamese_stands_in_the_pdf_as_it_is_written(name: str) -> None:
    assert name in pdf_text(name, note=f"Край відкритий, {name}")


def test_a_letter_that_the_pdf_has_no_shape_for_is_shown_by_its_code() -> None:
    assert "Dr [U+738B], ok" in pdf_text("Ada", note="Dr 王, ok")


def test_the_words_beside_a_hash_keep_their_accents() -> None:
    from arcada.web.pdf_fonts import MONO, writable

    assert writable("não há, ñ 王", MONO) == "não há, ñ [U+738B]"


def pdf_text(name: str, *, note: str) -> str:
    """What a reader of the PDF can select and search."""
    from io import BytesIO

    from pypdf import PdfReader

    from arcada.web.decision_pdf import decision_pdf

    paper = {
        "case": {"code": "A-1042", "workspace": "Lima Dental"}, "verdict": "approved", "aspects": [], "quorum": 1,
        "by": {"name": name, "workspace": "North Lab", "is_verified": True}, "note": note, "files": [],
        "decided_at": NOW.isoformat(), "prescription": None, "viewer_build": "", "id": "1", "key": "k",
        "signature": "s", "server": "https://arcada.example",
    }  # fmt: skip
    pages = PdfReader(BytesIO(decision_pdf(json.dumps(paper)))).pages
    return "\n".join(page.extract_text() for page in pages)


def test_a_paper_is_given_to_who_sees_the_decision_and_to_nobody_else(
    dr_ada: Person, mallory: Person, rosa: Visitor, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    """SL-13: a link to one file gives no decision on its siblings."""
    from arcada.apps.audit.models import AuditEvent

    decision = decide_case(dr_ada.actor, shared_case, verdict=Verdict.APPROVED, now=NOW)
    kept = f"{rosa.base}/decisions/{decision.pk}/paper.json"
    assert rosa.browser.get(kept).status_code == 200
    assert AuditEvent.objects.filter(action="case.decision_exported").count() == 1
    new = make_share(dr_ada, shared_case, recipients=("part@x.example",), records=[ready_records["EV19"]])
    part = visitor_of(new, "part@x.example", "Part")
    part.come_in()
    assert part.browser.get(f"{part.base}/decisions/{decision.pk}/paper.json").status_code == 404
    assert rosa.browser.get(f"{part.base}/decisions/{decision.pk}/paper.json").status_code == 404
    own = f"/cases/{shared_case.pk}/decisions/{decision.pk}/paper.json"
    assert signed_in(mallory).get(own).status_code == 404


def test_a_decision_from_before_papers_opens_and_says_so(dr_ada: Person, shared_case: "Case") -> None:
    from arcada.apps.reviews.models import Decision

    decision = decide_case(dr_ada.actor, shared_case, verdict=Verdict.APPROVED, now=NOW)
    Decision.objects.update(paper="", aspects=[], all_aspects=[], quorum=1)
    page = signed_in(dr_ada).get(f"/cases/{shared_case.pk}")
    assert b"made before decisions were signed" in page.content and page.context["state"] == "approved"
    kept = signed_in(dr_ada).get(f"/cases/{shared_case.pk}/decisions/{decision.pk}/paper.json")
    assert kept.status_code == 409 and b"before decisions were signed" in kept.content


def test_two_have_to_approve_where_the_workspace_says_so(
    dr_ada: Person, carl: Person, shared_case: "Case"
) -> None:
    from arcada.apps.reviews.queries import states_of
    from arcada.core.case_flow import CaseState

    ada = signed_in(dr_ada)
    saved = ada.post("/settings/decisions", {"aspects": "Margin\nEmergence profile", "quorum": "2"})
    assert saved.status_code == 302
    shared_case.workspace.refresh_from_db()
    assert shared_case.workspace.aspects == ["margin", "Emergence profile"]
    first = decide_case(dr_ada.actor, shared_case, verdict=Verdict.APPROVED, now=NOW)
    shared_case.refresh_from_db()
    assert states_of([shared_case])[shared_case.pk] is CaseState.OPEN
    page = ada.get(f"/cases/{shared_case.pk}").content.decode()
    assert "Not enough yet" in page and "1 of 2" in page
    decide_case(carl.actor, shared_case, verdict=Verdict.APPROVED, known=[first.pk], now=NOW)
    shared_case.refresh_from_db()
    assert states_of([shared_case])[shared_case.pk] is CaseState.APPROVED


def test_each_version_of_a_design_shows_its_own_decision(
    dr_ada: Person, carl: Person, shared_case: "Case", given_files: dict[str, Given]
) -> None:
    """As on the review: the newest is undecided, the one before keeps what was asked of it."""
    browser = signed_in(dr_ada)

    def shown() -> list[tuple[int, str | None]]:
        views = browser.get(f"/cases/{shared_case.pk}").context["versions"]
        return [(one.record.version, one.outcome.verdict) for one in views]

    first = lay_in_design(carl, shared_case, given_files["upper_jaw"], now=NOW)
    assert shown() == [(1, None)]
    asked = {"verdict": Verdict.CHANGES_REQUESTED, "note": "Margin.", "aspects": ["margin"]}
    decide_case(dr_ada.actor, shared_case, **asked, now=NOW)
    assert shown() == [(1, "changes_requested")]
    lay_in_design(carl, shared_case, given_files["lower_jaw"], supersedes=first, now=NOW)
    assert shown() == [(2, None), (1, "changes_requested")]
    page = browser.get(f"/cases/{shared_case.pk}").content.decode()
    assert "Undecided" in page and "A newer version came since" in page
    decide_case(dr_ada.actor, shared_case, verdict=Verdict.APPROVED, now=NOW)
    assert shown() == [(2, "approved"), (1, "changes_requested")]


def test_an_aspect_that_is_in_no_list_is_refused(dr_ada: Person, shared_case: "Case") -> None:
    with pytest.raises(Refused):
        decide_case(dr_ada.actor, shared_case, verdict=Verdict.APPROVED, aspects=["price"], now=NOW)


@pytest.mark.django_db(transaction=True)
def test_a_paper_is_given_out_by_a_request_as_a_server_runs_it(dr_ada: Person, shared_case: "Case") -> None:
    """The audit line needs a transaction of its own here: a test's other ones lie in one anyway."""
    decision = decide_case(dr_ada.actor, shared_case, verdict=Verdict.APPROVED, now=NOW)
    browser = signed_in(dr_ada)
    for form in ("json", "pdf"):
        answer = browser.get(f"/cases/{shared_case.pk}/decisions/{decision.pk}/paper.{form}")
        assert answer.status_code == 200
