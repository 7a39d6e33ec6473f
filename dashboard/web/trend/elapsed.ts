import type { Region } from "./series.ts";

/** Ticks at round times since `origin`. */
export function elapsedTicks({ from, to }: Region, stepMs: number, origin: number): number[] {
  const first = Math.ceil((from - origin) / stepMs);
  const last = Math.floor((to - origin) / stepMs);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => origin + (first + k) * stepMs);
}

const two = (n: number): string => String(n).padStart(2, "0");

/** `+2:05`, `+0:00:30`, `−1 d 03:00`: time since the start of a run, as finely as the ticks lie. */
export function elapsedLabel(ms: number, stepMs: number): string {
  const seconds = Math.round(Math.abs(ms) / 1_000);
  const sign = ms < -500 ? "−" : "+";
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600)];
  const minutes = two(Math.floor(seconds / 60) % 60);
  const clock = days > 0 ? `${days} d ${two(hours % 24)}:${minutes}` : `${hours}:${minutes}`;
  return `${sign}${clock}${stepMs < 60_000 ? `:${two(seconds % 60)}` : ""}`;
}
