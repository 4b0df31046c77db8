"""A client that costs next to nothing: bytes hashed beforehand, a plain socket, sendfile out of memory."""

import hashlib
import os
import socket
import time
from base64 import b64encode
from dataclasses import dataclass


@dataclass(frozen=True)
class Block:
    """Random bytes that are sent again and again, and what the client says of them."""

    data: bytes
    descriptor: int
    checksum: str

    @classmethod
    def of(cls, size: int) -> "Block":
        data = os.urandom(size)
        descriptor = os.memfd_create("block")
        os.write(descriptor, data)
        return cls(data, descriptor, b64encode(hashlib.sha256(data).digest()).decode())


class Line:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 300)
        self._socket.settimeout(None)  # sendfile wants a socket that waits
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answers = self._socket.makefile("rb")

    def send(self, head: str, block: Block, times: int = 1) -> int:
        """One request with the block as its body, `times` over; the answer's status."""
        size = len(block.data)
        self._socket.sendall(f"{head}Host: 127.0.0.1\r\nContent-Length: {size * times}\r\n\r\n".encode())
        for _ in range(times):
            done = 0
            while done < size:
                done += os.sendfile(self._socket.fileno(), block.descriptor, done, size - done)
        return self._status()

    def close(self) -> None:
        self._answers.close()
        self._socket.close()

    def _status(self) -> int:
        status, body = int(self._answers.readline().split()[1]), 0
        while (line := self._answers.readline().strip().lower()) != b"":
            if line.startswith(b"content-length:"):
                body = int(line.split(b":")[1])
        self._answers.read(body)
        return status


def upload(port: int, token: str, upload_id: str, size: int, block: Block) -> float:
    """Seconds until the last chunk is acknowledged as stored; each chunk waits for the word on the one before."""
    line = Line(port)
    began = time.perf_counter()
    for at in range(0, size, len(block.data)):
        status = line.send(
            f"PATCH /api/v1/uploads/{upload_id} HTTP/1.1\r\nAuthorization: Bearer {token}\r\n"
            f"Tus-Resumable: 1.0.0\r\nUpload-Offset: {at}\r\nUpload-Checksum: sha256 {block.checksum}\r\n"
            "Content-Type: application/offset+octet-stream\r\n",
            block,
        )
        if status != 204:
            raise RuntimeError(f"PATCH at {at}: {status}")
    took = time.perf_counter() - began
    line.close()
    return took


def put(port: int, size: int, block: Block) -> float:
    """Seconds of one PUT into nginx."""
    line = Line(port)
    began = time.perf_counter()
    status = line.send("PUT /one.bin HTTP/1.1\r\n", block, size // len(block.data))
    took = time.perf_counter() - began
    line.close()
    if status not in (201, 204):
        raise RuntimeError(f"PUT: {status}")
    return took
