"""A fingerprint of a surface: the same for the same scan in another file, under another header."""

import hashlib

from arcada.core.geometry.mesh import Mesh


def geometry_digest(mesh: Mesh) -> str:
    """32 hex digits of the welded points in their order and the triangle count; colours and format do not count."""
    digest = hashlib.sha256(mesh.points.data)
    digest.update(str(len(mesh.triangles)).encode())
    return digest.hexdigest()[:32]
