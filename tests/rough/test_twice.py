"""Every form sent twice with one token: one effect, one answer (CO-01)."""

import copy
import re
import threading
from typing import Any

import pytest
from django.db import connection, connections

from arcada.web.sent_once import CHANGES_NOTHING, NOT_KEPT
from tests.rough.surface import FORMS, Address, House, addresses
from tests.rough.watching import Watch

TOKEN = "t" * 64
PAGES = [one for one in addresses() if not one.is_api and one.name in FORMS]


def said(answer: Any) -> tuple[int, str, str]:
    """What a person sees of an answer, without what is new in every answer."""
    body = "" if answer.streaming else answer.content.decode()
    body = re.sub(r'nonce="[^"]*"|[0-9a-f-]{36}', "", body)
    return answer.status_code, answer.headers.get("Location", ""), body


def press(house: House, address: Address, token: str = TOKEN) -> Any:
    form = FORMS[address.name]
    house.browsers[form.who].cookies["csrf"] = "c" * 32  # as any page with a form gives it
    if form.is_json:
        return house.send(address, form, headers={"Idempotency-Key": token})
    body = house.filled(form.body, address) | {"csrfmiddlewaretoken": token}
    return house.send(address, form, data=body)


def lines() -> int:
    from arcada.apps.audit.models import AuditEvent

    return AuditEvent.objects.count()


@pytest.mark.django_db
def test_co_01_every_form_twice_has_one_effect_and_one_answer(house: House) -> None:
    """CO-01: every address that takes a form, pressed twice in a row."""
    watch = Watch()
    before = watch.now()
    wrong, replayed = [], 0
    for address in PAGES:
        form = FORMS[address.name]
        with house.undone(form.who):
            first = press(house, address)
            after, written = watch.now(), lines()
            second = press(house, address)
            if address.name not in NOT_KEPT:
                if first.status_code < 400 and said(first) != said(second):
                    wrong.append((address.name, "another answer", said(first)[:2], said(second)[:2]))
                if first.status_code < 400 and lines() != written:
                    wrong.append((address.name, "a second line in the audit"))
                replayed += first.status_code < 400
            if watch.now() != after:
                wrong.append((address.name, "a second effect"))
            if address.name in CHANGES_NOTHING and after != before:
                wrong.append((address.name, "said to change nothing"))
    print(*wrong, sep="\n")
    print(f"{len(PAGES)} forms × 2 checked, {replayed} answered again from what was kept")
    assert wrong == []
    assert len(PAGES) > 90 and replayed > 60


@pytest.mark.django_db
def test_another_token_another_field_or_another_person_is_another_press(house: House) -> None:
    from arcada.apps.patients.models import Patient

    address = next(one for one in PAGES if one.name == "patients-new")
    count = Patient.objects.count()
    for token, code in (("a" * 64, "P-1"), ("a" * 64, "P-2"), ("b" * 64, "P-3"), ("a" * 64, "P-1")):
        body = {"code": code, "csrfmiddlewaretoken": token}
        assert house.browsers["ada"].post(house.path(address), body).status_code == 302
    assert Patient.objects.count() == count + 3
    assert (
        house.browsers["ben"]
        .post(house.path(address), {"code": "P-1", "csrfmiddlewaretoken": "a" * 64})
        .status_code
        == 422
    )


@pytest.mark.django_db
def test_what_was_refused_may_be_sent_again(house: House) -> None:
    address = next(one for one in PAGES if one.name == "patients-edit")
    body = {"code": "P-0218", "born": "1800-01-01", "csrfmiddlewaretoken": TOKEN}
    for _ in range(2):
        assert house.browsers["ada"].post(house.path(address), body).status_code == 422
    assert house.browsers["ada"].post(house.path(address), body | {"born": "1990-01-01"}).status_code == 302


@pytest.mark.django_db
def test_a_press_whose_answer_was_lost_is_not_done_a_second_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died between the effect and its answer: the person is told to look first."""
    from datetime import timedelta

    from arcada.apps.idempotency import presses
    from arcada.apps.idempotency.models import Answered

    monkeypatch.setattr(presses, "LONGEST_WAIT", timedelta(seconds=0.2))
    address = next(one for one in PAGES if one.name == "settings-invite")
    assert press(house, address).status_code == 302
    Answered.objects.update(status=None, body="")
    again = press(house, address)
    assert again.status_code == 409 and b"look whether it is done" in again.content


PARALLEL = (
    "patients-new", "patients-collection-new", "cases-new", "cases-threads", "cases-comment", "shares-new",
    "requests-new", "settings-invite", "settings-tokens", "network", "records-report", "share-threads",
    "request-file-new", "shares-extend", "sign-in-email", "workspace-new",
)  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="threads need PostgreSQL; SQLite is one in memory"
)
def test_co_01_four_presses_at_once_have_one_effect(house: House) -> None:
    """CO-01: what makes something, four times at the same moment."""
    from django.test import Client

    for name in PARALLEL:
        address = next(one for one in PAGES if one.name == name)
        browser = house.browsers[FORMS[name].who]
        answers: list[Any] = []
        start = threading.Barrier(4)
        before = lines()

        def send(address: Address = address, cookies: Any = browser.cookies, said: list[Any] = answers,
                 start: threading.Barrier = start) -> None:  # fmt: skip
            try:
                mine = Client(raise_request_exception=False)
                mine.cookies = copy.copy(cookies)
                mine.cookies["csrf"] = "c" * 32
                form = FORMS[address.name]
                path = house.path(address) + (f"?{house.filled(form.query, address)}" if form.query else "")
                body = house.filled(form.body, address)
                start.wait(30)
                said.append(
                    mine.post(path, body, content_type="application/json", headers={"Idempotency-Key": TOKEN})
                    if form.is_json
                    else mine.post(path, body | {"csrfmiddlewaretoken": TOKEN})
                )
            finally:
                connections.close_all()

        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len({said(answer) for answer in answers}) == 1, (name, [a.status_code for a in answers])
        assert len(answers) == 4 and answers[0].status_code < 400, (name, answers[0].status_code)
        assert lines() - before <= 3, (name, lines() - before)
    print(f"{len(PARALLEL)} forms × 4 at once checked")
