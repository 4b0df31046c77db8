"""How fast an upload goes into sealed local storage, beside the ceiling of its hashing and sealing. Not a test.

Run: python -m tests.apps.files.measure_uploads [megabytes] [rounds]
"""

import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from uuid import uuid4

from arcada.core.sealing import FileSealer
from tests.apps.files.upload_house import ENVIRONMENT, MIB, REPOSITORY, House, make_house


def ceiling(size: int, block: bytes) -> float:
    """MB/s of SHA-256 of the whole, SHA-256 of each 8 MiB chunk and sealing, on one thread, bytes in memory."""
    sealer = FileSealer(os.urandom(32), workspace_id=uuid4(), file_id=uuid4())
    pieces = [memoryview(block)[start : start + MIB] for start in range(0, len(block), MIB)]
    whole = hashlib.sha256()
    began = time.perf_counter()
    for _ in range(size // len(block)):
        chunk = hashlib.sha256()
        for number, piece in enumerate(pieces):
            whole.update(piece)
            chunk.update(piece)
            sealer.seal(number, piece, is_last=False, nonce=os.urandom(12))
        chunk.digest()
    return size / (time.perf_counter() - began) / 1e6


def disk(folder: Path, size: int, block: bytes) -> float:
    """MB/s of plain writing with a sync every 8 MiB: what this disk gives today."""
    began = time.perf_counter()
    with (folder / "plain").open("wb", buffering=0) as file:
        for _ in range(size // len(block)):
            file.write(block)
            os.fdatasync(file.fileno())
    took = time.perf_counter() - began
    (folder / "plain").unlink()
    return size / took / 1e6


def upload(house: House, size: int, block: bytes) -> float:
    """MB/s over HTTP on loopback, 8 MiB chunks with checksums, one kept connection."""
    name = house.open(size)
    told = base64.b64encode(hashlib.sha256(block).digest()).decode()
    line = HTTPConnection("127.0.0.1", house.port, blocksize=1 << 18)
    line.connect()
    began = time.perf_counter()
    for start in range(0, size, len(block)):
        headers = {
            **house.somebody.headers,
            "Tus-Resumable": "1.0.0",
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(start),
            "Upload-Checksum": f"sha256 {told}",
        }
        line.request("PATCH", f"/api/v1/uploads/{name}", body=block, headers=headers)
        answer = line.getresponse()
        answer.read()
        assert answer.status == 204, answer.status
    took = time.perf_counter() - began
    line.close()
    return size / took / 1e6


def main(megabytes: int = 512, rounds: int = 3) -> None:
    size = megabytes // 8 * 8 * MIB
    block = os.urandom(8 * MIB)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {**ENVIRONMENT, "ARCADA_DATA": name, "DJANGO_SETTINGS_MODULE": "arcada.config.settings"}
        migrate = "from tests.apps.files.upload_server import migrate; migrate()"
        subprocess.run([sys.executable, "-c", migrate], cwd=REPOSITORY, env=environment, check=True)
        house = make_house(folder / "data", f"file://{folder / 'files'}", folder / "arcada.sqlite3")
        try:
            for _ in range(rounds):
                busy = time.process_time()
                told = {"ceiling": ceiling(size, block)}
                ceiling_cpu = time.process_time() - busy
                told["disk"] = disk(folder, size, block)
                busy = house.ask("look")["cpu_seconds"]
                told["upload"] = upload(house, size, block)
                told["of_ceiling"] = told["upload"] / told["ceiling"]
                told["ceiling_cpu_s"] = ceiling_cpu
                told["server_cpu_s"] = house.ask("look")["cpu_seconds"] - busy
                told["server_peak_mb"] = house.ask("look")["peak_kb"] / 1024
                told["load"] = os.getloadavg()[0]
                print(json.dumps({key: round(value, 2) for key, value in told.items()}), flush=True)
        finally:
            house.kill()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]))
