"""Kernels are compiled before the first file comes: nothing intake does makes numba compile again."""

import importlib
import json
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numba

import arcada.core
from arcada.core import kernels
from arcada.core.anatomy import Jaw
from arcada.core.geometry.specimen import make_arch, make_pair
from arcada.core.geometry.write import write_obj, write_obj_textured, write_ply, write_stl, write_stl_ascii
from arcada.core.intake import Declared, prepare
from arcada.core.record_set import SetItem, check_set
from arcada.core.upload_standard import SHIPPED
from tests.core.made_images import jpeg, png


def dispatchers() -> dict[str, Any]:
    """Every compiled function of the core but the specimen's, which no upload ever meets."""
    found = {}
    for module in pkgutil.walk_packages(arcada.core.__path__, "arcada.core."):
        if ".specimen" in module.name or "njit" not in _source(module):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, numba.core.registry.CPUDispatcher):
                found[f"{module.name}.{name}"] = value
    return found


def _source(module: pkgutil.ModuleInfo) -> str:
    folder = Path(module.module_finder.path) / module.name.rpartition(".")[2]  # type: ignore[union-attr]
    return folder.with_suffix(".py").read_text() if folder.with_suffix(".py").exists() else ""


def test_every_module_of_kernels_is_warmed_up() -> None:
    kernels.warm()
    modules = {name.rpartition(".")[0] for name in dispatchers()}
    warmed = {name.rpartition(".")[0] for name, kernel in dispatchers().items() if kernel.signatures}
    assert len(modules) >= 8 and modules - warmed == set()


def test_no_file_of_any_format_makes_a_kernel_compile_after_warm_up() -> None:
    kernels.warm()
    before = {name: len(kernel.signatures) for name, kernel in dispatchers().items()}
    mesh = make_arch(Jaw.MAXILLA, seed=2, triangles=6_000)
    textured = write_obj_textured(mesh)
    obj = textured.pop("scan.obj")
    files = [
        ("a.stl", write_stl(mesh)),
        ("a.stl", write_stl_ascii(mesh)),
        ("a.ply", write_ply(mesh)),
        ("a.ply", write_ply(mesh, endian="big")),
        ("a.ply", write_ply(mesh, endian="ascii")),
        ("a.ply", write_ply(mesh, colours=False)),
        ("a.obj", write_obj(mesh)),
        ("a.jpg", jpeg(640, 480)),
        ("a.png", png(640, 480)),
    ]
    for name, data in files:
        assert prepare(data, Declared(name)).accepted
    assert prepare(obj, Declared("a.obj", companions=textured)).accepted
    upper, lower = make_pair(2, triangles=6_000)
    items = []
    for slot, jaw in (("upper_jaw", upper), ("lower_jaw", lower)):
        facts = prepare(write_stl(jaw), Declared("a.stl", slot)).facts
        items.append(SetItem(slot, slot, facts, lambda jaw=jaw: jaw))  # type: ignore[misc]
    check_set(SHIPPED["free-collection"], items)
    after = {name: len(kernel.signatures) for name, kernel in dispatchers().items()}
    assert {name: after[name] for name in after if after[name] != before[name]} == {}


# Judges every golden file in an interpreter that may open nothing once it is warm, as a worker's child.
CLOSED = """
import json, pathlib, resource, sys
from arcada.core import kernels
kernels.warm()
from arcada.core.intake import Declared, prepare
golden = pathlib.Path(sys.argv[1])
paths = [path for path in sorted(golden.rglob("*.*")) if path.suffix in sys.argv[3].split()]
files = [(str(path.relative_to(golden)), path.read_bytes()) for path in paths]
if sys.argv[2] == "closed":
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
said = {}
for name, data in files:
    prepared = prepare(data, Declared(pathlib.PurePath(name).name))
    said[name] = [prepared.accepted, [f.code for f in prepared.findings], sorted(prepared.renditions)]
print(json.dumps(said))
"""


def judged(how: str) -> dict[str, list[object]]:
    golden = Path(__file__).parents[1] / "golden"
    suffixes = ".stl .ply .obj .jpg .png .pdf .txt"
    ran = subprocess.run(
        [sys.executable, "-c", CLOSED, str(golden), how, suffixes],
        cwd=golden.parents[1],
        capture_output=True,
        check=True,
        text=True,
    )
    said: dict[str, list[object]] = json.loads(ran.stdout)
    return said


def test_a_child_that_may_open_nothing_judges_every_golden_file_the_same() -> None:
    closed = judged("closed")
    assert len(closed) > 200
    assert closed == judged("open")
