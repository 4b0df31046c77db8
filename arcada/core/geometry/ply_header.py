"""The header of a PLY file: elements, their properties, and where the body starts."""

from dataclasses import dataclass, field

from arcada.core.anatomy import FileFormat
from arcada.core.errors import Unreadable

MOST_HEADER_BYTES = 1 << 20
MOST_PROPERTIES = 256

# numpy's letter for each name of a type.
TYPES = {
    "char": "i1",
    "int8": "i1",
    "uchar": "u1",
    "uint8": "u1",
    "short": "i2",
    "int16": "i2",
    "ushort": "u2",
    "uint16": "u2",
    "int": "i4",
    "int32": "i4",
    "uint": "u4",
    "uint32": "u4",
    "float": "f4",
    "float32": "f4",
    "double": "f8",
    "float64": "f8",
}
FORMATS = {
    "ascii": FileFormat.PLY_ASCII,
    "binary_little_endian": FileFormat.PLY_LITTLE_ENDIAN,
    "binary_big_endian": FileFormat.PLY_BIG_ENDIAN,
}


@dataclass(frozen=True, slots=True)
class PlyProperty:
    """One column. `type_name` is as the file spells it; `count_type_name` is set for a list."""

    name: str
    type_name: str
    count_type_name: str | None = None

    @property
    def type(self) -> str:
        return TYPES[self.type_name]

    @property
    def size(self) -> int:
        return int(self.type[1])

    @property
    def count_size(self) -> int:
        """Bytes of a list's count; 0 for a plain number."""
        return 0 if self.count_type_name is None else int(TYPES[self.count_type_name][1])

    def line(self) -> str:
        kind = f"list {self.count_type_name} {self.type_name}" if self.count_type_name else self.type_name
        return f"property {kind} {self.name}\n"


@dataclass(frozen=True, slots=True)
class PlyElement:
    name: str
    count: int
    properties: list[PlyProperty] = field(default_factory=list)

    @property
    def has_lists(self) -> bool:
        return any(column.count_size for column in self.properties)

    @property
    def least_row_bytes(self) -> int:
        """Bytes of a binary row whose lists are empty."""
        return sum(column.count_size or column.size for column in self.properties)


@dataclass(frozen=True, slots=True)
class PlyHeader:
    format: FileFormat
    elements: tuple[PlyElement, ...]
    body_start: int
    comment_bytes: int
    names_texture: bool

    @property
    def points(self) -> int:
        """How many points the file claims to have."""
        return sum(element.count for element in self.elements if element.name == "vertex")

    @property
    def byte_order(self) -> str:
        return ">" if self.format is FileFormat.PLY_BIG_ENDIAN else "<"


def read_header(data: bytes | memoryview) -> PlyHeader:
    """Reads up to `end_header`; anything that is no statement of PLY 1.0 refuses the file."""
    head = bytes(data[:MOST_HEADER_BYTES])
    if not head.startswith((b"ply\n", b"ply\r")):
        raise _malformed(1)
    line_end = b"\r" if head[3:4] == b"\r" and head[4:5] != b"\n" else b"\n"
    file_format: FileFormat | None = None
    elements: list[PlyElement] = []
    comment_bytes = properties = 0
    names_texture = False
    at, number = head.index(line_end) + 1, 1
    while True:
        number += 1
        stop = head.find(line_end, at)
        if stop < 0:
            if len(data) > MOST_HEADER_BYTES:
                raise _malformed(number)
            raise Unreadable("The file ends within its header.", code="truncated", where=f"line {number}")
        line = head[at:stop]
        at = stop + 1
        words = _words(line, number)
        match words:
            case ["end_header"]:
                break
            case ["comment" | "obj_info", *rest]:
                comment_bytes += len(line.strip())
                names_texture = names_texture or rest[:1] == ["TextureFile"]
            case []:
                pass
            case ["format", name, "1.0"] if name in FORMATS and file_format is None:
                file_format = FORMATS[name]
            case ["element", name, count] if count.isascii() and count.isdigit() and len(count) <= 20:
                if any(element.name == name for element in elements):
                    raise _malformed(number)
                elements.append(PlyElement(name, int(count)))
            case ["property", *column] if elements and properties < MOST_PROPERTIES:
                properties += 1
                _add_property(elements[-1], column, number)
            case _:
                raise _malformed(number)
    if file_format is None:
        raise _malformed(number)
    return PlyHeader(file_format, tuple(elements), at, comment_bytes, names_texture)


def _words(line: bytes, number: int) -> list[str]:
    # Comments may be in any encoding; everything else is ASCII.
    words = line.split()
    if words and words[0] in (b"comment", b"obj_info"):
        return [word.decode("latin-1") for word in words[:2]]
    try:
        return [word.decode("ascii") for word in words]
    except UnicodeDecodeError:
        raise _malformed(number) from None


def _add_property(element: PlyElement, column: list[str], number: int) -> None:
    match column:
        case ["list", count_type, type_name, name] if count_type in TYPES and type_name in TYPES:
            if TYPES[count_type][0] == "f":
                raise Unreadable(
                    "A list is counted by a fraction.", code="unsupported_ply", where=f"line {number}"
                )
            made = PlyProperty(name, type_name, count_type)
        case [type_name, name] if type_name in TYPES:
            made = PlyProperty(name, type_name)
        case _:
            raise _malformed(number)
    if any(other.name == made.name for other in element.properties):
        raise _malformed(number)
    element.properties.append(made)


def _malformed(number: int) -> Unreadable:
    return Unreadable("The header does not keep to the format.", code="malformed", where=f"line {number}")
