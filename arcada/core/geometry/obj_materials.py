"""The companions of one OBJ: its materials under neutral names, its textures, the colours they give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from arcada.core.deidentify import Removed
from arcada.core.errors import Unreadable
from arcada.core.findings import Finding, Severity
from arcada.core.geometry.mesh import ColourArray, TriangleArray
from arcada.core.geometry.mtl import Library, Material, base_name, read_library, write_library
from arcada.core.geometry.read import receipt
from arcada.core.geometry.texture import Texture, read_texture, sample_colours

MOST_TEXTURES = 32
_LIBRARY_NAME = "material.mtl"


@dataclass(slots=True)
class Materials:
    libraries: list[Library] = field(default_factory=list)
    materials: dict[str, Material] = field(default_factory=dict)
    textures: dict[str, Texture] = field(default_factory=dict)  # by the name in the library
    findings: list[Finding] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def neutral_name(self, name: str) -> str:
        """material0, material1 … in the order of first use; the same text has the same number."""
        return f"material{self._numbers.setdefault(name, len(self._numbers))}"

    def outgoing_textures(self) -> dict[str, str]:
        """The neutral file name of each texture that can be read: texture.jpg, texture1.jpg …"""
        return {
            name: f"texture{number or ''}{texture.ending}"
            for number, (name, texture) in enumerate(self.textures.items())
        }

    def cleaned(self) -> dict[str, bytes]:
        """The companions as they may leave: one library and its textures."""
        if not self.libraries:
            return {}
        names = self.outgoing_textures()
        library = write_library(list(self.materials.values()), self.neutral_name, names)
        return {_LIBRARY_NAME: library} | {
            names[name]: texture.cleaned for name, texture in self.textures.items()
        }

    def removed(self) -> tuple[Removed, ...]:
        """The receipt of the companions."""
        lengths: dict[tuple[str, str], int] = {}
        for library in self.libraries:
            for place, length in library.dropped.items():
                lengths[place] = lengths.get(place, 0) + length
        outgoing = self.outgoing_textures()
        names = sum(len(name) for name in self.materials if name != self.neutral_name(name))
        files = {material.texture.name for material in self.materials.values() if material.texture}
        lengths["MTL newmtl", "name"] = names
        lengths["MTL map_Kd", "name"] = sum(len(name) for name in files if outgoing.get(name) != name)
        lines = receipt(lengths, file="material")
        return lines + tuple(line for texture in self.textures.values() for line in texture.removed)

    def bake(
        self,
        names: Sequence[str],
        starts: npt.NDArray[np.int64],
        triangles: TriangleArray,
        triangle_places: npt.NDArray[np.uint32],
        places: npt.NDArray[np.float32],
        points: int,
    ) -> ColourArray | None:
        """(points, 3) colours of the first corner that each point has, or None without a texture.

        `names` and `starts` say which material holds from which triangle on.
        """
        if not self.textures:
            return None
        # Assigned from the last corner to the first, so the first one stays.
        place_of = np.zeros(points, np.uint32)
        place_of[triangles.ravel()[::-1]] = triangle_places.ravel()[::-1]
        statement = np.searchsorted(starts, np.arange(len(triangles)), side="right")
        statement_of = np.zeros(points, np.int64)
        statement_of[triangles.ravel()[::-1]] = np.repeat(statement, 3)[::-1]
        colours = np.full((points, 3), 255, np.uint8)
        by_name: dict[str, list[int]] = {}
        for number, name in enumerate(names, start=1):
            by_name.setdefault(name, []).append(number)
        self._paint(by_name, statement_of, place_of, places, colours)
        return colours

    def _paint(
        self,
        by_name: dict[str, list[int]],
        statement_of: npt.NDArray[np.int64],
        place_of: npt.NDArray[np.uint32],
        places: npt.NDArray[np.float32],
        colours: ColourArray,
    ) -> None:
        material_of = np.full(int(statement_of.max(initial=0)) + 1, -1, np.int64)
        known = [name for name in by_name if name in self.materials]
        for index, name in enumerate(known):
            numbers = [number for number in by_name[name] if number < len(material_of)]
            material_of[numbers] = index
        by_point = material_of[statement_of]
        order = np.argsort(by_point, kind="stable")
        bounds = np.searchsorted(by_point[order], np.arange(len(known) + 1))
        pixels_name, pixels = "", np.zeros((1, 1, 3), np.uint8)
        wanted = sorted(range(len(known)), key=lambda index: self._texture_name(known[index]))
        for index in wanted:
            chosen = order[bounds[index] : bounds[index + 1]]
            material = self.materials[known[index]]
            if material.colour is not None:
                colours[chosen] = np.rint(np.clip(np.array(material.colour), 0, 1) * 255)
            if material.texture is None or material.texture.name not in self.textures:
                continue
            if material.texture.name != pixels_name:
                pixels_name = material.texture.name
                pixels = self.textures[pixels_name].pixels()
            chosen = chosen[place_of[chosen] > 0]
            colours[chosen] = sample_colours(pixels, places[place_of[chosen] - 1], material.texture)

    def _texture_name(self, name: str) -> str:
        texture = self.materials[name].texture
        return texture.name if texture else ""


def gather_materials(
    libraries: Sequence[str], used: Sequence[str], companions: Mapping[str, bytes]
) -> Materials:
    """Finds and reads the companions that an OBJ names; what is missing or unreadable is a warning."""
    gathered = Materials()
    for name in used:
        gathered.neutral_name(name)
    seen: set[str] = set()
    for data in _library_bytes(libraries, companions, gathered, seen):
        try:
            library = read_library(data)
        except Unreadable as trouble:
            gathered.findings.append(
                Finding("companion_unreadable", Severity.WARNING, trouble.code, where="material")
            )
            continue
        gathered.libraries.append(library)
        for name, material in library.materials.items():
            gathered.materials.setdefault(name, material)
            gathered.neutral_name(name)
    _read_textures(gathered, companions)
    return gathered


def _library_bytes(
    libraries: Sequence[str], companions: Mapping[str, bytes], gathered: Materials, seen: set[str]
) -> list[bytes]:
    found = []
    missing = 0
    for line in libraries:
        # A name may have spaces, and a line may have several names.
        whole = base_name(line.strip('"'))
        for name in [whole] if whole in companions else [base_name(word) for word in line.split()]:
            if name in seen:
                continue
            seen.add(name)
            if name in companions:
                found.append(companions[name])
            else:
                missing = 1
    if missing:
        gathered.findings.append(Finding("missing_companion", Severity.WARNING, where="material"))
    return found


def _read_textures(gathered: Materials, companions: Mapping[str, bytes]) -> None:
    wanted = dict.fromkeys(
        material.texture.name for material in gathered.materials.values() if material.texture is not None
    )
    missing = [name for name in wanted if name not in companions]
    if missing:
        gathered.findings.append(
            Finding("missing_companion", Severity.WARNING, len(missing), where="texture")
        )
    there = [name for name in wanted if name in companions]
    for name in there[:MOST_TEXTURES]:
        try:
            texture = read_texture(companions[name])
            texture.pixels()
        except Unreadable as trouble:
            gathered.findings.append(
                Finding("companion_unreadable", Severity.WARNING, trouble.code, where="texture")
            )
            continue
        gathered.textures[name] = texture
