"""Where a licence is missing nothing is stored, anywhere (LV-02); and the pages on which one is stated and decided."""

import json
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from arcada.core.access import Bar
from arcada.core.standing import Level
from tests.apps.licences.panel import apply, lay_evidence, reviewer, says, unverified
from tests.cast import NOW, Person
from tests.core.made_images import jpeg
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record

UPLOAD = {"name": "new.stl", "size": 9000}
SAME = {"Sec-Fetch-Site": "same-origin"}


def lose_licence(who: Person, *, how: str) -> None:
    from arcada.apps.accounts.actions import set_level

    if how == "pending":
        set_level(who.user, level=Level.LICENCE_CHECKED, until=None)
    else:
        set_level(who.user, level=Level.LICENCE_VERIFIED, until=timezone.now() - timedelta(seconds=1))


def kept() -> dict[str, int]:
    """Rows of everything a patient is made of."""
    return {
        model._meta.label: model.objects.count()
        for model in apps.get_models()
        if model._meta.app_label in ("patients", "records", "files", "cases", "reviews", "sharing")
    }


def storing(ids: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """Every address that would store something of a patient in one's own workspace."""
    api = "/api/v1"
    return [
        ("GET", "/patients/new", None),
        ("POST", "/patients/new", {"code": "X-1", "name": "Zélia"}),
        ("GET", f"/patients/{ids['patient']}/edit", None),
        ("POST", f"/patients/{ids['patient']}/edit", {"code": "X-2"}),
        ("GET", f"/patients/{ids['patient']}/collections/new", None),
        ("POST", f"/patients/{ids['patient']}/collections/new", {"taken_on": "2026-03-18"}),
        ("POST", f"/collections/{ids['collection']}/sorted", {}),
        ("POST", f"/records/{ids['record']}/reduce", {}),
        ("POST", f"/cases/{ids['case']}/decisions", {"verdict": "approved"}),
        ("API", f"{api}/patients", {"code": "X-3"}),
        ("API", f"{api}/patients/{ids['patient']}/collections", {"taken_on": "2026-03-18"}),
        ("API", f"{api}/collections/{ids['collection']}/records", UPLOAD | {"slot": "pre_op"}),
        ("API", f"{api}/records/{ids['record']}/companions", {"name": "a.mtl", "size": 9}),
        ("API", f"{api}/cases/{ids['case']}/designs", UPLOAD),
        ("API", f"{api}/cases/{ids['case']}/decisions", {"verdict": "approved"}),
    ]  # fmt: skip


def reading(ids: dict[str, Any]) -> list[str]:
    return [
        "/", "/patients", f"/patients/{ids['patient']}", f"/collections/{ids['collection']}",
        f"/records/{ids['record']}", f"/cases/{ids['case']}", f"/patients/{ids['patient']}/files.zip",
        f"/patients/{ids['patient']}/files.zip?originals", f"/collections/{ids['collection']}/files.zip",
        f"/cases/{ids['case']}/files.zip", f"/records/{ids['record']}/original", f"/records/{ids['record']}/cleaned",
        "/settings", "/settings/licence", "/api/v1/patients", f"/api/v1/records/{ids['record']}",
        f"/api/v1/records/{ids['record']}/original", f"/api/v1/collections/{ids['collection']}/files.zip",
        f"/api/v1/cases/{ids['case']}/manifest", "/api/v1/licences",
    ]  # fmt: skip


@pytest.fixture
def ids(shared_case: "Case", ready_records: "dict[str, Record]") -> dict[str, Any]:
    return {
        "patient": shared_case.patient_id, "collection": shared_case.collection_id, "case": shared_case.pk,
        "record": ready_records["upper_jaw"].pk,
    }  # fmt: skip


@pytest.mark.parametrize("how", ["pending", "run out"])
def test_lv_02_without_a_licence_every_storing_address_is_403_and_every_reading_one_200(
    dr_ada: Person, ids: dict[str, Any], how: str
) -> None:
    """LV-02, LV-06: with the reason, by session and by token, and nothing is stored."""
    from arcada.apps.accounts.actions import create_token

    token = create_token(
        dr_ada.actor, dr_ada.user, workspace_id=dr_ada.workspace.pk, name="t", now=timezone.now()
    ).secret
    lose_licence(dr_ada, how=how)
    page, before, wrong, checked = signed_in(dr_ada), kept(), [], 0
    for method, path, body in storing(ids):
        asked = [("session", SAME)]
        if method == "API":
            asked.append(("token", {"Authorization": f"Bearer {token}"}))
        for by, headers in asked:
            browser = page if by == "session" else Client()
            if method == "API":
                answer = browser.post(
                    path, json.dumps(body), content_type="application/json", headers=headers
                )
            else:
                answer = getattr(browser, method.lower())(path, body, headers=headers)
            reason = Bar.LICENCE.value if method == "API" else "needs the verified licence of a dentist"
            if answer.status_code != 403 or reason not in answer.content.decode():
                wrong.append((by, method, path, answer.status_code))
            checked += 1
    assert wrong == []
    assert kept() == before
    for path in reading(ids):
        answer = page.get(path)
        if answer.status_code != 200:
            wrong.append(("reads", path, answer.status_code))
        checked += 1
    assert wrong == []
    print(f"{checked} requests checked")


def test_lv_06_bytes_of_an_upload_that_was_open_stop_when_the_licence_ends(
    dr_ada: Person, ids: dict[str, Any]
) -> None:
    """LV-06: PATCH is barred at the gate it goes through; HEAD and giving it up stay possible."""
    from arcada.apps.accounts.queries import actor_for_user
    from arcada.apps.files.access import upload_for, upload_to_fill
    from arcada.apps.files.tus_words import answer_to
    from arcada.apps.records.actions import add_record
    from arcada.apps.records.models import Collection
    from arcada.core.errors import Barred

    collection = Collection.objects.get(pk=ids["collection"])
    offer = add_record(dr_ada.actor, collection, slot="pre_op", name="a.stl", size=9000, now=timezone.now())
    assert upload_to_fill(dr_ada.actor, offer.upload.pk) == offer.upload
    lose_licence(dr_ada, how="run out")
    actor, _ = actor_for_user(
        dr_ada.user, workspace_id=dr_ada.workspace.pk, origin=dr_ada.actor.origin, now=timezone.now()
    )
    with pytest.raises(Barred) as refusal:
        upload_to_fill(actor, offer.upload.pk)
    assert answer_to(refusal.value).status == 403
    assert upload_for(actor, offer.upload.pk) == offer.upload


def test_an_unverified_dentist_still_designs_in_anothers_case(
    dr_ada: Person, mallory: Person, shared_case: "Case"
) -> None:
    """DECISIONS 20: the licence gates one's own archive and nothing else."""
    from arcada.apps.cases.actions import invite_participant
    from arcada.core.access import GRANTABLE_TO_PARTICIPANT

    invite_participant(
        dr_ada.actor, shared_case, workspace=mallory.workspace, permissions=GRANTABLE_TO_PARTICIPANT, now=NOW
    )
    lose_licence(mallory, how="pending")
    answer = signed_in(mallory).post(
        f"/api/v1/cases/{shared_case.pk}/designs", json.dumps(UPLOAD), content_type="application/json", headers=SAME
    )  # fmt: skip
    assert answer.status_code == 201


def test_where_storing_is_barred_a_notice_says_why_and_leads_on_and_no_button_is_dead(
    dr_ada: Person, ben: Person, ids: dict[str, Any]
) -> None:
    pages = ("/", "/patients", f"/patients/{ids['patient']}", f"/collections/{ids['collection']}")
    for path in pages:
        said = signed_in(dr_ada).get(path).content.decode()
        assert ("storing-notice" not in said and "/patients/new" in said) or path not in pages[:2]
    lose_licence(dr_ada, how="pending")
    for path in pages:
        owner, helper = (signed_in(who).get(path).content.decode() for who in (dr_ada, ben))
        assert "Add your licence" in owner and "/settings/licence" in owner, path
        assert "when a dentist of this workspace is verified" in helper, path
        for said in (owner, helper):
            assert "/patients/new" not in said and "collections/new" not in said, path
            assert "data-upload=" not in said and f"/patients/{ids['patient']}/edit" not in said, path
    apply(dr_ada, "777")
    assert "See how far it is" in signed_in(dr_ada).get("/").content.decode()
    print(f"{len(pages) * 3} pages checked")


# ---------------------------------------------------------------- stating and deciding


@pytest.mark.django_db
def test_a_dentist_states_a_licence_adds_evidence_and_two_reviewers_verify_it_by_pages() -> None:
    """The way from sign-up to the first patient, by plain forms."""
    from arcada.apps.licences.models import Evidence, Licence

    nova = unverified(country="PT")
    page = signed_in(nova)
    form = {"council": "CRO:SP", "profession": "dentist", "number": "CRO-SP 12.345"}
    assert page.get("/patients/new").status_code == 403
    assert b"Add your licence" in page.get("/settings/licence").content
    assert page.post("/settings/licence", form).status_code == 302
    assert b"Waiting for review" in page.get("/settings/licence").content
    sent = page.post("/settings/licence/evidence", {"file": _file("cro.jpg", jpeg(320, 240, comment="Nova"))})
    assert sent.status_code == 302
    licence, evidence = Licence.objects.get(), Evidence.objects.get()
    rita, raul = reviewer("rita"), reviewer("raul")
    for who, state in ((rita, "pending"), (raul, "verified")):
        desk = signed_in(who)
        assert f"/review/licences/{licence.pk}".encode() in desk.get("/review/licences").content
        shown = desk.get(f"/review/licences/{licence.pk}")
        assert (
            shown.status_code == 200
            and b"CD12345" in shown.content
            and evidence.sha256[:16].encode() in shown.content
        )
        look = desk.get(f"/review/licences/{licence.pk}/evidence/{evidence.pk}")
        assert look.headers["Content-Type"] == "image/jpeg" and b"Nova" not in look.content
        word = {
            "verdict": "approve", "lookup": "found", "looked_up_on": timezone.localdate().isoformat(),
            "reason": "In the register", "version": shown.context["form"]["version"].value(),
        }  # fmt: skip
        assert (
            desk.post(f"/review/licences/{licence.pk}", word | {"lookup": "out_of_reach"}).status_code == 422
        )
        assert desk.post(f"/review/licences/{licence.pk}", word).status_code == 302
        assert desk.post(f"/review/licences/{licence.pk}", word).status_code == 409
        licence.refresh_from_db()
        assert licence.state == state
        assert f"/review/licences/{licence.pk}".encode() not in desk.get("/review/licences").content
    said = page.get("/api/v1/licences").json()["items"]
    assert [(one["state"], one["number"], one["jurisdiction"]) for one in said] == [
        ("verified", "CRO-SP 12.345", "BR-SP")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "words"),
    [({"number": "1234567"}, "not the form of a number of this council"), ({"number": "CRO-RJ 12"}, "another state"),
     ({"council": "NPI:", "number": "1234567890"}, "check digit does not agree"), ({"council": ""}, "required"),
     ({"council": "OTHER:", "number": "7"}, "Give the name of the council"),
     ({"council": "GDC:", "profession": "clinic"}, "does not register that profession"),
     ({"expires_on": "2020-01-01"}, "run out already")],
)  # fmt: skip
def test_a_slip_in_the_form_is_said_where_it_is_and_keeps_what_was_typed(
    typed: dict[str, str], words: str
) -> None:
    from arcada.apps.licences.models import Licence

    page = signed_in(unverified())
    form = {"council": "CRO:SP", "profession": "dentist", "number": "CRO-SP 12.345"} | typed
    answer = page.post("/settings/licence", form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert form["number"] in answer.content.decode()
    assert not Licence.objects.exists()


@pytest.mark.django_db
def test_a_file_that_is_no_evidence_is_refused_in_plain_words_and_nothing_is_kept() -> None:
    from arcada.apps.files.models import StoredFile

    nova = unverified()
    apply(nova)
    answer = signed_in(nova).post(
        "/settings/licence/evidence", {"file": _file("cro.jpg", b"MZ\x90\0 a program")}
    )
    assert answer.status_code == 422
    assert "JPG, PNG or PDF of 10 MB at most" in answer.content.decode()
    assert 'data-grade="blocker"' in answer.content.decode()
    assert not StoredFile.objects.exists()


def test_a_reviewers_pages_are_not_there_for_anybody_else(dr_ada: Person, mallory: Person) -> None:
    """LV-03, LV-07: and one's own licence is 403 for a reviewer too."""
    licence = apply(dr_ada)
    checked = 0
    for browser in (Client(), signed_in(dr_ada), signed_in(mallory)):
        for path in ("", f"/{licence.pk}"):
            assert browser.get(f"/review/licences{path}").status_code == 404
            checked += 1
        assert browser.post(f"/review/licences/{licence.pk}/suspend", {"reason": "r"}).status_code == 404
        checked += 1
    dr_ada.user.is_staff = True
    dr_ada.user.save()
    own = signed_in(dr_ada)
    assert own.get("/review/licences").status_code == 200
    assert own.get(f"/review/licences/{licence.pk}").status_code == 403
    assert str(licence.pk) not in own.get("/review/licences").content.decode()
    print(f"{checked + 3} requests checked")


def test_a_suspended_licence_says_why_to_its_person_and_by_mail_only_where(dr_ada: Person) -> None:
    from arcada.apps.mail.models import OutgoingMail

    rita = reviewer("rita")
    dr_ada.workspace.country = "BR"
    dr_ada.workspace.save()
    licence = apply(dr_ada)
    lay_evidence(licence)
    now = timezone.now()
    says(rita, licence, now=now)
    desk = signed_in(rita)
    answer = desk.post(f"/review/licences/{licence.pk}/suspend", {"reason": "The council withdrew it"})
    assert answer.status_code == 302
    dr_ada.user.refresh_from_db()
    page = signed_in(dr_ada)
    assert b"The council withdrew it" in page.get("/settings/licence").content
    mail = OutgoingMail.objects.filter(kind="licence").latest("created_at")
    assert mail.subject == "Your licence is suspended" and "withdrew" not in mail.text
    assert page.get("/patients/new").status_code == 403


def _file(name: str, data: bytes) -> BytesIO:
    file = BytesIO(data)
    file.name = name
    return file
