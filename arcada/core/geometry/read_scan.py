"""One scan read by the reader of its format."""

from collections.abc import Mapping

from arcada.core.anatomy import FileFormat
from arcada.core.geometry.obj import read_obj
from arcada.core.geometry.ply import read_ply
from arcada.core.geometry.read import ReadScan
from arcada.core.geometry.stl import read_stl


def read_scan(data: bytes, file_format: FileFormat, companions: Mapping[str, bytes]) -> ReadScan:
    """STL, OBJ (with its companions by lower-case base name) or PLY as a mesh; `Unreadable` where it is none."""
    if file_format in (FileFormat.STL_BINARY, FileFormat.STL_ASCII):
        return read_stl(data)
    if file_format is FileFormat.OBJ:
        return read_obj(data, companions)
    return read_ply(data)
