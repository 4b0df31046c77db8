"""TA-10: support sees nothing of a patient unless the workspace lets it, for a time, and every look is written."""

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from tests.cast import CANARIES, Person, body_of
from tests.web.browsing import signed_in
from tests.web.sign_in.conftest import Clock
from tests.web.support_cast import WHY, at_work, given, look_by, sam, sue

if TYPE_CHECKING:
    from arcada.apps.accounts.models import User
    from arcada.apps.cases.models import Case
    from arcada.apps.patients.models import Patient
    from arcada.apps.records.models import Record

__all__ = ["sam", "sue"]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def looks(shared_case: "Case", ready_records: "dict[str, Record]") -> list[str]:
    """Every address that support can open at all, for A-1042 and its patient."""
    jaw = ready_records["upper_jaw"].pk
    return [
        "/patients", f"/patients/{shared_case.patient_id}", f"/collections/{shared_case.collection_id}",
        f"/collections/{shared_case.collection_id}/live", f"/records/{jaw}", "/cases", f"/cases/{shared_case.pk}",
        f"/cases/{shared_case.pk}/files", f"/api/v1/cases/{shared_case.pk}/manifest",
        f"/api/v1/records/{jaw}/renditions/full.glb", f"/api/v1/records/{jaw}/renditions/poster-front.webp",
    ]  # fmt: skip


def opened(browser: Client, addresses: list[str]) -> set[str]:
    """Those that answer 200; all others must be a 404."""
    found = set()
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code in (200, 404), (address, answer.status_code)
        if answer.status_code == 200:
            body_of(answer)
            found.add(address)
    return found


def test_TA_10_without_a_grant_staff_find_nothing(sam: "User", looks: list[str]) -> None:
    assert opened(at_work(sam), looks) == set()
    print(f"TA-10: {len(looks)} addresses answer 404 to staff without a grant")


@pytest.mark.parametrize("scope", ["workspace", "patient", "case"])
def test_TA_10_a_grant_opens_what_it_names_and_ends_at_its_moment(
    scope: str, dr_ada: Person, sam: "User", shared_case: "Case", looks: list[str], clock: Clock
) -> None:
    target: Any = {"workspace": None, "patient": shared_case.patient, "case": shared_case}[scope]
    of_case = {address for address in looks if "/cases/" in address or "/renditions/" in address}
    of_patient = set(looks) - {"/patients", "/cases"}
    expected = {"workspace": set(looks), "patient": of_patient, "case": of_case}[scope]
    grant = given(dr_ada, target, hours=1)
    browser = at_work(sam)
    assert opened(browser, looks) == set(), "a grant opens nothing before somebody comes in by it"
    assert look_by(browser, grant).status_code == 302
    assert opened(browser, looks) == expected
    clock.forward(minutes=59, seconds=50)
    assert opened(browser, looks[:3]) == expected & set(looks[:3])
    clock.forward(seconds=11)
    assert opened(browser, looks) == set()
    assert look_by(browser, grant).status_code == 404
    print(f"TA-10: {len(looks)} addresses before, within and after a grant for the {scope}")


def test_TA_10_the_owner_ends_a_grant_and_the_next_request_finds_nothing(
    dr_ada: Person, sam: "User", shared_case: "Case", looks: list[str]
) -> None:
    owner, browser = signed_in(dr_ada), at_work(sam)
    answer = owner.post("/settings/support", {"scope": "case", "code": "A-1042", "hours": "4", "reason": WHY})
    assert answer.status_code == 302
    from arcada.apps.support.models import Grant

    grant = Grant.objects.get()
    assert (grant.scope, grant.case_id) == ("case", shared_case.pk)
    assert look_by(browser, grant).headers["Location"] == f"/cases/{shared_case.pk}"
    page = browser.get(f"/cases/{shared_case.pk}").content.decode()
    assert "You look at a case of Lima Dental under a grant until" in page
    assert WHY in owner.get("/settings/support").content.decode()
    assert owner.post(f"/settings/support/{grant.pk}/end").status_code == 302
    assert opened(browser, looks) == set()


def test_TA_10_each_look_stands_in_who_saw_this_and_names_the_grant(
    dr_ada: Person, sam: "User", shared_case: "Case", patient: "Patient", looks: list[str]
) -> None:
    from arcada.apps.audit.models import AuditEvent

    grant, browser = given(dr_ada), at_work(sam)
    look_by(browser, grant)
    opened(browser, looks)
    seen = AuditEvent.objects.filter(actor_id=sam.pk, workspace_id=dr_ada.workspace.pk)
    assert {event.ids.get("grant") for event in seen} == {str(grant.pk)}
    assert {event.actor_kind for event in seen} == {"person", "support"}  # coming in, then looking
    assert {"support.entered", "case.viewed", "collection.viewed", "record.viewed"} <= {
        event.action for event in seen
    }
    told_of = {event.ids["page"] for event in seen if event.action == "support.looked"}
    assert told_of == {"patients", "cases", "cases-files-page"}
    for address in (f"/patients/{patient.pk}/audit", f"/cases/{shared_case.pk}/audit"):
        told = signed_in(dr_ada).get(address).content.decode()
        assert "Sam" in told, address
    print(f"TA-10: {seen.count()} events, each with its grant")


def test_TA_10_support_sees_no_name_and_no_file_name(dr_ada: Person, sam: "User", looks: list[str]) -> None:
    browser = at_work(sam)
    look_by(browser, given(dr_ada))
    for address in looks:
        if "renditions" not in address:
            page = body_of(browser.get(address)).decode()
            assert [word for word in CANARIES if word in page] == [], address


def test_TA_10_support_changes_nothing_takes_nothing_along_and_sees_nothing_of_others(
    dr_ada: Person, sam: "User", shared_case: "Case", ready_records: "dict[str, Record]",
) -> None:  # fmt: skip
    """Every address there is, by every method: under a wide grant only the named looks answer."""
    from django.db import transaction
    from django.urls import get_resolver

    from arcada.api.looks import LOOKS
    from tests.architecture.test_matrix import patterns

    browser = at_work(sam)
    look_by(browser, given(dr_ada))
    ids = {
        "patient_id": shared_case.patient_id, "collection_id": shared_case.collection_id, "case_id": shared_case.pk,
        "record_id": ready_records["upper_jaw"].pk, "name": "full.glb",
    }  # fmt: skip
    from arcada.apps.audit.models import AuditEvent

    checked, open_ = 0, set()
    for route, entry in patterns(get_resolver()):
        if not any(part in route for part in ("patient", "collection", "record", "case", "search", "audit")):
            continue
        address = "/" + route
        for converter in entry.pattern.converters:
            value = str(ids.get(converter, uuid.uuid4()))
            address = address.replace(f"<uuid:{converter}>", value).replace(f"<{converter}>", value)
            address = address.replace(f"<str:{converter}>", value).replace(f"<int:{converter}>", "1")
        for method in ("GET", "POST", "PATCH", "DELETE"):
            before = AuditEvent.objects.count()
            with transaction.atomic():
                answer = browser.generic(
                    method, address, b"{}", content_type="application/json",
                    headers={"Sec-Fetch-Site": "same-origin"},
                )  # fmt: skip
                if answer.status_code == 200:
                    open_.add((method, entry.name))
                    body_of(answer)
                elif method != "GET":
                    assert AuditEvent.objects.count() == before, (method, address)
                transaction.set_rollback(True)
            assert answer.status_code in (200, 302, 401, 403, 404, 405, 422), (
                method,
                address,
                answer.status_code,
            )
            checked += 1
    named = {
        (method, name.removeprefix("api-1:"))
        for name, may in LOOKS.items()
        for method in may
        if method != "HEAD"
    }
    assert open_ <= named, open_ - named
    assert checked > 200
    print(f"TA-10: {checked} requests under a grant, {len(open_)} looks opened")


def test_TA_10_no_file_goes_along_even_where_a_page_were_opened_by_mistake(
    dr_ada: Person, sam: "User", shared_case: "Case", ready_records: "dict[str, Record]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Behind the list of looks stands the permission: support holds none to download."""
    from arcada.api.looks import LOOKS

    jaw = ready_records["upper_jaw"].pk
    taken = {
        "patients-zip": f"/patients/{shared_case.patient_id}/files.zip",
        "patients-collection-zip": f"/collections/{shared_case.collection_id}/files.zip",
        "cases-files": f"/cases/{shared_case.pk}/files.zip",
        "patients-record-original": f"/records/{jaw}/original",
        "patients-record-cleaned": f"/records/{jaw}/cleaned",
        "patients-edit": f"/patients/{shared_case.patient_id}/edit",
        "patients-audit": f"/patients/{shared_case.patient_id}/audit",
        "shares": "/shares/new",
        "api-1:show_original": f"/api/v1/records/{jaw}/original",
        "api-1:show_cleaned": f"/api/v1/records/{jaw}/cleaned",
        "api-1:show_case_zip": f"/api/v1/cases/{shared_case.pk}/files.zip",
    }
    browser = at_work(sam)
    look_by(browser, given(dr_ada))
    for name in taken:
        monkeypatch.setitem(LOOKS, name, ("GET", "HEAD"))
    for address in taken.values():
        assert browser.get(address).status_code == 404, address
    print(f"TA-10: {len(taken)} ways to take something along, all closed")


def test_TA_10_a_workspace_that_takes_part_can_not_let_support_into_anothers_case(
    carl: Person, sam: "User", shared_case: "Case", looks: list[str]
) -> None:
    browser = at_work(sam)
    look_by(browser, given(carl))
    assert opened(browser, looks) == {"/patients", "/cases"}
    assert "A-1042" not in browser.get("/cases").content.decode()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"reason": "short"}, "at least 20 characters"),
        ({"hours": "169"}, "169"),
        ({"code": "A-9999"}, "No case or patient of this workspace has this code."),
    ],
)
def test_a_grant_needs_a_reason_a_length_and_something_that_exists(
    said: dict[str, str], words: str, dr_ada: Person, shared_case: "Case"
) -> None:
    from arcada.apps.support.models import Grant

    form = {"scope": "case", "code": "A-1042", "hours": "4", "reason": WHY} | said
    answer = signed_in(dr_ada).post("/settings/support", form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Grant.objects.exists()


def test_only_who_manages_a_workspace_lets_support_in(
    dr_ada: Person, ben: Person, mallory: Person, shared_case: "Case"
) -> None:
    grant = given(dr_ada)
    for who in (ben, mallory):
        assert signed_in(who).post(f"/settings/support/{grant.pk}/end").status_code == 404
    assert signed_in(ben).get("/settings/support").status_code == 404
    answer = signed_in(mallory).post(
        "/settings/support", {"scope": "case", "code": "A-1042", "hours": "4", "reason": WHY}
    )
    assert answer.status_code == 422, "another workspace's case has no code here"


def test_giving_a_grant_asks_for_a_fresh_proof(dr_ada: Person, shared_case: "Case") -> None:
    from arcada.api.auth import SESSION_KEY
    from arcada.apps.sign_in.models import Session
    from arcada.apps.support.models import Grant

    owner = signed_in(dr_ada)
    Session.objects.filter(pk=owner.session[SESSION_KEY]).update(
        proven_at=shared_case.created_at - timedelta(days=1)
    )
    answer = owner.post("/settings/support", {"scope": "workspace", "hours": "4", "reason": WHY})
    assert answer.headers["Location"].startswith("/accounts/still-you")
    assert not Grant.objects.exists()
