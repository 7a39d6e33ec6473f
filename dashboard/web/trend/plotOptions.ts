import type uPlot from "uplot";
import type { Formats } from "../text/format.ts";
import { elapsedLabel, elapsedTicks } from "./elapsed.ts";
import type { Palette } from "./palette.ts";
import { tickStep, ticks } from "./timeAxis.ts";

/** Room of the value axis and of a tick on it, in CSS pixels; the strip of marks above the charts leaves the same. */
const axisWidth = 64;
export const tickSpace = 34;
const labelPx = 84;

/** What uPlot asks of the chart that it draws for. */
export interface PlotNeeds {
  readonly width: number;
  readonly height: number;
  readonly withTimeAxis: boolean;
  /** Start of the run that time is counted from; null for the time of day. */
  readonly origin: () => number | null;
  readonly formats: () => Formats;
  readonly palette: () => Palette;
  readonly valueTicks: (heightPx: number) => number[];
  readonly valueLabel: (value: number, index: number, all: readonly number[]) => string;
  readonly paintBehind: (plot: uPlot) => void;
  readonly paint: (plot: uPlot) => void;
  /** Takes a press that is no selection; true where it did. */
  readonly pressed: (event: MouseEvent) => boolean;
  readonly isHeld: () => boolean;
  readonly hover: (over: boolean) => void;
  readonly cursor: (left: number) => void;
  readonly selected: (fromLeft: number, toLeft: number) => void;
}

/** uPlot gives axes, cursor and selection only; its own lines and legend are off. */
export function plotOptions(needs: PlotNeeds): uPlot.Options {
  const { withTimeAxis, palette } = needs;
  const colour = (name: "muted" | "grid" | "edge") => () => palette()[name];
  const { font } = palette();
  const line = { show: true, stroke: colour("grid"), width: 1 };
  // From uPlot's own figures: asking the element would make the browser lay out the page in the middle of drawing.
  const widthOf = (u: uPlot): number => (u.bbox.width * u.width) / u.ctx.canvas.width || u.width;
  const heightOf = (u: uPlot): number => (u.bbox.height * u.height) / u.ctx.canvas.height || u.height;
  const timeTicks = (span: { from: number; to: number }, widthPx: number): number[] => {
    const step = tickStep(span, widthPx, labelPx);
    const origin = needs.origin();
    return origin === null ? [...ticks(span, step, needs.formats().parts)] : elapsedTicks(span, step, origin);
  };
  // A tick keeps its label as long as it is on the axis: dates are slow to write.
  let labels = new Map<number, string>();
  let labelled: readonly unknown[] = [];
  const timeLabel = (at: number, step: number): string => {
    const origin = needs.origin();
    const formats = needs.formats();
    if (labelled[0] !== formats || labelled[1] !== step || labels.size > 200) labels = new Map();
    labelled = [formats, step];
    const known = origin === null ? labels.get(at) : elapsedLabel(at - origin, step);
    const label = known ?? formats.axis(at, step);
    if (origin === null) labels.set(at, label);
    return label;
  };
  return {
    width: needs.width,
    height: needs.height,
    ms: 1,
    padding: [8, 12, withTimeAxis ? 0 : 8, 0],
    legend: { show: false },
    scales: { x: { time: false, auto: false }, y: { auto: false } },
    series: [{}, { paths: () => null, points: { show: false } }],
    axes: [
      {
        font,
        size: withTimeAxis ? 30 : 0,
        stroke: colour("muted"),
        grid: line,
        ticks: { ...line, size: withTimeAxis ? 5 : 0, stroke: colour("edge") },
        splits: (u, _axis, min, max) => timeTicks({ from: min, to: max }, widthOf(u)),
        values: (u, splits) => {
          if (!withTimeAxis) return splits.map(() => "");
          const span = { from: u.scales.x?.min ?? 0, to: u.scales.x?.max ?? 1 };
          const step = tickStep(span, widthOf(u), labelPx);
          return splits.map((at) => timeLabel(at, step));
        },
      },
      {
        font,
        size: axisWidth,
        stroke: colour("muted"),
        grid: line,
        ticks: { ...line, size: 4, stroke: colour("edge") },
        space: tickSpace,
        splits: (u) => needs.valueTicks(heightOf(u)),
        values: (_u, splits) => splits.map(needs.valueLabel),
      },
    ],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false, dist: 6 },
      bind: {
        dblclick: () => () => null,
        mousedown: (_u, _target, handle) => (event) => {
          if (!needs.pressed(event)) handle(event);
          return null;
        },
        mousemove: (_u, _target, handle) => (event) => {
          if (!needs.isHeld()) handle(event);
          return null;
        },
        mouseenter: (_u, _target, handle) => (event) => {
          needs.hover(true);
          handle(event);
          return null;
        },
        mouseleave: (_u, _target, handle) => (event) => {
          needs.hover(false);
          handle(event);
          return null;
        },
      },
    },
    hooks: {
      drawClear: [needs.paintBehind],
      draw: [needs.paint],
      setCursor: [(u) => needs.cursor(u.cursor.left ?? -1)],
      setSelect: [
        (u) => {
          const { left, width } = u.select;
          if (width < 6) return;
          needs.selected(left, left + width);
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}
