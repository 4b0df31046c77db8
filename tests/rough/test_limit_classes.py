"""Every address belongs to a class of limits, and each class holds (RL-01)."""

from datetime import timedelta
from typing import Any

import pytest

from arcada.web import limit_classes
from arcada.web.limit_classes import CLASSES, MEASURES, Measure
from tests.rough.surface import House, addresses
from tests.rough.test_twice import press

ALL = addresses()


def test_rl_01_every_address_belongs_to_a_class_of_limits() -> None:
    """RL-01: walking the resolver; an address without a class is red, and so is a class without an address."""
    named = {one.name for one in ALL}
    assert named - CLASSES.keys() == set(), "addresses without a class"
    assert CLASSES.keys() - named == set(), "classes of addresses that are gone"
    assert set(CLASSES.values()) <= MEASURES.keys() | {"live"}
    print(
        f"{len(ALL)} addresses checked: { ({k: list(CLASSES.values()).count(k) for k in set(CLASSES.values())}) }"
    )


def test_rl_01_measures_are_far_above_a_busy_day() -> None:
    """RL-01: forty cases a day with 15 files each, all within one hour, by one person."""
    cases, files = 40, 15
    assert MEASURES["upload"].most * (3600 / MEASURES["upload"].within.total_seconds()) > 4 * cases * files
    assert MEASURES["write"].most * (3600 / MEASURES["write"].within.total_seconds()) > 4 * cases * 20
    assert MEASURES["mail"].most >= 2 * cases
    assert MEASURES["read"].most / MEASURES["read"].within.total_seconds() >= 100


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("klass", "name"),
    [
        ("write", "settings-profile"),
        ("mail", "shares-remind"),
        ("guess", "account_passkey_begin"),
        ("read", "patients"),
    ],
)
def test_rl_01_a_full_measure_says_when_to_go_on(
    house: House, klass: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RL-01: 429, the seconds to wait, plain words; others are not held up."""
    monkeypatch.setitem(MEASURES, klass, Measure(3, timedelta(minutes=10)))
    monkeypatch.setattr(limit_classes, "_reads", limit_classes._Reads())
    address = next(one for one in ALL if one.name == name)

    def ask(who: str) -> Any:
        if klass == "read":
            return house.browsers[who].get(house.path(address))
        return house.browsers[who].post(house.path(address), {"name": "A", "language": "en"})

    answers = [ask("ada") for _ in range(5)]
    statuses = [answer.status_code for answer in answers]
    assert 429 not in statuses[:3] and statuses[3:] == [429, 429], statuses
    assert 1 <= int(answers[-1]["Retry-After"]) <= 600
    assert "Wait a little" in answers[-1].content.decode()
    assert ask("ben").status_code != 429
    print(f"{klass}: 6 requests checked")


@pytest.mark.django_db
def test_rl_01_programs_get_a_problem_and_pages_that_poll_are_not_counted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for klass in MEASURES:
        monkeypatch.setitem(MEASURES, klass, Measure(2, timedelta(minutes=10)))
    monkeypatch.setattr(limit_classes, "_reads", limit_classes._Reads())
    page = house.browsers["ada"]
    live = next(one for one in ALL if one.name == "patients-collection-live")
    assert {page.get(house.path(live)).status_code for _ in range(6)} == {200}
    answers = [page.get("/api/v1/patients") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 429, 429]
    assert answers[-1]["Content-Type"] == "application/problem+json" and answers[-1]["Retry-After"]
    assert answers[-1].json()["type"] == "urn:arcada:too_many_requests"


@pytest.mark.django_db
def test_rl_01_what_writes_is_counted_where_all_processes_see_it(house: House) -> None:
    from arcada.apps.sign_in.models import Failures

    before = Failures.objects.count()
    address = next(one for one in ALL if one.name == "settings-profile")
    for token in ("a" * 64, "b" * 64):
        assert press(house, address, token).status_code == 302
    assert Failures.objects.count() == before + 1
    assert Failures.objects.order_by("-first_at")[0].count == 2


@pytest.mark.django_db
def test_rl_02_strangers_can_have_five_mails_an_hour_sent_to_an_address(house: House) -> None:
    """RL-02: sign-ups and forgotten passwords for a known and an unknown address, from many networks."""
    from django.core.mail import outbox
    from django.test import Client

    for email in ("ada@lima.example", "stranger@nowhere.example"):
        for n in range(10):
            network = {"REMOTE_ADDR": f"198.51.{n}.7"}
            new = {"email": email, "password1": "quite a long pass phrase 7", "name": "New"}
            assert Client().post("/accounts/signup/", new, **network).status_code == 302
            asked = Client().post("/accounts/password/reset/", {"email": email}, **network)
            assert asked.status_code in (302, 429)
        assert 1 <= len([mail for mail in outbox if email in mail.to]) <= 5, email
    print(f"40 requests checked, {len(outbox)} mails sent")
