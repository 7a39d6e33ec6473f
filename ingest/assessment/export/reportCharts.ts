import { escapeHtml } from "./html.ts";

/** One bar: `share` of the full width, 0 to 1, and what stands behind it. */
export interface Bar {
  readonly label: string;
  readonly share: number;
  readonly text: string;
  /** Bounds as shares, drawn as a thin line over the bar. */
  readonly bounds?: readonly [number, number];
  /** Drawn hatched: too little was known. */
  readonly isWeak?: boolean;
}

const size = { label: 190, bar: 330, text: 150, row: 26 } as const;
const clamped = (share: number): number => Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
const px = (n: number): string => String(Math.round(n * 10) / 10);

/** Horizontal bars as SVG, in greys: they must survive a black-and-white printer. `title` is read out. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const width = size.label + size.bar + size.text;
  const height = bars.length * size.row + 6;
  const rows = bars.map(({ label, share, text, bounds, isWeak }, i) => {
    const y = i * size.row + 4;
    const line = bounds?.map((bound) => size.label + clamped(bound) * size.bar);
    const whisker =
      line?.[0] !== undefined && line[1] !== undefined && line[1] - line[0] > 1
        ? `<line x1="${px(line[0])}" x2="${px(line[1])}" y1="${y + 9}" y2="${y + 9}" stroke="#000" stroke-width="1.2"/>`
        : "";
    return `<text x="${size.label - 8}" y="${y + 13}" text-anchor="end">${escapeHtml(label)}</text><rect x="${size.label}" y="${y}" width="${size.bar}" height="18" fill="#eceff1"/><rect x="${size.label}" y="${y}" width="${px(clamped(share) * size.bar)}" height="18" fill="${isWeak ? "url(#weak)" : "#546e7a"}"/>${whisker}<text x="${size.label + size.bar + 8}" y="${y + 13}">${escapeHtml(text)}</text>`;
  });
  return `<figure><svg role="img" aria-label="${escapeHtml(title)}" viewBox="0 0 ${width} ${height}" xmlns="http://www.w3.org/2000/svg"><defs><pattern id="weak" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#fff"/><rect width="3" height="6" fill="#90a4ae"/></pattern></defs>${rows.join("")}</svg><figcaption>${escapeHtml(title)}</figcaption></figure>`;
}
