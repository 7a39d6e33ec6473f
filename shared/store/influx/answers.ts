import { type DurationMs, hours, millis, seconds } from "#shared/model/time.ts";

/** What the answer to a write means for the lines that were sent. */
export type WriteVerdict =
  /** The server has them durably. */
  | "stored"
  /** Some of them, or all, are at fault, or they are too many; the rest may be stored or not. */
  | "refused"
  /** Token, right or database are wrong: nothing is stored until a person acts. */
  | "locked"
  /** The server cannot now. Also whatever is not an answer of an InfluxDB: a proxy's page is no receipt. */
  | "later";

const verdicts: Readonly<Record<number, WriteVerdict>> = {
  204: "stored",
  201: "refused", // "some points rejected" of hosted 3.x
  400: "refused",
  413: "refused",
  422: "refused", // partial write of 2.x
  401: "locked",
  403: "locked",
  404: "locked",
};

export const writeVerdict = (status: number): WriteVerdict => verdicts[status] ?? "later";

/** A server that asks for more is asked again after this. */
const longestPause = hours(1);

/** `Retry-After` in seconds or as an HTTP date; null where there is none that can be read. */
export function retryAfter(header: string | undefined, now: number): DurationMs | null {
  if (header === undefined || header.trim() === "") return null;
  const asked = /^\s*\d+\s*$/.test(header) ? seconds(Number(header)) : millis(Date.parse(header) - now);
  return Number.isNaN(asked) ? null : millis(Math.min(Math.max(0, asked), longestPause));
}
