"""What goes into intake and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from arcada.core.anatomy import FileFormat, RecordKind
from arcada.core.deidentify import Removed
from arcada.core.documents.facts import DocumentFacts
from arcada.core.findings import Finding
from arcada.core.geometry.facts import ScanFacts
from arcada.core.images.facts import ImageFacts
from arcada.core.upload_standard import DEFAULT_BYTE_LIMITS, ByteLimits, SlotRule, UploadStandard


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a file that was not read."""

    format: FileFormat | None
    bytes: int
    sha256: str
    kind: str = ""


AnyFacts = ScanFacts | ImageFacts | DocumentFacts | FileFacts


@dataclass(frozen=True, slots=True)
class Declared:
    """What is said of a file by the person who sends it.

    `slot` None: the place that the name points to. `standard` None: the free collection. `companions` go by
    lower-case base name. `unit` is one that a person confirmed ("mm", "inch", "m", "µm"). `keep_reason` keeps
    a file that a rule of the standard, but never a reader, would refuse or would rather not have. `posters`
    names the views that a scan is drawn from. `uid_key` is what a DICOM file's UIDs are mapped under: a
    patient's own, so that pictures of one study stay together and lead to no other.
    """

    name: str = ""
    slot: str | None = None
    standard: UploadStandard | None = None
    companions: Mapping[str, bytes] = field(default_factory=dict)
    unit: str | None = None
    keep_reason: str | None = None
    byte_limits: ByteLimits = DEFAULT_BYTE_LIMITS
    uid_key: bytes = b""
    posters: tuple[str, ...] = ("front", "right", "left", "upper", "lower")


@dataclass(frozen=True, slots=True)
class Task:
    """One file on its way through intake: what was found out before it is read."""

    data: bytes
    format: FileFormat
    sha256: str
    declared: Declared
    standard: UploadStandard
    place: SlotRule
    kind: RecordKind
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """What reading one file gave; `renditions` are there only when nothing blocks."""

    facts: AnyFacts
    findings: tuple[Finding, ...]
    receipt: tuple[Removed, ...] = ()
    cleaned: bytes | None = None
    cleaned_companions: dict[str, bytes] = field(default_factory=dict)
    renditions: dict[str, bytes] = field(default_factory=dict)
    kind: RecordKind | None = None  # what the file itself says it is, where its place takes both


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that follows from one file. A rejected file has neither `cleaned` nor renditions."""

    accepted: bool
    slot: str
    kind: RecordKind | None
    facts: AnyFacts
    findings: tuple[Finding, ...]
    receipt: tuple[Removed, ...] = ()
    cleaned: bytes | None = None
    cleaned_companions: dict[str, bytes] = field(default_factory=dict)
    renditions: dict[str, bytes] = field(default_factory=dict)
    outgoing_suffix: str = ""
