"""Reads and writes an upload standard as JSON, and says everything that is wrong with one in plain words."""

import json
import math
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any, Final

import jsonschema  # type: ignore[import-untyped]

from arcada.core.anatomy import RecordKind
from arcada.core.errors import Refused
from arcada.core.file_formats import kinds_of
from arcada.core.findings import Severity
from arcada.core.standard import Limits, Requirement, SlotGroup, SlotRule, UploadStandard

LONGEST_JSON: Final = 256 * 1024
_SEVERITY_OF: Final = {"note": Severity.NOTE, "warn": Severity.WARNING, "reject": Severity.BLOCKER}
_WORD_OF: Final = {severity: word for word, severity in _SEVERITY_OF.items()}


def _schema() -> dict[str, Any]:
    text = resources.files("arcada.core").joinpath("standards/upload-standard.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


SCHEMA: Final = _schema()
_VALIDATOR: Final = jsonschema.Draft202012Validator(SCHEMA)


def find_errors(standard: object) -> list[str]:
    """Everything that is wrong with a standard's JSON, in plain words, each with its place."""
    errors = [
        f"{_place(error.absolute_path)}: {_plain(error)}"
        for error in sorted(
            _VALIDATOR.iter_errors(standard), key=lambda error: list(map(str, error.absolute_path))
        )
    ]
    return errors or _find_contradictions(standard)  # type: ignore[arg-type]


def _place(path: Sequence[object]) -> str:
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return words.lstrip(".") or "standard"


def _plain(error: jsonschema.ValidationError) -> str:
    wanted, given = error.validator_value, error.instance
    match error.validator:
        case "required":
            missing = [repr(name) for name in wanted if name not in given]
            return f"{', '.join(missing)} is missing" if missing else error.message
        case "enum":
            return f"{_short(given)} is not one of {', '.join(str(word) for word in wanted)}"
        case "const":
            return f"{_short(given)} must be {_short(wanted)}"
        case "type":
            return f"{_short(given)} is not of type {wanted}"
        case "additionalProperties":
            unknown = sorted(set(given) - set(error.schema.get("properties", ())))
            return f"{', '.join(map(repr, unknown))} is not known here"
        case "pattern":
            return f"{_short(given)} does not have the form {wanted}"
        case "minItems":
            return f"needs at least {wanted} of them"
        case "maxItems":
            return f"has more than {wanted} of them"
        case "uniqueItems":
            return "names one thing twice"
        case "minimum" | "exclusiveMinimum":
            return f"{_short(given)} is too small, the least is {wanted}"
        case "maximum":
            return f"{_short(given)} is too large, the most is {wanted}"
        case "minLength":
            return "is empty"
        case "maxLength":
            return f"is longer than {wanted} characters"
    return _short(error.message)


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _find_contradictions(standard: Mapping[str, Any]) -> list[str]:
    errors = []
    codes = [slot["code"] for slot in standard["slots"]]
    for number, slot in enumerate(standard["slots"]):
        if codes.index(slot["code"]) != number:
            errors.append(f"slots[{number}].code: {slot['code']!r} is there twice")
        for family in slot["formats"]:
            if not set(kinds_of(family)).intersection(RecordKind(kind) for kind in slot["kinds"]):
                errors.append(f"slots[{number}].formats: no {' or '.join(slot['kinds'])} is kept as {family}")
    for number, group in enumerate(standard.get("one_of", ())):
        for code in group["slots"]:
            if code not in codes:
                errors.append(f"one_of[{number}].slots: {code!r} is not a slot of this standard")
    limits = standard.get("limits", {})
    if limits.get("triangles_min", 0) > limits.get("triangles_max", math.inf):
        errors.append("limits: triangles_min is above triangles_max")
    return errors


def load_standard(source: str | bytes | Mapping[str, Any]) -> UploadStandard:
    """The standard of a JSON text or its parsed form; Refused("invalid_standard") lists every error."""
    parsed: Any = source if isinstance(source, Mapping) else _parsed(source)
    errors = find_errors(dict(parsed) if isinstance(parsed, Mapping) else parsed)
    if errors:
        raise _invalid(errors)
    return UploadStandard(
        name=parsed["name"],
        title=parsed["title"],
        version=int(parsed["version"]),
        description=parsed.get("description"),
        slots=tuple(_slot(slot) for slot in parsed["slots"]),
        limits=Limits(**parsed.get("limits", {})),
        one_of=tuple(
            SlotGroup(
                slots=tuple(group["slots"]),
                requirement=Requirement(group.get("requirement", "required")),
                title=group.get("title"),
            )
            for group in parsed.get("one_of", ())
        ),
    )


def _parsed(text: str | bytes) -> object:
    if len(text) > LONGEST_JSON:
        raise _invalid([f"standard: is longer than {LONGEST_JSON} bytes"])
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _invalid([f"standard: is not JSON ({_short(str(error))})"]) from None


def _no_constant(word: str) -> object:
    raise ValueError(f"{word} is not a number")


def _invalid(errors: list[str]) -> Refused:
    return Refused(
        "This is not an upload standard. {said}",
        code="invalid_standard",
        errors=errors,
        said=" · ".join(errors),
    )


def _slot(slot: Mapping[str, Any]) -> SlotRule:
    return SlotRule(
        code=slot["code"],
        title=slot["title"],
        kinds=tuple(RecordKind(kind) for kind in slot["kinds"]),
        formats=tuple(slot["formats"]),
        requirement=Requirement(slot.get("requirement", "optional")),
        reason=slot.get("reason"),
        max_files=slot.get("max_files"),
        filled_by=slot.get("filled_by"),
        view=slot.get("view"),
        outline=slot.get("outline"),
        rules=tuple((rule, _SEVERITY_OF[word]) for rule, word in slot.get("rules", {}).items()),
    )


def dump_standard(standard: UploadStandard) -> str:
    """The standard as JSON text, valid by the published schema; `load_standard` gives the same one back."""
    return json.dumps(as_dict(standard), ensure_ascii=False, indent=2) + "\n"


def as_dict(standard: UploadStandard) -> dict[str, Any]:
    """The standard as plain JSON values; what is at its default is left out."""
    defaults = Limits()
    limits = {
        name: getattr(standard.limits, name)
        for name in Limits.__slots__
        if getattr(standard.limits, name) != getattr(defaults, name)
    }
    return _without_none(
        {
            "name": standard.name,
            "title": standard.title,
            "version": standard.version,
            "description": standard.description,
            "slots": [_slot_dict(slot) for slot in standard.slots],
            "limits": limits or None,
            "one_of": [
                _without_none(
                    {"title": group.title, "slots": list(group.slots), "requirement": group.requirement.value}
                )
                for group in standard.one_of
            ]
            or None,
        }
    )


def _slot_dict(slot: SlotRule) -> dict[str, Any]:
    return _without_none(
        {
            "code": slot.code,
            "title": slot.title,
            "kinds": [kind.value for kind in slot.kinds],
            "formats": list(slot.formats),
            "requirement": slot.requirement.value,
            "reason": slot.reason,
            "max_files": slot.max_files,
            "filled_by": slot.filled_by,
            "view": slot.view,
            "outline": slot.outline,
            "rules": {rule: _WORD_OF[severity] for rule, severity in slot.rules} or None,
        }
    )


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
