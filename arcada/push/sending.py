"""Brings a visit's files to the server: finds patient and collection, sorts into slots, skips what is there."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from arcada.core.drop_sorting import Offered, Placed, sort_drop
from arcada.core.file_names import slot_in_name
from arcada.core.finding_texts import text_of
from arcada.core.findings import blocks
from arcada.core.slots import title_of
from arcada.core.standard import UploadStandard
from arcada.core.standard_json import load_standard
from arcada.push.folder import PatientFolder, Visit
from arcada.push.server import Refusal, Server, UploadEnded

SENT, THERE, REFUSED, WOULD_SEND = "sent", "there already", "refused", "would be sent"
_IN_WORK = ("queued", "processing")


@dataclass(slots=True)
class Line:
    """What became of one file."""

    file: Path
    outcome: str
    slot: str = ""
    reason: str = ""
    record: str = ""

    @property
    def place(self) -> str:
        return title_of(self.slot) if self.slot else ""


class Watcher(Protocol):
    """Whoever shows how far it is."""

    def begin(self, file: Path, size: int) -> None: ...
    def reach(self, offset: int) -> None: ...
    def end(self, line: Line) -> None: ...
    def pass_by(self, line: Line) -> None: ...


@dataclass(slots=True)
class Pushing:
    server: Server
    watcher: Watcher
    standard: str = ""
    is_dry: bool = False
    _standards: dict[str, UploadStandard] | None = field(default=None)

    def push_visit(self, patient: PatientFolder, visit: Visit) -> list[Line]:
        """Every file of the visit: sent, there already, or refused with the reason."""
        collection = self._collection(patient, visit)
        records = self.server.get(f"/collections/{collection['id']}/records")["items"] if collection else []
        standard = self._standard(collection["standard"]["name"] if collection else self._named(visit))
        known = {record["facts"].get("sha256"): record for record in records if record["facts"]}
        hashes = {file: sha256_of(file) for file in visit.files}
        lines, fresh = [], []
        for group in _with_companions(standard, list(visit.files)):
            there = known.get(hashes[group[0]])
            if there is None:
                fresh.append(group)
            else:
                lines += [self._there(file, there) for file in group]
        for group, placed in zip(fresh, _placed(standard, fresh, records), strict=True):
            lines += self._one(collection, records, placed, group, hashes)
        for line in lines:
            if line.outcome != SENT:
                self.watcher.pass_by(line)
        return sorted(lines, key=lambda line: visit.files.index(line.file))

    def judged(self, lines: Sequence[Line]) -> list[Line]:
        """The sent files that the server is still judging."""
        waiting = []
        for line in lines:
            if line.outcome == SENT and line.record:
                record = self.server.get(f"/records/{line.record}")
                if record["state"] in _IN_WORK:
                    waiting.append(line)
                elif record["state"] != "ready":
                    line.outcome, line.reason = REFUSED, _why(record)
        return waiting

    # ------------------------------------------------------------ patient and collection

    def _collection(self, patient: PatientFolder, visit: Visit) -> dict[str, Any] | None:
        found = self._patient(patient.code)
        if found is None:
            return None
        here = self.server.every(f"/patients/{found['id']}/collections")
        same_day = [one for one in here if one["taken_on"] == visit.taken_on.isoformat()]
        titled = [one for one in same_day if one["title"].casefold() == visit.title.casefold()]
        if titled or len(same_day) == 1:
            return (titled or same_day)[0]
        if same_day:
            titles = ", ".join(f"“{one['title']}”" for one in same_day)
            raise Refusal(
                409, "ambiguous", f"There are {len(same_day)} collections of that day: {titles}. "
                "Give the folder the title of one of them.", [],
            )  # fmt: skip
        if self.is_dry:
            return None
        body = {"taken_on": visit.taken_on.isoformat(), "title": visit.title, "standard": self._named(visit)}
        made: dict[str, Any] = self.server.post(
            f"/patients/{found['id']}/collections", body, key=_key("collection", found["id"], body)
        )
        return made

    def _patient(self, code: str) -> dict[str, Any] | None:
        for patient in self.server.every(f"/patients?q={quote(code)}"):
            if patient["code"] == code:
                return patient
        if self.is_dry:
            return None
        made: dict[str, Any] = self.server.post("/patients", {"code": code}, key=_key("patient", code))
        return made

    def _named(self, visit: Visit) -> str:
        return visit.standard or self.standard

    def _standard(self, name: str) -> UploadStandard | None:
        if not name:
            return None
        if self._standards is None:
            found = [load_standard(item) for item in self.server.every("/standards")]
            self._standards = {standard.name: standard for standard in found}
        if name not in self._standards:
            raise Refusal(422, "unknown_standard", f"The server has no standard “{name}”.", [])
        return self._standards[name]

    # ------------------------------------------------------------ one record

    def _one(
        self,
        collection: dict[str, Any] | None,
        records: list[dict[str, Any]],
        placed: Placed,
        group: list[Path],
        hashes: dict[Path, str],
    ) -> list[Line]:
        """A main file with its companions, which go first; each with what became of it."""
        main, companions = group[0], group[1:]
        if placed.slot is None or blocks(placed.findings):
            reason = " ".join(text_of(finding) for finding in placed.findings if blocks([finding]))
            lines = [Line(main, REFUSED, placed.slot or "", reason or "Its name points to no place.")]
            return [*lines, *(Line(one, REFUSED, "", "Its scan is refused.") for one in companions)]
        if self.is_dry or collection is None:
            return [Line(file, WOULD_SEND, placed.slot) for file in group]
        try:
            return self._send(collection["id"], records, placed.slot, main, companions, hashes)
        except Refusal as refusal:
            return [Line(file, REFUSED, placed.slot, str(refusal)) for file in group]

    def _send(
        self, collection: str, records: list[dict[str, Any]], slot: str, main: Path, companions: list[Path],
        hashes: dict[Path, str],
    ) -> list[Line]:  # fmt: skip
        body = {"slot": slot, "name": main.name, "size": main.stat().st_size, "sha256": hashes[main]}
        known = {record["id"] for record in records}
        for attempt in range(5):
            offer = self._offer(collection, body, sorted(known), attempt)
            record = offer["record"]["id"]
            try:
                lines = [self._companion(record, companion, hashes[companion]) for companion in companions]
                is_new = self._bytes(offer["upload"]["url"], main)
            except UploadEnded:
                continue
            if not is_new and record not in known:
                continue  # an earlier push brought it and somebody took it out since: it may come again
            line = Line(main, SENT if is_new else THERE, slot, record=record)
            self.watcher.end(line)
            return [line, *lines]
        raise Refusal(410, "upload_ended", "The server ends the upload again and again.", [])

    def _offer(self, collection: str, body: dict[str, Any], here: list[str], attempt: int) -> Any:
        """The same file gets the record it was promised before; a refusal is asked again once the tray changed."""
        path = f"/collections/{collection}/records"
        try:
            return self.server.post(path, body, key=_key("record", collection, body, attempt))
        except Refusal as refusal:
            if refusal.code != "offer_refused":
                raise
            return self.server.post(path, body, key=_key("record", collection, body, attempt, here))

    def _companion(self, record: str, file: Path, sha256: str) -> Line:
        body = {"name": file.name, "size": file.stat().st_size, "sha256": sha256}
        try:
            answer = self.server.post(
                f"/records/{record}/companions", body, key=_key("companion", record, body)
            )
            is_new = self._bytes(answer["upload"]["url"], file)
        except Refusal as refusal:
            return Line(file, REFUSED, "", str(refusal))
        line = Line(file, SENT if is_new else THERE)
        self.watcher.end(line)
        return line

    def _bytes(self, address: str, file: Path) -> bool:
        self.watcher.begin(file, file.stat().st_size)
        return self.server.send_file(address, file, self.watcher.reach)

    def _there(self, file: Path, record: dict[str, Any]) -> Line:
        if record["state"] in ("rejected", "failed"):
            return Line(file, REFUSED, record["slot"], _why(record), record["id"])
        return Line(file, THERE, record["slot"], record=record["id"])


def sha256_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _with_companions(standard: UploadStandard | None, files: list[Path]) -> list[list[Path]]:
    """Each main file first, then the materials and textures that belong to it."""
    if standard is None:
        return [[file] for file in files]
    placed = sort_drop(standard, [Offered(file.name, file.stat().st_size) for file in files], present={})
    groups = {place: [files[place]] for place, one in enumerate(placed) if one.companion_of is None}
    for place, one in enumerate(placed):
        if one.companion_of is not None:
            groups[one.companion_of].append(files[place])
    return list(groups.values())


def _placed(
    standard: UploadStandard | None, groups: list[list[Path]], records: list[dict[str, Any]]
) -> list[Placed]:
    """Where the main file of each group goes, next to what is in the tray already."""
    mains = [group[0] for group in groups]
    if standard is None:
        return [Placed(slot_in_name(file.name) or "other", None, ()) for file in mains]
    present: dict[str, int] = {}
    for record in records:
        # What still waits for its bytes may be this very file; the server counts for itself.
        if record["is_current"] and record["state"] == "ready":
            present[record["slot"]] = present.get(record["slot"], 0) + 1
    return sort_drop(standard, [Offered(file.name, file.stat().st_size) for file in mains], present=present)


def _why(record: dict[str, Any]) -> str:
    blockers = [finding["text"] for finding in record["findings"] if finding["severity"] == "blocker"]
    return " ".join(blockers) or record["reason"] or record["state"]


def _key(*parts: object) -> str:
    """The same words give the same key: a command that runs again repeats its requests, not their effects."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()
