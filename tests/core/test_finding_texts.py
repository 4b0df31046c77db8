"""The catalogue of findings: complete both ways, in plain words, with the measured value against the limit."""

import ast
import re
from pathlib import Path

import pytest

import arcada.core
from arcada.core.errors import Unreadable
from arcada.core.finding_texts import REASONS, TEXTS, VALUE_WORDS, finding, parts_of, plain_number, text_of
from arcada.core.findings import Finding, Severity
from arcada.core.slots import SLOT_TITLES
from arcada.core.upload_standard import RULE_OF_CODE, SHIPPED

CORE = Path(arcada.core.__file__).parent
CATALOGUE = CORE / "finding_texts.py"
# Unreadable's and Refused's own words: answers of requests, never of a file.
NOT_FINDINGS = {"unreadable", "not_found", "seal_broken"}


def modules() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text())) for path in sorted(CORE.rglob("*.py")) if path != CATALOGUE]


def literals(node: ast.AST) -> set[str]:
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def code_argument(call: ast.Call) -> ast.expr | None:
    """The expression that gives a finding its code, where this call makes a finding or an Unreadable."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name in ("Finding", "finding"):
        return call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "code"), None)
    if name == "Unreadable":
        return next((k.value for k in call.keywords if k.arg == "code"), None)
    return None


def produced_codes() -> dict[str, str]:
    """code → module, for every code that is written where a finding is made."""
    found: dict[str, str] = {}
    for path, tree in modules():
        if not any(isinstance(node, ast.Call) and code_argument(node) is not None for node in ast.walk(tree)):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (argument := code_argument(node)) is not None:
                for code in literals(argument):
                    found[code] = path.name
            # A code chosen before the call stands in a tuple's first place or in something named `code`.
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.For) and _names_a_code(node):
                for code in literals(node):
                    if re.fullmatch(r"[a-z]+(_[a-z]+)+", code) and code not in SLOT_TITLES:
                        found[code] = path.name
    return {code: module for code, module in found.items() if re.fullmatch(r"[a-z_0-9]+", code)}


def _names_a_code(node: ast.Assign | ast.AnnAssign | ast.For) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
    return "code" in names or "_REASONS" in names or "_MALFORMED" in names


def test_every_code_that_the_core_makes_has_a_text() -> None:
    produced = produced_codes()
    assert len(produced) > 50
    assert {
        code: module for code, module in produced.items() if code not in TEXTS.keys() | NOT_FINDINGS
    } == {}


def test_every_text_belongs_to_a_code_that_something_makes() -> None:
    written = set().union(*(literals(tree) for __, tree in modules()))
    limits = CORE.parent / "apps/records"
    for path in limits.glob("*.py"):
        written |= literals(ast.parse(path.read_text()))
    assert sorted(set(TEXTS) - written) == []


def test_every_rule_weighs_a_code_that_exists() -> None:
    assert set(RULE_OF_CODE) <= set(TEXTS)


@pytest.mark.parametrize("code", TEXTS)
def test_a_text_names_only_what_a_finding_carries_and_keeps_the_house_style(code: str) -> None:
    text = TEXTS[code]
    for part in (text.what, text.measured, text.todo, text.instead):
        assert set(re.findall(r"{(\w*)}", part)) <= {"value", "limit", "where"}
        assert not re.search(r"!|please|success|oops|error|invalid", part, re.IGNORECASE)
        assert part == "" or part[-1] in ".…}"
    if text.severity is Severity.BLOCKER:
        assert text.todo, "a refusal says what to do"


@pytest.mark.parametrize("code", TEXTS)
def test_a_finding_without_numbers_still_reads_as_a_sentence(code: str) -> None:
    shown = text_of(finding(code, value=None, limit=None, where=None))
    assert "None" not in shown and "{" not in shown
    full = text_of(finding(code, value=3, limit=2, where="line 7"))
    assert full and "{" not in full


def test_the_text_has_what_the_measure_against_the_limit_and_what_to_do() -> None:
    too_large = Finding("too_many_pixels", Severity.BLOCKER, 6.2208, 2, "1,632 × 1,224")
    assert text_of(too_large) == "Too large: 6.22 megapixels, limit 2. We can reduce it to 1,632 × 1,224."
    coarse = finding("too_coarse", 1999, 20_000)
    assert parts_of(coarse) == (
        "The scan is coarse.",
        "1,999 triangles; 20,000 or more are expected.",
        "Export it at full resolution.",
    )


def test_one_pixel_too_many_does_not_read_as_the_limit_itself() -> None:
    assert text_of(finding("too_many_pixels", 2.000001, 2, "1,414 × 1,414")).startswith(
        "Too large: 2.000001 megapixels, limit 2."
    )


def test_slots_and_jaws_read_as_a_dentist_says_them() -> None:
    assert "Upper jaw · Lower jaw" in text_of(finding("duplicate_file", where="upper_jaw, lower_jaw"))
    assert "looks like the lower jaw; this place is for the upper jaw" in text_of(
        finding("wrong_jaw", "mandible", "maxilla", "upper_jaw")
    )


def test_everything_that_is_shown_can_be_translated() -> None:
    def german(text: str) -> str:
        return {
            "{where} is missing.": "{where} fehlt.",
            "Upper jaw": "Oberkiefer",
            "Add it to complete the collection.": "Ergänzen.",
        }[text]

    assert text_of(finding("missing_slot", where="upper_jaw"), german) == "Oberkiefer fehlt. Ergänzen."


def test_makemessages_finds_every_sentence() -> None:
    tree = ast.parse(CATALOGUE.read_text())
    marked = {
        n.args[0].value
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "_"
        and isinstance(n.args[0], ast.Constant)
    }  # fmt: skip
    shown = {part for t in TEXTS.values() for part in (t.what, t.measured, t.todo, t.instead) if part}
    assert shown | set(VALUE_WORDS.values()) <= marked
    assert 'gettext_noop("Upper jaw")' in (CORE / "slots.py").read_text()


def test_the_reasons_and_titles_of_the_shipped_standards_can_be_translated() -> None:
    for standard in SHIPPED.values():
        for slot in standard.slots:
            assert slot.title == SLOT_TITLES[slot.code]
            assert slot.reason is None or slot.reason in REASONS


@pytest.mark.parametrize(
    ("number", "shown"),
    [(118_178, "118,178"), (6.2208, "6.22"), (2.0, "2"), (0.004, "0.004"), (5.5, "5.5"), (10.0000001, "10")],
)
def test_numbers_read_as_people_write_them(number: float, shown: str) -> None:
    assert plain_number(number) == shown


def test_an_unreadable_file_has_a_code_of_its_own_or_reads_as_damaged() -> None:
    assert Unreadable("x").code in NOT_FINDINGS and "malformed" in TEXTS
