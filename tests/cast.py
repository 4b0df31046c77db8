"""The people every test knows.

dr_ada owns a clinic, ben assists her, carl is the technician of the invited lab, mallory works elsewhere,
rosa holds a share link. `shared_case` is a case with two judged jaws, a photograph and a radiograph.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from arcada.core.access import Actor, ActorKind, Origin, Role, WorkspaceKind
from arcada.core.standing import Level

if TYPE_CHECKING:
    from arcada.apps.accounts.models import User, Workspace
    from arcada.apps.cases.models import Case
    from arcada.apps.patients.models import Patient
    from arcada.apps.records.judging import Answer
    from arcada.apps.records.models import Collection, Comparison, Record
    from arcada.apps.sharing.actions import NewShare
    from arcada.apps.sharing.models import Share

NOW = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Person:
    """One of the cast: the user, the workspace they act in, and the actor the actions take."""

    user: "User"
    workspace: "Workspace"
    actor: Actor


def _person(
    email: str, name: str, *, workspace: "Workspace | None", kind: WorkspaceKind, role: Role
) -> Person:
    from allauth.account.models import EmailAddress

    from arcada.apps.accounts.actions import add_member, create_workspace, set_level
    from arcada.apps.accounts.models import User
    from arcada.apps.accounts.queries import actor_for_user

    user = User.objects.create(email=email, password=hashed_password(), name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    if workspace is None:
        workspace = create_workspace(Actor.system(), user, kind=kind, name=_WORKSPACES[email], now=NOW)
    else:
        add_member(Actor.system(), workspace, user=user, role=role, now=NOW)
    accept_everything(user, now=NOW)
    if kind is WorkspaceKind.CLINIC and role in (Role.OWNER, Role.DENTIST):
        set_level(user, level=Level.LICENCE_VERIFIED, until=None)
    actor, _ = actor_for_user(user, workspace_id=workspace.pk, origin=Origin(request_id="test"), now=NOW)
    return Person(user, workspace, actor)


@functools.cache
def hashed_password() -> str:
    """PASSWORD as the product stores it, hashed once a run: Argon2id is slow on purpose."""
    from django.contrib.auth.hashers import make_password

    return make_password(PASSWORD)


def accept_everything(user: "User", *, now: datetime) -> None:
    """Terms, standard and consent, as they are shown to this person."""
    from arcada.apps.conduct.documents import accept_documents, shown_document
    from arcada.core.conduct import DocumentKind

    shown = {kind: shown_document(kind, language="en").sha256 for kind in DocumentKind}
    actor = Actor(kind=ActorKind.PERSON, id=user.pk)
    accept_documents(actor, user, shown=shown, now=now)


_WORKSPACES = {
    "ada@lima.example": "Lima Dental",
    "carl@arco.example": "Arco Lab",
    "mallory@else.example": "Else Dental",
}


@pytest.fixture
def dr_ada(db: None) -> Person:
    return _person(
        "ada@lima.example", "Dr Ada Lima", workspace=None, kind=WorkspaceKind.CLINIC, role=Role.OWNER
    )


@pytest.fixture
def ben(dr_ada: Person) -> Person:
    return _person(
        "ben@lima.example", "Ben", workspace=dr_ada.workspace, kind=WorkspaceKind.CLINIC, role=Role.ASSISTANT
    )


@pytest.fixture
def carl(db: None) -> Person:
    return _person("carl@arco.example", "Carl", workspace=None, kind=WorkspaceKind.LAB, role=Role.OWNER)


@pytest.fixture
def mallory(db: None) -> Person:
    return _person(
        "mallory@else.example", "Mallory", workspace=None, kind=WorkspaceKind.CLINIC, role=Role.OWNER
    )


@pytest.fixture
def patient(dr_ada: Person) -> "Patient":
    """P-0218, whose name no test output may ever show."""
    from arcada.apps.patients.actions import add_patient

    return add_patient(
        dr_ada.actor, workspace_id=dr_ada.workspace.pk, code="P-0218", name="Zélia Canário Quaresma",
        born=date(1987, 5, 4), now=NOW,
    )  # fmt: skip


@pytest.fixture
def collection(dr_ada: Person, patient: "Patient") -> "Collection":
    from arcada.apps.records.collections import open_collection

    return open_collection(
        dr_ada.actor, patient, taken_on=date(2026, 3, 17), standard_name="crown-and-bridge", now=NOW,
        title="Crown 14, preparation",
    )  # fmt: skip


@pytest.fixture
def case(dr_ada: Person, collection: "Collection") -> "Case":
    from arcada.apps.cases.actions import open_case

    return open_case(dr_ada.actor, collection, code="A-1042", title="Crown 14, zirconia", now=NOW)


# What must never leave the workspace of dr_ada: it stands in the patient's name, in file names and in headers.
CANARIES = ("Canário", "Canario", "Quaresma", "Zélia", "Zelia", "1987-05-04")


@dataclass(frozen=True)
class Given:
    """A file of `shared_case`: where it goes, what it was called, its bytes, and what intake said of it."""

    slot: str
    name: str
    data: bytes
    answer: "Answer"


@pytest.fixture(scope="session")
def given_files() -> Mapping[str, Given]:
    """Two jaws of about 3,000 triangles, a photograph and a radiograph, each judged once in a session."""
    from arcada.core.anatomy import Jaw
    from arcada.core.geometry.specimen import make_arch
    from arcada.core.geometry.write import write_stl
    from tests.core.made_images import jpeg, png

    canary = "Zelia Canario Quaresma 1987-05-04"
    files = {
        "upper_jaw": ("Zélia Canário upper.stl", write_stl(_arch(make_arch, Jaw.MAXILLA), header=canary)),
        "lower_jaw": ("Zélia Canário lower.stl", write_stl(_arch(make_arch, Jaw.MANDIBLE), header=canary)),
        "EV19": ("Zélia Quaresma smile.jpg", jpeg(320, 240, comment=canary)),
        "panoramic": ("Quaresma OPG.png", png(400, 200)),
    }
    return {slot: judged_file(slot, name, data) for slot, (name, data) in files.items()}


@pytest.fixture(scope="session")
def photograph() -> Given:
    """A picture to go with a comment; the patient's name stands in its own and in its bytes."""
    from tests.core.made_images import jpeg

    return judged_file("_attachment", "Zélia Canário margin.jpg", jpeg(300, 200, comment="Quaresma"))


@pytest.fixture(scope="session")
def note() -> Given:
    """A document to go with a comment."""
    return judged_file("_attachment", "Quaresma note.txt", b"Reduce the contact by 20 microns.")


def _arch(make_arch: Any, jaw: Any) -> Any:
    return make_arch(jaw, seed=3, triangles=3000)


def judged_file(slot: str, name: str, data: bytes) -> Given:
    """What intake says of a file in a crown-and-bridge collection: the very call of the worker, without its child.

    In the place of attachments it is judged as what is attached to a comment.
    """
    from arcada.apps.records.judging import answer_of
    from arcada.core.intake import Declared, prepare
    from arcada.core.standard import ATTACHMENT, ATTACHMENTS
    from arcada.core.upload_standard import SHIPPED

    standard = ATTACHMENTS if slot == ATTACHMENT else SHIPPED["crown-and-bridge"]
    answer = answer_of(prepare(data, Declared(name=name, slot=slot, standard=standard)))
    assert answer.accepted, (slot, [finding.code for finding in answer.findings])
    return Given(slot, name, data, answer)


def lay_in_judged(
    actor: Actor,
    collection: "Collection",
    given: Given,
    *,
    supersedes: "Record | None" = None,
    now: datetime = NOW,
) -> "Record":
    """The file as an upload and a worker leave it: stored, received, judged, its renditions in the store."""
    from arcada.apps.records import actions

    size = len(given.data)
    offer = actions.add_record(
        actor, collection, slot=given.slot, name=given.name, size=size, now=now, supersedes=supersedes
    )
    return _deliver(actor, collection, offer, given, now=now)


def lay_in_design(
    who: Person, case: "Case", given: Given, *, supersedes: "Record | None" = None, now: datetime = NOW
) -> "Record":
    """A surface as a design of the case, or its next version, as `who` adds it."""
    from dataclasses import replace

    from arcada.apps.cases.actions import add_design
    from arcada.core.anatomy import RecordKind

    given = replace(given, answer=replace(given.answer, kind=RecordKind.DESIGN))
    offer = add_design(
        who.actor,
        case,
        name="crown.stl",
        size=len(given.data),
        title="Crown 14",
        supersedes=supersedes,
        now=now,
    )
    return _deliver(who.actor, case.collection, offer, given, now=now)


def lay_in_attachment(who: Person, case: "Case", given: Given, *, now: datetime = NOW) -> "Record":
    """A file that `who` sent for a comment, judged, before any comment holds it."""
    from arcada.apps.cases.actions import add_attachment

    offer = add_attachment(who.actor, case, name=given.name, size=len(given.data), now=now)
    return _deliver(who.actor, case.collection, offer, given, now=now)


def _deliver(actor: Actor, collection: "Collection", offer: Any, given: Given, *, now: datetime) -> "Record":
    from django.db import transaction

    from arcada.apps.files.models import Upload
    from arcada.apps.files.sealed import store_bytes
    from arcada.apps.records import actions, jobs

    size = len(given.data)
    with transaction.atomic():
        file = store_bytes(
            collection.workspace_id, given.data, purpose="original", media_type="application/octet-stream",
            name=given.name, now=now,
        )  # fmt: skip
        file.save(force_insert=True)
        Upload.objects.filter(pk=offer.upload.pk).update(state="complete", offset=size)
        actions.file_received(actor, offer.upload, file, now=now)
    record = actions.start_processing(offer.record.pk, now=now)
    judged = jobs._store(record, given.answer)
    return actions.save_prepared(record.pk, judged, attempt=record.attempts, now=now)


def lay_in_comparison(
    record: "Record",
    against: "Record",
    *,
    kind: str = "contacts",
    values: bytes = b"\x37" * 9,
    summary: Mapping[str, Any] | None = None,
    now: datetime = NOW,
) -> "Comparison":
    """A comparison as its job leaves it, of the levels that both records have."""
    from arcada.apps.files.sealed import store_bytes
    from arcada.apps.records.models import Comparison, Rendition

    file = store_bytes(
        record.workspace_id, values, purpose="rendition", media_type="application/octet-stream", now=NOW
    )
    file.save(force_insert=True)
    level = {
        one.pk: Rendition.objects.get(record=one, name="full.glb").file.sha256 for one in (record, against)
    }
    changed = {
        "changed_over_um": 50.0,
        "changed_share": 0.031,
        "greatest_um": 231.0,
        "greatest_at": [0.0, 0.0, 0.0],
    }
    if summary is None:
        summary = changed if kind == "deviation" else {}
    return Comparison.objects.create(
        workspace_id=record.workspace_id, kind=kind, record=record, against=against,
        record_sha256=level[record.pk], against_sha256=level[against.pk], state="ready", file=file,
        facts={"spots": [], "summary": summary}, created_at=now, ended_at=now,
    )  # fmt: skip


@pytest.fixture
def ready_records(
    dr_ada: Person, collection: "Collection", given_files: Mapping[str, Given]
) -> "dict[str, Record]":
    """The collection with every file of `given_files` in it, ready, by slot; ada looked at the radiograph."""
    from arcada.apps.records.actions import confirm_picture

    records = {slot: lay_in_judged(dr_ada.actor, collection, given) for slot, given in given_files.items()}
    records["panoramic"] = confirm_picture(dr_ada.actor, records["panoramic"], now=NOW)
    return records


@pytest.fixture
def shared_case(dr_ada: Person, carl: Person, collection: "Collection", ready_records: object) -> "Case":
    """A-1042 with two jaws, a photograph and a radiograph; carl's lab takes part with everything granted."""
    from arcada.apps.cases.actions import invite_participant, open_case
    from arcada.core.access import GRANTABLE_TO_PARTICIPANT

    case = open_case(dr_ada.actor, collection, code="A-1042", title="Crown 14, zirconia", now=NOW)
    invite_participant(
        dr_ada.actor, case, workspace=carl.workspace, permissions=GRANTABLE_TO_PARTICIPANT, now=NOW
    )
    return case


@dataclass
class Visitor:
    """Somebody with a share's link: the browser, the link, and the share it leads to."""

    share: "Share"
    url: str
    email: str = ""
    name: str = ""
    browser: Any = field(default=None)

    @property
    def base(self) -> str:
        return f"/r/{self.share.pk}"

    @property
    def actor(self) -> Actor:
        """As the door makes it; only after coming in."""
        from django.utils import timezone

        from arcada.apps.sharing.access import Invited, invited_for, recipient_for
        from arcada.web.share_door import _held

        request = type("Request", (), {"COOKIES": {k: m.value for k, m in self.browser.cookies.items()}})()
        held = _held(request, self.share.pk)
        found = invited_for(
            self.share.pk, recipient_id=held["r"] or None, browser_secret=held["b"], now=timezone.now()
        )
        assert isinstance(found, Invited)
        return recipient_for(found, origin=Origin(request_id="test"))

    def knock(self) -> Any:
        """Open the link and follow it to the door."""
        from urllib.parse import urlsplit

        return self.browser.get(urlsplit(self.url).path, follow=True)

    def come_in(self, **typed: str) -> Any:
        """Through the door as the level asks: a code from the mail, a passcode, or a name."""
        self.knock()
        if self.share.level == "email_verified":
            self.browser.post(f"{self.base}/code")
            typed = {"code": code_mailed_to(self.email), **typed}
        return self.browser.post(
            f"{self.base}/open", {"name": self.name or "A visitor", **typed}, follow=True
        )


def code_mailed_to(email: str) -> str:
    """The newest code in the outbox for this address."""
    from arcada.apps.mail.models import OutgoingMail

    mail = OutgoingMail.objects.filter(kind="share_code", to=email).latest("created_at")
    found = re.search(r": ([A-Z2-9]{8})\b", mail.text)
    assert found is not None, mail.text
    return found[1]


def make_share(
    who: Person, case: "Case", *, level: str = "email_verified", gives: str = "view comment decide download",
    recipients: tuple[str, ...] = ("rosa@north-lab.example",), records: "list[Record] | None" = None,
    passcode: str = "", max_downloads: int | None = None,
) -> "NewShare":  # fmt: skip
    """A share by link of a workspace; it leaves clinical mode for links that name nobody."""
    from datetime import timedelta

    from django.utils import timezone

    from arcada.apps.sharing.actions import NamedRecipient, create_share
    from arcada.core.access import Permission
    from arcada.core.share_terms import AccessLevel, ShareTerms

    now = timezone.now()
    terms = ShareTerms(
        level=AccessLevel(level),
        permissions=frozenset(Permission(name) for name in gives.split()),
        expires_at=now + timedelta(days=7),
        passcode=passcode,
        max_downloads=max_downloads,
    )
    if level in ("open_link", "passcode"):
        case.workspace.privacy_mode = "deidentified"
        case.workspace.save(update_fields=["privacy_mode"])
    named = [NamedRecipient(email, email.partition("@")[0].title()) for email in recipients]
    return create_share(who.actor, case, terms=terms, recipients=named, records=records, now=now)


def visitor_of(new: "NewShare", email: str = "", name: str = "A visitor") -> Visitor:
    """A fresh browser with the link of `email`, or with the link for anyone."""
    from django.test import Client

    url = new.recipient_urls[email] if email else new.url
    assert url is not None
    return Visitor(new.share, url, email=email, name=name, browser=Client())


@pytest.fixture
def rosa_invited(dr_ada: Person, shared_case: "Case") -> Visitor:
    """rosa with her link in the mail, before she opened it."""
    return visitor_of(make_share(dr_ada, shared_case), "rosa@north-lab.example", "Rosa")


@pytest.fixture
def rosa(rosa_invited: Visitor) -> Visitor:
    """rosa, verified by a code: she may look, comment, decide and download."""
    answer = rosa_invited.come_in()
    assert answer.status_code == 200, answer.status_code
    return rosa_invited


def body_of(answer: Any) -> bytes:
    """All bytes of an answer, also of one that streams as it does under ASGI."""
    from asgiref.sync import async_to_sync

    if not answer.streaming:
        return bytes(answer.content)

    async def all_of() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])

    return bytes(async_to_sync(all_of)())
