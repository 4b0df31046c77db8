"""Standings and steps of the ladder, for people."""

from django.utils.translation import gettext_lazy

STANDINGS = {
    "good": gettext_lazy("in good standing"),
    "warned": gettext_lazy("warned"),
    "restricted": gettext_lazy("restricted: no upload, no share"),
    "suspended": gettext_lazy("suspended: reading and exporting only"),
    "terminated": gettext_lazy("ended: reading and exporting only"),
}
VERBS = {
    "warn": gettext_lazy("Warn"),
    "restrict": gettext_lazy("Restrict"),
    "suspend": gettext_lazy("Suspend"),
    "terminate": gettext_lazy("End the account"),
    "lift": gettext_lazy("Lift"),
}
