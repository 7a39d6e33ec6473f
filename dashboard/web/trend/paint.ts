import type { AlarmLimit } from "#shared/model/live.ts";
import {
  type Area,
  clipTo,
  drawBand,
  drawEnvelope,
  drawHatch,
  drawLimit,
  drawMarker,
  drawTrace,
  drawWords,
  spanOf,
} from "./draw.ts";
import { causeAt, regionsWithoutData } from "./gaps.ts";
import type { BatchEnvelope } from "./goldenBatch.ts";
import type { Palette } from "./palette.ts";
import type { Marker } from "./pointerActs.ts";
import type { Region, TrendSeries } from "./series.ts";
import { isStepped, trace } from "./trace.ts";

/** Earlier runs stand back behind the one that is looked at. */
const faint = 0.4;

/** What one chart shows. */
export interface Content {
  readonly series: readonly TrendSeries[];
  /** Place of each series among all of the page: decides its colour and dash. */
  readonly places: readonly number[];
  readonly window: Region;
  readonly now: number;
  /** Alarm limits of the series' tags. */
  readonly limits: readonly AlarmLimit[];
  /** Lines that somebody has put across the charts. */
  readonly markers: readonly Marker[];
  /** Earlier runs, laid over these series at their starts; in the order of `series`. */
  readonly earlier: readonly (readonly TrendSeries[])[];
  /** What the earlier runs had in common, in place of their lines. */
  readonly envelopes: readonly BatchEnvelope[];
}

/** A drawing surface: where on it a time and a value lie, in canvas pixels. */
export interface Surface {
  readonly context: CanvasRenderingContext2D;
  readonly area: Area;
  readonly palette: Palette;
  readonly x: (t: number) => number;
  readonly y: (value: number) => number;
}

/** Words on the canvas, in the language of the page. */
export interface ChartWords {
  /** Of a stretch without data, with the ledger's cause where it is known; the longest first. */
  gap(region: Region, cause: ReturnType<typeof causeAt>): readonly string[];
  limit(limit: AlarmLimit): string;
}

/** Behind the lines: the normal band, where all series have the same one, and the alarm limits. */
export function paintBehind({ context, area, palette, y }: Surface, content: Content, words: ChartWords): void {
  const { series, limits } = content;
  const normal = series[0]?.info.normal;
  const shared = normal && series.every(({ info }) => info.normal?.join() === normal.join());
  clipTo(context, area, () => {
    if (shared) drawBand(context, area, y(normal[1]), y(normal[0]), palette);
    for (const limit of limits) drawLimit(context, area, y(limit.limit), limit.side, words.limit(limit), palette);
  });
}

/** The lines themselves, over hatched stretches of which nothing is known. */
export function paintSeries({ context, area, palette, x, y }: Surface, content: Content, words: ChartWords): void {
  const { series, places, window, now } = content;
  clipTo(context, area, () => {
    const [only, ...others] = series;
    if (only && others.length === 0) {
      const regions = regionsWithoutData(only, window, now);
      const spans = regions.map((region) => spanOf(region, x));
      drawHatch(context, area, spans, palette);
      for (const [k, region] of regions.entries()) {
        const span = spans[k];
        const middle = (region.from + region.to) / 2;
        if (span) drawWords(context, area, span, () => words.gap(region, causeAt(only, middle)), palette);
      }
    }
    content.earlier.forEach((runs, k) => {
      const place = places[k] ?? k;
      for (const run of runs) {
        const traced = trace(run, window, { x, y, stepped: isStepped(run) });
        drawTrace(context, { ...traced, envelopes: [] }, place, area.ratio, palette, faint);
      }
    });
    content.envelopes.forEach((envelope, k) => {
      drawEnvelope(context, envelope, { x, y }, places[k] ?? k, area.ratio, palette);
    });
    series.forEach((each, k) => {
      drawTrace(context, trace(each, window, { x, y, stepped: isStepped(each) }), places[k] ?? k, area.ratio, palette);
    });
    for (const { name, at } of content.markers) drawMarker(context, area, x(at), name.toUpperCase(), palette);
  });
}
