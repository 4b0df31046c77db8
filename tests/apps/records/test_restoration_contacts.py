"""Contacts of a restoration: planned with both jaws, shown with the one it bites on, and only of its newest version."""

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from tests.apps.records.test_comparisons import manifest_of, opened, work_off
from tests.cast import Given, Person, judged_file, lay_in_design, lay_in_judged, make_share, visitor_of

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Collection, Comparison, Record

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def crowned() -> dict[str, Given]:
    """Jaws that meet, the upper one prepared for a crown on 14, and two versions of that crown."""
    from arcada.core.geometry.specimen import make_crown, make_pair
    from arcada.core.geometry.specimen.faults import moved
    from arcada.core.geometry.write import write_stl

    upper, lower = make_pair(4, triangles=30_000, colours=False, preparation_fdi=14)
    crowns = {version: make_crown(4, 14, version, triangles=8_000) for version in (1, 3)}
    return {
        "upper_jaw": judged_file("upper_jaw", "upper.stl", write_stl(upper)),
        "upper again": judged_file("upper_jaw", "upper 2.stl", write_stl(upper, header="sent again")),
        "preparation": judged_file("preparation", "prep.stl", write_stl(upper)),
        "apart": judged_file("upper_jaw", "upper apart.stl", write_stl(moved(upper, (0, 6, 0)))),
        "lower_jaw": judged_file("lower_jaw", "lower.stl", write_stl(lower)),
        "crown": judged_file("upper_jaw", "crown.stl", write_stl(crowns[1])),
        "crown v2": judged_file("upper_jaw", "crown.stl", write_stl(crowns[3])),
        "crown away": judged_file("upper_jaw", "crown.stl", write_stl(moved(crowns[3], (300, 0, 0)))),
    }


@pytest.fixture
def jaws(dr_ada: Person, collection: "Collection", crowned: dict[str, Given]) -> "dict[str, Record]":
    return {
        slot: lay_in_judged(dr_ada.actor, collection, crowned[slot]) for slot in ("upper_jaw", "lower_jaw")
    }


@pytest.fixture
def case(dr_ada: Person, collection: "Collection", jaws: "dict[str, Record]") -> "Case":
    return opened(dr_ada, collection)


@pytest.fixture
def crown(dr_ada: Person, case: "Case", crowned: dict[str, Given]) -> "Record":
    return measured_crown(dr_ada, case, crowned["crown"])


def measured_crown(who: Person, case: "Case", given: Given) -> "Record":
    """A crown that was compared with whatever jaws there are."""
    crown = lay_in_design(who, case, given)
    work_off(case.collection)
    return crown


def planned(collection: "Collection") -> int:
    from arcada.apps.records.comparison_plan import plan_comparisons

    return plan_comparisons(collection, now=timezone.now())


def rows_with(restoration: "Record") -> "list[Comparison]":
    from django.db.models import Q

    from arcada.apps.records.models import Comparison

    return list(
        Comparison.objects.filter(kind="contacts").filter(Q(record=restoration) | Q(against=restoration))
    )


def contacts_with(who: Person, case: "Case", restoration: "Record") -> dict[tuple[str, str], dict[str, Any]]:
    own = str(restoration.pk)
    return {
        (entry["record"], entry["against"]): entry
        for entry in manifest_of(who.actor, case)["comparisons"]
        if entry["kind"] == "contacts" and own in (entry["record"], entry["against"])
    }


def test_a_restoration_is_planned_both_ways_with_each_jaw_and_one_job_measures_all(
    dr_ada: Person,
    collection: "Collection",
    case: "Case",
    jaws: "dict[str, Record]",
    crowned: dict[str, Given],
) -> None:
    from arcada.apps.records.comparing import compare

    work_off(collection)
    crown = lay_in_design(dr_ada, case, crowned["crown"])
    assert planned(collection) == 1
    rows = rows_with(crown)
    upper, lower = jaws["upper_jaw"].pk, jaws["lower_jaw"].pk
    ways = {(row.record_id, row.against_id) for row in rows}
    assert ways == {(crown.pk, upper), (upper, crown.pk), (crown.pk, lower), (lower, crown.pk)}
    compare.call(str(rows[0].pk))
    states = {(row.record_id, row.against_id): row.state for row in rows_with(crown)}
    assert {states[crown.pk, lower], states[lower, crown.pk]} == {"ready"}
    assert {states[crown.pk, upper], states[upper, crown.pk]} == {"seated"}
    assert planned(collection) == 0 and len(rows_with(crown)) == 4


def test_after_a_kill_between_two_of_its_rows_the_next_attempt_measures_all_of_them(
    dr_ada: Person,
    collection: "Collection",
    case: "Case",
    crowned: dict[str, Given],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from arcada.apps.records import comparing

    work_off(collection)
    crown = lay_in_design(dr_ada, case, crowned["crown"])
    planned(collection)
    asked = str(rows_with(crown)[0].pk)
    save, saved = comparing.save_comparison, []

    def killed_after_one(*args: Any, **more: Any) -> bool:
        if saved:
            raise SystemExit("killed")
        saved.append(args)
        return save(*args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(comparing, "save_comparison", killed_after_one)
        with pytest.raises(SystemExit):
            comparing.compare.call(asked)
    assert saved and {row.state for row in rows_with(crown)} == {"waiting"}
    comparing.compare.call(asked)
    assert {row.state for row in rows_with(crown)} == {"ready", "seated"}


def test_a_crown_on_the_upper_jaw_shows_contacts_with_the_lower_one_both_ways_and_none_with_its_seat(
    dr_ada: Person, case: "Case", jaws: "dict[str, Record]", crown: "Record"
) -> None:
    from arcada.apps.files.sealed import read_bytes
    from arcada.apps.records.models import Comparison
    from arcada.apps.records.queries import rendition_of
    from arcada.core.geometry.stream import read_grid

    listed = contacts_with(dr_ada, case, crown)
    own, lower = str(crown.pk), str(jaws["lower_jaw"].pk)
    assert set(listed) == {(own, lower), (lower, own)}
    for entry in listed.values():
        assert entry["state"] == "ready" and entry["url"]
        assert entry["summary"]["seated_on"] == "maxilla"
        assert entry["summary"]["measured_from"] == {"record": "file", "against": "file"}
        row = Comparison.objects.get(pk=entry["id"])
        assert row.file is not None
        stream = read_bytes(rendition_of(row.record, "full.glb").file)
        assert row.file.bytes == len(read_grid(stream).cells)
    assert listed[own, lower]["spots"]


def test_a_newer_version_of_a_restoration_is_planned_anew_and_the_older_one_is_no_longer_shown(
    dr_ada: Person,
    collection: "Collection",
    case: "Case",
    jaws: "dict[str, Record]",
    crown: "Record",
    crowned: dict[str, Given],
) -> None:
    high = contacts_with(dr_ada, case, crown)[str(crown.pk), str(jaws["lower_jaw"].pk)]
    second = lay_in_design(dr_ada, case, crowned["crown v2"], supersedes=crown)
    assert contacts_with(dr_ada, case, crown) == {}
    work_off(collection)
    assert contacts_with(dr_ada, case, crown) == {}
    assert {row.state for row in rows_with(second)} == {"ready", "seated"}
    right = contacts_with(dr_ada, case, second)[str(second.pk), str(jaws["lower_jaw"].pk)]
    assert high["summary"]["penetration_mm"] > right["summary"]["penetration_mm"] + 0.05


def test_a_newer_scan_of_the_jaw_it_sits_on_has_the_restoration_measured_again(
    dr_ada: Person,
    collection: "Collection",
    case: "Case",
    jaws: "dict[str, Record]",
    crown: "Record",
    crowned: dict[str, Given],
) -> None:
    lay_in_judged(dr_ada.actor, collection, crowned["upper again"], supersedes=jaws["upper_jaw"])
    assert contacts_with(dr_ada, case, crown) == {}, (
        "which jaw it sits on was told by a scan that is replaced"
    )
    work_off(collection)
    assert {entry["state"] for entry in contacts_with(dr_ada, case, crown).values()} == {"ready"}


def test_of_a_restoration_in_a_frame_of_its_own_no_contacts_are_claimed_and_the_reason_is_said(
    dr_ada: Person, case: "Case", crowned: dict[str, Given]
) -> None:
    crown = measured_crown(dr_ada, case, crowned["crown away"])
    listed = contacts_with(dr_ada, case, crown).values()
    assert {(entry["state"], entry["summary"]["why_none"]) for entry in listed} == {
        ("no_antagonist", "not_seated")
    }
    assert all(entry["url"] is None and entry["spots"] == [] for entry in listed)


def test_between_jaws_that_do_not_meet_a_restoration_has_no_contacts(
    dr_ada: Person, collection: "Collection", crowned: dict[str, Given]
) -> None:
    for name in ("apart", "lower_jaw"):
        lay_in_judged(dr_ada.actor, collection, crowned[name])
    case = opened(dr_ada, collection)
    crown = measured_crown(dr_ada, case, crowned["crown"])
    listed = contacts_with(dr_ada, case, crown).values()
    assert {(entry["state"], entry["url"]) for entry in listed} == {("not_in_occlusion", None)}


def test_with_one_jaw_nothing_is_claimed_until_the_other_one_comes(
    dr_ada: Person, collection: "Collection", crowned: dict[str, Given]
) -> None:
    lay_in_judged(dr_ada.actor, collection, crowned["lower_jaw"])
    case = opened(dr_ada, collection)
    crown = measured_crown(dr_ada, case, crowned["crown"])
    listed = contacts_with(dr_ada, case, crown).values()
    assert {(entry["state"], entry["summary"]["why_none"]) for entry in listed} == {
        ("no_antagonist", "one_jaw")
    }
    lay_in_judged(dr_ada.actor, collection, crowned["upper_jaw"])
    work_off(collection)
    listed = contacts_with(dr_ada, case, crown).values()
    assert len(listed) == 2 and {entry["state"] for entry in listed} == {"ready"}


def test_a_scan_of_the_preparation_stands_in_for_a_jaw_that_was_not_sent(
    dr_ada: Person, collection: "Collection", crowned: dict[str, Given]
) -> None:
    for name in ("preparation", "lower_jaw"):
        lay_in_judged(dr_ada.actor, collection, crowned[name])
    case = opened(dr_ada, collection)
    crown = measured_crown(dr_ada, case, crowned["crown"])
    listed = contacts_with(dr_ada, case, crown).values()
    assert len(listed) == 2 and {entry["state"] for entry in listed} == {"ready"}


def test_contacts_of_a_crown_say_its_own_tooth_and_not_the_one_it_bites_on(
    dr_ada: Person, case: "Case", jaws: "dict[str, Record]", crown: "Record"
) -> None:
    from arcada.apps.cases.scene import label_teeth

    way = (str(crown.pk), str(jaws["lower_jaw"].pk))
    point = contacts_with(dr_ada, case, crown)[way]["spots"][0]["point"]
    labels = [
        {"tooth_fdi": 44, "record": str(jaws["lower_jaw"].pk), "point": point},
        {"tooth_fdi": 14, "record": str(jaws["upper_jaw"].pk), "point": [point[0], point[1] + 3, point[2]]},
    ]
    label_teeth(dr_ada.actor, case, labels=labels, now=timezone.now())
    listed = contacts_with(dr_ada, case, crown)
    assert listed[way]["spots"][0]["tooth_fdi"] == 14
    assert {spot["tooth_fdi"] for spot in listed[way[1], way[0]]["spots"]} <= {44}


def test_rosa_sees_contacts_of_a_crown_only_with_the_jaw_it_bites_on_in_her_grant(
    dr_ada: Person, case: "Case", jaws: "dict[str, Record]", crown: "Record"
) -> None:
    for slot, count in (("lower_jaw", 2), ("upper_jaw", 0)):
        share = make_share(dr_ada, case, records=[jaws[slot], crown])
        rosa = visitor_of(share, "rosa@north-lab.example")
        rosa.come_in()
        listed = manifest_of(rosa.actor, case, base=rosa.base)["comparisons"]
        assert [entry["state"] for entry in listed] == ["ready"] * count
        for entry in listed:
            assert rosa.browser.get(entry["url"]).status_code == 200


def lie_in(places: "dict[str, Record]") -> None:
    for slot, record in places.items():
        record.slot = slot
        record.save(update_fields=["slot"])


def test_jaws_put_right_after_they_lay_in_each_others_place_name_the_seat_anew_without_measuring(
    dr_ada: Person,
    collection: "Collection",
    case: "Case",
    jaws: "dict[str, Record]",
    crowned: dict[str, Given],
) -> None:
    from arcada.apps.records.seats import jaw_slots

    upper, lower = jaws["upper_jaw"], jaws["lower_jaw"]
    lie_in({"upper_jaw": lower, "lower_jaw": upper})
    crown = measured_crown(dr_ada, case, crowned["crown"])
    assert {e["summary"]["seated_on"] for e in contacts_with(dr_ada, case, crown).values()} == {"mandible"}
    assert jaw_slots([crown]) == {crown.pk: "lower_jaw"}
    lie_in({"upper_jaw": upper, "lower_jaw": lower})
    assert planned(collection) == 0
    for entry in contacts_with(dr_ada, case, crown).values():
        shares = entry["summary"]["share_along"]
        assert entry["summary"]["seated_on"] == "maxilla" and shares["maxilla"] > 2 * shares["mandible"]
    assert jaw_slots([crown]) == {crown.pk: "upper_jaw"}


def as_rosa_sees(
    dr_ada: Person, case: "Case", restoration: "Record", *records: "Record"
) -> list[dict[str, Any]]:
    rosa = visitor_of(make_share(dr_ada, case, records=[restoration, *records]), "rosa@north-lab.example")
    rosa.come_in()
    own = str(restoration.pk)
    listed = manifest_of(rosa.actor, case, base=rosa.base)["comparisons"]
    return [entry for entry in listed if own in (entry["record"], entry["against"])]


def test_rosa_with_a_crown_and_one_jaw_learns_nothing_of_the_other_jaw(
    dr_ada: Person,
    collection: "Collection",
    case: "Case",
    jaws: "dict[str, Record]",
    crowned: dict[str, Given],
) -> None:
    from arcada.apps.cases.scene import label_teeth

    upper, lower = jaws["upper_jaw"], jaws["lower_jaw"]
    crown = lay_in_design(dr_ada, case, crowned["crown"])
    planned(collection)
    assert {entry["state"] for entry in contacts_with(dr_ada, case, crown).values()} == {"waiting"}
    assert as_rosa_sees(dr_ada, case, crown, upper) == as_rosa_sees(dr_ada, case, crown, lower) == []
    work_off(collection)
    whole = as_rosa_sees(dr_ada, case, crown, upper, lower)
    assert all({"share_along", "in_occlusion"} <= set(entry["summary"]) for entry in whole)
    point = whole[0]["spots"][0]["point"]
    labels = [{"tooth_fdi": 14, "record": str(crown.pk), "point": point}]
    label_teeth(dr_ada.actor, case, labels=labels, now=timezone.now())
    pair = as_rosa_sees(dr_ada, case, crown, lower)
    assert len(pair) == 2 and all(entry["spots"] for entry in pair)
    of_crown = next(entry for entry in pair if entry["record"] == str(crown.pk))
    assert of_crown["spots"][0]["tooth_fdi"] == 14
    assert all(
        set(entry["summary"])
        == {"gap_mm", "penetration_mm", "contact_area_mm2", "spot_count", "measured_from", "seated_on"}
        for entry in pair
    )


def test_a_jaw_outside_the_case_still_decides_whether_contacts_measured_with_it_stand(
    dr_ada: Person,
    collection: "Collection",
    case: "Case",
    jaws: "dict[str, Record]",
    crown: "Record",
    crowned: dict[str, Given],
) -> None:
    from arcada.apps.cases.models import CaseRecord

    share = make_share(dr_ada, case, records=[crown, jaws["lower_jaw"]])
    rosa = visitor_of(share, "rosa@north-lab.example")
    rosa.come_in()
    CaseRecord.objects.filter(case=case, record=jaws["upper_jaw"]).delete()
    # Asked as a request, whose rows the database holds back: the upper jaw's are none of hers.
    page = rosa.browser.get(f"{rosa.base}/").content.decode()
    assert "against Lower jaw: contacts" in page
    lay_in_judged(dr_ada.actor, collection, crowned["upper again"], supersedes=jaws["upper_jaw"])
    CaseRecord.objects.filter(case=case, record__slot="upper_jaw").delete()
    page = rosa.browser.get(f"{rosa.base}/").content.decode()
    assert "against Lower jaw: contacts" not in page


def test_why_nothing_is_claimed_of_a_restoration_is_told_to_nobody_who_does_not_see_both_jaws(
    dr_ada: Person, case: "Case", jaws: "dict[str, Record]", crowned: dict[str, Given]
) -> None:
    crown = measured_crown(dr_ada, case, crowned["crown away"])
    assert len(as_rosa_sees(dr_ada, case, crown, *jaws.values())) == 4
    for jaw in jaws.values():
        assert as_rosa_sees(dr_ada, case, crown, jaw) == []


def test_restorations_from_before_the_update_are_measured_once(
    dr_ada: Person, case: "Case", crowned: dict[str, Given]
) -> None:
    from importlib import import_module

    from django.apps import apps

    from arcada.apps.jobs.models import Job

    crown = lay_in_design(dr_ada, case, crowned["crown"])
    Job.objects.all().delete()
    import_module("arcada.apps.records.migrations.0005_restorations_to_measure").ask(apps, None)
    (job,) = Job.objects.all()
    assert (job.task, job.args) == ("arcada.apps.records.jobs.check_collection", [str(crown.collection_id)])
    work_off(crown.collection)
    assert {row.state for row in rows_with(crown)} == {"ready", "seated"}
