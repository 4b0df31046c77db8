"""A practice of any size: patients, a collection each, five records in it, a case for every second patient.

Run in an environment with ARCADA_DATA and ARCADA_DATABASE_URL: `python -m benchmarks.pages_data PATIENTS`.
"""

import json
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from arcada.commands.setup_django import setup_django

SLOTS = ("upper_jaw", "lower_jaw", "bite", "frontal_smile", "occlusal_upper")
SCANS = 3
REAL_CASES = 24  # these have true levels and posters in the store, for the case page
NOW = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
EMAIL = "ada@lima.example"


def fill(patients: int) -> None:
    from django.db import connection

    from arcada.apps.accounts.actions import create_workspace, set_level
    from arcada.apps.accounts.models import User
    from arcada.apps.audit.models import AuditEvent
    from arcada.apps.cases.models import Case, CaseRecord
    from arcada.apps.files.models import StoredFile
    from arcada.apps.patients.models import Patient, PatientIdentity
    from arcada.apps.records.models import Collection, FoundInRecord, Record, Rendition
    from arcada.core.access import Actor, WorkspaceKind
    from arcada.core.case_flow import RecordState
    from arcada.core.standard_json import as_dict
    from arcada.core.standing import Level
    from arcada.core.upload_standard import SHIPPED
    from benchmarks.bulk import insert_many, new_ids, quick_loading
    from tests.cast import accept_everything

    user = User.objects.create_user(EMAIL, None, name="Dr Ada Lima")
    accept_everything(user, now=NOW)
    set_level(user, level=Level.LICENCE_VERIFIED, until=None)
    work = create_workspace(Actor.system(), user, kind=WorkspaceKind.CLINIC, name="Lima Dental", now=NOW)
    each, records = len(SLOTS), patients * len(SLOTS)
    standard = SHIPPED["archive-3-2"]
    patient_ids, collection_ids, record_ids = new_ids(patients), new_ids(patients), new_ids(records)
    file_ids, rendition_files, cases = new_ids(records), new_ids(records), new_ids(patients // 2)
    times = [_text(NOW - timedelta(seconds=37 * number)) for number in range(patients)]
    per_record = [one for one in times for _ in SLOTS]
    scans = [number for number in range(records) if number % each < SCANS and (number // each) % 2 == 0]
    kinds = ("scan",) * SCANS + ("photograph",) * (each - SCANS)
    facts = [json.dumps(_facts(slot, kind)) for slot, kind in zip(SLOTS, kinds, strict=True)]
    own: dict[str, Any] = {"workspace": work.pk}

    with quick_loading():
        insert_many(
            Patient, patients,
            {"id": patient_ids, "code": [f"P-{number:06d}" for number in range(patients)], "created_at": times,
             "touched_at": times}, **own,
        )  # fmt: skip
        insert_many(
            PatientIdentity, patients, {"patient": patient_ids}, sealed_name=b"n" * 60, sealed_born=b"b" * 38
        )
        insert_many(
            Collection, patients, {"id": collection_ids, "patient": patient_ids, "created_at": times},
            taken_on=date(2026, 3, 1), title="First visit", standard=as_dict(standard), standard_name=standard.name,
            standard_version=standard.version, set_state="checked", **own,
        )  # fmt: skip
        for ids, purpose in ((file_ids, "original"), (rendition_files, "rendition")):
            insert_many(
                StoredFile, records,
                {"id": ids, "object_key": ids, "sha256": [2 * one for one in ids], "created_at": per_record},
                purpose=purpose, wrapped_key=b"k" * 60, sealed_name=b"s" * 50, media_type="model/stl",
                bytes=9_996_984, **own,
            )  # fmt: skip
        insert_many(
            Record, records,
            {"id": record_ids, "collection": [one for one in collection_ids for _ in SLOTS], "chain": new_ids(records),
             "kind": kinds * patients, "slot": SLOTS * patients, "position": tuple(range(each)) * patients,
             "original": file_ids, "facts": facts * patients, "created_at": per_record, "ready_at": per_record},
            state=RecordState.READY.value, added_by=user.pk, added_by_name="Dr Ada Lima", **own,
        )  # fmt: skip
        insert_many(
            Rendition, records,
            {"id": new_ids(records), "record": record_ids, "file": rendition_files,
             "name": ("middle.glb",) * records},
        )  # fmt: skip
        insert_many(
            FoundInRecord,
            patients,
            {"record": record_ids[::each]},
            code="non_manifold_edges",
            severity="note",
            value=3,
        )
        insert_many(
            Case, patients // 2,
            {"id": cases, "patient": patient_ids[::2], "collection": collection_ids[::2],
             "code": [f"A-{number:06d}" for number in range(patients // 2)], "created_at": times[::2],
             "touched_at": times[::2]}, opened_by=user.pk, title="Crown 14", **own,
        )  # fmt: skip
        insert_many(
            CaseRecord, len(scans),
            {"id": new_ids(len(scans)), "case": [cases[number // each // 2] for number in scans],
             "record": [record_ids[number] for number in scans], "position": [number % each for number in scans],
             "added_at": [per_record[number] for number in scans]},
        )  # fmt: skip
        insert_many(
            AuditEvent, records, {"id": new_ids(records), "at": per_record, "object_id": record_ids},
            action="record.accepted", actor_kind="person", actor_id=user.pk, workspace_id=work.pk, object_kind="record",
        )  # fmt: skip
    work.next_patient, work.next_case = patients + 1, patients // 2 + 1
    work.save()
    _add_real_levels(cases[:REAL_CASES])
    shown = {"collections": collection_ids[:: max(1, patients // 500)], "cases": cases[:REAL_CASES]}
    chosen = {"email": EMAIL} | {name: [str(UUID(one)) for one in ids] for name, ids in shown.items()}
    from django.conf import settings

    (Path(settings.ENV.data) / "chosen.json").write_text(json.dumps(chosen))
    connection.close()


def _add_real_levels(cases: list[str]) -> None:
    from arcada.apps.cases.models import CaseRecord
    from arcada.apps.files.sealed import store_bytes
    from arcada.apps.records.models import Rendition
    from arcada.core.anatomy import Jaw
    from arcada.core.geometry.specimen import make_arch
    from arcada.core.geometry.write import write_stl
    from arcada.core.intake import Declared, prepare

    made = prepare(
        write_stl(make_arch(Jaw.MANDIBLE, seed=3, triangles=60_000)), Declared("lower.stl")
    ).renditions
    for row in CaseRecord.objects.filter(case_id__in=cases).select_related("record"):
        for name, data in made.items():
            file = store_bytes(
                row.record.workspace_id, data, purpose="rendition", media_type="model/gltf-binary", now=NOW
            )
            file.save()
            Rendition.objects.create(record=row.record, name=name, file=file)


def _facts(slot: str, kind: str) -> dict[str, Any]:
    rows = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    if kind != "scan":
        return {"format": "jpg", "bytes": 3_000_000, "width": 4000, "height": 3000, "kind": kind}
    return {
        "format": "stl-binary", "bytes": 9_996_984, "triangles": 199_938, "vertices": 100_412, "unit": "mm",
        "extent_mm": [68.7, 24.1, 55.2], "has_colour": False, "jaw": "mandible", "components": 1, "border_loops": 1,
        "kind": kind, "slot": slot, "orientation": {"rows": rows, "confidence": 0.9, "origin": [0.0, 0.0, 0.0]},
    }  # fmt: skip


def _text(moment: datetime) -> str:
    from django.db import connection

    return (
        moment.isoformat(" ")
        if connection.vendor == "postgresql"
        else moment.strftime("%Y-%m-%d %H:%M:%S.%f")
    )


if __name__ == "__main__":
    setup_django()
    from arcada.commands.migrate import migrate_database

    began = time.perf_counter()
    migrate_database(quiet=True)
    fill(int(sys.argv[1]))
    print(f"{sys.argv[1]} patients in {time.perf_counter() - began:.0f} s")
