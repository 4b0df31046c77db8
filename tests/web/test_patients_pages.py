"""Patients' pages: found by code or name, identity hidden until asked for, nothing for anybody else."""

import re
from datetime import timedelta
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from tests.cast import NOW, Person
from tests.web.browsing import signed_in

NAME = "Zélia Canário Quaresma"


def test_whoever_is_not_signed_in_is_sent_to_sign_in(patient) -> None:
    for address in (reverse("patients"), reverse("patients-show", args=[patient.pk])):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


def test_the_list_shows_codes_and_never_a_name(page: Client, patient) -> None:
    text = page.get(reverse("patients")).content.decode()
    assert "P-0218" in text
    assert "Zélia" not in text and "Quaresma" not in text


def test_a_patient_is_found_by_the_beginning_of_a_name_without_the_name_in_the_address(
    page: Client, patient
) -> None:
    answer = page.post(reverse("patients"), {"q": "quares"})
    assert "P-0218" in answer.content.decode()
    assert "Canário" not in answer.content.decode()
    # A name in an address would stand in histories and logs: it is not even read from there.
    other = page.post(reverse("patients"), {"q": "nobody"}).content.decode()
    assert "P-0218" not in other
    assert 'method="get"' not in re.findall(r"<form class=\"find-patient\"[^>]*>", answer.content.decode())[0]


def test_whoever_may_not_see_identities_finds_by_code_only(carl: Person) -> None:
    from arcada.apps.accounts.actions import change_member
    from arcada.apps.accounts.models import Membership
    from arcada.apps.patients.actions import add_patient
    from arcada.core.access import Actor, Role

    add_patient(carl.actor, workspace_id=carl.workspace.pk, code="L-1", name=NAME, now=NOW)
    membership = Membership.objects.get(user=carl.user)
    Membership.objects.create(
        workspace=carl.workspace, user=_somebody(), role=Role.OWNER.value, created_at=NOW
    )
    change_member(Actor.system(), membership, role=Role.TECHNICIAN, now=NOW)
    page = signed_in(carl)
    assert "L-1" not in page.post(reverse("patients"), {"q": "zelia"}).content.decode()
    assert "L-1" in page.post(reverse("patients"), {"q": "L-1"}).content.decode()


def _somebody():
    from arcada.apps.accounts.models import User

    return User.objects.create_user("owner@arco.example", "x" * 20, name="Owner")


def test_pages_of_fifty_hold_every_patient_once_in_a_constant_number_of_queries(
    page: Client, dr_ada: Person
) -> None:
    from arcada.apps.patients.models import Patient

    def add(first: int, last: int) -> None:
        Patient.objects.bulk_create(
            Patient(
                workspace=dr_ada.workspace,
                code=f"Q-{number:04d}",
                created_at=NOW,
                touched_at=NOW + timedelta(seconds=number // 3),
            )
            for number in range(first, last)
        )

    add(0, 3)
    page.get(reverse("patients"))
    few = _queries(page, reverse("patients"))
    add(3, 120)
    assert _queries(page, reverse("patients")) == few
    seen: list[str] = []
    address: str | None = reverse("patients")
    while address:
        text = page.get(address).content.decode()
        seen += re.findall(r">(Q-\d{4})<", text)
        following = re.search(r'href="(/patients\?after=[^"]+)"', text)
        address = following[1] if following else None
    assert len(seen) == 120
    assert len(set(seen)) == 120


def _queries(page: Client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        assert page.get(address).status_code == 200
    return len(asked)


def test_identity_stays_hidden_until_it_is_asked_for_and_that_is_recorded(page: Client, patient) -> None:
    from arcada.apps.audit.models import AuditEvent

    hidden = page.get(reverse("patients-show", args=[patient.pk])).content.decode()
    assert "Zélia" not in hidden and "1987" not in hidden
    assert not AuditEvent.objects.filter(action="patient.identity_seen").exists()
    shown = page.post(reverse("patients-identity", args=[patient.pk]))
    assert NAME in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert AuditEvent.objects.filter(action="patient.identity_seen", patient_id=patient.pk).count() == 1
    assert page.get(reverse("patients-identity", args=[patient.pk])).status_code == 405


def test_no_title_and_no_address_holds_a_name(page: Client, patient) -> None:
    shown = page.post(reverse("patients-identity", args=[patient.pk])).content.decode()
    title = re.search(r"<title>(.*?)</title>", shown, re.DOTALL)
    assert title and "Zélia" not in title[1]


def test_a_new_patient_gets_a_code_and_a_taken_code_is_said_beside_its_field(page: Client, patient) -> None:
    answer = page.post(reverse("patients-new"), {"code": "", "name": "Ana", "born": "1990-02-01"})
    assert answer.status_code == 302
    taken = page.post(reverse("patients-new"), {"code": "P-0218", "name": ""})
    assert taken.status_code == 422
    assert "is taken" in taken.content.decode()


def test_editing_keeps_what_was_written(page: Client, patient) -> None:
    form = page.get(reverse("patients-edit", args=[patient.pk])).content.decode()
    assert 'value="1987-05-04"' in form
    page.post(
        reverse("patients-edit", args=[patient.pk]), {"code": "P-1", "name": "Zé", "born": "1987-05-05"}
    )
    patient.refresh_from_db()
    assert patient.code == "P-1"


def test_mallory_sees_the_same_nothing_for_hers_and_for_missing_patients(mallory: Person, patient) -> None:
    page = signed_in(mallory)
    closed = {
        "patients-show": "get",
        "patients-edit": "get",
        "patients-identity": "post",
        "patients-zip": "get",
    }
    for name, method in closed.items():
        theirs = getattr(page, method)(reverse(name, args=[patient.pk]))
        missing = getattr(page, method)(reverse(name, args=[uuid4()]))
        assert theirs.status_code == missing.status_code == 404
        assert _without_numbers(theirs.content) == _without_numbers(missing.content)


def _without_numbers(page: bytes) -> bytes:
    return re.sub(rb"[0-9a-f]{8}-[0-9a-f-]{27}|value=\"[A-Za-z0-9]{64}\"", b"", page)
