"""Say what is wrong or risky with this installation, and what to do about it.

exit code: 0 nothing is wrong (there may be warnings), 1 something is
"""

import argparse
import json

from arcada.commands.setup_django import setup_django
from arcada.doctor.finding import Level

_MARKS = {Level.OK: "  ok      ", Level.WARNING: "  warning ", Level.PROBLEM: "  PROBLEM "}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for a monitor: a list of level, what, todo")


def run(options: argparse.Namespace) -> int:
    setup_django()
    from arcada.doctor.look import diagnoses

    found = list(diagnoses())
    if options.json:
        print(
            json.dumps(
                [{"level": one.level.value, "what": one.what, "todo": one.todo} for one in found], indent=1
            )
        )
    else:
        for one in found:
            print(_MARKS[one.level] + one.what)
            if one.todo:
                print(" " * 10 + "→ " + one.todo)
    return 1 if any(one.level is Level.PROBLEM for one in found) else 0
