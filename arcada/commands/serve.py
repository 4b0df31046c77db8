"""Start Arcada: the web server and its workers, together, until Ctrl-C.

In production, put TLS in front (deploy/nginx.conf) and let Arcada listen on 127.0.0.1 only.
"""

import argparse
import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass

from arcada.commands.setup_django import setup_django


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
    parser.add_argument(
        "--workers", type=int, default=None, help="worker processes (default: ARCADA_WORKERS)"
    )
    parser.add_argument("--web-processes", type=int, default=1, help="web processes (default: %(default)s)")
    parser.add_argument("--no-migrate", action="store_true", help="leave the database as it is")
    parser.add_argument(
        "--demo", action="store_true", help="load the demo practice when the database is empty"
    )


def run(options: argparse.Namespace) -> int:
    setup_django()
    from django.conf import settings

    if _is_taken(options.host, options.port):
        print(
            f"arcada serve: {options.host}:{options.port} can't be listened on; choose another --port.",
            file=sys.stderr,
        )
        return 1
    if not options.no_migrate:
        from arcada.commands.migrate import migrate_database

        migrate_database(quiet=True)
    ending = _Ending()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ending.ask)
    processes = _start(options, settings.ENV.workers if options.workers is None else options.workers)
    # Whoever reads the address opens it at once, so nothing is said before something answers there.
    if _answers(options, settings.PUBLIC_HOST, processes["web"], ending):
        if options.demo and not settings.ENV.is_production:
            from arcada.commands.demo import load_when_empty

            load_when_empty()
        print(f"Arcada answers at http://{options.host}:{options.port}", flush=True)
    return _watch(processes, ending)


@dataclass(slots=True)
class _Ending:
    """Whether a signal asked for the end."""

    asked: bool = False

    def ask(self, number: int, frame: object) -> None:
        self.asked = True


def _is_taken(host: str, port: int) -> bool:
    """True when another program listens there: its answers must not be taken for ours."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError:
        return True
    return False


def _answers(
    options: argparse.Namespace, public_host: str, web: subprocess.Popen[bytes], ending: _Ending
) -> bool:
    """Wait until a page comes back; False when the server ended or is to end before."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  # nosec B104
    host = here.get(options.host, options.host)
    while web.poll() is None and not ending.asked:
        line = http.client.HTTPConnection(host, options.port, timeout=5)
        try:
            line.request("HEAD", "/accounts/login/", headers={"Host": public_host})
            line.getresponse()
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        else:
            return True
        finally:
            line.close()
    return False


def _start(options: argparse.Namespace, workers: int) -> dict[str, subprocess.Popen[bytes]]:
    web = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", options.host, "--port", str(options.port),
        "--workers", str(options.web_processes), "--no-access-log", "--log-level", "warning",
        "--backpressure", "256", "--respawn-failed-workers", "arcada.config.asgi:application",
    ]  # fmt: skip
    processes = {"web": subprocess.Popen(web)}  # noqa: S603 - our own fixed command
    for number in range(workers):
        processes[f"worker {number + 1}"] = _worker()
    return processes


def _worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "arcada", "worker"])


def _watch(processes: dict[str, subprocess.Popen[bytes]], ending: _Ending) -> int:
    """Wait; start a worker again that died; when the web server ends or a signal comes, end them all."""
    while not ending.asked:
        time.sleep(0.2)
        for name, process in list(processes.items()):
            if process.poll() is None:
                continue
            if name == "web":
                ending.asked = True
            else:
                print(
                    f"{name} ended with {process.returncode}; starting it again.", file=sys.stderr, flush=True
                )
                time.sleep(1)
                processes[name] = _worker()
    code = processes["web"].poll() or 0
    for process in processes.values():
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + 35
    for process in processes.values():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, deadline - time.monotonic()))
        if process.poll() is None:
            process.kill()
    return code
