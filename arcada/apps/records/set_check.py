"""check_set over what is stored: facts from the rows, surfaces from the full levels (16 bit, in millimetres)."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from arcada.apps.files.sealed import read_bytes
from arcada.apps.records.checked_set import save_set
from arcada.apps.records.models import Collection
from arcada.apps.records.queries import RecordView, records_of, standard_of, views_of
from arcada.core.anatomy import FileFormat, Jaw
from arcada.core.case_flow import RecordState
from arcada.core.documents.facts import DocumentFacts
from arcada.core.geometry.facts import Orientation, ScanFacts
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.stream import decode_glb
from arcada.core.images.facts import ImageFacts
from arcada.core.prepared import AnyFacts, FileFacts
from arcada.core.record_set import SetItem, check_set

JAWS_AND_BITES = ("upper_jaw", "lower_jaw", "bite", "bite_right", "bite_left")


def check_set_of(collection_id: UUID, *, now: datetime) -> bool:
    """Judge the collection as it is now; False when it changed meanwhile (a newer job is on its way)."""
    collection = Collection.objects.get(pk=collection_id)
    ready = [
        record
        for record in records_of(collection)
        if record.state == RecordState.READY and record.is_current and not record.is_attachment
    ]
    report = check_set(standard_of(collection), [_item(view) for view in views_of(ready)])
    return save_set(
        collection_id, revision=collection.revision, findings=report.findings, facts=report.facts(), now=now
    )


def _item(view: RecordView) -> SetItem:
    record = view.record
    level = view.renditions.get("full.glb")
    load: Callable[[], Mesh] | None = None
    if level is not None and record.slot in JAWS_AND_BITES:
        file = level.file
        load = functools.cache(lambda: decode_glb(read_bytes(file)))
    return SetItem(str(record.pk), record.slot, facts_of(record.facts), load)


def facts_of(stored: Mapping[str, Any]) -> AnyFacts:
    """The facts as intake gave them, from the row's JSON; fields a newer version added take their defaults."""
    values = dict(stored)
    values["format"] = FileFormat(values["format"]) if values.get("format") else None
    if "triangles" in values:
        values["jaw"] = Jaw(values["jaw"])
        values["extent_mm"] = tuple(values["extent_mm"])
        turned = values["orientation"]
        left, up, front = (tuple(map(float, row)) for row in turned["rows"])
        values["orientation"] = Orientation((left, up, front), turned["confidence"])  # type: ignore[arg-type]
        return ScanFacts(**_known(ScanFacts, values))
    if "megapixels" in values:
        return ImageFacts(**_known(ImageFacts, values))
    if "pages" in values:
        return DocumentFacts(**_known(DocumentFacts, values))
    return FileFacts(**_known(FileFacts, values))


def _known(kind: type[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in values.items() if name in names}
