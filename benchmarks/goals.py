"""Goals of a benchmark: each printed beside what was measured, and kept with it."""

from typing import Any


class Goals:
    """`told` is what the result file holds."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def at_least(self, title: str, value: float, wanted: float) -> None:
        self._tell(title, value, f"≥ {wanted:g}", is_met=value >= wanted)

    def at_most(self, title: str, value: float, wanted: float) -> None:
        self._tell(title, value, f"≤ {wanted:g}", is_met=value <= wanted)

    def _tell(self, title: str, value: float, goal: str, *, is_met: bool) -> None:
        verdict = "met" if is_met else "missed"
        self.told.append({"title": title, "value": round(value, 2), "goal": goal, "verdict": verdict})
        print(f"{title:64s} {value:10.2f}  goal {goal}  {verdict}", flush=True)
