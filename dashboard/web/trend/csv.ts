import type { Region, TrendSeries } from "./series.ts";

export interface CsvHead {
  readonly line: string;
  readonly zone: string;
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
 * mean and maximum; a bad sample has no number.
 */
export function trendCsv(all: readonly TrendSeries[], window: Region, head: CsvHead): string {
  const rows: string[][] = [
    ["# Pilotline", head.line],
    ["# from", new Date(window.from).toISOString()],
    ["# to", new Date(window.to).toISOString()],
    ["# zone", head.zone],
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
        new Date(points.t(i)).toISOString(),
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
