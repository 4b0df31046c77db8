"""The store is out or slow: callers are told within five seconds, nobody piles up, and it heals by itself (DU-08)."""

import contextlib
import socket
import threading
import time
from uuid import uuid4

import pytest

from arcada.apps.files.s3_store import S3Store
from arcada.apps.files.storage import StoreUnavailable
from tests.apps.files.upload_house import ACCESS_KEY, SECRET_KEY, s3_server  # noqa: F401


class Line:
    """A TCP line to the store that can be cut or made to swallow everything."""

    def __init__(self, port: int) -> None:
        self._target = port
        self.mode = "pass"
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self.mode == "refuse":
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._target))
                self._open += [client, server]
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                while self.mode == "hang":
                    time.sleep(0.05)
                sink.sendall(data)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def set(self, mode: str) -> None:
        self.mode = mode
        if mode == "refuse":
            for one in self._open:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.set("refuse")
        self._listener.close()


@pytest.fixture
def line(s3_server):  # noqa: F811
    one = Line(s3_server.port)
    yield one
    one.close()


@pytest.fixture
def remote(s3_server, line):  # noqa: F811
    bucket = s3_server.new_bucket().split("//")[1].split("?")[0]
    store = S3Store(
        bucket,
        endpoint=f"http://127.0.0.1:{line.port}",
        region="us-east-1",
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
    )
    store.put("a/b/c", b"arch")
    return store


def refused_after(store: S3Store) -> float:
    began = time.monotonic()
    with pytest.raises(StoreUnavailable):
        store.read("a/b/c", 0, 4)
    return time.monotonic() - began


def wait_until_healed(store: S3Store) -> None:
    ends = time.monotonic() + 15
    while True:
        try:
            assert store.read("a/b/c", 0, 4) == b"arch"
            return
        except StoreUnavailable:
            assert time.monotonic() < ends
            time.sleep(0.3)


def test_a_store_that_hangs_is_noticed_within_five_seconds_and_then_at_once(remote, line):
    line.set("hang")
    assert refused_after(remote) < 5
    assert all(refused_after(remote) < 0.1 for _ in range(50))
    line.set("pass")
    wait_until_healed(remote)


def test_a_store_that_cuts_every_line_is_noticed_and_heals(remote, line):
    line.set("refuse")
    assert sum(refused_after(remote) for _ in range(4)) < 5
    assert refused_after(remote) < 0.1
    line.set("pass")
    wait_until_healed(remote)


def test_forty_callers_at_once_are_all_told_within_five_seconds(remote, line):
    line.set("hang")
    took: list[float] = []
    callers = [threading.Thread(target=lambda: took.append(refused_after(remote))) for _ in range(40)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(15)
    assert len(took) == 40
    assert max(took) < 8  # one connection pool is shared; nobody waits twice
    assert refused_after(remote) < 0.1


def test_a_connection_that_died_unseen_costs_nobody_an_error(remote, line):
    assert remote.read("a/b/c", 0, 4) == b"arch"
    line.set("refuse")
    line.set("pass")
    assert remote.read("a/b/c", 0, 4) == b"arch"
    assert remote.size(f"{uuid4()}/{uuid4()}/x") is None
