"""Start one worker process.

`arcada serve` starts its own workers; this command is for further machines that share database and store.
"""

import argparse

from arcada.commands.setup_django import setup_django


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--until-idle", action="store_true", help="end when nothing is left to do")


def run(options: argparse.Namespace) -> int:
    setup_django()
    from arcada.apps.jobs.worker import Worker
    from arcada.config.periodic import PERIODIC
    from arcada.core import kernels

    Worker(periodic=PERIODIC, preload=kernels.warm).run(until_idle=options.until_idle)
    return 0
