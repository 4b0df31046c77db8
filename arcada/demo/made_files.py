"""The demo's files: synthetic jaws and crowns, drawn photographs and radiographs, with what to take out planted."""

import numpy as np

from arcada.core.anatomy import Jaw
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.specimen import make_arch, make_bite, make_crown, make_pair
from arcada.core.geometry.specimen.arch import mesh_of
from arcada.core.geometry.specimen.faults import with_hole
from arcada.core.geometry.write import write_obj_textured, write_ply, write_stl
from arcada.core.images.drawn import draw_photograph, draw_radiograph
from arcada.demo.surface_points import pin_on, tooth_place

# P-0218's jaws all come from one seed: the same teeth before and after the preparation.
SEED = 218
TOOTH = 14
SCANNER_NOTE = "order 4711 Z.C.Q. 08:49"

Files = dict[str, tuple[str, bytes]]  # slot → name as it was exported, bytes


def crown_visit() -> tuple[Files, Mesh, Mesh]:
    """P-0218 prepared for a crown on 14; also the two jaws, for the pins that stand on them."""
    upper, lower = make_pair(SEED, triangles=110_000, preparation_fdi=TOOTH)
    x, y, z = pin_on(lower, Jaw.MANDIBLE, SEED, 46, distal=1.0).point
    lower = with_hole(lower, diameter_mm=3.1, at=(x, y, z))
    before = make_arch(Jaw.MAXILLA, seed=SEED, triangles=60_000)
    files: Files = {
        "upper_jaw": ("4711_upper.ply", write_ply(upper, comments=[SCANNER_NOTE])),
        "lower_jaw": ("4711_lower.ply", write_ply(lower, comments=[SCANNER_NOTE])),
        "preparation": ("4711_prep_14.ply", write_ply(_around(upper, TOOTH, 17.0))),
        "pre_op": ("4711_preop.stl", write_stl(before, header=SCANNER_NOTE)),
        "bite_left": ("4711_bite_left.ply", write_ply(make_bite(SEED, "left", triangles=30_000))),
        "shade_photo": ("IMG_2071.jpg", draw_photograph("SHADE", SEED, 1000, 750, with_identity=True)),
        "EV19": ("IMG_2074.jpg", draw_photograph("EV19", SEED, with_identity=True)),
        "panoramic": ("opg.png", draw_radiograph("panoramic", SEED, image_format="PNG")),
    }
    return files, upper, lower


def crown_design(version: int) -> tuple[bytes, Mesh]:
    crown = make_crown(SEED, TOOTH, version, triangles=21_000)
    return write_stl(crown, header="Carl, Arco Lab, order 4711"), crown


def archive_visit(seed: int, *, triangles: int = 60_000) -> Files:
    """A complete Archive 3+2: three scans, three photographs, two radiographs."""
    upper, lower = make_pair(seed, triangles=triangles)
    return {
        "upper_jaw": ("upper.ply", write_ply(upper)),
        "lower_jaw": ("lower.ply", write_ply(lower)),
        "bite": ("bite_right.ply", write_ply(make_bite(seed, "right", triangles=20_000))),
        "EV15": ("rest.jpg", draw_photograph("EV15", seed)),
        "EV19": ("smile.jpg", draw_photograph("EV19", seed)),
        "EV01": ("profile.jpg", draw_photograph("EV01", seed)),
        "panoramic": ("pano.jpg", draw_radiograph("panoramic", seed, with_identity=True)),
        "lateral_ceph": ("ceph.jpg", draw_radiograph("lateral_ceph", seed)),
    }


def jaws(seed: int, *, triangles: int = 40_000) -> Files:
    upper, lower = make_pair(seed, triangles=triangles)
    return {
        "upper_jaw": ("upper.stl", write_stl(upper, header="Patient 0042")),
        "lower_jaw": ("lower.ply", write_ply(lower)),
    }


def textured_jaw(seed: int) -> dict[str, bytes]:
    """An upper jaw as OBJ with material and texture, by file name; the OBJ first."""
    return write_obj_textured(
        make_arch(Jaw.MAXILLA, seed=seed, triangles=30_000), name="upper", image_format="JPEG"
    )


def cut_short(seed: int) -> bytes:
    """An STL that ends in the middle, as a full memory stick leaves it."""
    whole = write_stl(make_arch(Jaw.MANDIBLE, seed=seed, triangles=30_000))
    return whole[: len(whole) // 2]


def _around(mesh: Mesh, tooth_fdi: int, radius_mm: float) -> Mesh:
    """The part of an upper jaw around one tooth, as a scanner's close-up gives it."""
    x, z = tooth_place(Jaw.MAXILLA, SEED, tooth_fdi)
    near = np.hypot(mesh.points[:, 0] - x, mesh.points[:, 2] - z) < radius_mm
    kept = mesh.triangles[near[mesh.triangles].all(axis=1)].astype(np.int64)
    return mesh_of(mesh.points.astype(np.float64), kept, mesh.colours)
