"""What was granted is never passed on wider than it was granted (TA-13)."""

import json
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from arcada.core.errors import NotFound, Refused
from tests.cast import NOW, Person, Visitor, make_share, visitor_of
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record

pytestmark = pytest.mark.django_db


def as_json(browser: Client, method: str, path: str, body: object) -> Any:
    return getattr(browser, method)(
        path, json.dumps(body), content_type="application/json", headers={"Sec-Fetch-Site": "same-origin"}
    )


@pytest.fixture
def labs_case(carl: Person) -> "Case":
    """A case of carl's own lab, into which granted records could be tried."""
    from datetime import date

    from arcada.apps.cases.actions import open_case
    from arcada.apps.patients.actions import add_patient
    from arcada.apps.records.collections import open_collection

    patient = add_patient(
        carl.actor, workspace_id=carl.workspace.pk, code="L-1", name="X", born=None, now=NOW
    )
    collection = open_collection(
        carl.actor, patient, taken_on=date(2026, 3, 17), standard_name="crown-and-bridge", now=NOW
    )
    return open_case(carl.actor, collection, now=NOW)


def test_ta_13_no_route_leads_a_participant_to_pass_the_case_on(
    dr_ada: Person, carl: Person, mallory: Person, shared_case: "Case", labs_case: "Case",
    ready_records: "dict[str, Record]",
) -> None:  # fmt: skip
    """TA-13: a lab with everything granted shares nothing on: no link, no partner, no case, no request, no copy."""
    from arcada.apps.cases.models import CaseRecord, Participant
    from arcada.apps.mail.models import OutgoingMail
    from arcada.apps.sharing.models import Share, UploadRequest

    lab = signed_in(carl)
    assert lab.get(f"/cases/{shared_case.pk}").status_code == 200
    record = str(ready_records["upper_jaw"].pk)
    link = {"recipients": [{"email": "out@else.example"}], "permissions": ["view", "download"]}
    before = (
        Share.objects.count(), UploadRequest.objects.count(), Participant.objects.count(), CaseRecord.objects.count(),
        OutgoingMail.objects.count(),
    )  # fmt: skip
    api = "/api/v1"
    tries = [
        lab.get(f"/cases/{shared_case.pk}/shares/new"),
        lab.post(f"/cases/{shared_case.pk}/shares/new", {"recipients": "a@b.example", "record": record}),
        as_json(lab, "post", f"{api}/cases/{shared_case.pk}/shares", link),
        as_json(lab, "post", f"{api}/cases/{shared_case.pk}/shares", link | {"records": [record]}),
        # The lab's own case, and the owner's records in it.
        as_json(lab, "post", f"{api}/cases/{labs_case.pk}/shares", link | {"records": [record]}),
        as_json(lab, "post", f"{api}/cases/{labs_case.pk}/records", {"records": [record]}),
        lab.post(f"/cases/{labs_case.pk}/records", {"record": record}),
        as_json(lab, "post", f"{api}/cases", {"collection": str(shared_case.collection_id)}),
        as_json(lab, "post", f"{api}/cases", {"collection": str(labs_case.collection_id), "records": [record]}),
        lab.post("/cases/new", {"collection": str(shared_case.collection_id), "record": record}),
        # Another workspace, a stranger's files.
        as_json(lab, "post", f"{api}/cases/{shared_case.pk}/participants",
                {"workspace": str(mallory.workspace.pk), "permissions": ["view"]}),
        lab.post(f"/cases/{shared_case.pk}/participants", {"workspace": str(mallory.workspace.pk)}),
        as_json(lab, "post", f"{api}/upload-requests",
                {"collection": str(shared_case.collection_id), "email": "a@b.example"}),
        lab.post(f"/collections/{shared_case.collection_id}/requests/new", {"email": "a@b.example"}),
        # A record put where the lab has the say.
        lab.post(f"/collections/{labs_case.collection_id}/bulk", {"record": record, "act": "tag", "tags": "x"}),
        lab.post(f"/records/{record}/move", {"slot": "pre_op"}),
        as_json(lab, "post", f"{api}/collections/{labs_case.collection_id}/records",
                {"slot": "pre_op", "name": "a.stl", "size": 9000, "supersedes": record}),
    ]  # fmt: skip
    for answer in tries:
        assert answer.status_code in (404, 409), (answer.request["PATH_INFO"], answer.status_code)
    after = (
        Share.objects.count(), UploadRequest.objects.count(), Participant.objects.count(), CaseRecord.objects.count(),
        OutgoingMail.objects.count(),
    )  # fmt: skip
    assert before == after
    print(f"{len(tries)} routes checked")


def test_ta_13_a_participant_touches_no_share_of_the_owner(
    dr_ada: Person, carl: Person, shared_case: "Case"
) -> None:
    """TA-13: neither longer nor wider nor to somebody else."""
    from arcada.apps.sharing.models import Recipient, Share

    share = make_share(dr_ada, shared_case, gives="view").share
    recipient = Recipient.objects.get(share=share)
    lab = signed_in(carl)
    until = (timezone.now() + timedelta(days=80)).isoformat()
    tries = [
        lab.get(f"/shares/{share.pk}"),
        lab.post(f"/shares/{share.pk}/extend"),
        lab.post(f"/shares/{share.pk}/open-again"),
        lab.post(f"/shares/{share.pk}/recipients/{recipient.pk}/remind"),
        as_json(lab, "patch", f"/api/v1/shares/{share.pk}", {"expires_at": until}),
    ]
    assert [answer.status_code for answer in tries] == [404] * len(tries)
    assert Share.objects.get(pk=share.pk).expires_at == share.expires_at
    print(f"{len(tries)} routes checked")


def test_ta_13_a_recipient_who_has_a_workspace_gets_nothing_of_it_into_their_own_hands(
    rosa: Visitor, mallory: Person, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    """TA-13: mallory signs in in the very browser that opened the link; her own rights and the link's stay apart."""
    rosa.browser.force_login(mallory.user)
    record = str(ready_records["upper_jaw"].pk)
    assert rosa.browser.get(f"{rosa.base}/records/{record}/cleaned").status_code == 200
    for path in (f"/records/{record}", f"/cases/{shared_case.pk}", f"/cases/{shared_case.pk}/shares/new"):
        assert rosa.browser.get(path).status_code == 404
    link = {"recipients": [{"email": "out@else.example"}]}
    assert as_json(rosa.browser, "post", f"/api/v1/cases/{shared_case.pk}/shares", link).status_code == 404
    assert (
        as_json(
            rosa.browser, "post", f"/api/v1/cases/{shared_case.pk}/records", {"records": [record]}
        ).status_code
        == 404
    )
    print("6 routes checked")


def test_ta_13_nobody_gives_what_they_may_not_do_themselves(dr_ada: Person, shared_case: "Case") -> None:
    """TA-13: a token that may share and look makes no link that downloads; records from elsewhere get into none."""
    from dataclasses import replace
    from datetime import date

    from arcada.apps.records.collections import open_collection
    from arcada.apps.records.models import Record
    from arcada.core.access import Permission

    narrow = Person(
        dr_ada.user, dr_ada.workspace,
        replace(dr_ada.actor, scopes=frozenset({Permission.VIEW, Permission.SHARE, Permission.COMMENT})),
    )  # fmt: skip
    assert make_share(narrow, shared_case, gives="view comment").share
    with pytest.raises(Refused) as refused:
        make_share(narrow, shared_case, gives="view download")
    assert refused.value.code == "wider_than_own"
    elsewhere = open_collection(
        dr_ada.actor, shared_case.patient, taken_on=date(2026, 3, 18), standard_name="archive-3-2", now=NOW
    )
    other = Record.objects.create(
        workspace=dr_ada.workspace, collection=elsewhere, kind="scan", slot="upper_jaw", added_by=uuid.uuid4(),
        created_at=NOW, state="ready",
    )  # fmt: skip
    with pytest.raises(NotFound):
        make_share(dr_ada, shared_case, records=[other])
    print("3 shares checked")


def test_ta_13_a_link_that_only_shows_gives_no_file_whatever_is_asked(
    dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    """TA-13: view-only: no cleaned file, no ZIP, no original, for a named and for an open link."""
    checked = 0
    for level, recipients in (("email_verified", ("rosa@north-lab.example",)), ("open_link", ())):
        new = make_share(dr_ada, shared_case, level=level, gives="view", recipients=recipients)
        guest = visitor_of(new, *recipients)
        assert guest.come_in().status_code == 200
        for record in ready_records.values():
            for tail in ("cleaned", "original"):
                assert guest.browser.get(f"{guest.base}/records/{record.pk}/{tail}").status_code == 404
                checked += 1
        assert guest.browser.get(f"{guest.base}/files.zip").status_code == 404
        assert guest.browser.post(f"{guest.base}/threads", {"text": "a"}).status_code == 404
        assert guest.browser.post(f"{guest.base}/decisions", {"verdict": "approved"}).status_code == 404
        checked += 3
    print(f"{checked} addresses checked")
