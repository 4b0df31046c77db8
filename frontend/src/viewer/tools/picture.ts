// Saves what is seen as a picture, with the side letters and the scale in it.
import { mmPerPixel } from "../engine/pose";
import { scaleBar } from "../engine/scale-bar";
import { sideEdges, type Edge } from "../engine/side-letters";
import type { Viewer } from "./tool";

const MARGIN_PX = 16;

/** Downloads `<code>.png`: the stage in device pixels, full detail. */
export async function savePicture(viewer: Viewer): Promise<void> {
  const { engine, root, stage } = viewer;
  const ground = getComputedStyle(stage).backgroundColor;
  const ink = getComputedStyle(stage).color;
  const picture = engine.picture(ground, (context, ratio) => {
    context.scale(ratio, ratio);
    context.fillStyle = context.strokeStyle = ink;
    writeBearings(context, viewer);
  });
  const blob = await new Promise<Blob | null>((resolve) => picture.toBlob(resolve, "image/png"));
  if (!blob) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${root.dataset["code"] ?? "picture"}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function writeBearings(context: CanvasRenderingContext2D, { engine, words }: Viewer): void {
  const { pose, size } = engine;
  const places: Record<Edge, [number, number]> = {
    left: [MARGIN_PX, size.height / 2],
    right: [size.width - MARGIN_PX, size.height / 2],
    top: [size.width / 2, MARGIN_PX],
    bottom: [size.width / 2, size.height - MARGIN_PX],
  };
  const edges = sideEdges(pose);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = "600 16px sans-serif";
  if (edges) {
    context.fillText("R", ...places[edges.right]);
    context.fillText("L", ...places[edges.left]);
  }
  const bar = scaleBar(mmPerPixel(pose, size));
  const base = size.height - MARGIN_PX;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(MARGIN_PX, base - 6);
  context.lineTo(MARGIN_PX, base);
  context.lineTo(MARGIN_PX + bar.pixels, base);
  context.lineTo(MARGIN_PX + bar.pixels, base - 6);
  context.stroke();
  context.textAlign = "left";
  context.font = "12px sans-serif";
  context.fillText(words("scale", { length: bar.mm }), MARGIN_PX, base - 16);
}
