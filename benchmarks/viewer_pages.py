"""The peers' pages and the limit page, bundled, compressed and served as a careful site would."""

import gzip
import json
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.places import MADE, npm_peers

_SCENE = """import { WebGLRenderer, Scene, PerspectiveCamera, HemisphereLight, DirectionalLight, Mesh,
  MeshStandardMaterial, %s } from "three";
%s
const renderer = new WebGLRenderer({ antialias: true });
renderer.setSize(innerWidth, innerHeight);
document.body.append(renderer.domElement);
const scene = new Scene(), camera = new PerspectiveCamera(40, innerWidth / innerHeight, 0.1, 1000);
scene.add(new HemisphereLight(0xffffff, 0x666666, 2), new DirectionalLight(0xffffff, 2));
camera.position.set(0, 0, 140);
%s
"""
_LOADER = _SCENE % (
    "Box3, Vector3",
    'import { STLLoader } from "three/addons/loaders/STLLoader.js";\n'
    'import { OrbitControls } from "three/addons/controls/OrbitControls.js";',
    """const controls = new OrbitControls(camera, renderer.domElement);
const draw = () => renderer.render(scene, camera);
controls.addEventListener("change", draw);
const loader = new STLLoader(), box = new Box3();
const geometries = await Promise.all(NAMES.map((name) => loader.loadAsync(`../files/${name}`)));
for (const geometry of geometries) box.union(new Box3().setFromBufferAttribute(geometry.attributes.position));
const middle = box.getCenter(new Vector3());
for (const geometry of geometries) {
  geometry.translate(-middle.x, -middle.y, -middle.z);
  scene.add(new Mesh(geometry, new MeshStandardMaterial({ color: 0xdfd4c0 })));
}
draw();""",
)
_LIMIT = _SCENE % (
    "BoxGeometry",
    "",
    """scene.add(new Mesh(new BoxGeometry(30, 30, 30), new MeshStandardMaterial({ color: 0xdfd4c0 })));
renderer.render(scene, camera);""",
)
_O3DV = """OV.SetExternalLibLocation?.("libs");
const viewer = new OV.EmbeddedViewer(document.getElementById("v"), {});
viewer.LoadModelFromUrlList(NAMES.map((name) => new URL(`../files/${name}`, location.href).href));
"""
_VTK = """import "@kitware/vtk.js/Rendering/Profiles/Geometry";
import vtkFullScreenRenderWindow from "@kitware/vtk.js/Rendering/Misc/FullScreenRenderWindow";
import vtkPLYReader from "@kitware/vtk.js/IO/Geometry/PLYReader";
import vtkMapper from "@kitware/vtk.js/Rendering/Core/Mapper";
import vtkActor from "@kitware/vtk.js/Rendering/Core/Actor";
const view = vtkFullScreenRenderWindow.newInstance({ rootContainer: document.getElementById("v") });
await Promise.all(NAMES.map(async (name) => {
  const reader = vtkPLYReader.newInstance(), mapper = vtkMapper.newInstance(), actor = vtkActor.newInstance();
  await reader.setUrl(`../files/${name}`);
  mapper.setInputConnection(reader.getOutputPort());
  actor.setMapper(mapper);
  view.getRenderer().addActor(actor);
}));
view.getRenderer().resetCamera();
view.getRenderWindow().render();
"""
_SCRIPTS = {"limit": _LIMIT, "three": _LOADER, "o3dv": _O3DV, "vtk": _VTK}
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><style>body{{margin:0}}#v{{width:100vw;height:100vh}}</style>
{head}</head><body><div id="v"></div>{foot}</body></html>"""
_MODULE = '<link rel="modulepreload" href="page.js">', '<script type="module" src="page.js"></script>'
_COMPRESS = (
    "const z=require('zlib'),f=require('fs');for(const n of process.argv.slice(1))"
    "f.writeFileSync(n+'.br',z.brotliCompressSync(f.readFileSync(n)))"
)
TYPES = {
    ".js": "text/javascript",
    ".html": "text/html; charset=utf-8",
    ".stl": "model/stl",
    ".ply": "model/ply",
}


def build_pages(name: str, files: Mapping[str, bytes], pages: Mapping[str, Sequence[str]]) -> Path:
    """A folder of pages (limit, three, o3dv, vtk), each with the files it shows; compressed forms lie beside all."""
    modules, folder = npm_peers(), MADE / name
    (folder / "files").mkdir(parents=True, exist_ok=True)
    for file, data in files.items():
        (folder / "files" / f"{file}.gz").write_bytes(gzip.compress(data, 6))
    for page, shown in pages.items():
        here = folder / page
        here.mkdir(parents=True, exist_ok=True)
        script = _SCRIPTS[page].replace("NAMES", json.dumps(list(shown)))
        (here / "entry.js").write_text(script)
        if page == "o3dv":
            library = modules / "online-3d-viewer" / "build" / "engine" / "o3dv.min.js"
            (here / "page.js").write_bytes(library.read_bytes() + b"\n" + script.encode())
            foot = '<script src="page.js"></script>'
            (here / "index.html").write_text(_PAGE.format(title=page, head="", foot=foot))
        else:
            bundle = [
                str(modules / ".bin" / "esbuild"), str(here / "entry.js"), "--bundle", "--minify", "--format=esm",
                "--log-level=error", f"--outfile={here / 'page.js'}",
            ]  # fmt: skip
            subprocess.run(
                bundle, check=True, env={"NODE_PATH": str(modules), "PATH": "/usr/bin:/bin:/usr/local/bin"}
            )
            (here / "index.html").write_text(_PAGE.format(title=page, head=_MODULE[0], foot=_MODULE[1]))
        subprocess.run(["node", "-e", _COMPRESS, str(here / "page.js")], check=True)
    return folder


class _Files(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder: Path

    def do_GET(self) -> None:
        asked = self.path.split("?")[0].lstrip("/")
        path = self.folder / (asked + "index.html" if asked.endswith("/") else asked)
        for ending, encoding in ((".br", "br"), (".gz", "gzip"), ("", "")):
            found = Path(f"{path}{ending}")
            if found.is_file() and found.resolve().is_relative_to(self.folder.resolve()):
                data = found.read_bytes()
                self.send_response(200)
                self.send_header("Content-Type", TYPES.get(path.suffix, "application/octet-stream"))
                self.send_header("Content-Length", str(len(data)))
                self.send_header("Access-Control-Allow-Origin", "*")
                if encoding:
                    self.send_header("Content-Encoding", encoding)
                self.end_headers()
                self.wfile.write(data)
                return
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_said: object) -> None:
        """Nothing: the log would stand between the figures."""


@contextmanager
def serving_pages(folder: Path) -> Iterator[str]:
    handler = type("Files", (_Files,), {"folder": folder})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(5)
