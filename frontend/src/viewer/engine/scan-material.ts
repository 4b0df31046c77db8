// How a surface is lit: its colours are decoded from sRGB, lit in linear light and encoded once; nothing else touches them.
import { Color, DataTexture, DoubleSide, GLSL3, Matrix3, RawShaderMaterial, Vector4 } from "three";

const VERTEX = `
precision highp float;
in vec3 position;
in vec2 folded;
in vec4 colour;
in vec2 heat;
uniform mat4 modelViewMatrix, projectionMatrix;
uniform mat3 turn;
uniform vec4 cut;
uniform bool coloured;
uniform vec3 plain;
out vec3 albedo;
out vec3 facing;
out vec2 warmth;
out float beyond;

vec3 unfolded(vec2 f) {
  vec3 n = vec3(f, 1.0 - abs(f.x) - abs(f.y));
  float under = max(-n.z, 0.0);
  n.xy -= vec2(n.x >= 0.0 ? under : -under, n.y >= 0.0 ? under : -under);
  return normalize(n);
}

vec3 decoded(vec3 c) {
  return mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c));
}

void main() {
  albedo = coloured ? decoded(colour.rgb) : plain;
  facing = turn * unfolded(folded);
  warmth = heat;
  vec4 seen = modelViewMatrix * vec4(position, 1.0);
  beyond = dot(cut, seen);
  gl_Position = projectionMatrix * seen;
}`;

// The posters' lights (core/geometry/poster_kernels.py), so that nothing changes when the canvas takes a poster's place.
// They travel with the eye: whatever side one looks at is lit.
const FRAGMENT = `
precision highp float;
in vec3 albedo;
in vec3 facing;
in vec2 warmth;
in float beyond;
uniform float opacity;
uniform sampler2D palette;
uniform bool heated;
uniform float swipe, onlySide;
out vec4 picture;

const vec3 KEY = vec3(-0.36, 0.50, 0.788);
const vec3 FILL = vec3(0.64, -0.12, 0.759);
const float BACK = 0.3;

vec3 decoded(vec3 c) {
  return mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c));
}

vec3 encoded(vec3 c) {
  return mix(c * 12.92, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c));
}

void main() {
  if (beyond > 0.0 || onlySide * (gl_FragCoord.x - swipe) < 0.0) discard;
  vec3 base = albedo;
  if (heated) {
    // Between a measured corner and one that was not, the colour ends: it would run through values nobody measured.
    vec3 hot = decoded(texture(palette, vec2(warmth.x * 0.99609375 + 0.001953125, 0.5)).rgb);
    base = mix(albedo, hot, smoothstep(0.6, 0.95, warmth.y));
  }
  vec3 n = normalize(facing);
  float share = 1.0;
  // At an outline the small triangles of a scanned surface face both ways: there the smooth normal has the word.
  if (!gl_FrontFacing && n.z < 0.0) {
    share = mix(1.0, BACK, smoothstep(0.0, 0.12, -n.z));
    n = -n;
  }
  float key = max(dot(n, KEY), 0.0);
  float fill = max(dot(n, FILL), 0.0);
  float halfway = max(dot(n, KEY + vec3(0.0, 0.0, 1.0)) * 0.5288, 0.0);
  float light = 0.07 + 0.04 * n.y + 0.10 * max(n.z, 0.0) + 0.76 * key + 0.16 * fill;
  float gloss = 0.10 * pow(halfway, 32.0) * key;
  picture = vec4(encoded(clamp((base * light + gloss) * share, 0.0, 1.0)) * opacity, opacity);
}`;

export interface Look {
  visible: boolean;
  /** 0 to 1. */
  opacity: number;
  /** Its own colours, where it has any; otherwise `plain`. */
  coloured: boolean;
  /** sRGB, `#rrggbb`. */
  plain: string;
  /** Which part of the stage it is drawn on while two versions are swiped. */
  half?: "left" | "right";
}

/** Set once a frame for all scans. */
export interface Shared {
  /** File to eye. */
  turn: { value: Matrix3 };
  /** A plane in eye space; what lies on its positive side is not drawn. */
  cut: { value: Vector4 };
  /** Device pixels from the left: where the swipe between two versions stands. */
  swipe: { value: number };
}

/** Nothing lies beyond it. */
export const NO_CUT = new Vector4(0, 0, 0, -1);

export interface ScanMaterials {
  surface: RawShaderMaterial;
  /** Draws depth only, before a surface one sees through, so that its far side does not shine through its near one. */
  depth: RawShaderMaterial;
  apply(look: Look): void;
  /** Colours by heat, 256 RGBA colours; null: as the look says. */
  setPalette(colours: Uint8Array<ArrayBuffer> | null): void;
  dispose(): void;
}

const SIDES = { left: -1, right: 1, whole: 0 } as const;

export function scanMaterials(shared: Shared): ScanMaterials {
  const plain = new Color();
  const uniforms = {
    ...shared,
    coloured: { value: false },
    plain: { value: plain },
    opacity: { value: 1 },
    heated: { value: false },
    palette: { value: null as DataTexture | null },
    onlySide: { value: 0 },
  };
  const common = { vertexShader: VERTEX, fragmentShader: FRAGMENT, glslVersion: GLSL3, side: DoubleSide, uniforms };
  const surface = new RawShaderMaterial({ ...common, premultipliedAlpha: true });
  const depth = new RawShaderMaterial({ ...common, colorWrite: false, transparent: true });
  return {
    surface,
    depth,
    apply(look) {
      uniforms.coloured.value = look.coloured;
      plain.set(look.plain);
      uniforms.opacity.value = look.opacity;
      uniforms.onlySide.value = SIDES[look.half ?? "whole"];
      surface.transparent = look.opacity < 1;
    },
    setPalette(colours) {
      uniforms.palette.value?.dispose();
      uniforms.palette.value = colours && new DataTexture(colours, colours.length / 4, 1);
      if (uniforms.palette.value) uniforms.palette.value.needsUpdate = true;
      uniforms.heated.value = colours !== null;
    },
    dispose() {
      uniforms.palette.value?.dispose();
      surface.dispose();
      depth.dispose();
    },
  };
}
