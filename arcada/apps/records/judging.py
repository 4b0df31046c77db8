"""Intake in a limited child: plain values and bytes come back through a pipe, never an object to unpickle."""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from arcada.apps.files.malware import malware_in
from arcada.apps.records.limits import in_child
from arcada.core.anatomy import RecordKind
from arcada.core.finding_texts import finding
from arcada.core.findings import Finding, Severity
from arcada.core.inspect_report import facts_dict, receipt_list
from arcada.core.prepared import Declared, Prepared


@dataclass(frozen=True, slots=True)
class Answer:
    """What intake said, as plain values; blobs by name: cleaned, companion/…, rendition/…"""

    accepted: bool
    kind: RecordKind | None
    facts: Mapping[str, object]
    findings: tuple[Finding, ...]
    receipt: tuple[Mapping[str, object], ...]
    suffix: str
    blobs: Mapping[str, bytes] = field(default_factory=dict)


def judge_in_child(data: bytes, declared: Declared) -> Answer:
    """Run `prepare` where it can do no harm, after the malware scanner where there is one.

    Raises ChildFailed when the file broke a limit, ScannerAway when nobody could look at it.
    """
    for part in (data, *declared.companions.values()):
        if name := malware_in(part):
            return Answer(False, None, {}, (finding("malware", name[:100]),), (), "")
    # Here, before the fork: a web server that judges nothing does without the 100 MB of readers and kernels.
    from arcada.core import kernels
    from arcada.core.intake import prepare

    kernels.warm_once()
    return _unpack(in_child(lambda write: _pack(prepare(data, declared), write)))


def answer_of(prepared: Prepared) -> Answer:
    """The same plain values without a child: for files that are never read (prepare_unread)."""
    parts: list[bytes] = []
    _pack(prepared, parts.append)
    return _unpack(b"".join(parts))


def _pack(prepared: Prepared, write) -> None:  # type: ignore[no-untyped-def]
    blobs: dict[str, bytes] = {}
    if prepared.cleaned is not None:
        blobs["cleaned"] = prepared.cleaned
    blobs.update({f"companion/{name}": data for name, data in prepared.cleaned_companions.items()})
    blobs.update({f"rendition/{name}": data for name, data in prepared.renditions.items()})
    head = {
        "accepted": prepared.accepted,
        "kind": prepared.kind.value if prepared.kind else None,
        "facts": facts_dict(prepared.facts),
        "findings": [
            [item.code, item.severity.value, item.value, item.limit, item.where] for item in prepared.findings
        ],
        "receipt": receipt_list(prepared.receipt),
        "suffix": prepared.outgoing_suffix,
        "blobs": [[name, len(data)] for name, data in blobs.items()],
    }
    said = json.dumps(head, default=_number).encode()
    write(struct.pack(">Q", len(said)))
    write(said)
    for data in blobs.values():
        write(bytes(data))


def _unpack(answer: bytes) -> Answer:
    (length,) = struct.unpack(">Q", answer[:8])
    head = json.loads(answer[8 : 8 + length])
    at = 8 + length
    blobs = {}
    for name, size in head["blobs"]:
        blobs[str(name)] = answer[at : at + size]
        at += size
    return Answer(
        accepted=bool(head["accepted"]),
        kind=RecordKind(head["kind"]) if head["kind"] else None,
        facts=head["facts"],
        findings=tuple(
            Finding(code, Severity(severity), value, limit, where)
            for code, severity, value, limit, where in head["findings"]
        ),
        receipt=tuple(head["receipt"]),
        suffix=head["suffix"],
        blobs=blobs,
    )


def _number(value: object) -> object:
    """numpy's numbers as Python's."""
    item = getattr(value, "item", None)
    if item is None:
        raise TypeError(f"{type(value).__name__} is not a plain value")
    return item()
