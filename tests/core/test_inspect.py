"""`arcada inspect`: the same judgement offline, as JSON and for a person, with exit codes a script can use."""

import json
from pathlib import Path

import pytest

from arcada.cli import main
from arcada.core.anatomy import Jaw
from arcada.core.geometry.specimen import make_arch
from arcada.core.geometry.stream import decode_glb
from arcada.core.geometry.write import write_obj_textured, write_stl
from arcada.core.upload_standard import SHIPPED, as_dict
from tests.core.made_images import jpeg

SCANS = Path(__file__).parents[3] / "shared/data/scans"
CANARY = "Maria da Silva"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inspect")
    mesh = make_arch(Jaw.MAXILLA, seed=4, triangles=24_000)
    (folder / "upper.stl").write_bytes(write_stl(mesh, header=CANARY))
    (folder / "cut.stl").write_bytes(write_stl(mesh)[:-7])
    (folder / "large.jpg").write_bytes(jpeg(2880, 2160, comment=CANARY))
    textured = folder / "textured"
    textured.mkdir()
    for name, content in write_obj_textured(mesh).items():
        (textured / name.replace("scan.obj", "Upper.OBJ")).write_bytes(content)
    return folder


def report(capsys: pytest.CaptureFixture[str], *given: str | Path) -> tuple[int, dict]:  # type: ignore[type-arg]
    code = main(["inspect", *map(str, given), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_json_has_the_shape_that_the_api_has(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = report(capsys, folder / "upper.stl", "--slot", "upper", "--standard", "archive-3-2")
    assert code == 0 and said["accepted"] is True and said["slot"] == "upper_jaw"
    facts = said["facts"]
    assert {
        "kind",
        "format",
        "bytes",
        "sha256",
        "triangles",
        "vertices",
        "extent_mm",
        "unit",
        "has_colour",
        "jaw",
    } <= set(facts)
    assert {"components", "border_loops"} <= set(facts)
    assert (facts["kind"], facts["format"], facts["unit"], facts["jaw"]) == (
        "scan",
        "stl_binary",
        "mm",
        "maxilla",
    )
    assert all({"code", "severity", "value", "text"} <= set(finding) for finding in said["findings"])
    assert said["receipt"] == [{"file": "main", "where": "STL header", "what": "text", "length": 80}]
    assert CANARY not in json.dumps(said)


def test_a_rejected_image_exits_1_with_the_reason_and_the_offer(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = report(capsys, folder / "large.jpg", "--slot", "EV19", "--standard", "archive-3-2")
    assert code == 1 and said["accepted"] is False
    assert {"width": 2880, "height": 2160, "megapixels": 6.2208}.items() <= said["facts"].items()
    (found,) = said["findings"]
    assert (found["code"], found["severity"], found["value"], found["limit"]) == (
        "too_many_pixels",
        "blocker",
        6.2208,
        2,
    )
    assert found["text"] == "Too large: 6.22 megapixels, limit 2. We can reduce it to 1,632 × 1,224."


def test_a_person_reads_verdict_facts_findings_and_what_is_taken_out(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(folder / "upper.stl"), "--standard", "crown-and-bridge"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Accepted: upper.stl\n  judged as Upper jaw, Crown and bridge\n")
    assert "[warning] The file has no colour." in said
    assert "Taken out of the file that others get:\n  STL header: text, 80 bytes" in said
    assert main(["inspect", str(folder / "cut.stl")]) == 1
    assert "[blocker] The file is cut short." in capsys.readouterr().out


def test_out_writes_the_cleaned_file_the_levels_and_five_posters(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "checked"
    assert main(["inspect", str(folder / "upper.stl"), "--out", str(out)]) == 0
    capsys.readouterr()
    assert sorted(path.name for path in out.iterdir()) == [
        "cleaned.stl",
        "coarse.glb",
        "full.glb",
        *(f"poster-{view}.webp" for view in ("front", "left", "lower", "right", "upper")),
        "report.json",
    ]
    assert (out / "cleaned.stl").read_bytes()[80:] == (folder / "upper.stl").read_bytes()[80:]
    assert len(decode_glb((out / "full.glb").read_bytes()).triangles) > 20_000
    assert all(CANARY.encode() not in path.read_bytes() for path in out.iterdir())


def test_material_and_texture_beside_an_obj_are_found(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = report(capsys, folder / "textured" / "Upper.OBJ")
    assert code == 0 and said["facts"]["has_colour"] is True
    assert "missing_companion" not in {finding["code"] for finding in said["findings"]}


def test_a_path_in_an_obj_is_never_followed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = tmp_path / "secret.mtl"
    secret.write_text("newmtl a\nKd 1 0 0\n")
    inner = tmp_path / "inner"
    inner.mkdir()
    libraries = "mtllib ../secret.mtl\nmtllib /etc/passwd\nmtllib http://127.0.0.1:9/x.mtl\n"
    (inner / "a.obj").write_text(libraries + "v 0 0 0\nv 30 0 0\nv 0 30 0\nusemtl a\nf 1 2 3\n")
    code, said = report(capsys, inner / "a.obj")
    assert code == 0 and said["facts"]["has_colour"] is False
    assert "missing_companion" in {finding["code"] for finding in said["findings"]}


def test_a_standard_of_ones_own_can_be_used(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = as_dict(SHIPPED["archive-3-2"])
    content["slots"][0]["rules"] = {"colour_expected": "reject"}
    own = tmp_path / "own.json"
    own.write_text(json.dumps(content))
    code, said = report(capsys, folder / "upper.stl", "--standard", own)
    assert code == 1 and [f["code"] for f in said["findings"] if f["severity"] == "blocker"] == ["no_colour"]


@pytest.mark.parametrize(
    "given",
    [
        ["no such file.stl"],
        ["upper.stl", "--slot", "left_ear"],
        ["upper.stl", "--standard", "no-such-standard"],
        ["."],
    ],
)
def test_a_wrong_command_exits_2_with_one_line(
    folder: Path, given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(folder / given[0]), *given[1:]]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("arcada inspect: ") and said.err.count("\n") == 1


def test_no_file_at_all_exits_2_and_help_exits_0_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["inspect"])
    assert ended.value.code == 2
    with pytest.raises(SystemExit) as ended:
        main(["inspect", "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "examples:" in said and "archive-3-2" in said and "upper_jaw" in said


@pytest.mark.skipif(not SCANS.is_dir(), reason="the folder of real scans (../shared/data) is not here")
@pytest.mark.parametrize(
    ("name", "code", "jaw", "colour"),
    [
        ("dentition-a-upper.obj", 0, "maxilla", False),
        ("dentition-a-lower.obj", 0, "mandible", False),
        ("labscan-scan01.stl", 0, None, False),
        ("labscan-scan012-colour.ply", 0, None, True),
        ("labscan-scan012-vertexcolour.obj", 0, None, True),
        ("labscan-scan040.stl", 0, None, False),
        ("labscan-scan040.3shape.dcm", 1, None, None),
    ],
)
def test_real_scans_are_judged(
    name: str, code: int, jaw: str | None, colour: bool | None, capsys: pytest.CaptureFixture[str]
) -> None:
    said_code, said = report(capsys, SCANS / name)
    assert said_code == code
    assert jaw is None or said["facts"]["jaw"] == jaw
    assert colour is None or said["facts"]["has_colour"] is colour
