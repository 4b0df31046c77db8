"""CSV that a spreadsheet shows and never runs."""

import csv
import io
from collections.abc import Iterable, Iterator

# What makes a spreadsheet take a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """One line a row, RFC 4180; cells that could be a formula begin with an apostrophe."""
    for row in rows:
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerow([safe_cell(cell) for cell in row])
        yield out.getvalue()


def safe_cell(cell: object) -> str:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return str(cell)
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
