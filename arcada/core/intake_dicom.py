"""Intake of a DICOM photograph or radiograph: refused by its first bytes, read, cleaned, drawn in its depth."""

from dataclasses import replace

from PIL import Image

from arcada.core.anatomy import RecordKind
from arcada.core.finding_texts import finding
from arcada.core.findings import blocks
from arcada.core.images.depth import encode_depth
from arcada.core.images.dicom.grey import eight_bits
from arcada.core.images.dicom.read import ReadDicom, read_dicom
from arcada.core.images.facts import DicomFacts
from arcada.core.images.thumbnail import views_of
from arcada.core.picture_check import needs_picture_check, picture_findings
from arcada.core.prepared import Parts, Task
from arcada.core.upload_standard import check_image, check_pixels, weigh

DEPTH = "depth.bin"  # the rendition with every bit of a grey picture


def prepare_dicom(task: Task) -> Parts:
    """Everything that follows from one DICOM file; `Unreadable` where it is not taken."""
    image = read_dicom(task.data, uid_key=task.declared.uid_key, sha256=task.sha256)
    kind = image.kind if image.kind in task.place.kinds else task.kind
    facts = _facts(task, image, kind)
    found = [
        *task.findings,
        *([finding("dicom_other_kind", image.kind.value)] if kind is not image.kind else []),
        *picture_findings(kind, image.burned_in),
        *check_pixels(task.standard, facts.width, facts.height),
        *check_image(task.place, facts),
    ]
    findings = tuple(weigh(task.place, found, keep=bool(task.declared.keep_reason)))
    if blocks(findings):
        return Parts(facts, findings, kind=kind)
    return Parts(facts, findings, image.removed, image.cleaned, renditions=_renditions(image), kind=kind)


def _facts(task: Task, image: ReadDicom, kind: RecordKind) -> DicomFacts:
    layout, spacing = image.layout, image.spacing
    facts = DicomFacts(
        format=task.format,
        bytes=len(task.data),
        sha256=task.sha256,
        width=layout.columns,
        height=layout.rows,
        megapixels=layout.columns * layout.rows / 1e6,
        is_colour=layout.is_colour,
        kind=kind.value,
        bits=layout.bits_stored,
        modality=image.modality,
        burned_in=image.burned_in,
        picture_check=needs_picture_check(kind, image.burned_in),
    )
    if spacing is None:
        return facts
    return replace(
        facts, spacing_mm=(spacing.row_mm, spacing.column_mm), calibration=spacing.calibration.value
    )


def _renditions(image: ReadDicom) -> dict[str, bytes]:
    if image.colour is not None:
        return views_of(Image.fromarray(image.colour))
    if image.grey is None:
        return {}
    grey = image.grey
    views = views_of(Image.fromarray(eight_bits(grey)))
    return {**views, DEPTH: encode_depth(grey.values, bits=grey.bits, low=grey.low, high=grey.high)}
