"""What names tell of jaw and slot, in the words of four languages and of scanners; and what they must not tell."""

import pytest

from arcada.core.anatomy import Jaw
from arcada.core.file_names import jaw_in_name, slot_in_name
from arcada.core.slots import SLOT_TITLES

SLOTS = {
    "upper_jaw": "Case12-upperjaw.stl UpperJawScan.ply upper.stl maxila.stl maxilla_2.obj Oberkiefer.stl OK.stl "
    "paciente-sup.ply arcada_superior.stl Max.stl maxillary_orig_trios_export.stl u.stl",
    "lower_jaw": "Case12-lowerjaw.stl LowerJawScan.ply lower.stl mandíbula.stl Unterkiefer.stl UK.stl inf.stl "
    "arcada_inferior.obj Mand.stl lower_left.stl full_l.ply",
    "bite": "bite.stl BiteScan1.stl oclusion.stl oclusão.stl Bissregistrat.stl registro.stl",
    "bite_right": "bite_right.stl mordida-direita.stl vestibular_rechts.stl bite_r.stl mordida_derecha.ply",
    "bite_left": "buccal_left.stl Biss-links.stl bite_l.stl mordida_izquierda.ply mordida_esquerda.ply",
    "pre_op": "case-upperjaw-situ.stl pre-op_upper.stl PreOp.stl",
    "preparation": "PreparationScan.stl preparo_14.stl UpperPrep.stl Präparation.stl preparación.stl",
    "scan_body": "scanbody.stl scan-body_upper.stl ScanBodies.ply",
    "gum_former": "GingivaScan.stl gengiva.stl encía.stl Zahnfleisch.stl",
    "design": "crown_26.stl coroa_11.stl Krone.stl corona.stl design.stl",
    "EV01": "EV01.jpg ev1.jpg perfil_direito.jpg profile.jpg",
    "EV15": "EV-15.png repouso.jpg reposo.jpg frente.jpg frontal_rest.jpg",
    "EV19": "sorriso.jpg sonrisa.jpg Lächeln.jpg smile.jpg frontal-smile.jpg",
    "IV01": "intraoral_right.jpg lateral_direita.jpg IV1.png",
    "IV07": "IV07_frontal.jpg intraoral_frontal.jpg",
    "IV18": "lateral_esquerda.jpg buccal_left.jpg",
    "IV25": "upper-occlusal.png oclusal_superior.jpg Okklusal_Oberkiefer.jpg",
    "IV27": "lower-occlusal.png oclusal_inferior.jpg",
    "panoramic": "OPG.jpg panorâmica.png Panorama.jpg pano_2024.jpg ortopantomografia.jpg",
    "lateral_ceph": "ceph.jpg teleradiografia.jpg telerradiografía.jpg Fernröntgen.jpg cefalo.jpg",
    "periapical": "periapical_36.jpg PA36.jpg",
    "full_mouth_series": "fmx.jpg status_periapical.jpg",
    "shade_photo": "shade_A2.jpg cor.jpg Zahnfarbe.jpg",
    "document": "laudo.pdf report.txt",
}


@pytest.mark.parametrize(
    ("slot", "name"), [(slot, name) for slot, names in SLOTS.items() for name in names.split()]
)
def test_a_name_points_to_its_slot(slot, name):
    assert slot in SLOT_TITLES
    assert slot_in_name(name) == slot


@pytest.mark.parametrize(
    "name",
    [
        "scan.stl",
        "DSC_0012.JPG",
        "upper_lower.stl",
        "level.stl",
        "max_mustermann.stl",
        "scan_ok.stl",
        "supper.stl",
        "book.ply",
    ],
)
def test_a_name_that_tells_nothing_points_nowhere(name):
    assert slot_in_name(name) is None


@pytest.mark.parametrize(
    ("name", "jaw"),
    [
        ("crown_26_upper.stl", Jaw.MAXILLA),
        ("mandible.ply", Jaw.MANDIBLE),
        ("123_l.stl", Jaw.MANDIBLE),
        ("l_123.stl", Jaw.UNKNOWN),
        ("upper_and_lower.stl", Jaw.UNKNOWN),
        ("scan.stl", Jaw.UNKNOWN),
    ],
)
def test_a_name_tells_its_jaw_only_when_it_tells_one(name, jaw):
    assert jaw_in_name(name) is jaw
