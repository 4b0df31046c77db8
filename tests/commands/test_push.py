"""`arcada push` brings a patient folder in over the API, goes on where it stopped, and tells what was refused."""

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from arcada.core.anatomy import Jaw
from arcada.core.geometry.specimen import make_arch
from arcada.core.geometry.write import write_obj_textured, write_stl
from arcada.push.folder import NotAPatientFolder, dated, read_folder
from arcada.push.server import Server, Unreachable
from tests.commands.conftest import House
from tests.commands.cutting_proxy import CuttingProxy
from tests.journeys.server import ROOT

MIB = 1 << 20


def push(house: House, folder: Path, *more: str, url: str = "") -> subprocess.CompletedProcess[str]:
    env = {**house.server.env, "ARCADA_SERVER": url or house.server.url, "ARCADA_TOKEN": house.token}
    command = [sys.executable, "-m", "arcada", "push", str(folder), *more]
    return subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=150, check=False
    )


def ask(house: House, path: str) -> Any:
    request = urllib.request.Request(
        f"{house.server.url}/api/v1{path}", headers={"Authorization": f"Bearer {house.token}"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read())


def records_of(house: House, code: str) -> dict[str, list[dict[str, Any]]]:
    """Records by the day of their collection."""
    patient = next(one for one in ask(house, f"/patients?q={code}")["items"] if one["code"] == code)
    collections = ask(house, f"/patients/{patient['id']}/collections")["items"]
    return {one["taken_on"]: ask(house, f"/collections/{one['id']}/records")["items"] for one in collections}


@pytest.fixture(scope="module")
def scan() -> bytes:
    return write_stl(make_arch(Jaw.MAXILLA, seed=3, triangles=20_000))


@pytest.fixture(scope="module")
def two_chunks() -> bytes:
    """About 10 MB: one whole chunk and a bit."""
    data = write_stl(make_arch(Jaw.MAXILLA, seed=4, triangles=200_000))
    assert 9 * MIB < len(data) < 12 * MIB
    return data


def visit(folder: Path, name: str, **files: bytes) -> Path:
    made = folder / name
    made.mkdir()
    for file, data in files.items():
        (made / file.replace("__", ".")).write_bytes(data)
    return made


def test_a_folder_goes_in_once_and_the_second_time_nothing_is_sent(
    house: House, tmp_path: Path, scan: bytes
) -> None:
    folder = tmp_path / "P-0301"
    folder.mkdir()
    day = visit(folder, "2026-03-17 Crown 14 [crown-and-bridge]", upper__stl=scan)
    textured = write_obj_textured(
        make_arch(Jaw.MANDIBLE, seed=3, triangles=20_000), name="lower", image_format="JPEG"
    )
    for name, data in textured.items():
        (day / name).write_bytes(data)
    (folder / "letter.pdf").write_bytes(b"%PDF-")
    first = push(house, folder)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "letter.pdf" in first.stdout
    records = {record["slot"]: record for record in records_of(house, "P-0301")["2026-03-17"]}
    assert {slot: record["state"] for slot, record in records.items()} == {
        "upper_jaw": "ready",
        "lower_jaw": "ready",
    }
    assert records["lower_jaw"]["facts"]["has_colour"]
    counting = CuttingProxy(house.server.port)
    again = push(house, folder, url=counting.url)
    counting.close()
    assert again.returncode == 0
    assert again.stdout.count("there already") == 4
    assert counting.sent_up < 20_000


def test_what_is_refused_is_told_with_its_reason_also_the_second_time(
    house: House, tmp_path: Path, scan: bytes
) -> None:
    folder = tmp_path / "P-0302"
    folder.mkdir()
    visit(folder, "2026-03-18", upper__stl=scan[: len(scan) // 2], virus__exe=b"MZ")
    for _ in range(2):
        told = push(house, folder)
        assert told.returncode == 1
        assert "cut short" in told.stdout
        assert "This format is not accepted" in told.stdout


def test_a_cut_line_costs_a_chunk_and_not_the_file(house: House, tmp_path: Path, two_chunks: bytes) -> None:
    folder = tmp_path / "P-0303"
    folder.mkdir()
    visit(folder, "2026-03-19 [free-collection]", upper__stl=two_chunks)
    proxy = CuttingProxy(house.server.port, cut_after=9 * MIB)
    told = push(house, folder, url=proxy.url)
    proxy.close()
    assert told.returncode == 0, told.stdout + told.stderr
    assert proxy.cuts == 1
    assert proxy.sent_up < len(two_chunks) + 2 * MIB
    assert [record["state"] for record in records_of(house, "P-0303")["2026-03-19"]] == ["ready"]


def test_a_killed_push_goes_on_where_it_stopped(house: House, tmp_path: Path, two_chunks: bytes) -> None:
    folder = tmp_path / "P-0304"
    folder.mkdir()
    visit(folder, "2026-03-20 [free-collection]", upper__stl=two_chunks)
    stalling = CuttingProxy(house.server.port, cut_after=9 * MIB, stalls=True)
    env = {**house.server.env, "ARCADA_SERVER": stalling.url, "ARCADA_TOKEN": house.token}
    running = subprocess.Popen([sys.executable, "-m", "arcada", "push", str(folder)], cwd=ROOT, env=env)
    try:
        deadline = time.monotonic() + 60
        while stalling.sent_up < 9 * MIB and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        running.kill()
        running.wait()
        stalling.close()
    counting = CuttingProxy(house.server.port)
    told = push(house, folder, url=counting.url)
    counting.close()
    assert told.returncode == 0, told.stdout + told.stderr
    assert counting.sent_up < len(two_chunks) - 8 * MIB + 20_000, "the first chunk was there"
    assert len(records_of(house, "P-0304")["2026-03-20"]) == 1


def test_a_dry_run_changes_nothing(house: House, tmp_path: Path, scan: bytes) -> None:
    folder = tmp_path / "P-0305"
    folder.mkdir()
    visit(folder, "2026-03-21 Recall", upper__stl=scan)
    told = push(house, folder, "--dry-run")
    assert told.returncode == 0
    assert "would be sent" in told.stdout
    assert not ask(house, "/patients?q=P-0305")["items"]


def test_a_wrong_token_ends_at_once_and_says_so(house: House, tmp_path: Path, scan: bytes) -> None:
    folder = tmp_path / "P-0306"
    folder.mkdir()
    visit(folder, "2026-03-22", upper__stl=scan)
    told = push(house, folder, "--token", "arc_wrong")
    assert told.returncode == 3
    assert "does not know this token" in told.stderr


def test_a_folders_name_tells_day_title_and_standard() -> None:
    said = dated("2026-03-17 Crown 14, zirconia [crown-and-bridge]")
    assert said is not None
    assert (said[0].isoformat(), said[1], said[2]) == ("2026-03-17", "Crown 14, zirconia", "crown-and-bridge")
    bare = dated("2026-03-17")
    assert bare is not None
    assert bare[1:] == ("", "")
    for wrong in ("2026-02-30 Crown", "Crown 2026-03-17", "17.03.2026", "2026-03-17x"):
        assert dated(wrong) is None


def test_links_and_hidden_files_are_never_sent(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not of this patient")
    day = tmp_path / "P-0307" / "2026-03-17"
    day.mkdir(parents=True)
    (day / "linked.txt").symlink_to(secret)
    (day / ".hidden.txt").write_text("x")
    (day / "Thumbs.db").write_text("x")
    (day / "note.txt").write_text("x")
    (patient,) = read_folder(tmp_path / "P-0307")
    assert [file.name for file in patient.visits[0].files] == ["note.txt"]


def test_a_folder_without_a_day_is_refused_with_an_example(tmp_path: Path) -> None:
    (tmp_path / "P-0308" / "Crown").mkdir(parents=True)
    with pytest.raises(NotAPatientFolder, match="2026-03-17"):
        read_folder(tmp_path / "P-0308")


def test_a_token_is_never_sent_readable_to_another_machine() -> None:
    with pytest.raises(ValueError, match="https"):
        Server("http://arcada.example", "arc_x")


def test_a_server_that_never_was_there_is_told_within_seconds() -> None:
    began = time.monotonic()
    with pytest.raises(Unreachable):
        Server("http://127.0.0.1:9", "arc_x").get("/patients")
    assert time.monotonic() - began < 5
