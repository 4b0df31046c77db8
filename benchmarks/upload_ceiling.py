"""What hashing and sealing alone allow: the work of an upload on bytes in memory, without a server around it."""

import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from arcada.core.sealing import CHUNK, NONCE, SEALED_CHUNK, FileSealer

Take = Callable[[memoryview], object]


class _Work:
    """SHA-256 of the whole, SHA-256 of each block, sealing into memory that is used again, as the server does."""

    def __init__(self, block: bytes) -> None:
        self.pieces = [memoryview(block)[start : start + CHUNK] for start in range(0, len(block), CHUNK)]
        self.sealed = bytearray(SEALED_CHUNK)
        self._sealer = FileSealer(os.urandom(32), workspace_id=uuid4(), file_id=uuid4())
        self._whole = hashlib.sha256()

    def hash_whole(self) -> None:
        for piece in self.pieces:
            self._whole.update(piece)

    def check_and_seal(self, *, then: Callable[[bytearray], object] | None = None) -> None:
        chunk = hashlib.sha256()
        for number, piece in enumerate(self.pieces):
            chunk.update(piece)
            nonce = os.urandom(NONCE)
            self._sealer.seal_into(memoryview(self.sealed), number, piece, is_last=False, nonce=nonce)
            if then is not None:
                then(self.sealed)
        chunk.digest()


def one_thread(size: int, block: bytes) -> float:
    """MB/s of all of it, one after the other."""
    work, began = _Work(block), time.perf_counter()
    for _ in range(size // len(block)):
        work.hash_whole()
        work.check_and_seal()
    return size / (time.perf_counter() - began) / 1e6


def two_threads(size: int, block: bytes) -> float:
    """MB/s with the whole's SHA-256 on one thread and the rest on another, neither waiting for the other."""
    work, turns = _Work(block), range(size // len(block))
    other = threading.Thread(target=lambda: [work.hash_whole() for _ in turns])
    began = time.perf_counter()
    other.start()
    for _ in turns:
        work.check_and_seal()
    other.join()
    return size / (time.perf_counter() - began) / 1e6


def with_disk(folder: Path, size: int, block: bytes) -> float:
    """MB/s of one thread that also writes what it sealed, and syncs after each block as a promise demands."""
    work, began = _Work(block), time.perf_counter()
    with (folder / "sealed").open("wb", buffering=0) as file:
        for _ in range(size // len(block)):
            work.hash_whole()
            work.check_and_seal(then=file.write)
            os.fdatasync(file.fileno())
    took = time.perf_counter() - began
    (folder / "sealed").unlink()
    return size / took / 1e6


def disk(folder: Path, size: int, block: bytes) -> float:
    """MB/s of plain writing with a sync after each block: what this disk gives today."""
    began = time.perf_counter()
    with (folder / "plain").open("wb", buffering=0) as file:
        for _ in range(size // len(block)):
            file.write(block)
            os.fdatasync(file.fileno())
    took = time.perf_counter() - began
    (folder / "plain").unlink()
    return size / took / 1e6
