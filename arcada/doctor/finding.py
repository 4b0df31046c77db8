"""What the doctor found: how bad it is, what it is, and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    level: Level
    what: str
    todo: str = ""


def ok(what: str) -> Diagnosis:
    return Diagnosis(Level.OK, what)


def warning(what: str, todo: str) -> Diagnosis:
    return Diagnosis(Level.WARNING, what, todo)


def problem(what: str, todo: str) -> Diagnosis:
    return Diagnosis(Level.PROBLEM, what, todo)
