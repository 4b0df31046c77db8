"""“Send me your scan”: somebody without an account adds files to one collection, and reaches nothing else."""

import json
import re
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from tests.architecture.permission_table import ROWS
from tests.cast import CANARIES, NOW, Given, Person
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.records.models import Collection, Record
    from arcada.apps.sharing.models import UploadRequest
    from arcada.core.access import Actor

pytestmark = pytest.mark.django_db
NINA = "nina@scan.example"


class Sender:
    """nina, who was asked for files, in a browser of her own."""

    def __init__(self, who: Person, collection: "Collection", *, max_files: int = 20) -> None:
        from arcada.apps.sharing.upload_requests import ask_for_files

        now = timezone.now()
        self.new = ask_for_files(
            who.actor, collection, email=NINA, name="Nina", note="The preparation of 14, please.",
            expires_at=now + timedelta(days=7), max_files=max_files, now=now,
        )  # fmt: skip
        self.browser = Client()

    @property
    def request(self) -> "UploadRequest":
        return type(self.new.request).objects.get(pk=self.new.request.pk)

    @property
    def base(self) -> str:
        return f"/u/{self.new.request.pk}"

    def knock(self) -> Any:
        return self.browser.get(urlsplit(self.new.url).path, follow=True)

    def come_in(self) -> "Sender":
        self.knock()
        self.browser.post(f"{self.base}/code")
        assert self.browser.post(f"{self.base}/open", {"code": mailed("code")}).status_code == 302
        return self

    def consent(self) -> "Sender":
        assert self.browser.post(f"{self.base}/consent", {"consent": "on"}).status_code == 302
        return self

    def promise(self, given: Given, **other: Any) -> Any:
        said = {"slot": given.slot, "name": given.name, "size": len(given.data)} | other
        return self.browser.post(f"{self.base}/files/new", json.dumps(said), content_type="application/json")

    def uploader(self, upload_id: str) -> "Actor | None":
        """Whom the gate in front of the bytes takes this browser for."""
        from arcada.api.upload_auth import _authenticate

        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self.browser.cookies.items())
        scope = {
            "type": "http", "method": "PATCH", "path": f"/api/v1/uploads/{upload_id}", "query_string": b"",
            "headers": [(b"cookie", cookies.encode()), (b"host", b"testserver")],
        }  # fmt: skip
        return _authenticate(scope)

    def send(self, given: Given) -> "Record":
        """The file as its upload and a worker leave it."""
        from django.db import transaction

        from arcada.apps.files.models import Upload
        from arcada.apps.files.sealed import store_bytes
        from arcada.apps.records import actions, jobs
        from arcada.config.asgi import _record_received

        answer = self.promise(given)
        assert answer.status_code == 201, answer.content
        said = answer.json()
        upload = Upload.objects.get(pk=said["upload"]["url"].rsplit("/", 1)[-1])
        actor = self.uploader(str(upload.pk))
        assert actor is not None
        with transaction.atomic():
            file = store_bytes(
                upload.workspace_id, given.data, purpose="original", media_type="application/octet-stream",
                name=given.name, now=NOW,
            )  # fmt: skip
            file.save(force_insert=True)
            Upload.objects.filter(pk=upload.pk).update(state="complete", offset=upload.size)
            _record_received(actor, upload, file)
        record = actions.start_processing(uuid.UUID(said["record"]), now=NOW)
        return actions.save_prepared(
            record.pk, jobs._store(record, given.answer), attempt=record.attempts, now=NOW
        )


def mailed(what: str) -> str:
    from arcada.apps.mail.models import OutgoingMail

    text = OutgoingMail.objects.filter(kind="share_code", to=NINA).latest("created_at").text
    found = re.search(r": ([A-Z2-9]{8})\b" if what == "code" else r"http\S+(/u/\S+/in/\S+)", text)
    assert found is not None
    return found[1]


@pytest.fixture
def nina(dr_ada: Person, collection: "Collection") -> Sender:
    return Sender(dr_ada, collection)


def test_what_she_sends_lands_in_the_collection_as_received_from_her(
    nina: Sender, dr_ada: Person, collection: "Collection", given_files: Any
) -> None:
    """D9: code, consent, file, checked by the same intake; the asking side is told once an hour."""
    from arcada.apps.audit.models import AuditEvent
    from arcada.apps.mail.models import OutgoingMail
    from arcada.apps.notifications.models import Notification

    nina.come_in().consent()
    upper = nina.send(given_files["upper_jaw"])
    nina.send(given_files["EV19"])
    assert (upper.state, upper.collection_id, upper.added_by_workspace) == ("ready", collection.pk, None)
    desk = signed_in(dr_ada)
    for view in ("", "?as=list"):
        assert "received from Nina" in desk.get(f"/collections/{collection.pk}{view}").content.decode()
    page = desk.get(f"/requests/{nina.new.request.pk}").content.decode()
    assert str(upper.pk) in page and "2 of 20" in page
    assert Notification.objects.filter(kind="request.received", user=dr_ada.user).count() == 1
    news = OutgoingMail.objects.filter(kind="notification", to=dr_ada.user.email).latest("created_at")
    assert f"/requests/{nina.new.request.pk}" in news.text and "Nina" in news.subject
    hers = AuditEvent.objects.filter(actor_id=nina.new.request.pk).values_list("action", flat=True)
    assert {"request.consent_attested", "request.file_promised", "record.received"} <= set(hers)
    mine = nina.browser.get(f"{nina.base}/files").content.decode()
    assert "Ready" in mine and str(upper.pk) in mine
    print("2 files, 4 pages, 1 mail checked")


def test_she_sees_who_asks_before_and_only_her_own_files_after(
    nina: Sender,
    dr_ada: Person,
    collection: "Collection",
    ready_records: "dict[str, Record]",
    given_files: Any,
) -> None:
    """SL-12, SL-13 in kind: nothing of the patient, of other records, of the collection; no name in any mail."""
    from arcada.apps.mail.models import OutgoingMail

    first = nina.knock()
    assert b"Lima Dental" in first.content and b"The preparation of 14" in first.content
    nina.come_in().consent()
    other = given_files["panoramic"]
    own = nina.send(
        Given("pre_op", "own scan.stl", given_files["upper_jaw"].data, given_files["upper_jaw"].answer)
    )
    pages = [nina.browser.get(f"{nina.base}{tail}") for tail in ("/", "/files")]
    dropped = {"files": [{"name": other.name, "size": len(other.data)}, {"name": "upper.stl", "size": 9}]}
    pages.append(
        nina.browser.post(f"{nina.base}/sorted", json.dumps(dropped), content_type="application/json")
    )
    # A full place is refused, and the refusal names no record.
    pages.append(nina.promise(given_files["upper_jaw"]))
    assert [page.status_code for page in pages] == [200, 200, 200, 422]
    hidden = [str(record.pk) for record in ready_records.values()] + ["P-0218", str(collection.pk)]
    shown = b"".join(page.content for page in pages).decode()
    mails = " ".join(f"{mail.subject} {mail.text}" for mail in OutgoingMail.objects.all())
    for word in (*CANARIES, *hidden):
        assert word not in shown, word
    for word in (*CANARIES, "P-0218", "own scan"):
        assert word not in mails, word
    assert str(own.pk) in shown
    print(f"{len(pages)} pages × {len(hidden) + len(CANARIES)} words checked")


def test_her_cookie_opens_no_other_address(
    nina: Sender, dr_ada: Person, shared_case: Any, ready_records: "dict[str, Record]"
) -> None:
    """SL-13 in kind: every address of Arcada with her cookie and the ids of everything that is there."""
    nina.come_in().consent()
    known: dict[str, Any] = {
        "patient": shared_case.patient_id, "collection": shared_case.collection_id, "case": shared_case.pk,
        "record": ready_records["upper_jaw"].pk, "request": nina.new.request.pk,
    }  # fmt: skip
    checked = 0
    for row in ROWS:
        # Her own door is walked elsewhere; the links open by their secret, whoever brings it.
        if row.path.startswith("u/") or row.name in ("language", "invitation", "share-link"):
            continue
        path = "/" + re.sub(r"\{(\w+)\}", lambda found: str(known.get(found[1], uuid.uuid4())), row.path)
        answer = getattr(nina.browser, row.method.lower())(path)
        assert answer.status_code == 404 or answer.status_code == row.anonymous, (
            row.name,
            answer.status_code,
        )
        checked += 1
    assert checked > 150
    print(f"{checked} addresses checked")


def test_her_bytes_go_only_into_her_own_uploads_and_only_while_the_request_lives(
    nina: Sender, dr_ada: Person, collection: "Collection", given_files: Any
) -> None:
    """UP, SL-03 in kind: a member's upload is not hers; revoked in the middle of a file, nothing more is taken."""
    from arcada.apps.files.access import upload_for
    from arcada.apps.files.models import Upload
    from arcada.apps.records.actions import add_record
    from arcada.core.errors import NotFound

    nina.come_in().consent()
    url = nina.promise(given_files["upper_jaw"]).json()["upload"]["url"]
    mine = url.rsplit("/", 1)[-1]
    actor = nina.uploader(mine)
    assert actor is not None and upload_for(actor, uuid.UUID(mine)).pk == uuid.UUID(mine)
    theirs = add_record(dr_ada.actor, collection, slot="lower_jaw", name="l.stl", size=9000, now=NOW).upload
    assert nina.uploader(str(theirs.pk)) is None
    with pytest.raises(NotFound):
        upload_for(actor, theirs.pk)
    stranger = Sender(dr_ada, collection)
    stranger.knock()
    assert stranger.uploader(mine) is None, "another request's cookie"
    assert nina.uploader(str(uuid.uuid4())) is None and nina.uploader("x") is None
    assert signed_in(dr_ada).post(f"/requests/{nina.new.request.pk}/revoke").status_code == 302
    assert nina.uploader(mine) is None
    assert nina.promise(given_files["lower_jaw"]).status_code == 404
    assert Upload.objects.get(pk=mine).state == "open"
    print("8 askers checked")


def test_nothing_is_taken_before_the_code_and_before_she_said_that_she_may(
    nina: Sender, given_files: Any
) -> None:
    nina.knock()
    for answer in (
        nina.promise(given_files["upper_jaw"]),
        nina.browser.get(f"{nina.base}/files"),
        nina.browser.post(f"{nina.base}/consent", {"consent": "on"}),
        nina.browser.post(f"{nina.base}/sorted", "{}", content_type="application/json"),
    ):
        assert answer.status_code == 404
    nina.come_in()
    assert nina.promise(given_files["upper_jaw"]).json()["code"] == "no_consent"
    assert nina.browser.post(f"{nina.base}/consent").status_code == 422
    assert nina.request.consented_at is None
    nina.consent()
    assert nina.promise(given_files["upper_jaw"]).status_code == 201
    print("7 tries checked")


def test_the_limit_of_files_the_standard_and_an_ended_plan_hold(
    dr_ada: Person, collection: "Collection", given_files: Any
) -> None:
    from arcada.apps.accounts.models import Workspace

    nina = Sender(dr_ada, collection, max_files=2).come_in().consent()
    for wrong in (
        {"slot": "nowhere"}, {"name": "scan.exe"}, {"size": 10**12}, {"size": 0}, {"size": "x"}, {"slot": None},
    ):  # fmt: skip
        assert nina.promise(given_files["upper_jaw"], **wrong).status_code == 422, wrong
    for body in ("", "[]", "{", json.dumps({"slot": "upper_jaw"}), "9" * 20_000):
        answer = nina.browser.post(f"{nina.base}/files/new", body, content_type="application/json")
        assert answer.status_code == 422, body[:20]
    assert nina.request.files == 0
    assert nina.promise(given_files["upper_jaw"]).status_code == 201
    Workspace.objects.filter(pk=dr_ada.workspace.pk).update(tier_ends_at=timezone.now())
    assert nina.promise(given_files["lower_jaw"]).status_code == 404
    Workspace.objects.filter(pk=dr_ada.workspace.pk).update(tier_ends_at=None)
    assert nina.promise(given_files["lower_jaw"]).status_code == 201
    assert nina.promise(given_files["EV19"]).json()["code"] == "too_many_files"
    print("15 offers checked")


def test_sl_05_sl_06_her_mailed_link_opens_the_browser_that_asked_and_no_scanner(nina: Sender) -> None:
    """SL-05, SL-06 for requests: GETs write nothing, another browser is told, one press, then used up."""
    from tests.database_dump import dump

    nina.knock()
    nina.browser.post(f"{nina.base}/code")
    link, code = mailed("link"), mailed("code")
    before = dump()
    for _ in range(5):
        assert b"Go on where you began" in Client().get(link).content
        assert nina.browser.get(link).status_code == 302
    assert dump() == before
    assert Client().post(f"{nina.base}/open", {"by": "link"}).status_code == 404
    assert nina.browser.post(f"{nina.base}/open", {"by": "link"}).status_code == 302
    again = Client()
    again.cookies = nina.browser.cookies.copy()
    for typed in ({"by": "link"}, {"code": code}):
        assert again.post(f"{nina.base}/open", typed).status_code == 422
    print("14 requests checked")


def test_sl_10_sl_11_her_addresses_keep_out_of_caches_and_unknown_ended_and_late_look_alike(
    nina: Sender, dr_ada: Person, collection: "Collection"
) -> None:
    """SL-10, SL-11 for requests."""
    from arcada.apps.sharing.models import UploadRequest

    ended, late = Sender(dr_ada, collection), Sender(dr_ada, collection)
    for one in (ended, late):
        one.knock()
    signed_in(dr_ada).post(f"/requests/{ended.new.request.pk}/revoke")
    UploadRequest.objects.filter(pk=late.new.request.pk).update(expires_at=timezone.now())

    def bare(answer: Any) -> tuple[int, dict[str, str], bytes]:
        assert answer["Referrer-Policy"] == "no-referrer" and answer["Cache-Control"] == "no-store"
        assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        kept = {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}
        return answer.status_code, kept, answer.content

    unknown, checked = uuid.uuid4(), 0
    nothing = bare(Client().get("/u/unknown"))
    assert nothing[0] == 404
    for one in (ended, late):
        assert bare(Client().get(urlsplit(one.new.url).path)) == nothing
        for method, tail in [
            ("get", "/"), ("head", "/"), ("post", "/code"), ("post", "/open"), ("post", "/consent"),
            ("post", "/sorted"), ("get", "/files"), ("post", "/files/new"), ("get", "/in/none"),
        ]:  # fmt: skip
            at_nothing = bare(getattr(Client(), method)(f"/u/{unknown}{tail}"))
            assert bare(getattr(one.browser, method)(f"{one.base}{tail}")) == at_nothing, (method, tail)
            checked += 1
    for tail in ("/", "/files"):
        bare(nina.come_in().browser.get(f"{nina.base}{tail}"))
    print(f"{checked + 5} answers checked")


def test_who_may_ask_and_how_a_machine_asks(
    dr_ada: Person, carl: Person, mallory: Person, shared_case: Any, patient: Any
) -> None:
    """API: into a collection that is there or a new one; a participant can't open the owner's collection to others."""
    from arcada.apps.sharing.models import UploadRequest

    desk = signed_in(dr_ada)

    def ask(browser: Client, **body: Any) -> Any:
        said = {"email": NINA, **body}
        return browser.post("/api/v1/upload-requests", json.dumps(said), content_type="application/json",
                            headers={"Sec-Fetch-Site": "same-origin"})  # fmt: skip

    collection = str(shared_case.collection_id)
    made = ask(desk, collection=collection)
    assert made.status_code == 201 and made.json()["url"].startswith("http://testserver/u/")
    fresh = ask(desk, patient=str(patient.pk), standard="archive-3-2", name="Nina", max_files=3)
    assert fresh.status_code == 201 and fresh.json()["collection"] != collection
    for body in (
        {},
        {"collection": collection, "patient": str(patient.pk)},
        {"collection": collection, "email": "x"},
    ):
        assert ask(desk, **body).status_code == 422, body
    for stranger in (signed_in(carl), signed_in(mallory)):
        assert ask(stranger, collection=collection).status_code == 404
        assert stranger.get(f"/collections/{collection}/requests/new").status_code == 404
        assert stranger.get(f"/requests/{made.json()['id']}").status_code == 404
    assert UploadRequest.objects.count() == 2
    shown = desk.get(f"/api/v1/upload-requests/{made.json()['id']}").json()
    assert "url" not in shown and shown["records"] == []
    listed = desk.get("/api/v1/upload-requests").json()["items"]
    assert len(listed) == 2 and made.json()["url"].rsplit("/", 1)[-1] not in json.dumps(listed)
    print("13 requests checked")
