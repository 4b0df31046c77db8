"""Whether a request came from a person's browser, or from a program that looks at links before the person does.

No single mark decides: programs call themselves browsers. So nothing counts before a press with the page's own token
and the proof that the share asks for; what is here keeps those programs out that get as far as that.
"""

import re
from collections.abc import Mapping
from typing import Final

# What previews of messengers, scanners of mail and plain programs call themselves. "cubot" is a make of telephones;
# the apps of Teams, Outlook and Instagram open pages for people and are not here.
PROGRAMS: Final = re.compile(
    r"(?<!cu)bot\b|(?<!cu)bot[/_-]|bots\b|slack-imgproxy|slackbot|crawler|spider|slurp|preview|scanner|whatsapp/"
    r"|facebookexternalhit|facebookcatalog|meta-external|facebot|skypeuri|skype-url|snapchat ads|pinterest/0|embedly"
    r"|iframely|vkshare|mastodon/|pleroma|akkoma|bluesky|flipboardproxy|googleimageproxy|google-safety|google-inspection"
    r"|feedfetcher|yahoomailproxy|ms-office|microsoft office|msoffice|office existence|safelinks|proofpoint|urldefense"
    r"|mimecast|barracuda|fireeye|trellix|forcepoint|trendmicro|symantec|messagelabs|sophos|fortiguard|ironport|zscaler"
    r"|cloudmark|checkpoint|avanan|virustotal|urlscan|headless|phantomjs|puppeteer|playwright|selenium"
    r"|lighthouse|w3c_|curl/|wget/|python|go-http-client|java/|okhttp|libwww|lwp::|apache-httpclient|axios/|node-fetch"
    r"|undici|aiohttp|httpx/|guzzle|ruby|perl|winhttp|powershell|postmanruntime|insomnia/",
    re.IGNORECASE,
)
_AHEAD: Final = ("purpose", "sec-purpose", "x-purpose", "x-moz")  # fetched before anybody asked for it
_WORDS_AHEAD: Final = ("prefetch", "preview", "prerender", "instant")


def is_program(headers: Mapping[str, str]) -> bool:
    """True when the headers (names in any case) of a press are not those of a page that a person looks at."""
    said = {name.lower(): value for name, value in headers.items()}
    if PROGRAMS.search(said.get("user-agent", "")):
        return True
    if any(word in said.get(name, "").lower() for name in _AHEAD for word in _WORDS_AHEAD):
        return True
    # Crawlers leave an address to complain to; browsers stopped sending one in the nineties.
    if "from" in said:
        return True
    # A browser says of a press that it goes to another page and brings a document; a script's fetch does not.
    if said.get("sec-fetch-mode", "navigate") != "navigate":
        return True
    if said.get("sec-fetch-dest", "document") != "document":
        return True
    if said.get("sec-fetch-site", "same-origin") not in ("same-origin", "same-site", "none"):
        return True
    accepted = said.get("accept")
    return accepted is not None and "text/html" not in accepted and "application/xhtml" not in accepted
