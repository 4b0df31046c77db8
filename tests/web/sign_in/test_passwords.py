"""Passwords: length, common ones, normal form, argon2id (ID-01, ID-02, ID-03)."""

import unicodedata
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from tests.cast import Person
from tests.web.sign_in.conftest import password_step


@pytest.mark.parametrize(
    ("password", "is_fine"),
    [
        ("x7!kQ2z", False),
        ("x7!kQ2zw", True),
        ("kurz und gut, aber lang " * 6, True),
        ("é" * 3 + "mnopq", True),
    ],
)
def test_id_01_eight_characters_are_enough_and_no_kind_is_demanded(password: str, is_fine: bool) -> None:
    """ID-01"""
    if is_fine:
        validate_password(password)
    else:
        with pytest.raises(ValidationError, match="fewer than 8"):
            validate_password(password)


@pytest.mark.parametrize("length", [64, 128])
def test_id_01_long_passwords_count_to_the_last_character(dr_ada: Person, length: int) -> None:
    """ID-01: nothing is cut off."""
    right = "ab3 " * (length // 4)
    dr_ada.user.set_password(right)
    dr_ada.user.save()
    assert password_step(Client(), dr_ada.user, right[:-1] + "x").status_code == 200
    assert password_step(Client(), dr_ada.user, right).status_code == 302
    print("2 passwords checked")


def test_id_01_one_password_in_two_spellings_of_unicode_opens(dr_ada: Person) -> None:
    """ID-01: NFC and NFD."""
    said = "coração de leão é só meu"
    dr_ada.user.set_password(unicodedata.normalize("NFD", said))
    dr_ada.user.save()
    for form in ("NFC", "NFD"):
        assert password_step(Client(), dr_ada.user, unicodedata.normalize(form, said)).status_code == 302  # type: ignore[arg-type]
    print("2 spellings checked")


def test_id_02_guessable_passwords_are_refused_with_the_reason(dr_ada: Person) -> None:
    """ID-02: at least 3,000 common ones, the product's words, one's own address."""
    from arcada.apps.sign_in.passwords import PRODUCT_WORDS, common_passwords

    checked = 0
    common = sorted(word for word in common_passwords() if len(word) >= 8)
    assert len(common_passwords()) >= 3000
    for password in common[:3000]:
        with pytest.raises(ValidationError):
            validate_password(password, dr_ada.user)
        checked += 1
    long = [word for word in PRODUCT_WORDS if len(word) >= 4]
    for password in ["arcada2026!", "Arcada2026!", "4rc4d42026", *(f"{word}2026!" for word in long)]:
        with pytest.raises(ValidationError, match=r"word of this product|most common"):
            validate_password(password, dr_ada.user)
        checked += 1
    dr_ada.user.email = "margarida.silva@lima.example"
    with pytest.raises(ValidationError, match="address or your name"):
        validate_password("margarida.silva1", dr_ada.user)
    with pytest.raises(ValidationError, match="repeats"):
        validate_password("ababababab", dr_ada.user)
    print(f"{checked + 2} passwords checked")


def test_id_03_hashes_are_argon2id_and_rise_with_the_parameters(
    dr_ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ID-03: OWASP's least is 19 MiB, two passes, one lane."""
    from arcada.apps.accounts.models import User
    from arcada.apps.sign_in.passwords import Argon2id

    assert all(
        kept.startswith("argon2$argon2id$") for kept in User.objects.values_list("password", flat=True)
    )
    assert Argon2id.memory_cost * Argon2id.time_cost >= 19 * 1024 * 2
    before = dr_ada.user.password
    monkeypatch.setattr(Argon2id, "time_cost", Argon2id.time_cost + 1)
    password_step(Client(), dr_ada.user)
    dr_ada.user.refresh_from_db()
    assert dr_ada.user.password != before and "t=4" in dr_ada.user.password
    monkeypatch.setattr(Argon2id, "time_cost", 1)
    risen: Any = dr_ada.user.password
    password_step(Client(), dr_ada.user)
    dr_ada.user.refresh_from_db()
    assert dr_ada.user.password == risen, "never down"
    print("3 hashes checked")
