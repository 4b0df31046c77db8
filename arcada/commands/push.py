"""Send a patient folder from this computer; run it again to go on where it stopped.

The folder's name is the patient's code, each subfolder that begins with a date is a collection:

  P-0218/2026-03-17 Crown 14/upper.ply
  P-0218/2026-03-17 Crown 14/lower.ply

Files go into the places that their names point to; what the server has already is skipped. docs/patient-folder.md
tells more. Server and token may also stand in ARCADA_SERVER and ARCADA_TOKEN.

exit code:
  0 all files are there, 1 some were refused, 2 the command was wrong, 3 the server could not be reached
"""

import argparse
import sys
import time
from pathlib import Path

from arcada.config.env import read_env
from arcada.push.folder import NotAPatientFolder, PatientFolder, read_folder
from arcada.push.progress import Progress
from arcada.push.sending import REFUSED, Line, Pushing
from arcada.push.server import Refusal, Server, Unreachable

ALL_THERE, SOME_REFUSED, USAGE, UNREACHABLE = 0, 1, 2, 3


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="a patient folder, or a folder of them")
    parser.add_argument("--server", metavar="URL", help="where Arcada answers (default: ARCADA_SERVER)")
    parser.add_argument(
        "--token", metavar="T", help="from `arcada token create` (default: ARCADA_TOKEN, which no list shows)"
    )
    parser.add_argument(
        "--patient", metavar="CODE", default="", help="the code, where it is not the folder's name"
    )
    parser.add_argument(
        "--standard", metavar="NAME", default="", help="for new collections (default: the workspace's)"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, send nothing")
    parser.add_argument(
        "--wait", metavar="SECONDS", type=int, default=120,
        help="how long to wait for the checks of what was sent (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--plain-http", action="store_true", help="allow http:// to another machine: for a test network only"
    )


def run(options: argparse.Namespace) -> int:
    env = read_env()
    address, token = options.server or env.server, options.token or env.token
    if not address or not token:
        return _say_wrong("give --server and --token, or set ARCADA_SERVER and ARCADA_TOKEN.")
    if not options.folder.is_dir():
        return _say_wrong(f"{options.folder} is no folder.")
    try:
        patients = read_folder(options.folder, code=options.patient)
        server = Server(address, token, plain_allowed=options.plain_http)
    except (NotAPatientFolder, ValueError) as wrong:
        return _say_wrong(str(wrong))
    sizes = [file.stat().st_size for patient in patients for visit in patient.visits for file in visit.files]
    progress = Progress(sum(sizes))
    pushing = Pushing(server, progress, standard=options.standard, is_dry=options.dry_run)
    try:
        refused = [line for patient in patients for line in _push(pushing, patient, options, progress)]
    except (Unreachable, KeyboardInterrupt) as trouble:
        progress.clear()
        said = str(trouble) or "Stopped."
        print(f"arcada push: {said} What was sent is safe; run the command again to go on.", file=sys.stderr)
        return UNREACHABLE
    finally:
        server.close()
    return SOME_REFUSED if refused else ALL_THERE


def _push(
    pushing: Pushing, patient: PatientFolder, options: argparse.Namespace, progress: Progress
) -> list[Line]:
    """All visits of a patient, printed as they end; returns what was refused."""
    refused: list[Line] = []
    print(patient.code)
    for visit in patient.visits:
        print(f"  {visit.taken_on.isoformat()} {visit.title}".rstrip())
        try:
            lines = pushing.push_visit(patient, visit)
        except Refusal as refusal:
            lines = [Line(file, REFUSED, reason=str(refusal)) for file in visit.files]
        progress.clear()
        if not options.dry_run:
            _wait(pushing, lines, options.wait)
        for line in lines:
            print(f"    {line.outcome:<14}{line.file.name:<32} {line.place}".rstrip())
            if line.reason:
                print(f"                  {line.reason}")
        refused += [line for line in lines if line.outcome == REFUSED]
    for stray in patient.strays:
        print(f"  left out      {stray.name}: it is in no folder that begins with a date")
    return refused


def _wait(pushing: Pushing, lines: list[Line], seconds: int) -> None:
    """Until the server has judged what was sent: only then is it known whether a file is accepted."""
    deadline = time.monotonic() + seconds
    waiting = pushing.judged(lines)
    while waiting and time.monotonic() < deadline:
        time.sleep(0.5)
        waiting = pushing.judged(waiting)
    for line in waiting:
        line.reason = "The server is still checking it."


def _say_wrong(why: str) -> int:
    print(f"arcada push: {why}", file=sys.stderr)
    return USAGE
