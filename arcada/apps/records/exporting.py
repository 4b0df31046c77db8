"""A ready scan in another format, made when it is asked for, in a limited child: nothing of it is stored."""

from arcada import __version__
from arcada.apps.files.sealed import read_bytes
from arcada.apps.records.limits import ChildFailed, in_child
from arcada.apps.records.models import Companion, Record
from arcada.core.anatomy import FileFormat, RecordKind
from arcada.core.errors import NotFound, Refused
from arcada.core.outgoing import ExportFormat
from arcada.core.slots import title_of

SURFACES = (RecordKind.SCAN, RecordKind.DESIGN)


def can_be_exported(record: Record) -> bool:
    """A surface that was read: it has facts and a cleaned file. One that is only stored has neither."""
    return record.kind in SURFACES and record.cleaned is not None and bool(record.facts.get("triangles"))


def exported_bytes(record: Record, to: ExportFormat, *, code: str) -> bytes:
    """The whole file; `code` stands in it in the place of the patient."""
    # Here: a web server that nobody asks for this does without the readers and their kernels.
    from arcada.core import kernels
    from arcada.core.geometry import convert
    from arcada.core.geometry.dicom_stl import Naming

    if record.cleaned is None or not can_be_exported(record):
        raise NotFound
    data = read_bytes(record.cleaned)
    companions = {
        row.outgoing_name: read_bytes(row.cleaned)
        for row in Companion.objects.select_related("cleaned").filter(record=record).exclude(cleaned=None)
        if row.cleaned is not None
    }
    naming = Naming(
        code=code,
        study=str(record.collection_id),
        series=str(record.chain),
        record=str(record.pk),
        version=record.version,
        title=title_of(record.slot),
        software=__version__,
    )
    file_format, unit = FileFormat(record.facts["format"]), str(record.facts.get("unit", ""))
    kernels.warm_once()
    convert.rehearse()
    try:
        return in_child(
            lambda write: write(
                convert.convert_scan(data, file_format, to, unit=unit, naming=naming, companions=companions)
            )
        )
    except ChildFailed as failure:
        raise Refused("This scan is too large to be converted here.", code="not_converted") from failure
