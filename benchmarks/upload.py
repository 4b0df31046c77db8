"""Uploads into sealed local storage beside the ceiling of their own work, beside nginx's PUT; the server's memory."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from benchmarks import upload_ceiling as alone
from benchmarks.house import CHUNK, House, a_house
from benchmarks.memory import SharedOut, cpu_seconds, descendants, peak_mb
from benchmarks.places import MADE
from benchmarks.upload_client import Block, put, upload

MIB = 1 << 20
GOAL, MEMORY_MB = 0.6, 150.0
SIZE = 256 * MIB
MEMORY_SIZES = (200, 1024)
_NGINX = """daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ }}
http {{
  access_log off; client_max_body_size 0; client_body_temp_path {folder}/temp;
  server {{ listen 127.0.0.1:{port}; root {folder}/put; location / {{ dav_methods PUT; create_full_put_path on; }} }}
}}
"""


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


def ours(house: House, collection: str, size: int, block: Block) -> float:
    """MB/s over HTTP on loopback, chunks with checksums, until the last one is acknowledged as stored."""
    _record, promised = house.new_record(collection, "other", f"{uuid4().hex[:8]}.stl", size)
    return size / upload(house.server.port, house.token, promised, size, block) / 1e6


def nginx_put(port: int, folder: Path, size: int, block: Block) -> float:
    """MB/s of one PUT into nginx on the same disk: no hash, no sealing, no sync."""
    took = put(port, size, block)
    (folder / "put" / "one.bin").unlink()
    return size / took / 1e6


def measure(rounds: int) -> dict[str, Any]:
    block = Block.of(CHUNK)
    MADE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=MADE) as name:
        folder = Path(name)
        turns: list[dict[str, float]] = []
        with a_house(folder / "one", workers=0) as house, an_nginx(folder / "nginx") as port:
            assert house.server.process is not None
            web = descendants(house.server.process.pid)
            collection = house.new_collection("free-collection")
            ours(house, collection, 4 * CHUNK, block)
            for _ in range(rounds):
                turns.append(_turn(house, web, collection, port, folder, block))
                print({side: round(speed, 2) for side, speed in turns[-1].items()}, flush=True)
        memory = {str(size): _memory(folder / f"m{size}", size * MIB, block) for size in MEMORY_SIZES}
    figures = _figures(turns, memory)
    print(figures, flush=True)
    return figures


def _turn(
    house: House, web: list[int], collection: str, port: int | None, folder: Path, block: Block
) -> dict[str, float]:
    """MB/s of each side, and the CPU milliseconds that a chunk costs the ceiling, the server and the client."""
    data, chunks = block.data, SIZE // CHUNK
    busy = time.process_time()
    turn = {"ceiling": alone.one_thread(SIZE, data)}
    turn["cpu_ceiling"] = (time.process_time() - busy) / chunks * 1e3
    busy, server = time.process_time(), cpu_seconds(web)
    turn["arcada"] = ours(house, collection, SIZE, block)
    turn["cpu_client"] = (time.process_time() - busy) / chunks * 1e3
    turn["cpu_server"] = (cpu_seconds(web) - server) / chunks * 1e3
    # The other side of it again, so that a machine that gets busier or idler weighs on both.
    turn["ceiling"] = 2 / (1 / turn["ceiling"] + 1 / alone.one_thread(SIZE, data))
    turn["ceiling_two_threads"] = alone.two_threads(SIZE, data)
    turn["ceiling_with_disk"] = alone.with_disk(folder, SIZE, data)
    turn["disk"] = alone.disk(folder, SIZE, data)
    if port is not None:
        turn["nginx"] = nginx_put(port, folder / "nginx", SIZE, block)
    return turn


def _figures(turns: list[dict[str, float]], memory: dict[str, dict[str, float]]) -> dict[str, Any]:
    def ratio(side: str) -> float | str:
        if side not in turns[0]:
            return "not measured"
        return round(median(turn["arcada"] / turn[side] for turn in turns), 2)

    middle = {side: median(turn[side] for turn in turns) for side in turns[0]}
    of_ceiling = ratio("ceiling")
    assert isinstance(of_ceiling, float)
    return {
        "mb": SIZE // MIB,
        "mb_per_s": {side: round(value, 1) for side, value in middle.items() if "cpu" not in side},
        "cpu_ms_per_chunk": {side[4:]: round(value, 1) for side, value in middle.items() if "cpu" in side},
        "of_ceiling": of_ceiling,
        "of_ceiling_rounds": sorted(round(turn["arcada"] / turn["ceiling"], 2) for turn in turns),
        "of_ceiling_two_threads": ratio("ceiling_two_threads"),
        "of_ceiling_with_disk": ratio("ceiling_with_disk"),
        "of_nginx": ratio("nginx"),
        "rounds": len(turns),
        "goal_of_ceiling": GOAL,
        "peak_memory_mb": memory,
        "goal_memory_mb": MEMORY_MB,
        "verdict": "met" if of_ceiling >= GOAL else "missed",
        "verdict_memory": "met"
        if max(one["web_process"] for one in memory.values()) <= MEMORY_MB
        else "missed",
    }


def _memory(folder: Path, size: int, block: Block) -> dict[str, float]:
    """Peak MB of a fresh installation with a worker, over one upload of `size`.

    `web_process` is the one that answers; granian keeps a second beside it that only watches. Summing both by Rss
    counts the libraries they share twice, Pss counts them once.
    """
    with a_house(folder, workers=1) as house:
        assert house.server.process is not None
        collection = house.new_collection("free-collection")
        processes = descendants(house.server.process.pid)
        web = [one for one in processes if _is_web(one)]
        before = sum(map(peak_mb, web))
        with SharedOut(web) as together, SharedOut([house.server.process.pid, *processes]) as everything:
            ours(house, collection, size, block)
        told = {
            "before": before,
            "web_process": max(map(peak_mb, web)),
            "web_server_rss": sum(map(peak_mb, web)),
            "web_server_pss": together.most,
            "with_watcher_and_worker_pss": everything.most,
        }
    shutil.rmtree(folder)
    return {name: round(value, 1) for name, value in told.items()}


def _is_web(process: int) -> bool:
    """Of granian: its own process, those that answer, and what multiprocessing sets beside them."""
    return b"worker\0" not in Path(f"/proc/{process}/cmdline").read_bytes()
