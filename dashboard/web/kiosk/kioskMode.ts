/** How a page hangs on a wall; null: somebody works with it. */
export interface KioskMode {
  /** After so many seconds the next page comes; null: this one stays. */
  readonly everyS: number | null;
}

/** Quicker, nobody could read a page; slower, it would be as if it stood still. */
const [quickestS, slowestS] = [5, 3_600];

/** `?kiosk=1` stays, `?kiosk=30` goes on every 30 s; `0`, nothing, or what is no number is no kiosk. */
export function kioskModeOf(asked: unknown): KioskMode | null {
  if (typeof asked !== "string" || !/^\d{1,4}$/.test(asked)) return null;
  const seconds = Number(asked);
  if (seconds === 0) return null;
  return { everyS: seconds === 1 ? null : Math.min(slowestS, Math.max(quickestS, seconds)) };
}

/** The pages of a wall: the overview, then each line. */
export type WallPage = { readonly name: "overview" } | { readonly name: "line"; readonly line: string };

/** What comes after the page that is shown; the overview after one that is no page of the wall. */
export function nextPage(shown: { readonly name: string; readonly line?: string }, lines: readonly string[]): WallPage {
  const at = shown.name === "line" ? lines.indexOf(shown.line ?? "") : -1;
  const line = shown.name === "overview" || at >= 0 ? lines[at + 1] : undefined;
  return line === undefined ? { name: "overview" } : { name: "line", line };
}
