"""What the pages of licences say: states, forms, register answers, reasons for a second reviewer, councils."""

from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arcada.core.licence import LOOKUP_TITLES
from arcada.core.licence_authorities import AUTHORITIES, OTHER, PROFESSION_TITLES

STATES: Final = {
    "pending": gettext_lazy("Waiting for review"),
    "verified": gettext_lazy("Verified"),
    "expired": gettext_lazy("Run out"),
    "suspended": gettext_lazy("Suspended"),
    "rejected": gettext_lazy("Not verified"),
}
# The class of the status in a row: what is good, what waits, what is over.
MARKS: Final = {"pending": "them", "verified": "ok", "expired": "wait", "suspended": "bad", "rejected": "bad"}
FORMS: Final = {
    "fits": gettext_lazy("The number has the form of this council, which proves nothing yet."),
    "unusual": gettext_lazy(
        "The number has another form than those known of this council. A reviewer looks at it."
    ),
    "not_checked": gettext_lazy("The form of this number was not checked: its council is not in our list."),
}
WHY_TWO: Final = {
    "foreign": gettext_lazy(
        "the licence is of another country than the workspace, or the workspace names none"
    ),
    "staff": gettext_lazy("it is the licence of a reviewer"),
    "no_register": gettext_lazy("the council has no public register"),
}
VERDICTS: Final = {"approve": gettext_lazy("Verify"), "refuse": gettext_lazy("Do not verify")}
COUNTRIES: Final = {
    "AR": gettext_lazy("Argentina"), "AU": gettext_lazy("Australia"), "BR": gettext_lazy("Brazil"),
    "CA": gettext_lazy("Canada"), "CL": gettext_lazy("Chile"), "DE": gettext_lazy("Germany"),
    "ES": gettext_lazy("Spain"), "FR": gettext_lazy("France"), "GB": gettext_lazy("United Kingdom"),
    "IE": gettext_lazy("Ireland"), "IT": gettext_lazy("Italy"), "MX": gettext_lazy("Mexico"),
    "NL": gettext_lazy("Netherlands"), "PT": gettext_lazy("Portugal"), "US": gettext_lazy("United States"),
}  # fmt: skip


def professions() -> list[tuple[str, str]]:
    return [(profession.value, _(title)) for profession, title in PROFESSION_TITLES.items()]


def lookups() -> list[tuple[str, str]]:
    return [(lookup.value, _(title)) for lookup, title in LOOKUP_TITLES.items()]


def councils() -> list[Any]:
    """The choices of a select: `CRO:SP`, grouped by country in the reader's alphabet; others at the end."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for authority in AUTHORITIES.values():
        if authority.code == OTHER:
            continue
        of_country = groups.setdefault(authority.country, [])
        if authority.places:
            short = f"{authority.code}-" if authority.code.isalpha() else ""
            of_country += [
                (f"{authority.code}:{place}", f"{short or authority.name + ', '}{place if short else name}"
                 + (f" · {name}" if short else ""))
                for place, name in sorted(authority.places.items(), key=lambda one: one[1])
            ]  # fmt: skip
        else:
            of_country.append((f"{authority.code}:", authority.name))
    ordered = sorted(groups.items(), key=lambda group: str(COUNTRIES[group[0]]))
    return [
        ("", _("Choose")),
        *((str(COUNTRIES[country]), choices) for country, choices in ordered),
        (f"{OTHER}:", _(AUTHORITIES[OTHER].name)),
    ]


def council_of(licence: Any) -> str:
    """`CRO-SP`, `General Dental Council`, or the name that was typed."""
    authority = AUTHORITIES[licence.authority]
    if authority.code == OTHER:
        return f"{licence.authority_name}, {licence.jurisdiction}"
    place = licence.jurisdiction[3:]
    if not place:
        return authority.name
    return (
        f"{authority.code}-{place}"
        if authority.code.isalpha()
        else f"{authority.name}, {authority.places[place]}"
    )


def say_why_two(reasons: Iterable[str]) -> list[str]:
    return [str(WHY_TWO[reason]) for reason in reasons]


def profession_of(licence: Any) -> str:
    return dict(professions())[licence.profession]
