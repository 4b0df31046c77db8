"""What breaks or is refused tells its number and nothing inner, whichever page it was (LG-03, LG-04, LG-05)."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.urls import URLPattern, get_resolver, resolve

from tests.cast import body_of
from tests.rough.surface import FORMS, Address, House, _patterns, _plain, addresses

pytestmark = pytest.mark.django_db
SECRETS = (
    "Kanarinha Zorbania",
    "1961-12-24",
    "529.982.247-25",
    "Zorbania_upper.stl",
    "arc_Kanarinha0123456789",
)
INNER = ("Traceback", "RuntimeError", "Exception", ".py", "SELECT ")
ADDRESS_4, ADDRESS_6 = "203.0.113.77", "2001:db8:77:1234:5678:9abc:def0:1"


def log_lines() -> list[str]:
    logs = sorted((Path(settings.ENV.data) / "logs").glob("*.jsonl"))
    return [line for log in logs for line in log.read_text("utf-8").splitlines()]


def broken(*_: object, **__: object) -> None:
    name, born, number, file, token = SECRETS
    raise RuntimeError(f"{name} {born} {number} {file} {token}")


def in_words(answer: Any) -> str:
    return body_of(answer).decode("utf-8", "replace")


def test_lg_03_whatever_view_breaks_the_log_has_its_place_and_no_value(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LG-03: every third view of the resolver raises, with people's data in its message and its variables."""
    views: list[tuple[Address, URLPattern]] = [
        (Address(str(entry.name), "/" + _plain(path)), entry) for path, entry in _patterns(get_resolver())
    ]
    # allauth's pages that are not offered stand behind addresses of ours.
    chosen = [
        pair for pair in views if not pair[0].is_api and resolve(house.path(pair[0])).url_name == pair[0].name
    ]
    chosen = chosen[::3]
    before = len(log_lines())
    for address, entry in chosen:
        with monkeypatch.context() as patch:
            patch.setattr(entry, "callback", broken)
            answer = house.browsers["ada"].get(
                f"{house.path(address)}?q={SECRETS[0]}", headers={"X-Note": SECRETS[4]}, REMOTE_ADDR=ADDRESS_4
            )
        assert answer.status_code == 500, address.name
        said, number = in_words(answer), answer["X-Request-Id"]
        assert number in said
        assert not [word for word in (*INNER, *SECRETS) if word in said], address.name
        lines = [json.loads(line) for line in log_lines()[before:] if number in line]
        failed = next(line for line in lines if line.get("failed"))
        assert failed["failed"] == "RuntimeError" and failed["places"][-1].endswith(" broken")
    new = "\n".join(log_lines()[before:])
    assert not [secret for secret in SECRETS if secret in new or json.dumps(secret)[1:-1] in new]
    assert ADDRESS_4 not in new
    print(f"{len(chosen)} broken views checked")
    assert len(chosen) >= 20


def test_lg_05_whatever_is_refused_says_its_number_and_nothing_inner(house: House) -> None:
    """LG-05: every address, four ways wrong, by four people."""
    checked = 0
    for address in addresses():
        path = house.path(address)
        if address.name == "show_events":
            continue
        for who, method, body in (
            ("anon", "DELETE", b""),
            ("mallory", "GET", b""),
            ("ada", "POST", b"text=%00"),
            ("ada", "PUT", b"x=1"),
        ):
            with house.undone(who) as browser:
                kind = "application/json" if address.is_api else "application/x-www-form-urlencoded"
                answer = browser.generic(method, path, body, content_type=kind)
            assert answer.status_code < 500, (address.name, method)
            number = answer["X-Request-Id"]
            assert len(number) == 36
            if answer.status_code < 400:
                continue
            said = in_words(answer)
            assert said, (address.name, method, answer.status_code)
            # Forms that come back say what is wrong beside the field; the doors' page is the same for everybody.
            if answer.status_code in (400, 403, 405) or address.is_api:
                assert number in said, (address.name, method, answer.status_code)
            assert not [word for word in ("Traceback", "Exception", ".py", "SELECT ") if word in said], (
                address.name
            )
            checked += 1
    print(f"{checked} answers checked")
    assert checked > 400


def test_lg_04_no_whole_address_is_kept_anywhere(house: House) -> None:
    """LG-04: every form from a known IPv4 and IPv6 address; then logs and every table are searched for them."""
    for address in (one for one in addresses() if one.name in FORMS):
        for remote in (ADDRESS_4, ADDRESS_6):
            house.send(address, FORMS[address.name], REMOTE_ADDR=remote)
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            text = repr(cursor.fetchall())
            found += [table for whole in (ADDRESS_4, ADDRESS_6) if whole in text]
    log = "\n".join(log_lines())
    assert found == []
    assert ADDRESS_4 not in log and ADDRESS_6 not in log
    assert '"network": "203.0.113.0/24"' in log and '"network": "2001:db8:77::/48"' in log
    print(f"{len(FORMS) * 2} requests, {len(tables)} tables and {len(log):,} characters of log searched")
