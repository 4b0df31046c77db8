"""Query counts of pages and lists stay the same however much there is."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import machine_of
from tests.cast import NOW, Given, Person, lay_in_judged, make_share, visitor_of
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case

PAGES = ("/", "/patients", "/cases", "/cases/{case}", "/cases/{case}/files", "/shares", "/shares/{share}", "/network",
         "/collections/{collection}", "/patients/{patient}", "/settings", "/search?q=P-", "/cases/{case}/history",
         "/cases/{case}/shares/new")  # fmt: skip
LISTS = ("patients", "cases", "shares", "cases/{case}/manifest", "cases/{case}/records", "cases/{case}/threads",
         "cases/{case}/decisions", "cases/{case}/shares", "collections/{collection}/records",
         "patients/{patient}/collections", "cases/{case}/participants")  # fmt: skip


def grow(dr_ada: Person, case: "Case", given: dict[str, Given], round_: int) -> None:
    """More of everything: patients, cases, records, threads, decisions, shares, visits, contacts, findings."""
    from arcada.apps.cases.actions import open_case
    from arcada.apps.patients.actions import add_patient
    from arcada.apps.records.collections import open_collection
    from arcada.apps.reviews.actions import add_comment, open_thread
    from arcada.apps.reviews.deciding import decide_case
    from arcada.core.decisions import Verdict

    when = NOW + timedelta(hours=round_)
    patient = add_patient(
        dr_ada.actor, workspace_id=dr_ada.workspace.pk, code=f"P-9{round_}", name="A B", now=when
    )
    own = open_collection(
        dr_ada.actor, patient, taken_on=when.date(), standard_name="crown-and-bridge", now=when, title="More"
    )
    lay_in_judged(dr_ada.actor, own, given["upper_jaw"], now=when)
    further = open_case(dr_ada.actor, own, now=when)
    for each in (case, further):
        thread = open_thread(dr_ada.actor, each, text="a", now=when)
        add_comment(dr_ada.actor, thread, text="b", now=when)
        decide_case(dr_ada.actor, each, verdict=Verdict.APPROVED, now=when)
        new = make_share(
            dr_ada, each, level="open_link", recipients=(f"r{round_}@x.example", f"s{round_}@x.example")
        )
        visitor_of(new).come_in()
    open_collection(
        dr_ada.actor, case.patient, taken_on=when.date(), standard_name="free-collection", now=when
    )


@pytest.mark.usefixtures("ready_records")
def test_query_counts_do_not_grow(
    dr_ada: Person, shared_case: "Case", given_files: dict[str, Given], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Home, lists, the case, its manifest: the same number of queries with three times as much."""
    from arcada.apps.cases.actions import add_to_case
    from arcada.apps.files import keys
    from arcada.apps.records.models import Collection

    # A process keeps the workspace's key after the first commit; a test's transaction has none.
    monkeypatch.setitem(keys._known, dr_ada.workspace.pk, keys.workspace_key(dr_ada.workspace.pk))
    page, machine = signed_in(dr_ada), machine_of(dr_ada)
    collection = Collection.objects.get(pk=shared_case.collection_id)
    grow(dr_ada, shared_case, given_files, 1)
    lay_in_judged(dr_ada.actor, collection, given_files["upper_jaw"].__class__(
        "pre_op", "pre.stl", given_files["upper_jaw"].data, given_files["upper_jaw"].answer
    ))  # fmt: skip
    share = make_share(dr_ada, shared_case).share
    ids = {
        "case": shared_case.pk,
        "share": share.pk,
        "collection": collection.pk,
        "patient": shared_case.patient_id,
    }

    def measured() -> dict[str, int]:
        counts = {}
        for path, ask in [(p, page.get) for p in PAGES] + [(f"api {p}", machine.get) for p in LISTS]:
            asked: Any = path.removeprefix("api ").format(**ids)
            with CaptureQueriesContext(
                connection,
            ) as caught:
                assert ask(asked).status_code == 200, path
            counts[path] = len(caught)
        return counts

    measured()  # the first one keeps what is looked up once
    before = measured()
    for round_ in range(2, 8):
        grow(dr_ada, shared_case, given_files, round_)
    jaw = given_files["upper_jaw"]
    more = [
        lay_in_judged(dr_ada.actor, collection, Given(slot, f"{slot}.stl", jaw.data, jaw.answer))
        for slot in ("preparation", "gum_former", "scan_body", "bite")
    ]
    add_to_case(dr_ada.actor, shared_case, records=more, now=NOW)
    after = measured()
    grown = {path: (before[path], after[path]) for path in before if after[path] > before[path]}
    assert grown == {}
    assert max(after.values()) <= 45, after
    print(f"{len(after)} pages and lists checked, {max(after.values())} queries at most")


def test_the_recipients_page_does_not_grow_either(
    dr_ada: Person, shared_case: "Case", ready_records: Any, given_files: dict[str, Given]
) -> None:
    guest = visitor_of(make_share(dr_ada, shared_case, level="open_link", recipients=()))
    guest.come_in()

    def measured() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert guest.browser.get(f"{guest.base}/").status_code == 200
        return len(caught)

    grow(dr_ada, shared_case, given_files, 1)
    measured()
    before = measured()
    for round_ in range(2, 5):
        grow(dr_ada, shared_case, given_files, round_)
    assert measured() <= before
    print(f"{before} queries")
