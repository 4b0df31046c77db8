"""A cleaned scan in another format: a plain GLB, or a DICOM file around its STL."""

from collections.abc import Mapping

import numpy as np

from arcada.core.anatomy import FileFormat
from arcada.core.geometry.dicom_stl import Naming, encapsulate_stl
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.plain_glb import write_plain_glb
from arcada.core.geometry.read_scan import read_scan
from arcada.core.geometry.stl import HEADER
from arcada.core.geometry.write import write_stl
from arcada.core.intake_scan import MILLIMETRES_OF
from arcada.core.outgoing import ExportFormat


def convert_scan(
    data: bytes,
    file_format: FileFormat,
    to: ExportFormat,
    *,
    unit: str,
    naming: Naming,
    companions: Mapping[str, bytes],
) -> bytes:
    """The scan as `to`; `data` is its cleaned file, `companions` go by their neutral names."""
    factor = MILLIMETRES_OF.get(unit, 1.0)
    if to is ExportFormat.DICOM:
        return encapsulate_stl(_stl_in_mm(data, file_format, factor, companions), naming)
    return write_plain_glb(read_scan(data, file_format, companions).mesh, unit_factor_to_mm=factor)


def _stl_in_mm(data: bytes, file_format: FileFormat, factor: float, companions: Mapping[str, bytes]) -> bytes:
    """A binary STL in millimetres: the cleaned file itself where it is one."""
    if file_format is FileFormat.STL_BINARY and factor == 1.0:
        return data
    mesh = read_scan(data, file_format, companions).mesh
    if factor != 1.0:
        mesh = Mesh((mesh.points.astype(np.float64) * factor).astype(np.float32), mesh.triangles)
    return write_stl(mesh, header=HEADER.decode("ascii"))


def rehearse() -> None:
    """Loads what only a conversion needs, before a limited child that can open no file does one."""
    corner = Mesh(np.eye(3, dtype=np.float32), np.array([[0, 1, 2]], dtype=np.uint32))
    naming = Naming("none", "none", "none", "none", 1, "none", "none")
    for to in ExportFormat:
        data = write_stl(corner)
        convert_scan(data, FileFormat.STL_BINARY, to, unit="inch", naming=naming, companions={})
