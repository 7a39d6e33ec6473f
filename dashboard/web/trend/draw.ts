import type { BatchEnvelope } from "./goldenBatch.ts";
import { dashes, type Palette } from "./palette.ts";
import type { Region } from "./series.ts";
import type { Trace } from "./trace.ts";

/** The plotting area in canvas pixels, and how many of them are one CSS pixel. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
}

export function clipTo(context: CanvasRenderingContext2D, { left, top, width, height }: Area, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  draw();
  context.restore();
}

/** A stretch of the time axis in canvas pixels. */
export interface Span {
  readonly left: number;
  readonly right: number;
}

/** Regions in which nothing is known, however many: diagonal lines from edge to edge. */
export function drawHatch(
  context: CanvasRenderingContext2D,
  { left, top, width, height, ratio }: Area,
  spans: readonly Span[],
  palette: Palette,
): void {
  context.strokeStyle = palette.hatch;
  context.globalAlpha = 0.55;
  context.lineWidth = ratio;
  context.save();
  context.beginPath();
  for (const span of spans) context.rect(span.left, top, Math.max(1, span.right - span.left), height);
  context.clip();
  context.beginPath();
  const step = 8 * ratio;
  for (let x = left - height; x < left + width; x += step) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.restore();
  context.globalAlpha = 1;
}

/** Narrower than this, in CSS pixels, no words of a region fit. */
const leastWordsPx = 60;

/** The words of a hatched region: the first that fit; `words` is called only where some may. */
export function drawWords(
  context: CanvasRenderingContext2D,
  { top, ratio }: Area,
  { left, right }: Span,
  words: () => readonly string[],
  palette: Palette,
): void {
  const width = right - left;
  if (width < leastWordsPx * ratio) return;
  context.font = palette.font.replace("12px", `${11 * ratio}px`);
  const wideOf = (text: string): number => context.measureText(text).width + 12 * ratio;
  const said = words().find((text) => wideOf(text) < width);
  if (said === undefined) return;
  const wide = wideOf(said);
  const middle = left + width / 2;
  context.fillStyle = palette.band;
  context.fillRect(middle - wide / 2, top + 6 * ratio, wide, 18 * ratio);
  context.fillStyle = palette.text;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(said, middle, top + 15.5 * ratio);
}

/** The normal band of a tag behind its line. */
export function drawBand(
  context: CanvasRenderingContext2D,
  area: Area,
  top: number,
  bottom: number,
  palette: Palette,
): void {
  context.fillStyle = palette.band;
  context.fillRect(area.left, top, area.width, bottom - top);
  context.strokeStyle = palette.edge;
  context.lineWidth = area.ratio;
  context.setLineDash([2 * area.ratio, 4 * area.ratio]);
  context.beginPath();
  for (const y of [top, bottom]) {
    context.moveTo(area.left, y);
    context.lineTo(area.left + area.width, y);
  }
  context.stroke();
  context.setLineDash([]);
}

/** An alarm limit: a thin line, and its name on the side on which the value is still allowed. */
export function drawLimit(
  context: CanvasRenderingContext2D,
  { left, top, width, height, ratio }: Area,
  y: number,
  side: "upper" | "lower",
  words: string,
  palette: Palette,
): void {
  if (y < top || y > top + height) return;
  context.strokeStyle = palette.muted;
  context.lineWidth = ratio;
  context.setLineDash([8 * ratio, 3 * ratio, 2 * ratio, 3 * ratio]);
  context.beginPath();
  context.moveTo(left, y);
  context.lineTo(left + width, y);
  context.stroke();
  context.setLineDash([]);
  context.font = palette.font.replace("12px", `${11 * ratio}px`);
  context.fillStyle = palette.muted;
  context.textAlign = "right";
  context.textBaseline = side === "upper" ? "top" : "bottom";
  context.fillText(words, left + width - 4 * ratio, y + (side === "upper" ? 2 : -2) * ratio);
}

/** A line across the chart with its letter. */
export function drawMarker(
  context: CanvasRenderingContext2D,
  { top, height, ratio }: Area,
  x: number,
  letter: string,
  palette: Palette,
): void {
  context.strokeStyle = palette.focus;
  context.lineWidth = 1.5 * ratio;
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, top + height);
  context.stroke();
  context.fillStyle = palette.focus;
  context.fillRect(x - 8 * ratio, top, 16 * ratio, 15 * ratio);
  context.fillStyle = palette.onFocus;
  context.font = palette.font.replace("12px", `bold ${11 * ratio}px`);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(letter, x, top + 8 * ratio);
}

/** Envelope, line and lonely points of series `index`; an uncertain stretch is drawn thin and dotted. */
export function drawTrace(
  context: CanvasRenderingContext2D,
  traced: Trace,
  index: number,
  ratio: number,
  palette: Palette,
  opacity = 1,
): void {
  const colour = palette.series[index % palette.series.length] ?? palette.text;
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.globalAlpha = 0.22;
  for (const { x, low, high } of traced.envelopes) {
    context.beginPath();
    for (const [i, at] of x.entries()) context.lineTo(at, high[i] ?? 0);
    for (let i = x.length - 1; i >= 0; i--) context.lineTo(x[i] ?? 0, low[i] ?? 0);
    context.fill();
  }
  context.globalAlpha = opacity;
  // Round joins cost a multiple where no graphics card helps, and are not seen on a line this thin.
  context.lineJoin = "bevel";
  for (const { xy, uncertain } of traced.strokes) {
    context.lineWidth = (uncertain ? 1 : 1.6) * ratio;
    const dash = uncertain ? [1, 3] : (dashes[index % dashes.length] ?? []);
    context.setLineDash(dash.map((length) => length * ratio));
    context.beginPath();
    for (let i = 0; i + 1 < xy.length; i += 2) context.lineTo(xy[i] ?? 0, xy[i + 1] ?? 0);
    context.stroke();
  }
  context.setLineDash([]);
  for (const [x, y] of traced.dots) {
    context.beginPath();
    context.arc(x, y, 2.2 * ratio, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
}

/** What several runs had in common: the shade between lowest and highest, and the median dashed in it. */
export function drawEnvelope(
  context: CanvasRenderingContext2D,
  { t, low, middle, high }: BatchEnvelope,
  { x, y }: { readonly x: (t: number) => number; readonly y: (value: number) => number },
  index: number,
  ratio: number,
  palette: Palette,
): void {
  const colour = palette.series[index % palette.series.length] ?? palette.text;
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.lineWidth = ratio;
  for (let from = 0; from < t.length; ) {
    let to = from;
    while (to < t.length && !Number.isNaN(low[to] ?? Number.NaN)) to++;
    const known = Array.from({ length: to - from }, (_, k) => from + k);
    from = to + 1;
    if (known.length === 0) continue;
    context.globalAlpha = 0.2;
    context.beginPath();
    for (const k of known) context.lineTo(x(t[k] ?? 0), y(high[k] ?? 0));
    for (const k of known.reverse()) context.lineTo(x(t[k] ?? 0), y(low[k] ?? 0));
    context.fill();
    context.globalAlpha = 0.8;
    context.setLineDash([3 * ratio, 3 * ratio]);
    context.beginPath();
    for (const k of known) context.lineTo(x(t[k] ?? 0), y(middle[k] ?? 0));
    context.stroke();
    context.setLineDash([]);
  }
  context.globalAlpha = 1;
}

/** A pixel span of a region of time. */
export const spanOf = (region: Region, x: (t: number) => number): Span => ({
  left: x(region.from),
  right: x(region.to),
});
