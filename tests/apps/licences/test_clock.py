"""What the clock does: licences end, people are told before, evidence goes and its hash stays."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from arcada.apps.files.storage import the_store
from arcada.core.access import Permission
from arcada.core.errors import Conflict, NotFound, Refused
from arcada.core.licence import Lookup, Verdict
from arcada.core.standing import Level
from tests.apps.licences.panel import apply, as_now, events, lay_evidence, says
from tests.cast import NOW, Person
from tests.core.made_images import jpeg

END = NOW + timedelta(days=100)


@pytest.fixture
def verified(nova: Person, rita: Person) -> Any:
    """A licence whose last day is the 24th of June, 100 days from now."""
    licence = apply(nova, expires_on=(END - timedelta(days=1)).date())
    lay_evidence(licence)
    return says(rita, licence)


def mails_to(who: Person) -> list[Any]:
    from arcada.apps.mail.models import OutgoingMail

    return list(OutgoingMail.objects.filter(kind="licence", to=who.user.email).order_by("created_at"))


def test_lv_06_at_its_end_storing_stops_and_reading_stays(nova: Person, verified: Any) -> None:
    """LV-06: by the very second, before any job has run."""
    from arcada.apps.licences.deciding import expire_licences

    until = verified.holds_until
    assert until.date() == END.date()
    before, after = (as_now(nova.user, until + timedelta(seconds=s)) for s in (-1, 0))
    assert Permission.ADD_RECORD in before.permissions
    assert Permission.ADD_RECORD not in after.permissions and Permission.ADD_PATIENT not in after.permissions
    assert {
        Permission.VIEW,
        Permission.DOWNLOAD,
        Permission.ORIGINAL,
        Permission.SEE_AUDIT,
    } <= after.permissions
    assert expire_licences(now=until - timedelta(seconds=1)) == 0
    assert expire_licences(now=until) == 1
    assert expire_licences(now=until) == 0
    verified.refresh_from_db()
    nova.user.refresh_from_db()
    assert (verified.state, nova.user.level) == ("expired", Level.EMAIL)
    assert len(events("licence.expired")) == 1
    assert [mail.subject for mail in mails_to(nova)] == [
        "Your licence is verified",
        "Your licence has run out",
    ]


def test_lv_06_a_licence_without_a_last_day_is_looked_at_again_each_year(
    nova: Person, rita: Person, raul: Person
) -> None:
    """LV-06: it is in the queue again 60 days before, and a confirmation carries it for another year."""
    from arcada.apps.licences.deciding import expire_licences
    from arcada.apps.licences.queries import queue_of

    licence = apply(nova)
    lay_evidence(licence)
    says(rita, licence)
    soon = NOW + timedelta(days=310)
    assert list(queue_of(rita.user, now=NOW)) == []
    assert list(queue_of(rita.user, now=soon)) == [licence]
    with pytest.raises(Refused):
        says(rita, licence, lookup=Lookup.OUT_OF_REACH, now=soon)
    confirmed = says(rita, licence, now=soon)
    assert (confirmed.state, confirmed.holds_until) == ("verified", soon + timedelta(days=365))
    nova.user.refresh_from_db()
    assert nova.user.level_until == confirmed.holds_until
    assert expire_licences(now=NOW + timedelta(days=366)) == 0
    again = soon + timedelta(days=320)
    says(rita, licence, Verdict.REFUSE, lookup=Lookup.NOT_FOUND, now=again)
    assert says(raul, licence, Verdict.REFUSE, lookup=Lookup.NOT_FOUND, now=again).state == "suspended"


def test_lv_06_reminders_go_out_60_30_and_7_days_before_and_each_once(nova: Person, verified: Any) -> None:
    """LV-06: the job runs every hour for 100 days."""
    from arcada.apps.licences.deciding import remind_of_licences

    told = []
    for hour in range(0, 100 * 24, 6):
        now = NOW + timedelta(hours=hour)
        if remind_of_licences(now=now):
            told.append((verified.holds_until - now).days)
    assert [days in (60, 59, 30, 29, 7, 6) for days in told] == [True] * 3, told
    assert [event.ids["days"] for event in events("licence.reminded")] == [60, 30, 7]
    for mail in mails_to(nova):
        assert verified.number not in mail.text and verified.number_key not in mail.text
        assert "/settings/licence" in mail.text
    print(f"{100 * 4} runs checked")


def test_lv_07_evidence_goes_90_days_after_the_decision_and_its_hash_stays(
    nova: Person, verified: Any
) -> None:
    """LV-07: the blob is gone from the store, the row of the file too."""
    from arcada.apps.files.models import StoredFile
    from arcada.apps.licences.actions import forget_evidence
    from arcada.apps.licences.models import Evidence

    evidence = Evidence.objects.get()
    key, sha256 = evidence.file.object_key, evidence.sha256  # type: ignore[union-attr]
    assert the_store().size(key) is not None
    assert forget_evidence(now=NOW + timedelta(days=90) - timedelta(seconds=1)) == 0
    with pytest.raises(ValueError, match="never removed"):
        from arcada.apps.files.removal import remove_file

        remove_file(StoredFile(purpose="original"))
    from django.test import TestCase

    with TestCase.captureOnCommitCallbacks(execute=True):
        assert forget_evidence(now=NOW + timedelta(days=90)) == 1
    assert forget_evidence(now=NOW + timedelta(days=91)) == 0
    evidence.refresh_from_db()
    assert (evidence.sha256, evidence.file) == (sha256, None)
    assert not StoredFile.objects.filter(purpose="evidence").exists()
    assert the_store().size(key) is None
    assert [event.ids["sha256"] for event in events("licence.evidence_deleted")] == [sha256]


def test_lv_07_evidence_is_for_reviewers_only_and_each_look_is_recorded(
    nova: Person, dr_ada: Person, rita: Person, ben: Person
) -> None:
    """LV-07: the tenant's own administrator and the person themselves get the page that is not there."""
    licence = apply(nova)
    evidence = lay_evidence(licence)
    url = f"/review/licences/{licence.pk}/evidence/{evidence.pk}"
    for who in (nova, dr_ada, ben):
        page = Client()
        page.force_login(who.user)
        assert page.get(url).status_code == 404
        assert page.get(f"/review/licences/{licence.pk}").status_code == 404
    assert Client().get(url).status_code == 404
    assert events("licence.evidence_viewed") == []
    page = Client()
    page.force_login(rita.user)
    for times in (1, 2):
        answer = page.get(url)
        assert answer.status_code == 200 and answer.content == b"%PDF-1.7 a licence"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert [event.actor_id for event in events("licence.evidence_viewed")] == [rita.user.pk] * times
    other = apply(dr_ada, "777")
    assert page.get(f"/review/licences/{other.pk}/evidence/{evidence.pk}").status_code == 404
    print("12 looks checked")


def test_evidence_goes_through_the_same_intake_as_every_file(nova: Person) -> None:
    """UP-16: cleaned, sealed, and refused where it is no JPG, PNG or PDF."""
    from arcada.apps.files.sealed import read_bytes
    from arcada.apps.licences.actions import LARGEST_EVIDENCE, EvidenceRefused, add_evidence
    from arcada.apps.licences.models import Evidence

    licence = apply(nova)
    picture = jpeg(320, 240, comment="Nova, Rua das Flores 7")
    kept = add_evidence(nova.actor, licence, name="cro.jpg", data=picture, now=NOW)
    assert (kept.suffix, kept.removed >= 1) == (".jpg", True)
    assert b"Rua das Flores" not in read_bytes(kept.file)  # type: ignore[arg-type]
    for name, data in (
        ("cro.jpg", b"\xff\xd8\xff not a picture"), ("cro.pdf", b"MZ\x90 a program"), ("a.txt", b"CRO-SP 12345\n"),
        ("cro.jpg", b""), ("cro.png", b"\0" * (LARGEST_EVIDENCE + 1)),
        ("cro.stl", b"solid a\nendsolid a\n"),
    ):  # fmt: skip
        with pytest.raises(EvidenceRefused):
            add_evidence(nova.actor, licence, name=name, data=data, now=NOW)
    assert Evidence.objects.count() == 1
    assert len(events("licence.evidence_added")) == 1


def test_evidence_of_a_decided_licence_is_not_added_to(nova: Person, rita: Person, raul: Person) -> None:
    from arcada.apps.licences.access import own_licence_for
    from arcada.apps.licences.actions import add_evidence

    licence = apply(nova)
    for who in (rita, raul):
        says(who, licence, Verdict.REFUSE)
    with pytest.raises(Conflict):
        add_evidence(nova.actor, licence, name="a.jpg", data=jpeg(64, 64), now=NOW)
    with pytest.raises(NotFound):
        own_licence_for(rita.actor, licence.pk)


def test_a_licence_that_ran_out_is_not_applied_with_and_not_approved(nova: Person, rita: Person) -> None:
    with pytest.raises(Refused) as refusal:
        apply(nova, expires_on=date(2026, 3, 17))
    assert refusal.value.code == "ran_out"
    licence = apply(nova, expires_on=date(2026, 3, 20))
    lay_evidence(licence)
    with pytest.raises(Refused):
        says(rita, licence, now=NOW + timedelta(days=5))
