"""Judge one file offline, exactly as an upload would be judged.

Reads it strictly, measures it, holds it against an upload standard, and shows what would be taken out before
anybody else gets it. Nothing leaves this machine and the file itself is never changed. A material file (MTL)
and textures beside an OBJ are found by the names it gives.
"""

import argparse
import hashlib
import json
import re
import sys
import textwrap
from pathlib import Path
from typing import Any, TextIO

from arcada.config.env import read_env, use_kernel_cache
from arcada.core.errors import Refused
from arcada.core.file_formats import FAMILY_OF_EXTENSION
from arcada.core.file_names import extension_of
from arcada.core.finding_texts import parts_of
from arcada.core.findings import Severity
from arcada.core.inspect_report import report_of
from arcada.core.prepared import Declared, Prepared
from arcada.core.slots import SLOT_TITLES
from arcada.core.upload_standard import DEFAULT_BYTE_LIMITS, SHIPPED, UploadStandard, load_standard

ACCEPTED, REJECTED, USAGE = 0, 1, 2

_EPILOG = f"""\
standards:
{textwrap.fill(", ".join(SHIPPED), 78, initial_indent="  ", subsequent_indent="  ")}
places:
{textwrap.fill(", ".join(SLOT_TITLES), 78, initial_indent="  ", subsequent_indent="  ")}
exit code:
  0 accepted, 1 rejected, 2 the command itself was wrong

examples:
  arcada inspect upper.stl
  arcada inspect upper.stl --slot upper_jaw --standard crown-and-bridge
  arcada inspect smile.jpg --slot EV19 --standard archive-3-2 --json
  arcada inspect upper.ply --out checked
"""


class _UsageError(Exception):
    """The command was given something that does not exist."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `arcada inspect` can be told."""
    parser.epilog = _EPILOG
    parser.add_argument("file", metavar="FILE", type=Path, help="a scan, image or document")
    parser.add_argument(
        "--slot", metavar="S", help="the place it is meant for; default: what its name points to"
    )
    parser.add_argument(
        "--standard",
        metavar="NAME",
        default="free-collection",
        help="a shipped standard's name or a standard's JSON file (default: free-collection)",
    )
    parser.add_argument(
        "--unit", choices=("mm", "inch", "m", "µm", "um"), help="the scan's unit, where it is known"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--out",
        metavar="FOLDER",
        type=Path,
        help="write report.json and, of an accepted file, the cleaned file, full.glb, coarse.glb and posters",
    )


def run(options: argparse.Namespace, out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Judges the file, prints and writes what was asked for; 0 accepted, 1 rejected, 2 usage."""
    out, err = out or sys.stdout, err or sys.stderr
    use_kernel_cache(read_env())
    try:
        standard = _standard_of(options.standard)
        if options.slot and standard.slot(options.slot) is None:
            places = ", ".join(slot.code for slot in standard.slots)
            raise _UsageError(f"{standard.title} has no place “{options.slot}”. Its places: {places}")
        prepared = _prepare(
            options.file, standard, options.slot, "µm" if options.unit == "um" else options.unit
        )
        if options.out:
            _write(prepared, options.out)
    except (OSError, _UsageError) as trouble:
        print(f"arcada inspect: {_plain(trouble)}", file=err)
        return USAGE
    if options.json:
        print(json.dumps(report_of(prepared), ensure_ascii=False, indent=2), file=out)
    else:
        print(_readable(options.file.name, prepared, standard), file=out)
    return ACCEPTED if prepared.accepted else REJECTED


def _plain(trouble: Exception) -> str:
    if isinstance(trouble, OSError) and trouble.strerror:
        return f"{trouble.filename}: {trouble.strerror}"
    return str(trouble)


def _standard_of(name: str) -> UploadStandard:
    if name in SHIPPED:
        return SHIPPED[name]
    path = Path(name)
    if path.suffix == ".json" and path.is_file():
        try:
            return load_standard(path.read_bytes())
        except Refused as refusal:
            raise _UsageError(refusal.text) from None
    raise _UsageError(f"there is no standard “{name}”. Shipped: {', '.join(SHIPPED)}")


def _prepare(path: Path, standard: UploadStandard, slot: str | None, unit: str | None) -> Prepared:
    from arcada.core.intake import prepare, prepare_unread  # numba reads the cache folder when it is imported

    name = path.name
    if not path.is_file():
        raise _UsageError(f"{path}: there is no such file")
    limit = DEFAULT_BYTE_LIMITS.of(FAMILY_OF_EXTENSION.get(extension_of(name), "stl"))
    if path.stat().st_size > limit:
        with path.open("rb") as stream:
            head = stream.read(4096)
            stream.seek(0)
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        return prepare_unread(head, path.stat().st_size, sha256, Declared(name, slot, standard))
    data = path.read_bytes()
    companions = find_companions(path, data) if path.suffix.lower() == ".obj" else {}
    return prepare(data, Declared(name, slot, standard, companions, unit))


def find_companions(path: Path, data: bytes) -> dict[str, bytes]:
    """The material files that an OBJ names and the textures that those name, from the same folder only.

    By lower-case base name; a path in the name is never followed.
    """
    beside = {entry.name.lower(): entry for entry in path.parent.iterdir() if entry.is_file()}
    found: dict[str, bytes] = {}

    def take(name: bytes) -> bytes | None:
        base = re.split(r"[/\\]", name.decode("utf-8", "replace").strip())[-1].lower()
        entry = beside.get(base)
        if entry is None or entry.stat().st_size > DEFAULT_BYTE_LIMITS.image:
            return None
        return found.setdefault(base, entry.read_bytes())

    for library in re.findall(rb"^[ \t]*mtllib[ \t]+([^\r\n]+)", data, re.MULTILINE):
        for name in (library, *library.split()):
            material = take(name)
            if material is None:
                continue
            for texture in re.findall(rb"^[ \t]*map_\w+[ \t]+([^\r\n]+)", material, re.MULTILINE):
                take(texture)
                take(texture.split()[-1])
    return found


def _write(prepared: Prepared, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    report = json.dumps(report_of(prepared), ensure_ascii=False, indent=2)
    (folder / "report.json").write_text(report + "\n", encoding="utf-8")
    if prepared.cleaned is not None:
        (folder / f"cleaned{prepared.outgoing_suffix}").write_bytes(prepared.cleaned)
    for name, content in {**prepared.cleaned_companions, **prepared.renditions}.items():
        (folder / Path(name).name).write_bytes(content)


# ---------------------------------------------------------------- for a person to read

_MARKS = {Severity.BLOCKER: "[blocker]", Severity.WARNING: "[warning]", Severity.NOTE: "[note]   "}


def _readable(name: str, prepared: Prepared, standard: UploadStandard) -> str:
    place = standard.slot(prepared.slot)
    where = f"as {place.title}" if place else "without a place"
    verdict = "Accepted" if prepared.accepted else "Rejected"
    lines = [
        f"{verdict}: {_printable(name)}",
        f"  judged {where}, {standard.title}",
        "",
    ]
    lines += [f"  {label:<12}{value}" for label, value in _fact_lines(report_of(prepared)["facts"])]
    lines.append("")
    if not prepared.findings:
        lines.append("Nothing to complain about.")
    for finding in sorted(prepared.findings, key=lambda finding: list(Severity).index(finding.severity)):
        what, measured, todo = parts_of(finding)
        lines.append(f"{_MARKS[finding.severity]} {_printable(what)}")
        lines += [f"          {_printable(part)}" for part in (measured, todo) if part]
    if prepared.receipt:
        lines += ["", "Taken out of the file that others get:"]
        lines += [
            f"  {line.where}: {line.what}, {line.length:,} bytes{'' if line.file == 'main' else f' ({line.file})'}"
            for line in prepared.receipt
        ]
    return "\n".join(lines)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "�" for character in text)


def _fact_lines(facts: dict[str, Any]) -> list[tuple[str, str]]:
    lines = [
        ("Format", str(facts.get("format") or "unknown").replace("_", " ")),
        ("Size", f"{facts['bytes']:,} bytes"),
        ("SHA-256", facts["sha256"]),
    ]
    if "triangles" in facts:
        extent = " × ".join(f"{side:.2f}" for side in facts["extent_mm"])
        lines += [
            ("Surface", f"{facts['triangles']:,} triangles, {facts['vertices']:,} vertices"),
            ("Extent", f"{extent} mm (unit: {facts['unit']})"),
            ("Colour", "yes" if facts["has_colour"] else "no"),
            ("Jaw", {"maxilla": "upper jaw", "mandible": "lower jaw"}.get(facts["jaw"], "unknown")),
            ("Pieces", f"{facts['components']:,}"),
            ("Borders", f"{facts['border_loops']:,}"),
        ]
    if "width" in facts:
        lines += [
            (
                "Picture",
                f"{facts['width']:,} × {facts['height']:,} pixels, {facts['megapixels']:.2f} megapixels",
            ),
            ("Colour", "yes" if facts["is_colour"] else "no"),
        ]
    if facts.get("pages") is not None:
        lines.append(("Pages", str(facts["pages"])))
    return lines
