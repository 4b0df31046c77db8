// The cut as lines on the scans themselves.
import { BufferAttribute, BufferGeometry, GLSL3, LineSegments, RawShaderMaterial } from "three";
import type { Engine } from "../../engine/engine";

const VERTEX = `
precision highp float;
in vec3 position;
uniform mat4 modelViewMatrix, projectionMatrix;
void main() {
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  // A hair before the surface it lies on.
  gl_Position.z -= 0.002;
}`;
const FRAGMENT = `
precision mediump float;
out vec4 picture;
void main() { picture = vec4(0.03, 0.25, 0.48, 1.0); }`;

export class Contours {
  private readonly geometry = new BufferGeometry();
  private readonly material = new RawShaderMaterial({ vertexShader: VERTEX, fragmentShader: FRAGMENT, glslVersion: GLSL3 });
  private readonly remove: () => void;

  constructor(private readonly engine: Engine) {
    const lines = new LineSegments(this.geometry, this.material);
    lines.matrixAutoUpdate = false;
    lines.frustumCulled = false;
    lines.renderOrder = 1000;
    this.remove = engine.add(lines);
  }

  /** Pairs of points in file coordinates. */
  show(pieces: readonly Float32Array[]): void {
    const all = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    // A buffer on the card keeps its size: a longer line gets a new one.
    this.geometry.dispose();
    this.geometry.setAttribute("position", new BufferAttribute(all, 3));
    this.engine.draw();
  }

  free(): void {
    this.remove();
    this.geometry.dispose();
    this.material.dispose();
  }
}
