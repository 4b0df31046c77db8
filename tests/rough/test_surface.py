"""The table of forms is whole: what takes a POST has a row, and each row is answered as it says."""

import pytest

from tests.rough.surface import FORMS, House, addresses

pytestmark = pytest.mark.django_db


def test_every_form_has_a_row(house: House) -> None:
    pages = [one for one in addresses() if not one.is_api]
    missing, wrong = [], []
    for address in pages:
        form = FORMS.get(address.name)
        if form is None:
            for who in ("ada", "rosa", "nina", "rita", "anon"):
                with house.undone(who) as browser:
                    answer = browser.post(house.path(address))
                if answer.status_code not in (404, 405):
                    missing.append((address.name, who, answer.status_code))
            continue
        with house.undone(form.who):
            answer = house.send(address, form)
        if answer.status_code != form.answer:
            wrong.append((address.name, form.who, answer.status_code, form.answer))
    print(f"{len(pages)} addresses, {len(FORMS)} forms checked")
    assert missing == [] and wrong == []
    assert FORMS.keys() <= {address.name for address in pages}
