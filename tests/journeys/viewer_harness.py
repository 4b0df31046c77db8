"""A page with the viewer and nothing else: made scans, strict policy, a server of its own."""

import base64
import html
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from arcada.core.geometry.facts import IDENTITY, Orientation
from arcada.core.geometry.levels import coarse_level
from arcada.core.geometry.mesh import Mesh
from arcada.core.geometry.poster import RgbaArray, render_posters
from arcada.core.geometry.stream import COARSE_BITS, FULL_BITS, encode_glb
from arcada.core.geometry.views import View

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "arcada/web/static/build"
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; "
    "img-src 'self' blob: data:; connect-src 'self'"
)
ICONS = (
    *("camera", "reset", "full", "eye", "eye-off", "pin", "rotate", "compare", "plus"),
    *(f"v-{view}" for view in View),
)
# Only the box model that the viewer relies on; the site's own sheet takes its place where it is given.
PICTURE_CSS = ROOT / "arcada/web/static/image-viewer.css"
PLAIN_CSS = """
[hidden] { display: none !important; }
body { margin: 0; font: 14px sans-serif; }
:root {
  --stage: #929292; --stage-light: #bdbdbd; --stage-dark: #5e5e5e; --accent: #0d5490; --film: #141414;
}
.sr { position: absolute; clip-path: inset(50%); }
.i { inline-size: 20px; block-size: 20px; }
.viewer {
  display: grid; block-size: 100vh;
  grid-template: "tools tools" auto "jaws stage" minmax(0, 1fr) "talk talk" auto / 220px minmax(0, 1fr);
}
.tools { grid-area: tools; } .jaws { grid-area: jaws; } .talk { grid-area: talk; }
.stage {
  grid-area: stage; position: relative; background: var(--stage); display: grid; place-items: center;
  overflow: clip;
}
.scene { position: relative; aspect-ratio: 1.5; inline-size: 90%; }
.scene > img { inline-size: 100%; block-size: 100%; }
.side, .level, .scale, .pin { position: absolute; }
.level { right: 16px; bottom: 8px; }
.scale { left: 16px; bottom: 8px; }
.scale i { display: block; block-size: 9px; background: #000; }
.pin { translate: -50% -50%; inline-size: 26px; block-size: 26px; padding: 0; }
"""
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Viewer</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{sheets}</head><body>
<svg hidden aria-hidden="true">{symbols}</svg><header class="bar"></header>
<main id="main" class="full"><header class="case-head"></header>{viewer}</main>
{data}<script type="module" src="{script}"></script></body></html>"""
TALK = """<section class="talk" aria-label="Comments"><footer>
<button class="wide" data-act="comment-on-point">Comment on a point</button></footer></section>"""
SCENE = """<div class="viewer" data-code="A-1042"><div class="tools" role="toolbar" aria-label="Views"></div>
<section class="jaws" aria-label="Scans"></section>
<section class="stage" tabindex="0" aria-label="Scan of case A-1042"><div class="scene">{poster}</div>
<b class="side r">R</b><b class="side l">L</b><span class="scale">10 mm<i></i></span>
<span class="level"></span></section>{talk}</div>"""
PICTURE = """<div class="viewer"><div class="tools" role="toolbar" aria-label="Picture"></div>
<section class="stage" data-image-viewer data-record="{id}" data-version="1" tabindex="0" aria-label="{label}">
<img src="/image/{id}.webp" alt="{label}" width="{width}" height="{height}"></section>{talk}</div>"""


def horseshoe(
    *, y_mm: float, steps: int = 150, rings: int = 60, colours: bool = True, bump_x_mm: float = -28.0
) -> Mesh:
    """A bent tube like a dental arch, open to the back; a bump on the patient's right tells the sides apart."""
    along = np.linspace(-0.15 * np.pi, 1.15 * np.pi, steps)
    around = np.linspace(0, 2 * np.pi, rings, endpoint=False)
    a, r = np.meshgrid(along, around, indexing="ij")
    radius = 7 + 0.8 * np.cos(14 * a) * np.maximum(0, np.sin(r))
    out = 25 + radius * np.cos(r)
    points = np.stack(
        [out * np.cos(a), y_mm + radius * np.sin(r), 30 * np.sin(a) * out / 25], axis=-1
    ).reshape(-1, 3)
    near = np.exp(-((points[:, 0] - bump_x_mm) ** 2 + (points[:, 2] - 10) ** 2) / 30)
    points[:, 1] += np.sign(y_mm or 1) * 6 * near
    i, j = np.meshgrid(np.arange(steps - 1), np.arange(rings), indexing="ij")
    a0, a1 = i * rings + j, i * rings + (j + 1) % rings
    b0, b1 = a0 + rings, a1 + rings
    triangles = np.concatenate([np.stack([a0, a1, b0], -1), np.stack([a1, b1, b0], -1)]).reshape(-1, 3)
    rgb = None
    if colours:
        gum = points[:, 1] * np.sign(y_mm or 1) > abs(y_mm)
        rgb = np.where(gum[:, None], [196, 110, 106], [222, 205, 170]).astype(np.uint8)
    return Mesh(
        np.ascontiguousarray(points, dtype=np.float32), np.ascontiguousarray(triangles, dtype=np.uint32), rgb
    )


@dataclass
class HarnessScan:
    id: str
    label: str
    mesh: Mesh
    jaw: str = "unknown"
    kind: str = "scan"
    visible: bool = True
    version: int = 1
    with_coarse: bool = True


@dataclass
class HarnessImage:
    id: str
    label: str
    webp: bytes
    width: int
    height: int
    kind: str = "photograph"


@dataclass
class Harness:
    """What the page shows; `css` are sheets instead of the plain one, `icons` symbols to go with them."""

    scans: list[HarnessScan] = field(default_factory=list)
    images: list[HarnessImage] = field(default_factory=list)
    threads: list[dict[str, Any]] = field(default_factory=list)
    orientation: Orientation = IDENTITY
    permissions: tuple[str, ...] = ("view", "comment")
    css: tuple[Path, ...] = ()
    icons: str = ""
    words: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)  # further parts of the manifest
    hold_full: bool = False  # full levels answer only once `release` is set
    release: threading.Event = field(default_factory=threading.Event)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def build(self) -> None:
        blocks = [self._add_scan(scan) for scan in self.scans]
        for image in self.images:
            self.files[f"/image/{image.id}.webp"] = ("image/webp", image.webp)
        records = [_scan_record(scan) for scan in self.scans] + [
            _image_record(image) for image in self.images
        ]
        manifest = {
            "version": 1,
            "permissions": list(self.permissions),
            "frame": [list(row) for row in self.orientation.rows],
            "records": records,
            "threads": self.threads,
            **self.more,
        }
        data = _data_block("manifest", manifest) + _data_block("words", self.words) + "".join(blocks)
        scene = SCENE.format(talk=TALK, poster=_poster_of(self.scans[0]) if self.scans else "")
        self._add_page("/", "viewer", scene, data)
        if self.images:
            first = self.images[0]
            size = {"width": first.width, "height": first.height}
            picture = PICTURE.format(talk=TALK, id=first.id, label=html.escape(first.label), **size)
            self._add_page("/picture", "image-viewer", picture, data)

    def _add_scan(self, scan: HarnessScan) -> str:
        """Adds the files of a scan; its coarse level as the block of data that a page carries."""
        self.files[f"/full/{scan.id}.glb"] = ("model/gltf-binary", encode_glb(scan.mesh, bits=FULL_BITS))
        for view, pixels in render_posters(scan.mesh, self.orientation).items():
            self.files[f"/poster/{scan.id}-{view}.webp"] = ("image/webp", as_webp(pixels))
        if not scan.with_coarse:
            return ""
        coarse = base64.b64encode(encode_glb(coarse_level(scan.mesh), bits=COARSE_BITS)).decode()
        return f'<script type="application/octet-stream" id="coarse-{scan.id}">{coarse}</script>'

    def _add_page(self, path: str, entry: str, viewer: str, data: str) -> None:
        entries = json.loads((BUILD / "manifest.json").read_text())
        script = next(file["file"] for name, file in entries.items() if Path(name).stem == entry)
        sheets = ""
        for number, sheet in enumerate(
            [*([file.read_bytes() for file in self.css] or [PLAIN_CSS.encode()]), PICTURE_CSS.read_bytes()]
        ):
            self.files[f"/sheet-{number}.css"] = ("text/css", sheet)
            sheets += f'<link rel="stylesheet" href="/sheet-{number}.css">'
        symbols = self.icons or "".join(
            f'<symbol id="i-{name}" viewBox="0 0 20 20"></symbol>' for name in ICONS
        )
        page = PAGE.format(
            sheets=sheets, symbols=symbols, viewer=viewer, data=data, script=f"/build/{script}"
        )
        self.files[path] = ("text/html", page.encode())

    @contextmanager
    def serve(self) -> Iterator[str]:
        """The address of the page, for as long as the block runs."""
        self.build()
        harness = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = harness.find(self.path)
                if found is None:
                    self.send_error(404)
                    return
                if harness.hold_full and self.path.startswith("/full/"):
                    harness.release.wait(30)
                kind, body = found
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", POLICY)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            self.release.set()
            server.shutdown()
            server.server_close()

    def find(self, path: str) -> tuple[str, bytes] | None:
        if path.startswith("/build/assets/") and (file := BUILD / path.removeprefix("/build/")).is_file():
            return "text/javascript", file.read_bytes()
        return self.files.get(path)


def _scan_record(scan: HarnessScan) -> dict[str, Any]:
    return _RECORD | {
        "id": scan.id,
        "slot": scan.jaw,
        "label": scan.label,
        "kind": scan.kind,
        "jaw": scan.jaw,
        "has_colour": scan.mesh.colours is not None,
        "triangles": len(scan.mesh.triangles),
        "coarse": f"coarse-{scan.id}" if scan.with_coarse else None,
        "full": {"url": f"/full/{scan.id}.glb", "bytes": 0},
        "posters": {str(view): f"/poster/{scan.id}-{view}.webp" for view in View},
        "swatch": "#d9c9a2" if scan.kind == "scan" else "#c3cad1",
        "visible": scan.visible,
        "version": scan.version,
    }


def _image_record(image: HarnessImage) -> dict[str, Any]:
    shown = {"url": f"/image/{image.id}.webp", "width": image.width, "height": image.height}
    return _RECORD | {"id": image.id, "label": image.label, "kind": image.kind, "image": shown}


_RECORD: dict[str, Any] = {
    "slot": "photograph",
    "jaw": "unknown",
    "version": 1,
    "state": "ready",
    "sha256": "0" * 64,
    "has_colour": True,
    "triangles": 0,
    "coarse": None,
    "full": None,
    "posters": {},
    "image": None,
    "swatch": None,
    "visible": True,
}


def _poster_of(scan: HarnessScan) -> str:
    return f'<img src="/poster/{scan.id}-front.webp" alt="" width="512" height="384">'


def _data_block(name: str, value: object) -> str:
    text = json.dumps(value).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'


def as_webp(pixels: RgbaArray) -> bytes:
    out = BytesIO()
    Image.fromarray(pixels).save(out, "WEBP", quality=80)
    return out.getvalue()
