"""Intake of a photograph or radiograph: pixels from the header first, then read, judge, draw."""

from arcada.core.findings import blocks
from arcada.core.images.facts import ImageFacts
from arcada.core.images.read import MAX_PIXELS, read_image, read_size
from arcada.core.images.thumbnail import make_views
from arcada.core.picture_check import needs_picture_check, picture_findings
from arcada.core.prepared import FileFacts, Parts, Task
from arcada.core.upload_standard import check_image, check_pixels, weigh

_BURNED_IN = "unknown"  # JPG and PNG have no word for text in the picture


def prepare_image(task: Task) -> Parts:
    """Everything that follows from the bytes of one image; `Unreadable` where they hold none."""
    width, height = read_size(task.data)
    if width * height > MAX_PIXELS:
        too_many = check_pixels(task.standard, width, height)
        if too_many:
            unread = FileFacts(task.format, len(task.data), task.sha256, task.kind.value)
            return Parts(unread, (*task.findings, *too_many))
    image = read_image(task.data)
    facts = ImageFacts(
        format=image.format,
        bytes=len(task.data),
        sha256=task.sha256,
        width=image.width,
        height=image.height,
        megapixels=image.width * image.height / 1e6,
        is_colour=image.is_colour,
        kind=task.kind.value,
        picture_check=needs_picture_check(task.kind, _BURNED_IN),
    )
    found = [
        *task.findings,
        *image.findings,
        *picture_findings(task.kind, _BURNED_IN),
        *check_pixels(task.standard, facts.width, facts.height),
        *check_image(task.place, facts),
    ]
    findings = tuple(weigh(task.place, found, keep=bool(task.declared.keep_reason)))
    if blocks(findings):
        return Parts(facts, findings)
    return Parts(facts, findings, image.removed, image.cleaned, renditions=make_views(image.cleaned))
