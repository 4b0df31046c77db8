"""Secrets of shares: long, random, and nowhere to be found afterwards."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from arcada.core.errors import Refused
from tests.cast import Person, Visitor, code_mailed_to, make_share, visitor_of
from tests.database_dump import dump, forms_of

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case

ROSA = "rosa@north-lab.example"


def test_sl_01_a_token_has_128_bits_or_more_and_no_two_are_alike() -> None:
    """SL-01: 256 bits from the system's generator; every bit falls evenly."""
    from arcada.apps.sharing.actions import _secret

    count = 20_000
    drawn = [_secret() for _ in range(count)]
    assert len(set(drawn)) == count
    import base64

    raw = [base64.urlsafe_b64decode(token + "=") for token in drawn]
    assert {len(one) for one in raw} == {32}
    for bit in range(256):
        ones = sum(one[bit // 8] >> (bit % 8) & 1 for one in raw)
        assert abs(ones - count / 2) < 6 * (count / 4) ** 0.5, f"bit {bit} leans"
    print(f"{count} tokens, 256 bits checked")


@pytest.mark.full
def test_sl_01_of_a_million_tokens_no_two_are_alike_and_no_bit_leans() -> None:
    """SL-01: links of shares and of requests, and the links mailed with codes: the same generator."""
    import base64

    import numpy as np

    from arcada.apps.sharing.actions import _secret
    from arcada.apps.sharing.entering import draw

    count = 1_000_000
    drawn = [_secret() for _ in range(count - 1000)] + [draw(b"x" * 32).link for _ in range(1000)]
    assert len(set(drawn)) == count
    ones = np.zeros(256, dtype=np.int64)
    for start in range(0, count, 50_000):
        raw = b"".join(base64.urlsafe_b64decode(token + "=") for token in drawn[start : start + 50_000])
        ones += np.unpackbits(np.frombuffer(raw, dtype=np.uint8).reshape(-1, 32), axis=1).sum(
            axis=0, dtype=np.int64
        )
    assert (np.abs(ones - count / 2) < 6 * (count / 4) ** 0.5).all()
    codes = [draw(b"x" * 32).code for _ in range(20_000)]
    assert {len(code) for code in codes} == {8} and len(set(codes)) > 19_990
    print(f"{count} tokens × 256 bits, {len(codes)} codes checked")


@pytest.mark.django_db
def test_sl_01_en_04_no_secret_stands_in_any_row(dr_ada: Person, shared_case: "Case") -> None:
    """SL-01, EN-04: links, codes, passcodes, API tokens, invitations, passwords: none is in a copy of the database."""
    import json

    from arcada.apps.accounts.actions import create_token, invite_member
    from arcada.apps.mail.models import OutgoingMail
    from arcada.core.access import Role

    now = timezone.now()
    named = make_share(dr_ada, shared_case)
    rosa = visitor_of(named, ROSA, "Rosa")
    rosa.knock()
    rosa.browser.post(f"{rosa.base}/code")
    locked = make_share(dr_ada, shared_case, level="passcode", passcode="tulip-lantern-42", recipients=())
    token = create_token(dr_ada.actor, dr_ada.user, workspace_id=dr_ada.workspace.pk, name="t", now=now)
    invitation = invite_member(
        dr_ada.actor, dr_ada.workspace, email="n@x.example", role=Role.VIEWER, invited_by=dr_ada.user, now=now
    )
    # An answer that is kept for a repeated request holds links, too.
    posted = Client().post(
        f"/api/v1/cases/{shared_case.pk}/shares",
        json.dumps({"level": "open_link", "recipients": [{"email": "kept@x.example"}]}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token.secret}", "Idempotency-Key": "once"},
    )
    assert posted.status_code == 201
    links = [rosa.url, locked.url, posted.json()["url"], *posted.json()["recipient_urls"].values()]
    secrets = [str(link).rsplit("/", 1)[-1] for link in links]
    secrets += [code_mailed_to(ROSA), "tulip-lantern-42", token.secret, invitation.secret]
    secrets += ["correct horse battery staple", rosa.browser.cookies[f"share-{str(rosa.share.pk)[:8]}"].value]
    copied = dump()
    assert named.share.code.encode() in copied, "the dump sees the rows"
    found = [secret for secret in secrets if any(form in copied for form in forms_of(secret))]
    assert found == []
    # Whoever runs Arcada can still deliver the mail.
    assert rosa.url in OutgoingMail.objects.get(kind="share_invitation", to=ROSA).text
    print(f"{len(secrets)} secrets × {len(forms_of(secrets[0]))} forms checked in {len(copied):,} bytes")


@pytest.mark.django_db
def test_sl_05_a_code_has_eight_characters_works_once_and_only_in_the_browser_that_asked(
    rosa_invited: Visitor,
) -> None:
    """SL-05"""
    rosa_invited.knock()
    asked = rosa_invited.browser.post(f"{rosa_invited.base}/code")
    assert asked.status_code == 200
    code = code_mailed_to(ROSA)
    assert len(code) == 8

    other = visitor_of_same_link(rosa_invited)
    other.knock()
    refused = other.browser.post(f"{other.base}/open", {"code": code})
    assert refused.status_code == 422 and b"not right" in refused.content

    opened = rosa_invited.browser.post(
        f"{rosa_invited.base}/open", {"code": f" {code[:4].lower()}-{code[4:]} "}
    )
    assert opened.status_code == 302
    again = rosa_invited.browser.post(f"{rosa_invited.base}/open", {"code": code})
    assert again.status_code == 422, "a code works once"
    print("4 uses of one code checked")


def visitor_of_same_link(visitor: Visitor) -> Visitor:
    return Visitor(visitor.share, visitor.url, email=visitor.email, name="Somebody", browser=Client())


@pytest.mark.django_db
def test_sl_05_a_code_is_refused_after_ten_minutes_and_after_five_wrong_tries(rosa_invited: Visitor) -> None:
    """SL-05"""
    from arcada.apps.sharing.access import Invited, invited_for
    from arcada.apps.sharing.entering import prove_by_code, send_code
    from arcada.apps.sharing.models import Recipient

    start = timezone.now()
    recipient = Recipient.objects.get(share=rosa_invited.share)
    invited = invited_for(
        rosa_invited.share.pk, recipient_id=recipient.pk, browser_secret="one browser", now=start
    )
    assert isinstance(invited, Invited)
    send_code(invited, language="en", now=start)
    with pytest.raises(Refused):
        prove_by_code(invited, plain=code_mailed_to(ROSA), now=start + timedelta(minutes=10))
    send_code(invited, language="en", now=start + timedelta(seconds=1))
    right = code_mailed_to(ROSA)
    for _ in range(5):
        with pytest.raises(Refused):
            prove_by_code(invited, plain="AAAAAAAA", now=start + timedelta(seconds=2))
    with pytest.raises(Refused):
        prove_by_code(invited, plain=right, now=start + timedelta(seconds=3))
    send_code(invited, language="en", now=start + timedelta(seconds=4))
    assert prove_by_code(invited, plain=code_mailed_to(ROSA), now=start + timedelta(seconds=5)).proven_at
    for _ in range(2):
        send_code(invited, language="en", now=start + timedelta(seconds=6))
    with pytest.raises(Refused):
        send_code(invited, language="en", now=start + timedelta(seconds=7))
    print("8 tries, 6 codes checked")


@pytest.mark.django_db
def test_sl_06_scanners_do_not_use_up_a_link(rosa_invited: Visitor) -> None:
    """SL-06: HEAD, GET ×5, another browser, and a program that presses everything: rosa still comes in."""
    from urllib.parse import urlsplit

    from arcada.apps.sharing.models import Pass, Share, Visit

    path = urlsplit(rosa_invited.url).path
    scanner = Client(headers={"user-agent": "Mozilla/5.0 SafeLinks"})
    for _ in range(5):
        assert scanner.get(path).status_code == 302
        assert scanner.head(path).status_code == 302
        assert scanner.get(f"{rosa_invited.base}/").status_code == 200
        assert scanner.head(f"{rosa_invited.base}/").status_code == 200
    assert scanner.post(f"{rosa_invited.base}/open", {"code": "AAAAAAAA"}).status_code == 422
    assert scanner.post(f"{rosa_invited.base}/code").status_code == 200
    assert Client().get(path).status_code == 302
    assert Client().post(f"{rosa_invited.base}/open", {"code": "AAAAAAAA"}).status_code == 404
    assert (Visit.objects.count(), Pass.objects.count()) == (0, 0)
    assert Share.objects.get(pk=rosa_invited.share.pk).view_count == 0
    assert rosa_invited.come_in().status_code == 200
    assert Share.objects.get(pk=rosa_invited.share.pk).view_count == 1
    print("24 requests of scanners checked")


@pytest.mark.django_db
def test_a_get_of_a_link_writes_nothing(rosa_invited: Visitor) -> None:
    """SL-06, SE-10: the database before and after is the same."""
    before = dump()
    rosa_invited.knock()
    rosa_invited.browser.head(f"{rosa_invited.base}/")
    assert dump() == before


@pytest.mark.django_db
def test_sl_04_the_eleventh_passcode_is_not_even_looked_at_and_the_owner_is_told(
    dr_ada: Person, shared_case: "Case"
) -> None:
    """SL-04: ten tries a link; the owner opens it again."""
    from arcada.apps.notifications.models import Notification

    new = make_share(dr_ada, shared_case, level="passcode", passcode="tulip-lantern-42", recipients=())
    guest = visitor_of(new, name="Guest")
    guest.knock()
    for _ in range(10):
        assert (
            guest.browser.post(f"{guest.base}/open", {"passcode": "wrong!", "name": "G"}).status_code == 422
        )
    right = {"passcode": "tulip-lantern-42", "name": "G"}
    assert guest.browser.post(f"{guest.base}/open", right).status_code == 422
    assert Notification.objects.filter(kind="share.locked", user=dr_ada.user).count() == 1
    from tests.web.browsing import signed_in

    assert signed_in(dr_ada).post(f"/shares/{new.share.pk}/open-again").status_code == 302
    assert guest.browser.post(f"{guest.base}/open", right).status_code == 302
    print("12 passcodes checked")
