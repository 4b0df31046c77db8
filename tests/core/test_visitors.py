"""SL-08: programs that look at links are told from people's browsers, by more than what they call themselves."""

import pytest

from arcada.core.visitors import is_program

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0 Safari/537.36"
PROGRAMS = (
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Slack-ImgProxy (+https://api.slack.com/robots)",
    "WhatsApp/2.23.20.0 A",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Mozilla/5.0 (Macintosh) AppleWebKit/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (compatible; bingbot/2.0) Chrome/116.0",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0; Pro)",
    "Microsoft Office Existence Discovery",
    "SafeLinks",
    "Proofpoint URL Defense",
    "Mimecast-URL-Scanner",
    "BarracudaCentral",
    "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 HeadlessChrome/129.0 Safari/537.36",
    "curl/8.5.0",
    "Wget/1.21",
    "python-requests/2.32",
    "Go-http-client/2.0",
    "okhttp/4.12",
    "Java/17.0.2",
)
PEOPLE = (
    CHROME,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Linux; Android 13; CUBOT X70) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 12; CUBOT_NOTE_20) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Teams/24046 Edg/123 Chrome/123 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Instagram 325.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4) AppleWebKit/605.1.15 Mobile/15E148 Outlook-iOS/2.0",
    "",
)
NAVIGATION = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Site": "same-origin", "Sec-Fetch-User": "?1",
}  # fmt: skip
GIVEN_AWAY = (
    {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"X-Purpose": "preview"}, {"X-Moz": "prefetch"},
    {"From": "googlebot(at)googlebot.com"}, {"Sec-Fetch-Mode": "cors"}, {"Sec-Fetch-Dest": "empty"},
    {"Sec-Fetch-Site": "cross-site"}, {"Accept": "*/*"}, {"Accept": "image/webp,*/*"},
)  # fmt: skip


@pytest.mark.parametrize("agent", PROGRAMS)
def test_sl_08_a_program_that_says_so_is_known(agent: str) -> None:
    assert is_program({**NAVIGATION, "User-Agent": agent})


@pytest.mark.parametrize("agent", PEOPLE)
def test_sl_08_a_person_is_counted_whatever_the_telephone_is_called(agent: str) -> None:
    assert not is_program({**NAVIGATION, "User-Agent": agent})
    assert not is_program({"USER-AGENT": agent})


@pytest.mark.parametrize("headers", GIVEN_AWAY, ids=lambda headers: next(iter(headers.items())))
def test_sl_08_a_program_in_a_browsers_clothes_is_known_by_its_headers(headers: dict[str, str]) -> None:
    assert is_program({"User-Agent": CHROME, **NAVIGATION, **headers})
