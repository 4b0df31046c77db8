"""A proxy on loopback that counts what goes up, and may cut the line once after so many bytes."""

import contextlib
import socket
import threading


class CuttingProxy:
    def __init__(self, port: int, *, cut_after: int | None = None, stalls: bool = False) -> None:
        self._to, self._cut_after, self._stalls = port, cut_after, stalls
        self.sent_up = 0
        self.cuts = 0
        self._lines: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """End every line, as the end of the process behind it would."""
        self._door.close()
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self._door.accept()
            except OSError:
                return
            there = socket.create_connection(("127.0.0.1", self._to))
            self._lines += [here, there]
            threading.Thread(target=self._pass, args=(here, there, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(there, here, False), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, is_up: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if is_up:
                    self.sent_up += len(data)
                    if self._cut_after is not None and self.sent_up > self._cut_after and not self.cuts:
                        if self._stalls:
                            threading.Event().wait(60)
                        self.cuts += 1
                        break
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
