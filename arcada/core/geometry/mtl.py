"""Material libraries (MTL): which texture a material has, and the library written with neutral names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from arcada.core.errors import Unreadable

MOST_BYTES = 4 << 20
MOST_MATERIALS = 4096

# Statements with numbers only; everything else is dropped from the cleaned library.
_NUMERIC_WORDS = (
    "Ka",
    "Kd",
    "Ks",
    "Ke",
    "Tf",
    "Ns",
    "Ni",
    "d",
    "Tr",
    "illum",
    "sharpness",
    "Pr",
    "Pm",
    "Ps",
    "Pc",
)
_NUMERIC = {word.lower(): word for word in _NUMERIC_WORDS}
# Options of a map: how many words follow, and whether they are numbers.
_FLAGS = {"-blendu", "-blendv", "-cc", "-clamp"}
_ONE_NUMBER = {"-boost", "-texres", "-bm"}
_UP_TO_THREE = {"-o", "-s", "-t"}


@dataclass(frozen=True, slots=True)
class TextureUse:
    """A material's colour texture by the lower-case base name of its file, never a path."""

    name: str
    offset: tuple[float, float] = (0.0, 0.0)
    scale: tuple[float, float] = (1.0, 1.0)
    clamped: bool = False
    options: str = ""  # as they go into the cleaned library


@dataclass(slots=True)
class Material:
    name: str
    numbers: list[str] = field(default_factory=list)  # whole statements, as they were
    colour: tuple[float, float, float] | None = None
    texture: TextureUse | None = None


@dataclass(slots=True)
class Library:
    """The materials in their order, and the bytes of what does not go on."""

    materials: dict[str, Material] = field(default_factory=dict)
    dropped: dict[tuple[str, str], int] = field(default_factory=dict)

    def drop(self, where: str, what: str, text: str) -> None:
        self.dropped[where, what] = self.dropped.get((where, what), 0) + len(text)


def base_name(path: str) -> str:
    """The last part of a path of any system, in lower case: how companions are found."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2].strip().lower()


def read_library(data: bytes) -> Library:
    """Reads a library; a statement that nobody knows is dropped, a library that is none refuses."""
    if len(data) > MOST_BYTES or b"\0" in data:
        raise Unreadable("The material library is none.", code="malformed", value=len(data), limit=MOST_BYTES)
    library = Library()
    material: Material | None = None
    for line in data.decode("latin-1").replace("\r", "\n").removeprefix("\xef\xbb\xbf").split("\n"):
        text, hash_mark, comment = line.partition("#")
        if hash_mark:
            library.drop("MTL comment", "text", hash_mark + comment)
        words = text.split()
        if not words:
            continue
        keyword = words[0].lower()
        rest = text.strip()[len(keyword) :].strip()
        if keyword == "newmtl":
            if len(library.materials) >= MOST_MATERIALS:
                raise Unreadable("There are too many materials.", code="malformed", limit=MOST_MATERIALS)
            material = library.materials.setdefault(rest, Material(rest))
        elif material is not None and keyword == "map_kd":
            material.texture = _texture(words[1:], rest)
        elif material is not None and keyword in _NUMERIC and _are_numbers(words[1:]):
            material.numbers.append(" ".join((_NUMERIC[keyword], *words[1:])))
            if keyword == "kd" and len(words) == 4:
                material.colour = (float(words[1]), float(words[2]), float(words[3]))
        else:
            library.drop("MTL statement", "unused statement", text)
    return library


def write_library(
    materials: Sequence[Material], new_name: Callable[[str], str], texture_names: dict[str, str]
) -> bytes:
    """The library with neutral names; a texture that is not in `texture_names` goes."""
    lines: list[str] = []
    for material in materials:
        lines.append(f"newmtl {new_name(material.name)}")
        lines += material.numbers
        if material.texture is not None and material.texture.name in texture_names:
            lines.append(f"map_Kd {material.texture.options}{texture_names[material.texture.name]}")
    return "".join(line + "\n" for line in lines).encode("ascii")


def _texture(words: list[str], rest: str) -> TextureUse | None:
    offset, scale, clamped = (0.0, 0.0), (1.0, 1.0), False
    options = ""
    at = 0
    while at < len(words) - 1 and words[at].startswith("-"):
        option = words[at].lower()
        if option in _FLAGS:
            values = words[at + 1 : at + 2]
            if values[0].lower() not in ("on", "off"):
                break
            clamped = clamped or (option == "-clamp" and values[0].lower() == "on")
        elif option in _ONE_NUMBER or option == "-mm":
            values = words[at + 1 : at + (3 if option == "-mm" else 2)]
            if not _are_numbers(values):
                break
        elif option in _UP_TO_THREE:
            values = []
            while len(values) < 3 and _are_numbers(words[at + 1 + len(values) : at + 2 + len(values)]):
                values.append(words[at + 1 + len(values)])
            # A texture's file may have a number for a name.
            if at + 1 + len(values) >= len(words):
                values = values[:-1]
            if not values:
                break
            pair = (float(values[0]), float(values[1]) if len(values) > 1 else 0.0)
            if option == "-o":
                offset = pair
            elif option == "-s":
                scale = pair if len(values) > 1 else (pair[0], 1.0)
        else:
            break
        options += " ".join((option, *(value.lower() for value in values))) + " "
        at += 1 + len(values)
    name = rest
    for word in words[:at]:
        name = name.removeprefix(word).lstrip()
    name = base_name(name.strip('"'))
    return TextureUse(name, offset, scale, clamped, options) if name else None


def _are_numbers(words: Sequence[str]) -> bool:
    if not words:
        return False
    for word in words:
        # "nan", "inf" and "1_0" are no numbers of this format.
        if len(word) > 40 or not set(word) <= set("0123456789+-.eE"):
            return False
        try:
            float(word)
        except ValueError:
            return False
    return True
