"""Passkeys: made, used, and refused wherever something does not fit (ID-09)."""

from typing import Any

from django.test import Client

from tests.cast import Person
from tests.web.sign_in.conftest import Clock, password_step, whole_sign_in
from tests.web.sign_in.soft_passkey import SoftPasskey


def begin(page: Client, purpose: str) -> Any:
    return page.post("/accounts/passkey/begin", {"purpose": purpose}).json()


def enrolled(page: Client, **lies: Any) -> tuple[SoftPasskey, Any]:
    key = SoftPasskey()
    said = key.create(begin(page, "enrol"), **lies)
    return key, page.post("/settings/sign-in/second-factor", {"credential": said, "name": "Laptop"})


def come_in(key: SoftPasskey, page: Client | None = None, **lies: Any) -> Any:
    page = page or Client()
    return page.post("/accounts/passkey", {"credential": key.get(begin(page, "sign_in"), **lies)})


def is_in(answer: Any) -> bool:
    return bool(answer.status_code == 302 and "/accounts/login" not in answer["Location"])


def test_id_09_a_passkey_is_both_steps_at_once_and_can_be_named_and_taken_away(ada: Person) -> None:
    """ID-09: several per person, revocable."""
    from arcada.apps.sign_in.models import Passkey

    page = whole_sign_in(ada)
    key, made = enrolled(page)
    other, _ = enrolled(page)
    assert made.status_code in (200, 302) and Passkey.objects.filter(user=ada.user).count() == 2
    visitor = Client()
    assert is_in(come_in(key, visitor)) and visitor.get("/patients").status_code == 200
    row = Passkey.objects.get(credential_id=key.credential_id)
    page.post(f"/settings/sign-in/passkeys/{row.pk}", {"name": "Office"})
    row.refresh_from_db()
    assert row.name == "Office"
    page.post(f"/settings/sign-in/passkeys/{row.pk}", {"remove": "1"})
    assert not is_in(come_in(key)) and is_in(come_in(other))


def test_id_09_what_does_not_fit_is_refused(ada: Person, mallory: Person, clock: Clock) -> None:
    """ID-09: origin, relying party, verification, replay, age, count, another person's."""
    from arcada.apps.audit.models import AuditEvent

    key, _ = enrolled(whole_sign_in(ada))
    lies: list[dict[str, Any]] = [
        {"origin": "https://testserver.evil.example"}, {"origin": "http://testserver:81"}, {"host": "evil.example"},
        {"verified": False}, {"step": 0}, {"step": -1},
    ]  # fmt: skip
    assert is_in(come_in(key)), "the truth"
    for lie in lies:
        key.count = 1  # what the refused ones counted, the server does not know
        assert not is_in(come_in(key, **lie)), lie
    assert AuditEvent.objects.filter(action="factor.failed", reason="sign_count").count() == 2
    key.count += 5
    page = Client()
    said = key.get(begin(page, "sign_in"))
    assert is_in(page.post("/accounts/passkey", {"credential": said}))
    page.post("/accounts/logout/")
    assert not is_in(page.post("/accounts/passkey", {"credential": said})), "replayed"
    late = Client()
    said = key.get(begin(late, "sign_in"))
    clock.forward(minutes=5, seconds=1)
    assert not is_in(late.post("/accounts/passkey", {"credential": said})), "too late"
    elsewhere = Client()
    said = key.get(begin(Client(), "sign_in"))
    assert not is_in(elsewhere.post("/accounts/passkey", {"credential": said})), "asked in another browser"
    hers, _ = enrolled(whole_sign_in(mallory))
    step = Client()
    password_step(step, ada.user)
    said = hers.get(begin(step, "prove"))
    assert step.post("/accounts/second-step", {"credential": said}).status_code == 422, "another person's"
    stolen = key.get(begin(step, "prove"))
    assert step.post("/accounts/second-step", {"credential": stolen}).status_code == 302, "her own"
    print(f"{len(lies) + 4} lies and 3 truths checked")


def test_id_09_an_unverified_enrolment_or_a_foreign_origin_makes_no_passkey(ada: Person) -> None:
    from arcada.apps.sign_in.models import Passkey

    page = whole_sign_in(ada)
    for lie in ({"verified": False}, {"origin": "https://evil.example"}):
        assert enrolled(page, **lie)[1].status_code == 422, lie
    assert not Passkey.objects.exists()
    assert page.post("/settings/sign-in/second-factor", {"credential": "[" * 9000}).status_code == 422
    print("3 enrolments checked")


def test_id_09_a_challenge_counts_once_also_when_two_come_together(ada: Person) -> None:
    """ID-09: the row decides, whatever the browser's session still holds."""
    import json
    from uuid import UUID

    import pytest
    from django.utils import timezone

    from arcada.apps.sign_in.passkeys import Place, WrongPasskey, use_passkey

    key, _ = enrolled(whole_sign_in(ada))
    page = Client()
    options = begin(page, "sign_in")
    asked = UUID(page.session["passkey_asked"]["sign_in"])
    place = Place(host="testserver", origin="http://testserver")
    for expected in (True, False):
        said = json.loads(key.get(options))
        if expected:
            use_passkey(None, place, challenge_id=asked, response=said, now=timezone.now())
        else:
            with pytest.raises(WrongPasskey):
                use_passkey(None, place, challenge_id=asked, response=said, now=timezone.now())
    print("2 answers to one challenge checked")
