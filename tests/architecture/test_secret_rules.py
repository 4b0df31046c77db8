"""EN-07: one module with cryptography, and secrets are never compared with ==. Read from the source itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import arcada

SOURCE = Path(arcada.__file__).parent
SECRET = re.compile(
    r"(^|_)(token|secret|passcode|password|code_hash|hmac|signature|plain)(_|$)", re.IGNORECASE
)
PRIMITIVES = {"cryptography", "hmac", "Crypto", "nacl"}
# `hashlib` alone is no secret: SHA-256 of files is everywhere. Tokens are hashed by core.sealing.hash_token.


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE), ast.parse(path.read_text("utf-8"))


def _names(node: ast.expr) -> set[str]:
    found = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            found.add(part.id)
        elif isinstance(part, ast.Attribute):
            found.add(part.attr)
    return found


def compared_secrets(tree: ast.AST) -> list[int]:
    """Lines where a value with a secret's name is compared with == or !=, but for constants and counts."""
    lines = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare) or not all(
            isinstance(op, ast.Eq | ast.NotEq) for op in node.ops
        ):
            continue
        sides = [node.left, *node.comparators]
        if any(isinstance(side, ast.Constant) for side in sides):
            continue
        # A name in capitals is written in the source: no secret.
        if any(name.isupper() for side in sides for name in _last(side)):
            continue
        # What is asked of a secret (its length, its kind) is no secret.
        bare = [
            side for side in sides if isinstance(side, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
        ]
        if any(SECRET.search(name) for side in bare for name in _last(side)):
            lines.append(node.lineno)
    return lines


def _last(side: ast.expr) -> set[str]:
    if isinstance(side, ast.Call):
        inner = (
            [_last(argument) for argument in side.args]
            if _names(side.func) & {"bytes", "str", "hash_token"}
            else []
        )
        return set().union(*inner) | (
            _names(side.func) if not isinstance(side.func, ast.Name) else {side.func.id}
        )
    if isinstance(side, ast.Attribute):
        return {side.attr}
    return _names(side)


def test_en_07_no_secret_is_compared_with_equals() -> None:
    """EN-07: such a comparison tells how much was right; `core.sealing.same` does not."""
    found, checked = [], 0
    for path, tree in modules():
        found += [f"{path}:{line}" for line in compared_secrets(tree)]
        checked += 1
    assert found == []
    print(f"{checked} modules checked")


@pytest.mark.parametrize(
    "planted",
    ["if token == given: pass", "ok = row.token_hash != hash_token(said)", "x = bytes(code.code_hash) == other",
     "y = [a for a in b if a.passcode == c]"],
)  # fmt: skip
def test_en_07_a_planted_comparison_is_seen(planted: str) -> None:
    assert compared_secrets(ast.parse(planted)) == [1]


def test_en_07_primitives_stand_only_in_core_sealing() -> None:
    """EN-07"""
    found, checked = [], 0
    for path, tree in modules():
        for node in ast.walk(tree):
            named = []
            if isinstance(node, ast.Import):
                named = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                named = [node.module or ""]
            if {name.split(".")[0] for name in named} & PRIMITIVES and path.as_posix() != "core/sealing.py":
                found.append(f"{path}:{node.lineno}")
        checked += 1
    assert found == []
    print(f"{checked} modules checked")


def test_en_07_randomness_for_secrets_comes_from_the_system() -> None:
    found = []
    for path, tree in modules():
        if path.parts[0] in ("core", "demo"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import) and any(alias.name == "random" for alias in node.names):
                found.append(f"{path}:{node.lineno}")
    assert found == []
