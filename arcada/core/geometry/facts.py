"""What is known of a scan once it was read and measured."""

from dataclasses import dataclass

from arcada.core.anatomy import FileFormat, Jaw


@dataclass(frozen=True, slots=True)
class Orientation:
    """How the scan lies in its file.

    `rows` turns file coordinates into the patient's: row 0 points to the patient's left, row 1 up
    (superior), row 2 to the front (anterior); a proper rotation. `confidence` is 0 (a guess) to 1.
    """

    rows: tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
    confidence: float


IDENTITY = Orientation(rows=((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), confidence=0.0)


@dataclass(frozen=True, slots=True)
class ScanFacts:
    format: FileFormat
    bytes: int
    sha256: str
    triangles: int
    vertices: int
    unit: str  # "mm", "inch", "m", "µm" or "unknown": judged by size, STL has none
    extent_mm: tuple[float, float, float]  # of the axis-aligned box, after the unit was applied
    has_colour: bool
    jaw: Jaw
    components: int
    border_loops: int
    orientation: Orientation
    kind: str = "scan"
    geometry_digest: str = ""  # equal for the same surface in another file; "" where it was not made
