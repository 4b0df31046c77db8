"""Where a request came from is believed of the configured proxy only; limits count by that."""

import dataclasses
from typing import Any

import pytest
from django.test import Client

TRIES = 500


def sign_ins(
    settings: Any, monkeypatch: pytest.MonkeyPatch, *, proxy: str, tries: int, comes_from: str
) -> int:
    """How many of `tries` wrong passwords, each with another X-Forwarded-For, were compared with anything."""
    from allauth.account.auth_backends import AuthenticationBackend

    compared = 0

    def counted(*_: object, **__: object) -> None:
        nonlocal compared
        compared += 1

    monkeypatch.setattr(AuthenticationBackend, "authenticate", counted)
    settings.ENV = dataclasses.replace(settings.ENV, trusted_proxy=proxy)
    browser = Client(REMOTE_ADDR=comes_from)
    for number in range(tries):
        browser.post(
            "/accounts/login/",
            {"login": f"nobody{number}@else.example", "password": "wrong horse battery"},
            headers={"X-Forwarded-For": f"198.51.{number // 250}.{number % 250 + 1}"},
        )
    return compared


@pytest.mark.django_db
@pytest.mark.parametrize("proxy", ["", "192.0.2.1"])
def test_turning_the_header_500_times_stays_one_counter(
    settings: Any, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    """ID-06: sent to Arcada directly, with and without a proxy configured elsewhere."""
    from arcada.apps.sign_in.limits import of_address

    compared = sign_ins(settings, monkeypatch, proxy=proxy, tries=TRIES, comes_from="203.0.113.9")
    assert compared == of_address("sign-in", "203.0.113.9").allowed < TRIES
    print(f"{TRIES} checked, {compared} compared")


@pytest.mark.django_db
def test_people_behind_the_proxy_are_counted_one_by_one(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ID-06: the proxy itself is believed, or all people would be one."""
    assert sign_ins(settings, monkeypatch, proxy="192.0.2.1", tries=60, comes_from="192.0.2.1") == 60


@pytest.mark.django_db
@pytest.mark.parametrize(("comes_from", "is_believed"), [("192.0.2.1", True), ("203.0.113.9", False)])
def test_https_is_believed_of_the_proxy_only(settings: Any, comes_from: str, is_believed: bool) -> None:
    settings.ENV = dataclasses.replace(settings.ENV, trusted_proxy="192.0.2.1")
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    answer = Client(REMOTE_ADDR=comes_from).get("/accounts/login/", headers={"X-Forwarded-Proto": "https"})
    assert answer.wsgi_request.is_secure() is is_believed
