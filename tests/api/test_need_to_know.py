"""Who takes part in a case learns what the work needs: places, kinds, findings; never what the owner called things."""

import json
from typing import TYPE_CHECKING

import pytest

from tests.api.conftest import machine_of
from tests.cast import NOW, Person
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record

OWN_WORDS = (
    "P-CANARY-0218",
    "TITLE-CANARY",
    "TEXT-CANARY",
    "tag-canary",
    "COLLECTION-CANARY",
    "upper.stl",
    "Quaresma",
)
LISTS = ("cases", "cases/{case}", "cases/{case}/records", "cases/{case}/manifest", "cases/{case}/threads",
         "cases/{case}/decisions", "cases/{case}/participants", "records/{record}")  # fmt: skip
PAGES = (
    "/",
    "/cases",
    "/cases/{case}",
    "/cases/{case}/files",
    "/search?q=A-",
    "/search?q=P-CANARY",
    "/network",
)


@pytest.fixture
def told_about(dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]") -> "Case":
    """The shared case after its owner wrote a name of their own on everything."""
    from arcada.apps.patients.models import Patient
    from arcada.apps.records.actions import describe_record
    from arcada.apps.records.models import Collection

    Patient.objects.filter(pk=shared_case.patient_id).update(code="P-CANARY-0218")
    Collection.objects.filter(pk=shared_case.collection_id).update(title="COLLECTION-CANARY")
    for record in ready_records.values():
        describe_record(
            dr_ada.actor,
            record,
            title="TITLE-CANARY",
            description="TEXT-CANARY",
            tags=["tag-canary"],
            now=NOW,
        )
    return shared_case


def test_a_participant_sees_codes_places_and_findings_and_none_of_the_owners_words(
    carl: Person, told_about: "Case", ready_records: "dict[str, Record]"
) -> None:
    """R30."""
    machine, page = machine_of(carl), signed_in(carl)
    ids = {"case": told_about.pk, "record": ready_records["upper_jaw"].pk}
    checked = 0
    for path, ask in [(path, machine.get) for path in LISTS] + [(path, page.get) for path in PAGES]:
        answer = ask(path.format(**ids))
        assert answer.status_code == 200, path
        said = answer.content.decode()
        assert [word for word in OWN_WORDS if word in said] == [], path
        assert str(told_about.patient_id) not in said and str(told_about.collection_id) not in said, path
        checked += 1
    shown = machine.get(f"cases/{told_about.pk}").json()
    assert (shown["code"], shown["patient"], shown["patient_code"], shown["collection"]) == (
        "A-1042",
        None,
        None,
        None,
    )
    record = machine.get(f"records/{ids['record']}").json()
    assert record["slot"] == "upper_jaw" and record["kind"] == "scan" and record["facts"]["triangles"] > 0
    assert (record["title"], record["description"], record["tags"], record["collection"]) == (
        "",
        "",
        [],
        None,
    )
    assert machine.get(f"cases/{told_about.pk}/manifest").json()["records"][0]["label"]
    print(f"{checked} answers checked")


def test_the_owner_still_sees_them_all(
    dr_ada: Person, told_about: "Case", ready_records: "dict[str, Record]"
) -> None:
    machine = machine_of(dr_ada)
    case = machine.get(f"cases/{told_about.pk}").json()
    assert case["patient_code"] == "P-CANARY-0218" and case["collection"] == str(told_about.collection_id)
    record = machine.get(f"records/{ready_records['upper_jaw'].pk}").json()
    assert (record["title"], record["tags"]) == ("TITLE-CANARY", ["tag-canary"])
    assert "TITLE-CANARY" in json.dumps(machine.get(f"cases/{told_about.pk}/manifest").json())
    assert "P-CANARY-0218" in signed_in(dr_ada).get("/cases").content.decode()


def test_the_title_of_a_design_is_for_everybody_in_the_case(
    dr_ada: Person, carl: Person, told_about: "Case"
) -> None:
    from arcada.apps.cases.actions import add_design

    add_design(dr_ada.actor, told_about, name="x.stl", size=900, title="Crown 14, design", now=NOW)
    titles = [one["title"] for one in machine_of(carl).get(f"cases/{told_about.pk}/records").json()["items"]]
    assert "Crown 14, design" in titles
