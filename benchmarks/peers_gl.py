"""moderngl on software GL as a peer: a scan's picture."""

from typing import Any

import moderngl
import numpy as np

WIDTH, HEIGHT, SAMPLES = 512, 384, 2
_VERTEX = """#version 330
in vec3 at; in vec3 normal; out vec3 n; uniform vec3 middle; uniform vec3 scale;
void main() { n = normal; gl_Position = vec4((at - middle) * scale, 1.0); }"""
_FRAGMENT = """#version 330
in vec3 n; out vec4 colour;
void main() {
  vec3 m = normalize(n); float l = 0.25 + 0.75 * abs(dot(m, normalize(vec3(0.2, 0.4, 1.0))));
  colour = vec4(vec3(0.87, 0.83, 0.75) * l, 1.0);
}"""


class _Stage:
    """The context lives as long as a worker does, as a careful user would keep it."""

    def __init__(self) -> None:
        self.context = moderngl.create_standalone_context(backend="egl")
        self.program = self.context.program(vertex_shader=_VERTEX, fragment_shader=_FRAGMENT)
        size = (WIDTH * SAMPLES, HEIGHT * SAMPLES)
        self.frame = self.context.framebuffer(
            [self.context.texture(size, 4)], self.context.depth_renderbuffer(size)
        )


_stage: list[_Stage] = []


def _normals(points: Any, triangles: Any) -> Any:
    corners = points[triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    around = triangles.ravel()
    weights = np.repeat(faces, 3, axis=0)
    return np.stack([np.bincount(around, weights[:, axis], len(points)) for axis in range(3)], axis=1)


def moderngl_picture(points: Any, triangles: Any) -> Any:
    """(384, 512, 4) uint8: smooth normals, drawn twice as large and halved."""
    if not _stage:
        _stage.append(_Stage())
    return _draw(_stage[0], points, triangles)


def _draw(stage: _Stage, points: Any, triangles: Any) -> Any:
    context, program = stage.context, stage.program
    points = np.asarray(points, np.float32)
    rows = np.concatenate([points, _normals(points, triangles).astype(np.float32)], axis=1)
    low, high = points.min(axis=0), points.max(axis=0)
    half = float((high - low).max()) / 2 or 1.0
    program["middle"].value = tuple(((low + high) / 2).tolist())
    program["scale"].value = (HEIGHT / WIDTH / half, 1 / half, -0.5 / half)
    corners = context.buffer(np.ascontiguousarray(triangles, np.uint32).tobytes())
    vertices = context.buffer(np.ascontiguousarray(rows).tobytes())
    array = context.vertex_array(program, [(vertices, "3f 3f", "at", "normal")], corners)
    stage.frame.use()
    context.enable(moderngl.DEPTH_TEST)
    context.clear()
    array.render()
    pixels = np.frombuffer(stage.frame.read(components=4), np.uint8)
    for one in (array, vertices, corners):
        one.release()
    fine = pixels.reshape(HEIGHT, SAMPLES, WIDTH, SAMPLES, 4)
    return np.ascontiguousarray(fine.mean(axis=(1, 3)).astype(np.uint8)[::-1])
