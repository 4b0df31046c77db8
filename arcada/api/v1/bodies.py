"""What a request may hold: every field named, typed and bounded; an unknown one is refused (TA-05)."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from arcada.core.decisions import MOST_ASPECTS
from arcada.core.share_terms import MOST_DOWNLOADS, MOST_REQUESTED_FILES
from arcada.core.typed_text import is_storable

Line = Annotated[str, StringConstraints(max_length=120)]
Text = Annotated[str, StringConstraints(max_length=10_000)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Size = Annotated[int, Field(ge=1, le=1 << 40)]


def _within_a_century(at: datetime) -> datetime:
    if not 1970 <= at.year < 2200:
        raise ValueError("a day between 1970 and 2200")
    return at


Moment = Annotated[AwareDatetime, AfterValidator(_within_a_century)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, said: Any) -> Any:
        if not is_storable(said):
            raise ValueError("holds NUL or half a character")
        return said


class NewPatient(Body):
    code: Annotated[str, StringConstraints(max_length=32)] = ""
    name: Annotated[str, StringConstraints(max_length=200)] = ""
    born: date | None = None


class NewCollection(Body):
    taken_on: date
    standard: Annotated[str, StringConstraints(max_length=64)] = ""
    title: Line = ""
    description: Text = ""


class NewFile(Body):
    """What is known of a file before its bytes come."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    size: Size
    sha256: Sha256 | None = None


class NewRecord(NewFile):
    slot: Annotated[str, StringConstraints(max_length=64)]
    title: Line = ""
    supersedes: UUID | None = None
    keep_reason: Annotated[str, StringConstraints(max_length=200)] = ""
    unit: Literal["", "mm", "inch", "m", "µm"] = ""


class NewCompanion(NewFile):
    """A file that a record needs beside its own: the colours of an OBJ."""


class RecordChange(Body):
    """What is left out stays as it is."""

    title: Line | None = None
    description: Text | None = None
    tags: Annotated[list[Annotated[str, StringConstraints(max_length=48)]], Field(max_length=50)] | None = (
        None
    )
    slot: Annotated[str, StringConstraints(max_length=64)] | None = None


class Retry(Body):
    unit: Literal["mm", "inch", "m", "µm"] | None = None
    keep_reason: Annotated[str, StringConstraints(max_length=200)] | None = None


class NewCase(Body):
    collection: UUID
    code: Annotated[str, StringConstraints(max_length=32)] = ""
    title: Line = ""
    records: Annotated[list[UUID], Field(max_length=200)] | None = None
    decide_by: Moment | None = None


class CaseRecords(Body):
    records: Annotated[list[UUID], Field(min_length=1, max_length=200)]


class NewDesign(NewFile):
    title: Line = ""
    supersedes: UUID | None = None


class NewParticipant(Body):
    workspace: UUID
    permissions: list[Literal["view", "download", "comment", "add_design", "decide"]]


class NewRecipient(Body):
    email: Annotated[str, StringConstraints(min_length=3, max_length=254)]
    name: Line = ""
    company: Line = ""


class NewShare(Body):
    level: Literal["open_link", "passcode", "email_verified", "account"] = "email_verified"
    permissions: list[Literal["view", "download", "comment", "decide"]] = ["view"]
    recipients: Annotated[list[NewRecipient], Field(max_length=50)] = []
    records: Annotated[list[UUID], Field(min_length=1, max_length=200)] | None = None
    expires_at: Moment | None = None
    passcode: Annotated[str, StringConstraints(max_length=128)] = ""
    note: Annotated[str, StringConstraints(max_length=2000)] = ""
    max_downloads: Annotated[int, Field(ge=1, le=MOST_DOWNLOADS)] | None = None


class ShareChange(Body):
    expires_at: Moment | None = None
    revoked: Literal[True] | None = None
    locked: Literal[False] | None = None


class NewUploadRequest(Body):
    """Into a collection that is there, or into a new one of a patient."""

    collection: UUID | None = None
    patient: UUID | None = None
    standard: Annotated[str, StringConstraints(max_length=64)] = ""
    email: Annotated[str, StringConstraints(min_length=3, max_length=254)]
    name: Line = ""
    note: Annotated[str, StringConstraints(max_length=2000)] = ""
    expires_at: Moment | None = None
    max_files: Annotated[int, Field(ge=1, le=MOST_REQUESTED_FILES)] = 20

    @model_validator(mode="after")
    def _one_place(self) -> "NewUploadRequest":
        if (self.collection is None) == (self.patient is None):
            raise ValueError("name the collection, or the patient of a new one")
        return self


class UploadRequestChange(Body):
    revoked: Literal[True]


class NewAttachment(NewFile):
    """A file for a comment."""


class NewComment(Body):
    text: Text
    view: dict[str, Any] | None = None
    ask: UUID | None = None
    attached: Annotated[list[UUID], Field(max_length=50)] = []


class NewThread(NewComment):
    record: UUID | None = None
    pin: dict[str, Any] | None = None


class NewDecision(Body):
    verdict: Literal["approved", "changes_requested"]
    note: Text = ""
    aspects: Annotated[list[Line], Field(max_length=MOST_ASPECTS)] = []
    seen: Annotated[list[Sha256], Field(max_length=500)] | None = None
    known: Annotated[list[UUID], Field(max_length=500)] = []


Coordinate = Annotated[float, Field(ge=-1_000_000, le=1_000_000)]
Point = Annotated[list[Coordinate], Field(min_length=3, max_length=3)]


class Orientation(Body):
    rows: Annotated[list[Point], Field(min_length=3, max_length=3)] | None


class ToothLabel(Body):
    tooth_fdi: Annotated[int, Field(ge=11, le=85)]
    record: UUID
    point: Point


class Labels(Body):
    teeth: Annotated[list[ToothLabel], Field(max_length=52)]
    before: Annotated[list[ToothLabel], Field(max_length=52)] | None = None


class Measured(Body):
    id: UUID
    kind: Literal["distance", "path", "angle", "thickness"]
    name: Annotated[str, StringConstraints(max_length=80)] = ""
    records: Annotated[list[UUID], Field(min_length=2, max_length=3)]
    points: Annotated[list[Point], Field(min_length=2, max_length=3)]
    way: Annotated[list[Point], Field(max_length=2_000)] = []
    value: Annotated[float, Field(ge=0, le=1_000_000)]


class KeptMeasurements(Body):
    items: Annotated[list[Measured], Field(max_length=200)]


class LedView(Body):
    view: dict[str, Any] | None
