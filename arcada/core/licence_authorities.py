"""Who licenses dentists and those who work with them, as data: council, places, professions, form of a number.

Forms come from the field's common knowledge and are only what a slip of the pen is found by. Where a council's
own rule is not certain the form is wide and `is_strict` is False: a number that does not fit is told, not refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from arcada.core.words import gettext_noop


class Profession(StrEnum):
    DENTIST = "dentist"
    TECHNICIAN = "technician"
    HYGIENIST = "hygienist"
    ASSISTANT = "assistant"
    LAB_ASSISTANT = "lab_assistant"
    CLINIC = "clinic"
    LABORATORY = "laboratory"


PROFESSION_TITLES: Final[Mapping[Profession, str]] = MappingProxyType(
    {
        Profession.DENTIST: gettext_noop("Dentist"),
        Profession.TECHNICIAN: gettext_noop("Dental technician"),
        Profession.HYGIENIST: gettext_noop("Dental hygienist or oral health technician"),
        Profession.ASSISTANT: gettext_noop("Dental assistant or nurse"),
        Profession.LAB_ASSISTANT: gettext_noop("Dental lab assistant"),
        Profession.CLINIC: gettext_noop("Clinic, as a company"),
        Profession.LABORATORY: gettext_noop("Dental lab, as a company"),
    }
)


@dataclass(frozen=True, slots=True)
class Authority:
    """A council, board or register; `form` is a regular expression over capitals and digits without signs between."""

    code: str
    name: str
    country: str  # ISO 3166-1
    form: str
    example: str
    professions: Mapping[Profession, str]  # the council's own letters for each, "" where it has none
    places: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # ISO 3166-2 part → name
    says: tuple[str, ...] = ()  # words that people write before the number
    check: str = ""  # the check digit's rule: "npi" | "luhn"
    is_strict: bool = False
    counts_by_profession: bool = False  # each profession has numbers of its own
    has_register: bool = True  # a public register where a reviewer can look the number up


_DENTIST: Final = MappingProxyType({Profession.DENTIST: ""})

BRAZIL: Final = MappingProxyType(
    {
        "AC": "Acre", "AL": "Alagoas", "AM": "Amazonas", "AP": "Amapá", "BA": "Bahia", "CE": "Ceará",
        "DF": "Distrito Federal", "ES": "Espírito Santo", "GO": "Goiás", "MA": "Maranhão",
        "MG": "Minas Gerais", "MS": "Mato Grosso do Sul", "MT": "Mato Grosso", "PA": "Pará", "PB": "Paraíba",
        "PE": "Pernambuco", "PI": "Piauí", "PR": "Paraná", "RJ": "Rio de Janeiro", "RN": "Rio Grande do Norte",
        "RO": "Rondônia", "RR": "Roraima", "RS": "Rio Grande do Sul", "SC": "Santa Catarina", "SE": "Sergipe",
        "SP": "São Paulo", "TO": "Tocantins",
    }
)  # fmt: skip

_UNITED_STATES: Final = MappingProxyType(
    {
        "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
        "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
        "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
        "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts",
        "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana",
        "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico",
        "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma",
        "OR": "Oregon", "PA": "Pennsylvania", "PR": "Puerto Rico", "RI": "Rhode Island", "SC": "South Carolina",
        "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia",
        "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    }
)  # fmt: skip

_SPAIN: Final = MappingProxyType(
    {
        "AN": "Andalucía", "AR": "Aragón", "AS": "Asturias", "CB": "Cantabria", "CE": "Ceuta",
        "CL": "Castilla y León", "CM": "Castilla-La Mancha", "CN": "Canarias", "CT": "Catalunya",
        "EX": "Extremadura", "GA": "Galicia", "IB": "Illes Balears", "MC": "Región de Murcia", "MD": "Madrid",
        "ML": "Melilla", "NC": "Navarra", "PV": "País Vasco", "RI": "La Rioja", "VC": "Comunitat Valenciana",
    }
)  # fmt: skip

_CANADA: Final = MappingProxyType(
    {
        "AB": "Alberta", "BC": "British Columbia", "MB": "Manitoba", "NB": "New Brunswick",
        "NL": "Newfoundland and Labrador", "NS": "Nova Scotia", "NT": "Northwest Territories", "NU": "Nunavut",
        "ON": "Ontario", "PE": "Prince Edward Island", "QC": "Québec", "SK": "Saskatchewan", "YT": "Yukon",
    }
)  # fmt: skip

OTHER: Final = "OTHER"

AUTHORITIES: Final[Mapping[str, Authority]] = MappingProxyType(
    {
        authority.code: authority
        for authority in (
            Authority(
                "CRO", "Conselho Regional de Odontologia", "BR", r"[0-9]{1,6}", "12345",
                MappingProxyType(
                    {
                        Profession.DENTIST: "CD", Profession.TECHNICIAN: "TPD", Profession.HYGIENIST: "TSB",
                        Profession.ASSISTANT: "ASB", Profession.LAB_ASSISTANT: "APD",
                        Profession.CLINIC: "EPAO", Profession.LABORATORY: "LB",
                    }
                ),
                places=BRAZIL, says=("CRO",), is_strict=True, counts_by_profession=True,
            ),
            Authority(
                "NPI", "National Provider Identifier (NPPES)", "US", r"[12][0-9]{9}", "1234567893", _DENTIST,
                says=("NPI",), check="npi", is_strict=True,
            ),
            Authority(
                "US-BOARD", "State dental board", "US", r"[A-Z]{0,6}[0-9]{2,9}[A-Z]{0,3}", "DN12345",
                MappingProxyType({Profession.DENTIST: "", Profession.HYGIENIST: ""}), places=_UNITED_STATES,
                says=("LICENSE", "LIC"), counts_by_profession=True,
            ),
            Authority(
                "GDC", "General Dental Council", "GB", r"[0-9]{4,6}", "123456",
                MappingProxyType(
                    {
                        Profession.DENTIST: "", Profession.TECHNICIAN: "", Profession.HYGIENIST: "",
                        Profession.ASSISTANT: "",
                    }
                ),
                says=("GDC",), is_strict=True,
            ),
            Authority(
                "CGD", "Colegio Oficial de Dentistas (Consejo General)", "ES", r"[0-9]{3,9}", "28001234", _DENTIST,
                places=_SPAIN, says=("COLEGIADO", "COL"),
            ),
            Authority("OMD", "Ordem dos Médicos Dentistas", "PT", r"[0-9]{1,6}", "1234", _DENTIST, says=("OMD",)),
            Authority(
                "ZAEK", "Zahnärztekammer", "DE", r"[A-Z0-9]{3,16}", "123456", _DENTIST, has_register=False
            ),
            Authority(
                "RPPS", "Ordre national des chirurgiens-dentistes (RPPS)", "FR", r"[0-9]{11}", "10000000009",
                _DENTIST, says=("RPPS",), check="luhn",
            ),
            Authority(
                "FNOMCEO", "Albo degli odontoiatri", "IT", r"[A-Z]{0,2}[0-9]{1,6}", "MI1234", _DENTIST,
            ),
            Authority("BIG", "BIG-register", "NL", r"[0-9]{11}", "12345678902", _DENTIST, says=("BIG",)),
            Authority("DCI", "Dental Council of Ireland", "IE", r"[0-9]{1,8}[A-Z]?", "12395", _DENTIST, says=("DCI",)),
            Authority("AHPRA", "Dental Board of Australia (Ahpra)", "AU", r"DEN[0-9]{10}", "DEN0001234567", _DENTIST),
            Authority(
                "CA-COLLEGE", "Provincial dental college", "CA", r"[A-Z]{0,3}[0-9]{2,8}", "12345", _DENTIST,
                places=_CANADA,
            ),
            Authority("CEDULA", "Cédula profesional (SEP)", "MX", r"[0-9]{6,8}", "1234567", _DENTIST),
            Authority("MN", "Matrícula de odontólogo", "AR", r"(MN|MP)?[0-9]{1,7}", "MN12345", _DENTIST),
            Authority(
                "RNPI", "Registro Nacional de Prestadores Individuales", "CL", r"[0-9]{1,8}", "123456", _DENTIST,
                says=("RNPI",),
            ),
            # Any other council: nothing is known of its numbers, so nothing is checked, and two reviewers look.
            Authority(
                OTHER, gettext_noop("Another council or authority"), "", "", "",
                MappingProxyType(dict.fromkeys(Profession, "")), has_register=False,
            ),
        )
    }
)  # fmt: skip
