"""One record's page: refused with a reason, reduced when asked, kept with a reason, unit confirmed, versions."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from arcada.core.anatomy import Jaw
from arcada.core.geometry.specimen import make_arch
from arcada.core.geometry.specimen.faults import scaled
from arcada.core.geometry.write import write_stl
from tests.cast import Person
from tests.core.made_images import jpeg, png
from tests.web.browsing import signed_in
from tests.web.lay_in import body_of, judge, lay_in


def incoming(page: Client, collection) -> str:
    text = page.get(reverse("patients-collection", args=[collection.pk])).content.decode()
    return text[text.index('id="incoming-stored"') :]


def test_a_picture_of_exactly_two_megapixels_is_kept_and_one_pixel_row_more_is_not(
    page: Client,
    dr_ada: Person,
    archive,
) -> None:
    """N12, N15, UP-03."""
    assert lay_in(dr_ada, archive, "EV15", "a.png", png(2000, 1000, grey=False)).state == "ready"
    refused = lay_in(dr_ada, archive, "EV19", "b.png", png(2000, 1001, grey=False))
    assert (refused.state, refused.reason) == ("rejected", "too_many_pixels")
    rows = incoming(page, archive)
    assert "Too large: 2.002 megapixels, limit 2" in rows.replace("2.00 ", "2 ")
    assert "Reduce and add" in rows


def test_reduce_and_add_makes_a_new_version_and_leaves_the_refused_original_stored(
    page: Client,
    dr_ada: Person,
    archive,
) -> None:
    from arcada.apps.audit.models import AuditEvent
    from arcada.apps.files.sealed import read_bytes
    from arcada.apps.records.models import Record
    from arcada.apps.records.reduce import make_reduced

    original = jpeg(2400, 1600)
    refused = lay_in(dr_ada, archive, "EV15", "a.jpg", original)
    page.post(reverse("patients-record-reduce", args=[refused.pk]))
    assert "Is being reduced" in incoming(page, archive)
    page.post(reverse("patients-record-reduce", args=[refused.pk]))  # pressed twice: one effect
    make_reduced.call(str(refused.pk), str(dr_ada.user.pk), "Dr Ada Lima")
    make_reduced.call(str(refused.pk), str(dr_ada.user.pk), "Dr Ada Lima")
    reduced = Record.objects.get(supersedes=refused)
    judge(reduced)
    assert reduced.state == "ready"
    assert reduced.facts["width"] * reduced.facts["height"] <= 2_000_000
    assert reduced.facts["width"] / reduced.facts["height"] == pytest.approx(1.5, abs=0.01)
    refused.refresh_from_db()
    assert refused.original is not None and read_bytes(refused.original) == original
    assert AuditEvent.objects.filter(action="record.reduced", object_id=reduced.pk).count() == 1
    assert AuditEvent.objects.filter(action="record.reduction_asked", actor_id=dr_ada.user.pk).count() == 1
    assert "Reduce and add" not in incoming(page, archive)
    versions = page.get(reverse("patients-record", args=[reduced.pk])).content.decode()
    assert reverse("patients-record", args=[refused.pk]) in versions


def test_only_an_image_that_is_too_large_and_nothing_else_can_be_reduced(
    page: Client,
    dr_ada: Person,
    archive,
) -> None:
    cut = lay_in(dr_ada, archive, "EV15", "a.png", png(600, 400)[:2000])
    assert "Reduce" not in incoming(page, archive)
    assert page.post(reverse("patients-record-reduce", args=[cut.pk])).status_code == 409


def test_a_discouraged_photograph_asks_for_a_reason_and_is_kept_with_it(
    page: Client,
    dr_ada: Person,
    archive,
) -> None:
    """N14."""
    photo = lay_in(dr_ada, archive, "intraoral", "a.jpg", jpeg(300, 200))
    assert photo.state == "ready"
    rows = incoming(page, archive)
    assert "three dimensions" in rows and "Keep with a reason" in rows
    assert page.post(reverse("patients-record-keep", args=[photo.pk]), {"reason": "  "}).status_code == 422
    page.post(reverse("patients-record-keep", args=[photo.pk]), {"reason": "Fracture of 11"})
    judge(photo)
    assert (photo.state, photo.keep_reason) == ("ready", "Fracture of 11")
    assert "Keep with a reason" not in incoming(page, archive)


def test_a_unit_that_was_guessed_is_confirmed_by_a_person(
    page: Client,
    dr_ada: Person,
    archive,
) -> None:
    inches = write_stl(scaled(make_arch(Jaw.MAXILLA, seed=1, triangles=4000), 1 / 25.4))
    scan = lay_in(dr_ada, archive, "upper_jaw", "upper.stl", inches)
    assert "Confirm the unit" in incoming(page, archive)
    assert page.post(reverse("patients-record-unit", args=[scan.pk]), {"unit": "parsec"}).status_code == 422
    page.post(reverse("patients-record-unit", args=[scan.pk]), {"unit": "inch"})
    judge(scan)
    assert scan.unit == "inch"
    assert 30 < max(scan.facts["extent_mm"]) < 120
    assert "Confirm the unit" not in incoming(page, archive)


def test_the_receipt_shows_lengths_and_never_what_was_taken_out(
    page: Client,
    dr_ada: Person,
    archive,
) -> None:
    record = lay_in(dr_ada, archive, "EV15", "a.jpg", jpeg(300, 200, comment="Zelia Canario 1987-05-04"))
    text = page.get(reverse("patients-record", args=[record.pk])).content.decode()
    assert "Canario" not in text and "Zelia" not in text
    assert re.search(r'class="bar-out" style="--n:\d+" role="img" aria-label="\d+ bytes taken out"', text)


def test_findings_are_said_in_three_parts(page: Client, dr_ada: Person, archive) -> None:
    """N15."""
    record = lay_in(dr_ada, archive, "EV15", "a.png", png(600, 400)[:2000])
    text = page.get(reverse("patients-record", args=[record.pk])).content.decode()
    said = text[text.index('class="finding" data-grade="blocker"') :]
    assert re.search(r'<p class="what">[^<]+</p><p>[^<]+</p>', said)


def test_a_scan_page_holds_the_manifest_the_coarse_level_and_one_audit_line(
    page: Client,
    dr_ada: Person,
    archive,
) -> None:
    from arcada.apps.audit.models import AuditEvent

    mesh = make_arch(Jaw.MAXILLA, seed=1, triangles=12_000)
    record = lay_in(dr_ada, archive, "upper_jaw", "upper.stl", write_stl(mesh, header="Zelia Canario"))
    text = page.get(reverse("patients-record", args=[record.pk])).content.decode()
    assert f'id="coarse-{record.pk}"' in text
    assert '<script type="application/json" id="manifest">' in text
    assert "Canario" not in text
    assert AuditEvent.objects.filter(action="record.viewed").count() == 1


def test_rename_describe_tag_move_remove_restore_retry(page: Client, dr_ada: Person, archive) -> None:
    """S10, S11, N22."""
    record = lay_in(dr_ada, archive, "EV15", "a.jpg", jpeg(300, 200))

    def post(name: str, **values: str) -> int:
        code: int = page.post(reverse(name, args=[record.pk]), values).status_code
        record.refresh_from_db()
        return code

    assert post("patients-record-describe", title=" At  rest ", description="before", tags="a, b") == 302
    assert (record.title, record.description) == ("At rest", "before")
    assert sorted(record.tags.values_list("name", flat=True)) == ["a", "b"]
    post("patients-record-move", to="slot:EV19")
    assert (record.slot, record.state) == ("EV19", "queued")
    judge(record)
    post("patients-record-remove")
    assert record.is_removed and record.original_id
    post("patients-record-restore")
    assert not record.is_removed
    post("patients-record-retry")
    assert record.state == "queued"


def test_a_new_version_takes_the_place_and_the_old_one_stays_in_the_list(
    page: Client,
    dr_ada: Person,
    archive,
) -> None:
    first = lay_in(dr_ada, archive, "EV15", "a.jpg", jpeg(300, 200))
    second = lay_in(dr_ada, archive, "EV15", "b.jpg", jpeg(320, 200), supersedes=first)
    assert second.version == 2
    text = page.get(reverse("patients-collection", args=[archive.pk])).content.decode()
    assert "version 2" in text
    assert reverse("patients-record", args=[first.pk]) not in text
    versions = page.get(reverse("patients-record", args=[second.pk])).content.decode()
    assert reverse("patients-record", args=[first.pk]) in versions


def test_a_refused_next_version_leaves_the_accepted_one_in_its_place(
    page: Client,
    dr_ada: Person,
    archive,
) -> None:
    first = lay_in(dr_ada, archive, "EV15", "a.jpg", jpeg(300, 200))
    lay_in(dr_ada, archive, "EV15", "b.jpg", jpeg(320, 200)[:900], supersedes=first)
    text = page.get(reverse("patients-collection", args=[archive.pk])).content.decode()
    assert reverse("patients-record", args=[first.pk]) in text
    assert 'data-state="refused"' in text


def test_downloads_go_out_clean_or_byte_exact(page: Client, dr_ada: Person, archive) -> None:
    """N18."""
    sent = jpeg(300, 200, comment="Zelia")
    record = lay_in(dr_ada, archive, "EV15", "zelia.jpg", sent)
    original = page.get(reverse("patients-record-original", args=[record.pk]))
    assert body_of(original) == sent
    cleaned = page.get(reverse("patients-record-cleaned", args=[record.pk]))
    assert b"Zelia" not in body_of(cleaned)
    assert "P-0218_EV15.jpg" in cleaned["Content-Disposition"]


def test_every_address_of_a_record_is_closed_to_mallory(
    mallory: Person,
    dr_ada: Person,
    archive,
) -> None:
    record = lay_in(dr_ada, archive, "EV15", "a.jpg", jpeg(300, 200))
    page = signed_in(mallory)
    for name in ("describe", "move", "remove", "restore", "retry", "keep", "unit", "reduce"):
        assert page.post(reverse(f"patients-record-{name}", args=[record.pk])).status_code == 404, name
    for name in ("patients-record", "patients-record-original", "patients-record-cleaned"):
        assert page.get(reverse(name, args=[record.pk])).status_code == 404, name


def test_nothing_is_changed_by_a_get(page: Client, dr_ada: Person, archive) -> None:
    record = lay_in(dr_ada, archive, "EV15", "a.jpg", jpeg(300, 200))
    for name in ("describe", "move", "remove", "restore", "retry", "keep", "unit", "reduce"):
        assert page.get(reverse(f"patients-record-{name}", args=[record.pk])).status_code == 405
