// The pixels of a picture and how they are painted: every grey of a radiograph, or the colours of a photograph.
import { curveOf, plainTone, type Tone } from "./tone";

export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  /** The largest value that a pixel can have. */
  readonly top: number;
  readonly first: Tone;
  /** `quick`: with fewer pixels, while a hand is still moving. */
  paint(canvas: HTMLCanvasElement, tone: Tone, quick: boolean): void;
}

const MAGIC = 0x50454441; // "ADEP"
const HEAD_BYTES = 32;
/** Larger pictures are painted with every other pixel, so that a phone keeps up. */
const MOST_PAINTED = 16_000_000;
const QUICKLY_PAINTED = 1_000_000;
const OPAQUE = 0xff000000;

/** `depth.bin` as `core/images/depth.py` writes it. Throws on anything else. */
export async function readDepth(data: ArrayBuffer): Promise<Raster> {
  const head = new DataView(data);
  if (data.byteLength < HEAD_BYTES || head.getUint32(0, true) !== MAGIC || head.getUint16(4, true) !== 1) throw new Error("not a picture of depth");
  const bits = head.getUint16(6, true);
  const [width, height] = [head.getUint32(8, true), head.getUint32(12, true)];
  const packed = new Blob([new Uint8Array(data, HEAD_BYTES)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const planes = new Uint8Array(await new Response(packed).arrayBuffer());
  if (planes.length !== width * height * (bits > 8 ? 2 : 1)) throw new Error("the picture is cut off");
  const values = unfolded(planes, width, height, bits);
  return greyRaster(values, width, height, bits, plainTone(head.getInt32(16, true), head.getInt32(20, true)));
}

/** Each value from what its left, upper and upper left neighbours let expect, plus what was kept of it. */
export function unfolded(planes: Uint8Array, width: number, height: number, bits: number): Uint16Array {
  const count = width * height;
  const values = new Uint16Array(count);
  const mask = (1 << bits) - 1;
  const deep = bits > 8;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const folded = deep ? ((planes[at] as number) << 8) | (planes[count + at] as number) : (planes[at] as number);
      const rest = (folded >> 1) ^ -(folded & 1);
      let guess = 0;
      if (y === 0) guess = x ? (values[at - 1] as number) : 0;
      else if (x === 0) guess = values[at - width] as number;
      else {
        const left = values[at - 1] as number;
        const above = values[at - width] as number;
        const corner = values[at - width - 1] as number;
        const low = left < above ? left : above;
        const high = left < above ? above : left;
        guess = corner >= high ? low : corner <= low ? high : left + above - corner;
      }
      values[at] = (guess + rest) & mask;
    }
  }
  return values;
}

function greyRaster(values: Uint16Array, width: number, height: number, bits: number, first: Tone): Raster {
  const top = (1 << bits) - 1;
  return {
    width, height, bits, top, first,
    paint(canvas, tone, quick) {
      const curve = curveOf(tone, top);
      const shades = Uint32Array.from(curve, (shade) => OPAQUE | (shade << 16) | (shade << 8) | shade);
      painted(canvas, width, height, quick, (pixels, step, across) => {
        for (let y = 0, at = 0; y < height; y += step) {
          for (let x = 0, from = y * width; x < across * step; x += step) pixels[at++] = shades[values[from + x] as number] as number;
        }
      });
    },
  };
}

/** Of a picture that the browser has decoded already: 8 bits a colour. */
export function colourRaster(picture: HTMLImageElement): Raster {
  const { naturalWidth: width, naturalHeight: height } = picture;
  const source = document.createElement("canvas");
  Object.assign(source, { width, height });
  const context = source.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas");
  context.drawImage(picture, 0, 0);
  const colours = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  return {
    width, height, bits: 8, top: 255, first: plainTone(0, 255),
    paint(canvas, tone, quick) {
      const curve = curveOf(tone, 255);
      painted(canvas, width, height, quick, (pixels, step, across) => {
        for (let y = 0, at = 0; y < height; y += step) {
          for (let x = 0; x < across * step; x += step) {
            const colour = colours[y * width + x] as number;
            pixels[at++] =
              (colour & OPAQUE) |
              ((curve[(colour >> 16) & 255] as number) << 16) |
              ((curve[(colour >> 8) & 255] as number) << 8) |
              (curve[colour & 255] as number);
          }
        }
      });
    },
  };
}

function painted(canvas: HTMLCanvasElement, width: number, height: number, quick: boolean, fill: (pixels: Uint32Array, step: number, across: number) => void): void {
  const step = Math.ceil(Math.sqrt((width * height) / (quick ? QUICKLY_PAINTED : MOST_PAINTED)));
  const [across, down] = [Math.floor(width / step) || 1, Math.ceil(height / step)];
  if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(across, down);
  fill(new Uint32Array(image.data.buffer), step, across);
  context.putImageData(image, 0, 0);
}
