"""Fill an empty installation with the demo practice, or reset it.

The practice is made up: Lima Dental in São Paulo, its laboratory, twelve patients, a crown under review.
With --reset everything in this installation is removed first, which is refused in production, and where
workspaces other than the demo's exist unless --all says that they may go too.
"""

import argparse
import contextlib
import signal
import subprocess
import sys
import threading
import time

from arcada.commands.setup_django import setup_django


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reset", action="store_true", help="remove everything first; development only")
    parser.add_argument("--all", action="store_true", help="with --reset: also what is not the demo's")


def run(options: argparse.Namespace) -> int:
    setup_django()
    from django.conf import settings

    if settings.ENV.is_production:
        return _refuse("the demo is for development; ARCADA_MODE is production.")
    from arcada.commands.migrate import migrate_database
    from arcada.demo import load as demo

    migrate_database(quiet=True)
    if options.reset:
        others = [] if options.all else demo.others_here()
        if others:
            return _refuse(
                f"these workspaces are not the demo's: {', '.join(others)}. Add --all to remove them too."
            )
        demo.wipe()
    elif not demo.is_empty():
        return _refuse("this installation is not empty. With --reset everything in it is removed first.")
    began = time.monotonic()
    with _workers(settings.ENV.workers):
        _load()
    print(f"The demo practice is ready after {time.monotonic() - began:.0f} s.")
    print(demo.sign_ins())
    return 0


def load_when_empty() -> None:
    """For `arcada serve --demo`: tell the sign-ins; load beside the running server when nothing is there yet."""
    from arcada.demo import load as demo

    if demo.is_empty():
        print("Loading the demo practice; its pages fill while the files are checked.", flush=True)
        threading.Thread(target=_load_beside, name="demo", daemon=True).start()
        print(demo.sign_ins(), flush=True)
    elif demo.has_demo():
        print(demo.sign_ins(), flush=True)


def _load() -> None:
    from django.utils import timezone

    from arcada.demo import load as demo

    demo.load(lambda line: print(f"  {line}", flush=True), now=timezone.now())


def _load_beside() -> None:
    from django.db import connections

    began = time.monotonic()
    try:
        _load()
        print(f"The demo practice is ready after {time.monotonic() - began:.0f} s.", flush=True)
    finally:
        connections.close_all()


@contextlib.contextmanager
def _workers(count: int):  # type: ignore[no-untyped-def]
    """Workers of our own for as long as files are judged; beside those of a running server they do no harm."""
    command = [sys.executable, "-m", "arcada", "worker"]
    processes = [subprocess.Popen(command) for _ in range(max(1, count))]  # noqa: S603 - our own fixed command
    try:
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()


def _refuse(why: str) -> int:
    print(f"arcada demo: {why}", file=sys.stderr)
    return 1
