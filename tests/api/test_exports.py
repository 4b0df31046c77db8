"""A record as GLB and as DICOM: the same gates and names as its cleaned file."""

import io
import re
from typing import TYPE_CHECKING

import pydicom
import pytest

from tests.cast import CANARIES, Person, Visitor, make_share, visitor_of
from tests.web.browsing import signed_in

if TYPE_CHECKING:
    from arcada.apps.cases.models import Case
    from arcada.apps.records.models import Record

pytestmark = pytest.mark.django_db


def test_the_house_gets_them_under_the_patients_code_and_everybody_else_under_the_cases(
    dr_ada: Person, carl: Person, rosa: Visitor, ready_records: "dict[str, Record]"
) -> None:
    upper = ready_records["upper_jaw"].pk
    answers = {
        "P-0218": signed_in(dr_ada).get(f"/records/{upper}/exports/dcm"),
        "A-1042": signed_in(carl).get(f"/records/{upper}/exports/dcm"),
        "A-1042 ": rosa.browser.get(f"{rosa.base}/records/{upper}/exports/dcm"),
    }
    for code, answer in answers.items():
        code = code.strip()
        assert answer.status_code == 200
        assert answer["Content-Disposition"] == f'attachment; filename="{code}_upper-jaw.dcm"'
        assert answer["Content-Type"] == "application/dicom"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert pydicom.dcmread(io.BytesIO(answer.content)).PatientID == code
        for canary in CANARIES:
            assert canary.encode() not in answer.content


def test_the_stl_inside_is_the_cleaned_file(dr_ada: Person, ready_records: "dict[str, Record]") -> None:
    from arcada.apps.files.sealed import read_bytes

    record = ready_records["upper_jaw"]
    answer = signed_in(dr_ada).get(f"/records/{record.pk}/exports/dcm")
    file = pydicom.dcmread(io.BytesIO(answer.content))
    assert record.cleaned is not None
    assert file.EncapsulatedDocument[: file.EncapsulatedDocumentLength] == read_bytes(record.cleaned)


def test_a_glb_is_a_glb_and_the_audit_knows_its_hash(
    dr_ada: Person, ready_records: "dict[str, Record]"
) -> None:
    import hashlib

    from arcada.apps.audit.models import AuditEvent

    answer = signed_in(dr_ada).get(f"/records/{ready_records['upper_jaw'].pk}/exports/glb")
    assert answer.content[:4] == b"glTF"
    event = AuditEvent.objects.get(action="record.exported")
    assert event.ids["format"] == "glb"
    assert event.ids["sha256"] == hashlib.sha256(answer.content).hexdigest()


def test_a_photograph_and_an_unknown_format_are_not_there(
    dr_ada: Person, ready_records: "dict[str, Record]"
) -> None:
    browser = signed_in(dr_ada)
    assert browser.get(f"/records/{ready_records['EV19'].pk}/exports/glb").status_code == 404
    assert browser.get(f"/records/{ready_records['upper_jaw'].pk}/exports/step").status_code == 404


def test_without_the_right_to_download_there_is_none(
    dr_ada: Person, mallory: Person, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    upper = ready_records["upper_jaw"].pk
    guest = visitor_of(make_share(dr_ada, shared_case, gives="view"), "rosa@north-lab.example")
    guest.come_in()
    for name in ("glb", "dcm"):
        assert signed_in(mallory).get(f"/records/{upper}/exports/{name}").status_code == 404
        assert guest.browser.get(f"{guest.base}/records/{upper}/exports/{name}").status_code == 404


def test_an_export_counts_as_a_download_of_the_share_and_one_that_is_not_there_does_not(
    dr_ada: Person, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    upper = ready_records["upper_jaw"].pk
    guest = visitor_of(make_share(dr_ada, shared_case, max_downloads=1), "rosa@north-lab.example")
    guest.come_in()
    address = f"{guest.base}/records/{upper}/exports"
    assert guest.browser.get(f"{address}/step").status_code == 404
    assert guest.browser.get(f"{address}/glb").status_code == 200
    assert guest.browser.get(f"{address}/glb").status_code == 403


def test_the_files_page_offers_them_where_there_is_a_surface(
    carl: Person, shared_case: "Case", ready_records: "dict[str, Record]"
) -> None:
    page = signed_in(carl).get(f"/cases/{shared_case.pk}/files").content.decode()
    offered = set(re.findall(r"/records/([0-9a-f-]{36})/exports/(glb|dcm)", page))
    surfaces = {str(ready_records[slot].pk) for slot in ("upper_jaw", "lower_jaw")}
    assert offered == {(record, name) for record in surfaces for name in ("glb", "dcm")}
    assert f"/cases/{shared_case.pk}/capsule" in page
