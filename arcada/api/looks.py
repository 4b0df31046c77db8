"""What support may open of somebody's workspace: these pages and what they load, and nothing else (TA-10).

Everything that is not named here answers a staff member as if nobody had let them in, so a page that is added later
is closed to them until somebody decides otherwise.
"""

from django.http import HttpRequest

READS = ("GET", "HEAD")
# The search of patients is a form, since a code must not stand in an address; support finds codes only.
LOOKS: dict[str, tuple[str, ...]] = {
    "patients": (*READS, "POST"),
    "patients-show": READS,
    "patients-collection": READS,
    "patients-collection-live": READS,
    "patients-record": READS,
    "cases": READS,
    "cases-show": READS,
    "cases-files-page": READS,
    "api-1:show_manifest": READS,
    "api-1:show_rendition": READS,
    "api-1:show_comparison": READS,
}

# Those that write no line of what they show.
UNTOLD = ("patients", "cases", "cases-files-page")


def page_of_looks(request: HttpRequest) -> bool:
    """True for the pages that exist for support at all, by whatever method they are asked."""
    match = request.resolver_match
    return match is not None and match.view_name in LOOKS


def is_look(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and request.method in LOOKS.get(match.view_name, ())
