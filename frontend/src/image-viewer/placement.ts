// Where a picture lies in its pane: fit, zoom, shift, quarter turns, mirror. Sums only.

import type { Spot } from "../gestures";

export interface Size {
  width: number;
  height: number;
}

/** Shared by pictures that are compared: zoom over fit, and the shift as shares of the pane. */
export interface Window {
  zoom: number;
  x: number;
  y: number;
}

/** A picture's own turning: quarter turns clockwise, then perhaps mirrored as it is seen. */
export interface Turning {
  quarters: number;
  mirrored: boolean;
}

export const WHOLE: Window = { zoom: 1, x: 0, y: 0 };
export const UPRIGHT: Turning = { quarters: 0, mirrored: false };
const MOST_ZOOM = 40;

/** CSS pixels of the pane per pixel of the picture when the whole picture is shown. */
export function fitScale(picture: Size, pane: Size, { quarters }: Turning): number {
  const lies = quarters % 2 === 1;
  const [width, height] = lies ? [picture.height, picture.width] : [picture.width, picture.height];
  return Math.min(pane.width / width, pane.height / height);
}

export function zoomed(window: Window, pane: Size, factor: number, spot: Spot): Window {
  // A small picture at its true pixels is smaller than its pane: from there it may only grow.
  const zoom = Math.min(MOST_ZOOM, Math.max(Math.min(1, window.zoom), window.zoom * factor));
  const kept = zoom / window.zoom;
  const away = { x: spot.x / pane.width - 0.5, y: spot.y / pane.height - 0.5 };
  return held({ zoom, x: away.x - (away.x - window.x) * kept, y: away.y - (away.y - window.y) * kept });
}

export function panned(window: Window, pane: Size, right: number, down: number): Window {
  return held({ ...window, x: window.x + right / pane.width, y: window.y + down / pane.height });
}

/** With this zoom over fit, about the middle of the pane. */
export function atZoom(window: Window, zoom: number): Window {
  const kept = zoom / window.zoom;
  return held({ zoom: Math.min(MOST_ZOOM, zoom), x: window.x * kept, y: window.y * kept });
}

/** The picture never leaves its pane. */
function held(window: Window): Window {
  const most = Math.max(0, (window.zoom - 1) / 2);
  const within = (value: number): number => Math.min(most, Math.max(-most, value)) + 0;
  return { zoom: window.zoom, x: within(window.x), y: within(window.y) };
}

/** Shows a place of the picture (shares of its width and height) in the middle. */
export function centredOn(window: Window, picture: Size, pane: Size, turning: Turning, place: Spot): Window {
  const seen = toPane({ ...window, x: 0, y: 0 }, picture, pane, turning, place);
  return held({ ...window, x: 0.5 - seen.x / pane.width, y: 0.5 - seen.y / pane.height });
}

/** Where a place of the picture is seen, in CSS pixels of the pane. */
export function toPane(window: Window, picture: Size, pane: Size, turning: Turning, place: Spot): Spot {
  const scale = fitScale(picture, pane, turning) * window.zoom;
  let x = (place.x - 0.5) * picture.width;
  let y = (place.y - 0.5) * picture.height;
  for (let quarter = 0; quarter < turning.quarters; quarter++) [x, y] = [-y, x];
  if (turning.mirrored) x = -x;
  return {
    x: pane.width * (0.5 + window.x) + x * scale,
    y: pane.height * (0.5 + window.y) + y * scale,
  };
}

/** The place of the picture seen at a spot; outside 0 to 1 where there is none. */
export function fromPane(window: Window, picture: Size, pane: Size, turning: Turning, spot: Spot): Spot {
  const scale = fitScale(picture, pane, turning) * window.zoom;
  let x = (spot.x - pane.width * (0.5 + window.x)) / scale;
  let y = (spot.y - pane.height * (0.5 + window.y)) / scale;
  if (turning.mirrored) x = -x;
  for (let quarter = 0; quarter < turning.quarters; quarter++) [x, y] = [y, -x];
  return { x: x / picture.width + 0.5, y: y / picture.height + 0.5 };
}

export function cssTransform(window: Window, picture: Size, pane: Size, turning: Turning): string {
  const scale = fitScale(picture, pane, turning) * window.zoom;
  const shift = `translate(${window.x * pane.width}px, ${window.y * pane.height}px)`;
  return `translate(-50%, -50%) ${shift} scale(${turning.mirrored ? -scale : scale}, ${scale}) rotate(${turning.quarters * 90}deg)`;
}
