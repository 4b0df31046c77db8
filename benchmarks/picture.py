"""Draws the results as one picture: how many times faster than the fastest peer, and where the goal stands."""

import json
from html import escape
from typing import Any

from benchmarks.places import PICTURE, RESULTS

WIDTH, LEFT, ROW, TOP = 860, 330, 24, 34
RIGHT = 150
MOST = 8.0
INK, MUTED, BAR, MISSED, GOAL = "#1b2430", "#5b6673", "#0d5490", "#a3541a", "#1b2430"


def draw_picture() -> None:
    """docs/pictures/benchmarks.svg from whatever results there are."""
    rows = [row for name in ("ingest", "viewer", "upload") for row in _rows(name)]
    height = TOP + ROW * len(rows) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="system-ui, sans-serif"'
        f' font-size="13" role="img" aria-label="Arcada beside the fastest peer">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="20" fill="{MUTED}">times faster than the fastest peer; the line is the goal</text>',
    ]
    for number, (title, value, goal) in enumerate(rows):
        parts += _bar(TOP + ROW * number, title, value, goal)
    told = _machine()
    parts.append(f'<text x="16" y="{height - 14}" fill="{MUTED}" font-size="12">{escape(told)}</text></svg>')
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text("\n".join(parts) + "\n", "utf-8")


def _bar(top: int, title: str, value: float, goal: float) -> list[str]:
    scale = (WIDTH - LEFT - RIGHT) / MOST
    length = min(value, MOST) * scale
    line = LEFT + min(goal, MOST) * scale
    colour = BAR if value >= goal else MISSED
    word = "" if value >= goal else ", goal missed"
    return [
        f'<text x="{LEFT - 10}" y="{top + 16}" text-anchor="end" fill="{INK}">{escape(title)}</text>',
        f'<rect x="{LEFT}" y="{top + 4}" width="{length:.1f}" height="{ROW - 8}" fill="{colour}"/>',
        f'<path d="M{line:.1f} {top + 1}v{ROW - 2}" stroke="#ffffff" stroke-width="4"/>',
        f'<path d="M{line:.1f} {top + 1}v{ROW - 2}" stroke="{GOAL}" stroke-width="2"/>',
        f'<text x="{max(LEFT + length, line) + 8:.1f}" y="{top + 16}" fill="{INK}">{value:.2f} ×{word}</text>',
    ]


def _read(name: str) -> dict[str, Any] | None:
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def _rows(name: str) -> list[tuple[str, float, float]]:
    found = _read(name)
    if found is None:
        return []
    figures = found["figures"]
    if name == "ingest":
        rows = [*figures["whole"], *figures["stages"]]
        return [(row["title"], row["ratio"], row["goal"]) for row in rows if row["goal"]]
    if name == "viewer":
        return [
            (goal["title"], goal["value"], float(goal["goal"].split()[1]))
            for goal in figures["goals"]
            if "sooner" in goal["title"]
        ]
    return [("upload, of the ceiling of its own work", figures["of_ceiling"], figures["goal_of_ceiling"])]


def _machine() -> str:
    found = next((one for one in map(_read, ("ingest", "pages", "upload", "viewer")) if one), None)
    if found is None:
        return ""
    size = found["machine"]
    return f"{size['cores']} cores, {size['model']}, {size['memory_gb']} GB; {found['date']}; python -m benchmarks"
