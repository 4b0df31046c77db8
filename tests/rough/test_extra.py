"""What nobody asked for changes nothing: extra fields, orders in a text, huge limits (TA-05, RL-05, RL-06)."""

import random
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection

from tests.rough.surface import FORMS, House, addresses

pytestmark = pytest.mark.django_db
PAGES = [one for one in addresses() if not one.is_api]
# The columns that say whose something is, what one may do, how long it stays and what it costs.
GUARDED = frozenset(
    {
        "workspace_id", "own_workspace_id", "owner_id", "role", "is_staff", "is_superuser", "is_active", "level",
        "standing", "tier", "tier_ends_at", "retain_until", "retention_class", "price_minor", "currency", "state",
        "is_removed", "privacy_mode", "bytes", "is_offered", "quota_bytes", "added_by_workspace",
    }
)  # fmt: skip


def guarded_columns() -> dict[str, list[tuple[Any, ...]]]:
    """Every row's guarded columns, in every table."""
    found = {}
    for model in apps.get_models():
        columns = [f.attname for f in model._meta.concrete_fields if f.attname in GUARDED]
        if columns and model._meta.app_label not in ("audit", "sign_in", "mail", "jobs"):
            rows = model.objects.values_list(*columns)
            found[model._meta.label] = sorted((tuple(map(_comparable, row)) for row in rows), key=repr)
    return found


def _comparable(value: object) -> object:
    """Days, not moments: each of two requests has its own now. What either made anew has an id of its own."""
    if isinstance(value, datetime):
        return value.date()
    return "new" if isinstance(value, UUID) and value not in _known else value


_known: set[object] = set()


def test_ta_05_extra_fields_on_any_form_change_nothing(house: House) -> None:
    """TA-05: tenant, workspace, role, owner, retain_until, status, price, level, is_staff added to every form."""
    foreign = str(house.ids["other_workspace"])
    stranger = str(house.people["mallory"].user.pk)
    extras = {
        "tenant": foreign, "workspace": foreign, "workspace_id": foreign, "own_workspace_id": foreign,
        "role": "owner", "owner": stranger, "owner_id": stranger,
        "retain_until": "2099-07-07", "retention_class": "temporary", "status": "approved", "state": "verified",
        "price": "1", "price_minor": "1", "level": "licence_verified", "is_staff": "on", "is_superuser": "on",
        "is_active": "", "standing": "good", "tier": "subscriber", "quota_bytes": "9", "created_at": "2001-01-01",
        "id": foreign, "patient": foreign, "is_removed": "on", "set_state": "checked", "actor": foreign,
    }  # fmt: skip
    checked = 0
    _known.update(pk for model in apps.get_models() for pk in model.objects.values_list("pk", flat=True))
    for address in (one for one in PAGES if one.name in FORMS):
        form = FORMS[address.name]
        body = house.filled(form.body, address)
        added = {name: value for name, value in extras.items() if name not in body and name != "is_active"}
        found = []
        for said in (body, body | added):
            with house.undone(form.who):
                given = {} if form.is_json else {"data": said}
                if form.is_json:
                    import json

                    given = {"data": json.dumps(said)}
                answer = house.send(address, form, **given)
                found.append((answer.status_code, guarded_columns()))
        plain, extra = found
        if form.is_json and extra[0] == 422:
            checked += len(added)
            continue  # refused as a whole
        if address.name != "shares-new":  # without its own level of access it would be another form
            assert extra == plain, (address.name, plain[0], extra[0])
        checked += len(added)
    print(f"{checked} extra fields on {len(FORMS)} forms checked")


ORDERS = (
    "{{7*191}}", "${7*191}", "%{7*191}", "#{7*191}", "<%= 7*191 %>", "{% debug %}", "' OR '1'='1", "') OR 1=1 --",
    "'; DROP TABLE patients_patient; --", "$(touch /tmp/arcada-was-here)", "`touch /tmp/arcada-was-here`",
    "| touch /tmp/arcada-was-here", "%s%s%n", "{0.__class__}",
)  # fmt: skip
TEXTS = (
    ("settings-profile", "name"), ("settings-brand", "name"), ("settings-brand", "brand_name"),
    ("settings-tokens", "name"), ("network", "name"), ("network", "company"), ("patients", "q"),
    ("patients-new", "code"), ("patients-new", "name"), ("patients-edit", "name"),
    ("patients-collection-new", "title"), ("patients-collection-new", "description"),
    ("patients-collection-edit", "tags"), ("patients-collection-bulk", "tags"), ("patients-record-describe", "title"),
    ("patients-record-describe", "description"), ("patients-record-keep", "reason"), ("cases-new", "title"),
    ("cases-edit", "title"), ("cases-threads", "text"), ("cases-comment", "text"), ("cases-decisions", "note"),
    ("requests-new", "name"), ("requests-new", "note"), ("records-report", "text"), ("share-threads", "text"),
)  # fmt: skip


def test_rl_05_orders_in_a_text_are_a_text(house: House) -> None:
    """RL-05: templates, SQL and shells in 26 parameters: kept as they are, done by nobody."""
    from pathlib import Path

    from arcada.apps.patients.models import Patient

    patients = Patient.objects.count()
    chance = random.Random(5)
    checked = 0
    for name, parameter in TEXTS:
        address = next(one for one in PAGES if one.name == name)
        form = FORMS[name]
        for order in chance.sample(ORDERS, 6):
            body = house.filled(form.body, address) | {parameter: order}
            with house.undone(form.who) as browser:
                answer = house.send(address, form, data=body)
                said = b"" if answer.streaming else answer.content
                assert answer.status_code < 500, (name, parameter, order)
                where = answer.headers.get("Location", "")
                if where.startswith("/"):
                    said += browser.get(where).content
                assert b"1337" not in said, (name, parameter, order)
                assert b"<%= 7" not in said and b"__main__" not in said
                added = Patient.objects.count() - patients
                assert added == (1 if name == "patients-new" and answer.status_code == 302 else 0)
            checked += 1
    for order in ORDERS[6:9]:
        answer = house.browsers["ada"].post("/patients", {"q": order})
        assert b"P-0218" not in answer.content, "a search that finds everybody"
        assert b"P-0218" not in house.browsers["ada"].get("/search", {"q": order}).content
    assert not Path("/tmp/arcada-was-here").exists()
    assert "patients_patient" in connection.introspection.table_names()
    print(f"{checked} texts in {len(TEXTS)} parameters checked")


def test_rl_06_no_page_shows_more_rows_because_somebody_asks(house: House) -> None:
    """RL-06: the API's lists have 200 rows at most (tests/api); pages know no such wish at all."""
    from arcada.apps.patients.models import Patient
    from tests.cast import NOW

    ada = house.people["ada"]
    Patient.objects.bulk_create(
        Patient(workspace=ada.workspace, code=f"M-{n:04d}", created_at=NOW, touched_at=NOW)
        for n in range(450)
    )
    wishes = "&".join(
        f"{name}=1000000000" for name in ("limit", "size", "per_page", "page_size", "count", "first")
    )
    checked = 0
    for address in PAGES:
        page = house.browsers["ada"]
        plain = page.get(house.path(address))
        if plain.status_code != 200 or plain.streaming or "text/html" not in plain["Content-Type"]:
            continue
        asked = page.get(f"{house.path(address)}?{wishes}")
        rows = [answer.content.count(b"<tr") for answer in (plain, asked)]
        assert asked.status_code in (200, 422), address.name
        assert rows[1] <= max(rows[0], 1) and rows[0] <= 201, (address.name, rows)
        checked += 1
    print(f"{checked} pages with 450 patients checked")
    assert checked > 30
