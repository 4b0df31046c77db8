"""What exiftool, an outside judge, still finds in a cleaned image: nothing that identifies (DE-01, DE-02)."""

import json
import shutil
import subprocess

import pytest

from arcada.core.images.read import read_image
from tests.core.images.test_golden_images import ACCEPTED, data_of
from tests.golden.images.make import CANARY

# Groups that describe the file itself or follow from its pixels.
HARMLESS_GROUPS = {"ExifTool", "File", "System", "Composite", "SourceFile"}
HARMLESS_TAGS = {
    "JFIF:JFIFVersion", "JFIF:ResolutionUnit", "JFIF:XResolution", "JFIF:YResolution", "IFD0:Orientation",
    "Adobe:DCTEncodeVersion", "Adobe:APP14Flags0", "Adobe:APP14Flags1", "Adobe:ColorTransform",
    "PNG:ImageWidth", "PNG:ImageHeight", "PNG:BitDepth", "PNG:ColorType", "PNG:Compression", "PNG:Filter",
    "PNG:Interlace", "PNG:SRGBRendering", "PNG:Gamma", "PNG:Palette", "PNG:Transparency",
    "PNG-pHYs:PixelsPerUnitX", "PNG-pHYs:PixelsPerUnitY", "PNG-pHYs:PixelUnits",
}  # fmt: skip


def tags_of(path) -> dict[str, object]:
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not on this machine (Debian: libimage-exiftool-perl)")
    ran = subprocess.run(["exiftool", "-a", "-u", "-G1", "-j", str(path)], capture_output=True, check=True)
    return json.loads(ran.stdout)[0]


def left_over(path) -> list[str]:
    tags = [tag for tag in tags_of(path) if tag.split(":")[0] not in HARMLESS_GROUPS]
    return [tag for tag in tags if tag not in HARMLESS_TAGS]


@pytest.mark.parametrize("name", ACCEPTED)
def test_exiftool_finds_only_what_shows_the_picture(name, tmp_path):
    (tmp_path / name).write_bytes(read_image(data_of(name)).cleaned)
    assert left_over(tmp_path / name) == []
    assert CANARY.decode() not in json.dumps(tags_of(tmp_path / name))


def test_exiftool_finds_no_gps_no_name_and_no_serial_number_in_real_photographs(real_files, tmp_path):
    for path in sorted((real_files / "photos").iterdir()):
        kept = tmp_path / path.name
        kept.write_bytes(read_image(path.read_bytes()).cleaned)
        assert left_over(kept) == [], path.name
