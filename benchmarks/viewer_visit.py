"""A first visit to a page over a slow line: when what was drawn, how soon it turns, and what came over the wire."""

import json
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

PROBE = Path(__file__).with_name("viewer_probe.js").read_text("utf-8")
BITS_PER_S, LATENCY_MS = 10_000_000, 40
WITHIN_MS = 120_000
SETTLED_MS = 500


def visit(
    browser: Browser, address: str, *, cookies: Any, first: int, full: int, cpu: int = 1, turns: bool = False
) -> dict[str, float]:
    """Milliseconds from the start of the navigation, and bytes on the wire.

    `first` and `full` are the triangles that the first and the last level have at least, `cpu` how many times slower
    the page computes. With `turns` a hand drags as soon as the first level is there: `turned` says when the answer was
    submitted.
    """
    context: BrowserContext = browser.new_context(
        viewport={"width": 1280, "height": 800}, storage_state=cookies
    )
    try:
        page = context.new_page()
        page.add_init_script(f"window.__unread = {json.dumps(turns)};\n{PROBE}")
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        line.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": LATENCY_MS, "downloadThroughput": BITS_PER_S / 8,
             "uploadThroughput": BITS_PER_S / 8},
        )  # fmt: skip
        if cpu > 1:
            line.send("Emulation.setCPUThrottlingRate", {"rate": cpu})
        wire = _Wire()
        for event in ("requestWillBeSent", "responseReceived", "loadingFinished"):
            line.on(f"Network.{event}", getattr(wire, event))
        page.goto(address, wait_until="commit", timeout=WITHIN_MS)
        turned = 0.0
        if turns:
            wait_for_triangles(page, first)
            turned = _turn(page)
        wait_for_triangles(page, full)
        page.wait_for_timeout(SETTLED_MS)
        told = page.evaluate("({...window.__told, began: performance.timeOrigin / 1000})")
    finally:
        context.close()
    begun = next(one for one in told["frames"] if one["triangles"] >= first)
    last = next(one for one in told["frames"] if one["triangles"] >= full)
    seen = {
        "first_pixels": begun["pixels"], "full_submit": last["submit"], "full_pixels": last["pixels"],
        "first_triangles": begun["triangles"],
        "script_bytes": wire.bytes_until(begun["submit"], scripts=True),
        "bytes": wire.bytes_until(last["submit"] + 1e6, scripts=False),
        "stream_bytes": wire.stream_bytes(),
    }  # fmt: skip
    return (
        seen | ({"poster": told["poster"]} if told["poster"] else {}) | ({"turned": turned} if turns else {})
    )


def wait_for_triangles(page: Page, wanted: int) -> None:
    """Until a frame of so many was drawn. Asked from outside: a page's own policy forbids scripts made of text."""
    ends = time.monotonic() + WITHIN_MS / 1000
    while not page.evaluate(f"Boolean(window.__told?.frames.some((one) => one.triangles >= {wanted}))"):
        if time.monotonic() > ends:
            raise RuntimeError(f"{page.url} drew only {page.evaluate('JSON.stringify(window.__told)')}")
        time.sleep(0.05)


def _turn(page: Page) -> float:
    """Drags over the middle; when the next picture was submitted, in milliseconds since the navigation began."""
    page.mouse.move(640, 400)
    page.mouse.down()
    pressed = page.evaluate("performance.now()")
    page.mouse.move(700, 400, steps=3)
    while (drawn := page.evaluate("window.__told.drawn")) <= pressed:
        time.sleep(0.02)
    page.mouse.up()
    return float(drawn)


class _Wire:
    """What came over the line, and when, in milliseconds since the navigation began."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._kind: dict[str, tuple[str, str]] = {}
        self._asked: dict[str, float] = {}
        self._done: dict[str, tuple[float, int]] = {}

    def requestWillBeSent(self, said: dict[str, Any]) -> None:  # noqa: N802 - the protocol's word
        self._began = said["timestamp"] if self._began is None else self._began
        self._asked[said["requestId"]] = said["timestamp"]

    def responseReceived(self, said: dict[str, Any]) -> None:  # noqa: N802 - the protocol's word
        self._kind[said["requestId"]] = (said["response"]["mimeType"], said["response"]["url"])

    def loadingFinished(self, said: dict[str, Any]) -> None:  # noqa: N802 - the protocol's word
        self._done[said["requestId"]] = (said["timestamp"], int(said["encodedDataLength"]))

    def bytes_until(self, at_ms: float, *, scripts: bool) -> int:
        """Of scripts: all that was asked for until then (decision 28)."""
        assert self._began is not None
        return sum(
            size
            for one, (_at, size) in self._done.items()
            if (self._asked[one] - self._began) * 1e3 <= at_ms
            and (not scripts or "javascript" in self._kind.get(one, ("", ""))[0])
        )

    def stream_bytes(self) -> int:
        """Of the scan itself."""
        return sum(
            size
            for one, (_at, size) in self._done.items()
            if any(word in self._kind.get(one, ("", ""))[1] for word in ("full.glb", ".stl", ".ply"))
        )
