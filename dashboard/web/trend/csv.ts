import { causeAt, regionsWithoutData } from "./gaps.ts";
import type { Region, TrendSeries } from "./series.ts";

export interface CsvHead {
  readonly line: string;
  readonly zone: string;
  readonly createdBy: string;
  /** Title, unit and id of each series, in order. */
  readonly columns: readonly { readonly title: string; readonly unit: string }[];
  /** An instant as the plant's wall clock shows it. */
  readonly local: (at: number) => string;
}

const qualityWords = ["good", "uncertain", "bad"] as const;

/** A cell that a spreadsheet cannot take for a formula, quoted where it must be. */
export function csvCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/**
 * What the charts show, one row per point, as UTF-8 with BOM, so that Excel reads Chinese. A bucket has its minimum,
 * mean and maximum; a bad sample has no number. Above them, range, zone, and each stretch without data with its cause.
 */
export function trendCsv(all: readonly TrendSeries[], window: Region, now: number, head: CsvHead): string {
  const iso = (at: number): string => new Date(at).toISOString();
  const gaps = all.flatMap((series) =>
    regionsWithoutData(series, window, now).map(({ from, to }) => [
      ...["# no data", series.info.tag, iso(from), iso(to)],
      causeAt(series, (from + to) / 2) ?? "unknown",
    ]),
  );
  const rows: string[][] = [
    ["# Pilotline", head.line],
    ["# from", iso(window.from)],
    ["# to", iso(window.to)],
    ["# zone", head.zone],
    ["# created by", head.createdBy],
    ...gaps,
    ["time_utc", "time_local", "tag", "name", "unit", "value", "min", "max", "quality", "bucket_ms"],
  ];
  all.forEach((series, k) => {
    const { points, info, bucketMs, words } = series;
    const column = head.columns[k];
    for (let i = points.firstAt(window.from); i < points.size && points.t(i) <= window.to; i++) {
      const text = (height: number): string => {
        if (Number.isNaN(height)) return "";
        return info.type === "string" ? (words[height] ?? "") : String(Number(height.toPrecision(12)));
      };
      rows.push([
        iso(points.t(i)),
        head.local(points.t(i)),
        info.tag,
        column?.title ?? "",
        column?.unit ?? "",
        text(points.mid(i)),
        bucketMs === null ? "" : text(points.low(i)),
        bucketMs === null ? "" : text(points.high(i)),
        qualityWords[points.quality(i)] ?? "bad",
        bucketMs === null ? "" : String(bucketMs),
      ]);
    }
  });
  return `\uFEFF${rows.map((row) => row.map(csvCell).join(",")).join("\r\n")}\r\n`;
}
