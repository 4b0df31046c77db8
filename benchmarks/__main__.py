"""Runs the benchmarks asked for, or all of them: `python -m benchmarks [audit ingest …] [--date …]`."""

import argparse
import importlib
from datetime import date

from benchmarks.picture import draw_picture
from benchmarks.record import write_result

ALL = ("audit", "ingest", "occlusion", "pages", "sign_in", "upload", "viewer", "viewer_case", "viewer_tools")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("which", nargs="*", help=f"of {', '.join(ALL)} (default: all)")
    parser.add_argument(
        "--rounds", type=int, default=5, help="rounds of each comparison (default: %(default)s)"
    )
    parser.add_argument("--date", default=date.today().isoformat(), help="written into the result")
    options = parser.parse_args()
    if unknown := set(options.which) - set(ALL):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    for name in options.which or ALL:
        print(f"— {name}", flush=True)
        figures = importlib.import_module(f"benchmarks.{name}").measure(options.rounds)
        print(f"  written to {write_result(name, options.date, figures)}", flush=True)
    draw_picture()


if __name__ == "__main__":
    main()
