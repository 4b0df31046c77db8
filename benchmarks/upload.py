"""Uploads into sealed local storage beside the ceiling of their own work, beside nginx's PUT; the server's memory."""

import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from arcada.core.sealing import CHUNK as SEAL
from arcada.core.sealing import FileSealer
from benchmarks.house import CHUNK, House, a_house, checksum
from benchmarks.places import MADE

MIB = 1 << 20
GOAL, MEMORY_MB = 0.6, 150.0
SIZE = 256 * MIB
_NGINX = """daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ }}
http {{
  access_log off; client_max_body_size 0; client_body_temp_path {folder}/temp;
  server {{ listen 127.0.0.1:{port}; root {folder}/put; location / {{ dav_methods PUT; create_full_put_path on; }} }}
}}
"""


def ceiling(size: int, block: bytes) -> float:
    """MB/s of SHA-256 of the whole, SHA-256 of each chunk and sealing, on one thread, bytes in memory."""
    sealer = FileSealer(os.urandom(32), workspace_id=uuid4(), file_id=uuid4())
    pieces = [memoryview(block)[start : start + SEAL] for start in range(0, len(block), SEAL)]
    whole, began = hashlib.sha256(), time.perf_counter()
    for _ in range(size // len(block)):
        chunk = hashlib.sha256()
        for number, piece in enumerate(pieces):
            whole.update(piece)
            chunk.update(piece)
            sealer.seal(number, piece, is_last=False, nonce=os.urandom(12))
    return size / (time.perf_counter() - began) / 1e6


def disk(folder: Path, size: int, block: bytes) -> float:
    """MB/s of plain writing with a sync every chunk: what this disk gives today."""
    began = time.perf_counter()
    with (folder / "plain").open("wb", buffering=0) as file:
        for _ in range(size // len(block)):
            file.write(block)
            os.fdatasync(file.fileno())
    took = time.perf_counter() - began
    (folder / "plain").unlink()
    return size / took / 1e6


def ours(house: House, collection: str, size: int, block: bytes) -> float:
    """MB/s over HTTP on loopback, chunks with checksums, until the last one is acknowledged as stored."""
    _record, upload = house.new_record(collection, "other", f"{uuid4().hex[:8]}.stl", size)
    told = checksum(block)
    return size / house.upload(upload, ((block, told) for _ in range(size // len(block)))) / 1e6


def nginx_put(port: int, folder: Path, size: int, block: bytes) -> float:
    """MB/s of one PUT into nginx on the same disk: no hash, no sealing, no sync."""
    line = HTTPConnection("127.0.0.1", port, blocksize=1 << 18, timeout=300)
    began = time.perf_counter()
    line.putrequest("PUT", "/one.bin")
    line.putheader("Content-Length", str(size))
    line.endheaders()
    for _ in range(size // len(block)):
        line.send(block)
    answer = line.getresponse()
    answer.read()
    took = time.perf_counter() - began
    assert answer.status in (201, 204), answer.status
    line.close()
    (folder / "put" / "one.bin").unlink()
    return size / took / 1e6


@contextlib.contextmanager
def an_nginx(folder: Path) -> Iterator[int | None]:
    """The port of an nginx of its own that takes PUT; None where nginx is not installed."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        yield None
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for name in ("put", "temp"):
        (folder / name).mkdir(parents=True)
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port))
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def web_memory(server: int) -> float:
    """Peak MB of all processes that `arcada serve` runs for the web (it has no workers here), itself left out."""
    return sum(_peak_kb(child) for child in _descendants(server)) / 1024


def _descendants(parent: int) -> list[int]:
    found = []
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        found += [int(child), *_descendants(int(child))]
    return found


def _peak_kb(process: int) -> int:
    """Peak of what is its own: pages shared with a parent are counted there."""
    lines = dict(
        line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines() if ":" in line
    )
    return int(lines.get("VmHWM", "0 kB").split()[0])


def measure(rounds: int) -> dict[str, Any]:
    block = os.urandom(CHUNK)
    MADE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=MADE) as name:
        folder = Path(name)
        speeds: dict[str, list[float]] = {}
        ratios: dict[str, list[float]] = {"of_ceiling": [], "of_nginx": []}
        with a_house(folder / "one", workers=0) as house, an_nginx(folder / "nginx") as port:
            collection = house.new_collection("free-collection")
            ours(house, collection, 4 * CHUNK, block)
            for _ in range(rounds):
                turn = {"ceiling": ceiling(SIZE, block), "disk": disk(folder, SIZE, block)}
                turn["arcada"] = ours(house, collection, SIZE, block)
                if port is not None:
                    turn["nginx"] = nginx_put(port, folder / "nginx", SIZE, block)
                    ratios["of_nginx"].append(turn["arcada"] / turn["nginx"])
                ratios["of_ceiling"].append(turn["arcada"] / turn["ceiling"])
                for side, speed in turn.items():
                    speeds.setdefault(side, []).append(speed)
                print({side: round(speed) for side, speed in turn.items()}, flush=True)
        memory = {str(size): _memory(folder / f"m{size}", size * MIB, block) for size in (64, 1024)}
    figures: dict[str, Any] = {
        "mb": SIZE // MIB,
        "mb_per_s": {side: round(median(values), 1) for side, values in speeds.items()},
        "of_ceiling": round(median(ratios["of_ceiling"]), 2),
        "of_nginx": round(median(ratios["of_nginx"]), 2)
        if ratios["of_nginx"]
        else "not measured: no nginx here",
        "rounds": rounds,
        "goal_of_ceiling": GOAL,
        "peak_memory_mb": memory,
        "goal_memory_mb": MEMORY_MB,
    }
    figures["verdict"] = "met" if figures["of_ceiling"] >= GOAL else "missed"
    figures["verdict_memory"] = (
        "met" if max(one["after"] for one in memory.values()) <= MEMORY_MB else "missed"
    )
    print(figures, flush=True)
    return figures


def _memory(folder: Path, size: int, block: bytes) -> dict[str, float]:
    """Peak MB of a fresh server's web process before and after one upload of `size`."""
    with a_house(folder, workers=0) as house:
        assert house.server.process is not None
        collection = house.new_collection("free-collection")
        before = web_memory(house.server.process.pid)
        ours(house, collection, size, block)
        parts = sorted((_peak_kb(one) / 1024 for one in _descendants(house.server.process.pid)), reverse=True)
        after = web_memory(house.server.process.pid)
    shutil.rmtree(folder)
    return {"before": round(before, 1), "after": round(after, 1), "largest_process": round(parts[0], 1)}
